"""Hostile forms: checked and shown in time, whatever their conditions and options do."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.expressions.sandbox.process import SANDBOX
from engine.bpmn.work import worked
from engine.forms import Field, FieldKind, parse, validate, visible


def form(*components: dict[str, Any]) -> dict[str, Any]:
    return {"type": "default", "id": "answer", "components": list(components)}


def field(key: str, condition: str) -> dict[str, Any]:
    return {"type": "textfield", "key": key, "label": key, "conditional": {"hide": condition}}


class Broken:
    """A condition that fails in a way nobody has thought of; it takes a second of ``clock``."""

    reads: frozenset[str] = frozenset()

    def __init__(self, text: str, error: Exception, clock: list[float]) -> None:
        self.text, self._error, self._clock = text, error, clock

    def evaluate(self, variables: Any, *, now: Any = None) -> Any:
        self._clock.append(self._clock[-1] + 1)
        raise self._error


@pytest.mark.parametrize("error", [RecursionError(), KeyError("Mars/Base"), AttributeError("x")])
def test_a_condition_that_fails_in_any_way_hides_nothing(error: Exception) -> None:
    # given
    (good,) = parse(form(field("a", '= kind = "close"')))
    broken = Field(FieldKind.TEXTFIELD, "b", hide=(Broken("b", error, [0.0]), *good.hide))
    alone = Field(FieldKind.TEXTFIELD, "c", hide=(Broken("c", error, [0.0]),))

    # when / then
    assert visible([broken, good, alone], {"kind": "close"}) == [False, False, True]
    assert visible([broken, good, alone], {"kind": "reply"}) == [True, True, True]


def test_conditions_that_take_too_long_together_are_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    clock = [0.0]
    monkeypatch.setattr("engine.bpmn.work.worked", lambda: clock[-1])
    monkeypatch.setattr("engine.bpmn.work.monotonic", lambda: clock[-1])
    slow = [Broken(f"slow {number}", ValueError(), clock) for number in range(300)]
    fields = [Field(FieldKind.TEXTFIELD, f"f{n}", hide=(each,)) for n, each in enumerate(slow)]

    # when
    shown = visible(fields, {})

    # then
    assert all(shown)
    assert clock[-1] == 3  # the one that went over two seconds was the last


@pytest.mark.parametrize("count", [20, 250])
def test_slow_conditions_end_the_sandbox_once_and_hide_nothing(count: int) -> None:
    # given
    slow = 'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$")'
    schema = form(*(field(f"a{n}", f"= {slow} or x{n}") for n in range(count)))
    parse(schema)
    began = worked()

    # when
    clean, errors = validate(schema, {"a0": "kept", f"a{count - 1}": "kept"})

    # then
    assert (clean, errors) == ({"a0": "kept", f"a{count - 1}": "kept"}, {})
    assert worked() - began < 3
    assert SANDBOX.ask("S", "'alive'") == "alive"


def test_many_ordinary_conditions_are_answered_in_one_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    schema = form(*(field(f"a{n}", f"= count(items[item > {n}]) > 0") for n in range(100)))
    fields = parse(schema)
    calls: list[str] = []
    ask = SANDBOX.ask
    monkeypatch.setattr(SANDBOX, "ask", lambda *given: calls.append(given[0]) or ask(*given))

    # when
    shown = visible(fields, {"items": [50]})

    # then
    assert shown == [number >= 50 for number in range(100)]
    assert calls == ["F"]


@pytest.mark.parametrize("kind", ["textfield", "number", "checkbox", "datetime"])
def test_a_number_of_thousands_of_digits_is_refused_in_words(kind: str) -> None:
    # given
    schema = form({"type": kind, "key": "n", "label": "n"})

    # when
    clean, errors = validate(schema, {"n": 10**5_000})

    # then
    assert clean == {}
    assert errors["n"]


@pytest.mark.usefixtures("uncollected")
def test_a_thousand_choices_among_thousands_of_options_are_found_at_once() -> None:
    # given
    codes = [f"code {number}" for number in range(8_000)]
    schema = form({"type": "checklist", "key": "c", "label": "c", "valuesKey": "codes"})
    began = worked()

    # when
    clean, errors = validate(schema, {"c": codes[:1_000]}, variables={"codes": codes})

    # then
    assert (clean, errors) == ({"c": codes[:1_000]}, {})
    assert worked() - began < 10
