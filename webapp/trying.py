"""The form that tries a decision: its fields, what was written there, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.decisions import Decision, Failure, WantedInput
from webapp import json_bodies

#: What a form field is called that gives an input.
FIELD = "in."
#: The field for whatever has none of its own.
MORE = "more"
_DURATIONS = ("days and time duration", "years and months duration")
_UNQUOTED = ("string", "date", "time", "date and time", "duration", *_DURATIONS)
#: How a value of a type is written, as a hint in its field.
_EXAMPLES: Mapping[str, str] = {
    "date": "2026-03-01",
    "time": "09:30:00",
    "date and time": "2026-03-01T09:30:00",
    "days and time duration": "P2DT4H",
    "years and months duration": "P1Y6M",
    "duration": "P2D",
    "context": '{"a": 1}',
    "range": "[1..5]",
}
_LIST, _CONTEXT = '["a", "b"]', '{"a": 1}'


@dataclass(frozen=True, slots=True)
class TrialField:
    """One field of the form, as it is to be shown."""

    wanted: WantedInput
    written: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        """Return what the browser sends it by."""
        return FIELD + self.wanted.name

    @property
    def variable(self) -> str:
        """Return the variable, where the label does not say it."""
        whole, *inner = self.wanted.path
        spoken = (self.wanted.name, f"{whole}: {', '.join(inner)}")
        return "" if self.wanted.label in spoken else self.wanted.name

    @property
    def choices(self) -> list[str]:
        """Return what can be chosen; empty where it is written."""
        listed = ["true", "false"] if self.wanted.type == "boolean" else [*self.wanted.choices]
        odd = [self.written] if listed and self.written not in ("", *listed) else []
        return listed + odd

    @property
    def example(self) -> str:
        """Return how a value is written, where people may not know."""
        type = self.wanted.type
        return _LIST if type.startswith("list") else _EXAMPLES.get(type, "")

    @property
    def mode(self) -> str:
        """Return the ``inputmode`` of the field."""
        return {"number": "decimal", "whole number": "numeric"}.get(self.wanted.type, "")


@dataclass(slots=True)
class Trial:
    """What a person tried: what was written into the form, and what came of it."""

    written: Mapping[str, str] = field(default_factory=dict)
    more: str = ""
    found: Decision | None = None
    refused: str = ""
    #: One sentence for each field that is wrong, by the name of its input, or :data:`MORE`.
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: Mapping[str, str]) -> Trial:
        """Take what a browser sent."""
        written = {each.removeprefix(FIELD): form[each] for each in form if each.startswith(FIELD)}
        return cls(written, form.get(MORE, ""))

    def fired(self, key: str) -> set[int]:
        """Return the rows of the decision's own table that fired."""
        rules = self.found.fired_rules if self.found is not None else ()
        return {rule.row for rule in rules if rule.decision == key}

    def fields(self, wanted: Iterable[WantedInput]) -> list[TrialField]:
        """Return the fields of the form, with what is wrong in them."""
        return [
            TrialField(each, self.written.get(each.name, ""), self.errors.get(each.name, ""))
            for each in wanted
        ]

    def inputs(self, wanted: Iterable[WantedInput]) -> dict[str, Any]:
        """Return the values that were written; what cannot be read goes to ``errors``."""
        found: dict[str, Any] = {}
        try:
            found = json_bodies.read(self.more) if self.more.strip() else {}
            if not isinstance(found, dict):
                found = {}
                self.errors[MORE] = f"Write the values by their names: {_CONTEXT}."
        except ValueError as wrong:
            self.errors[MORE] = _unread(wrong, _CONTEXT)
        for each in wanted:
            text = self.written.get(each.name, "").strip()
            if text:
                try:
                    _put(found, each.path or (each.name,), _value(each, text))
                except ValueError as wrong:
                    example = _LIST if each.type.startswith("list") else _CONTEXT
                    self.errors[each.name] = _unread(wrong, example)
        return found

    def mark(self, wanted: Iterable[WantedInput]) -> None:
        """Put the failures of what was decided to the fields that they are about."""
        failures = self.found.failures if self.found is not None else ()
        inputs = list(wanted)
        for failure in failures:
            each = _meant(failure, inputs)
            if each is not None:
                self.errors.setdefault(each.name, failure.message)


def _meant(failure: Failure, inputs: Iterable[WantedInput]) -> WantedInput | None:
    """Return the input that a failure is about; of the fields of one, the field that it names."""
    found = [each for each in inputs if failure.element and failure.element in each.elements]
    if len(found) == 1:
        return found[0]
    for each in found:
        inner = "".join(f".{name}" for name in each.path[1:])
        if failure.message.startswith(f"'{each.path[0]}'{inner} "):
            return each
    return None


def _unread(wrong: ValueError, example: str) -> str:
    if isinstance(wrong, json.JSONDecodeError):
        return f"It is no JSON: write {example}."
    return f"It cannot be read: {wrong}."


def _value(wanted: WantedInput, text: str) -> Any:
    """Return what a text in the form means: a text as it is where one may be meant, else JSON.

    Raises:
        ValueError: it is neither, or cannot be kept.
    """
    if wanted.type in _UNQUOTED:
        quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
        return _read(text) if quoted else _as_text(text)
    structured = wanted.type == "context" or wanted.type.startswith("list")
    if structured or text[0] in "{[":
        return json_bodies.read(text)
    return _read(text)


def _read(text: str) -> Any:
    try:
        return json_bodies.read(text)
    except json.JSONDecodeError:
        return _as_text(text)


def _as_text(text: str) -> str:
    json_bodies.check_text(text)
    return text


def _put(inputs: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set an input, or a field of one where ``path`` has several names."""
    *way, last = path
    for name in way:
        inner = inputs.get(name)
        inputs[name] = inner = dict(inner) if isinstance(inner, dict) else {}
        inputs = inner
    inputs[last] = value


__all__ = ["FIELD", "MORE", "Trial", "TrialField"]
