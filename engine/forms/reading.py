"""A form-js JSON schema to fields, with a problem for everything that is not understood."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePath
from typing import Any

import msgspec

from engine.bpmn.expressions import Expression, ExpressionError, compile_expression
from engine.definitions import Form, Problem, Severity, Source
from engine.forms.fields import Field, FieldKind, Option
from engine.forms.patterns import PatternError, compile_pattern

SIZE = 512 * 1024  #: bytes of a form file
COMPONENTS = 300
DEPTH = 10  #: groups inside each other
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_KINDS = set(FieldKind)
_PATTERNS = {
    "email": (r"^[^@\s]+@[^@\s]+\.[^@\s]+$", "an address like name@example.org"),
    "phone": (r"^\+?[0-9 ()/.-]{3,30}$", "a telephone number"),
}


def read_form(source: Source) -> tuple[Form | None, tuple[Problem, ...]]:
    """Return the form a file holds, or None with the problems that prevent it.

    The form's key is its ``id``, or else the file's name without its ending.
    """
    schema: Any = None
    try:
        if len(source.content) <= SIZE:
            schema = json.loads(source.content.decode("utf-8-sig"))
            # JSON as Python reads it may hold halves of characters and NaN, which nothing can keep.
            json.dumps(schema, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        schema = None
    if not isinstance(schema, dict):
        cure = f"Export it again from the form editor; it holds at most {SIZE // 1024} kB."
        message = "The file is not a form in JSON."
        return None, (Problem("form-json", Severity.ERROR, None, None, message, cure),)
    key = str(schema.get("id") or PurePath(source.name).name.partition(".")[0])
    return Form(key, schema), problems(schema)


def parse(schema: Mapping[str, Any]) -> list[Field]:
    """Return the fields of a form in the order they are shown.

    Components that :func:`problems` reports as errors are left out.
    """
    try:
        return list(_fields(msgspec.json.encode(schema)))
    except (TypeError, ValueError, OverflowError, RecursionError):  # it did not come as JSON
        return _Reader(schema).fields


@lru_cache(maxsize=128)
def _fields(schema: bytes) -> tuple[Field, ...]:
    """Read a form once: it is asked for its fields with every submission."""
    return tuple(_Reader(msgspec.json.decode(schema)).fields)


def problems(schema: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return what is wrong with a form; ``element`` is the component's id or key."""
    return tuple(_Reader(schema).problems)


class _Reader:
    """Reads one schema into :attr:`fields` and :attr:`problems`."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.fields: list[Field] = []
        self.problems: list[Problem] = []
        self._keys: set[str] = set()
        self._component: Mapping[str, Any] = schema
        components = schema.get("components")
        if not isinstance(components, list):
            self._error("form-json", "The form has no components.", "Add a field in the editor.")
        else:
            self._read_all(components)

    def _read_all(self, components: list[Any]) -> None:
        for number, (component, group, hide) in enumerate(_flat(components)):
            self._component = component if isinstance(component, Mapping) else {}
            if number >= COMPONENTS:
                self._error("form-component", "The form has too many components.", "Split it.")
                return
            field = self._field(self._component, group, hide)
            if field is not None:
                self.fields.append(field)

    def _field(self, component: Mapping[str, Any], group: str, hide: Sequence[str]) -> Field | None:
        name = component.get("type")
        if name == "button":
            self._warn("form-component", "Buttons are not shown.", "The page brings its own.")
            return None
        if not isinstance(name, str) or name not in _KINDS:
            known = ", ".join(FieldKind)
            self._error(
                "form-component", f"The component '{name}' is not known.", f"Use one of: {known}."
            )
            return None
        kind = FieldKind(name)
        key = self._key(kind)
        if key is None:
            return None
        validate = component.get("validate")
        rules: Mapping[str, Any] = validate if isinstance(validate, Mapping) else {}
        pattern, hint = self._pattern(rules)
        return Field(
            kind=kind,
            key=key,
            id=str(component.get("id") or key),
            label=_words(component, "label", "dateLabel", "dateTimeLabel", "timeLabel"),
            description=_words(component, "description"),
            text=_words(component, "text"),
            required=rules.get("required") is True,
            readonly=component.get("readonly") is True or component.get("disabled") is True,
            min_length=self._count(rules, "minLength"),
            max_length=self._count(rules, "maxLength"),
            minimum=self._number(rules, "min"),
            maximum=self._number(rules, "max"),
            digits=self._count(component, "decimalDigits"),
            pattern=re.compile(pattern) if pattern else None,
            pattern_hint=hint,
            options=self._options(kind),
            options_from=self._options_from(kind),
            default=component.get("defaultValue"),
            subtype=str(component.get("subtype") or ("date" if kind == "datetime" else "")),
            group=group,
            hide=tuple(filter(None, map(self._condition, hide))),
        )

    def _key(self, kind: FieldKind) -> str | None:
        """Return the key, "" where none is needed, or None when the field cannot be used."""
        if not kind.takes_input:
            if self._component.get("path"):
                self._error("form-key", "A group with a path is not known.", "Leave the path out.")
            return ""
        key = self._component.get("key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            self._error(
                "form-key",
                f"The key {key!r:.60} is not the name of a variable.",
                "Use letters, digits and '_', beginning with a letter.",
            )
            return None
        if key in self._keys:
            self._error("form-key", f"Two fields have the key '{key}'.", "Rename one of them.")
            return None
        self._keys.add(key)
        return key

    def _pattern(self, rules: Mapping[str, Any]) -> tuple[str, str]:
        known = _PATTERNS.get(str(rules.get("validationType") or ""))
        if known:
            return known
        text = rules.get("pattern")
        if not text:
            return "", ""
        try:
            return compile_pattern(str(text)).pattern, str(rules.get("patternErrorMessage") or "")
        except PatternError as error:
            self._error(
                "form-pattern", f"The pattern is refused. {error}", "Write a simpler pattern."
            )
            return "", ""

    def _condition(self, text: str) -> Expression | None:
        try:
            return compile_expression(text, element=self._id(), default="feel")
        except ExpressionError as error:
            where = f", column {error.column}" if error.column else ""
            self._error(
                "form-condition",
                f"The condition '{error.text:.60}'{where} cannot be used: {error.reason}",
                error.cure,
            )
            return None

    def _options(self, kind: FieldKind) -> tuple[Option, ...]:
        listed = self._component.get("values") if kind.has_options else None
        found: list[Option] = []
        for entry in listed if isinstance(listed, list) else []:
            value = entry.get("value") if isinstance(entry, Mapping) else None
            if isinstance(value, str | int | float | bool):
                found.append(Option(value, str(entry.get("label") or value)))
            else:
                self._error("form-values", "An option has no value.", "Give it one.")
        return tuple(found)

    def _options_from(self, kind: FieldKind) -> str | None:
        if not kind.has_options:
            return None
        if self._component.get("valuesExpression"):
            self._error(
                "form-values",
                "Options from an expression are not known.",
                "Put the list into a variable and name it as the options' key.",
            )
        key = self._component.get("valuesKey")
        if not key and not self._component.get("values"):
            self._error("form-values", "The field has no options.", "List its values.")
        return str(key) if key else None

    def _number(self, rules: Mapping[str, Any], name: str) -> float | None:
        value = rules.get(name)
        if value is None or value == "":
            return None
        try:
            number = float(value if isinstance(value, int) else str(value))
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            self._error("form-limit", f"The limit '{name}' is no number.", "Give a number.")
            return None
        return value if isinstance(value, int) else number

    def _count(self, rules: Mapping[str, Any], name: str) -> int | None:
        value = self._number(rules, name)
        return int(value) if value is not None and 0 <= value <= 10**9 else None

    def _id(self) -> str | None:
        name = self._component.get("id") or self._component.get("key")
        return str(name) if name else None

    def _error(self, rule: str, message: str, cure: str) -> None:
        self._note(Severity.ERROR, rule, message, cure)

    def _warn(self, rule: str, message: str, cure: str) -> None:
        self._note(Severity.WARNING, rule, message, cure)

    def _note(self, severity: Severity, rule: str, message: str, cure: str) -> None:
        label = self._component.get("label")
        name = label if isinstance(label, str) else None
        self.problems.append(Problem(rule, severity, self._id(), None, message, cure, name))


def _flat(components: list[Any]) -> Iterator[tuple[Any, str, tuple[str, ...]]]:
    """Yield each component with the id of its group and the hide conditions that hold for it."""
    pending = [(component, "", (), 0) for component in reversed(components)]
    todo: list[tuple[Any, str, tuple[str, ...], int]] = list(pending)
    while todo:
        component, group, above, depth = todo.pop()
        hide = above
        if isinstance(component, Mapping):
            conditional = component.get("conditional")
            text = conditional.get("hide") if isinstance(conditional, Mapping) else None
            hide = (*above, text) if isinstance(text, str) and text.strip() else above
            members = component.get("components")
            if isinstance(members, list) and depth < DEPTH:
                name = str(component.get("id") or component.get("label") or "group")
                todo.extend((member, name, hide, depth + 1) for member in reversed(members))
        yield component, group, hide


def _words(component: Mapping[str, Any], *names: str) -> str:
    return next((component[name] for name in names if isinstance(component.get(name), str)), "")
