"""Hostile names, values and plans of decisions: no host object, no traceback, nobody blocked."""

from __future__ import annotations

import json

import pytest

from engine.bpmn.decisions import Decisions
from engine.bpmn.expressions.sandbox.process import SANDBOX
from tests.engine.bpmn.decisions.drawing import (
    NAMESPACES,
    decided,
    decision,
    dmn,
    given,
    literal,
    policy,
    rows,
)


@pytest.mark.parametrize("owner", ["constructor", "toString", "__proto__", "hasOwnProperty"])
@pytest.mark.parametrize("name", ["prototype", "name", "length"])
def test_what_is_imported_under_a_name_of_javascript_is_only_what_is_given(
    owner: str, name: str
) -> None:
    # given
    there = dmn(given(name), name="there.dmn", space="urn:there")
    imports = f'<import name="{owner}" namespace="urn:there" importType="{NAMESPACES["1.5"]}"/>'
    logic = decision(literal(f"[{owner}.{name}]"), needs=f"i:urn:there#{name}")
    here = dmn(f"{imports}{logic}")

    # when
    found = Decisions.of([here, there]).decide("0#d", {})

    # then
    assert found.outputs in ([None], None)


def test_a_field_with_a_name_of_javascript_is_only_what_is_given() -> None:
    # given
    fields = '<itemComponent name="constructor"/><itemComponent name="toString"/>'
    types = f'<itemDefinition name="t">{fields}</itemDefinition>'
    document = dmn(
        types + given("x", "t") + decision(literal("[x.constructor, x.toString]"), needs="i:x")
    )

    # when
    found = decided(document, {"x": {}})

    # then
    assert found.outputs == [None, None]
    assert found.failures == ()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('date and time("2026-01-01T00:00:00@europe/vienna")', "2026-01-01T00:00:00@europe/vienna"),
        ('date("2026-01-01")', "2026-01-01"),
        ('context put({}, "\\u0000", [])', None),
        ("[" * 900 + "1" + "]" * 900, None),
    ],
)
@pytest.mark.parametrize("as_texts", [True, False])
def test_no_value_of_a_hostile_text_is_a_traceback(
    expression: str, expected: str | None, as_texts: bool
) -> None:
    # given
    decisions = Decisions.of([dmn(decision(literal(expression)))])

    # when
    found = decisions.decide("0#d", {}, as_texts=as_texts)

    # then
    if expected is not None:
        assert str(found.outputs) == expected
    elif isinstance(found.outputs, list):
        assert len(json.dumps(found.outputs)) < 2_000
    else:
        assert found.failures


def test_a_plan_that_takes_long_to_read_is_not_read_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    tables = (f'< date("20{n % 90 + 10}-01-01") | {n}' for n in range(30))
    decisions = Decisions.of([dmn(decision(rows(*tables, "- | 9", policy=policy("FIRST"))))])
    ask, slices = SANDBOX.ask, []

    def never_done(kind: str, request: str, *, seconds: float | None = None) -> str:
        if request.startswith('{"warm"'):
            slices.append(seconds)
            return '{"left":true}'
        return ask(kind, request, seconds=seconds)

    monkeypatch.setattr(SANDBOX, "ask", never_done)

    # when
    first = decisions.decide("0#d", {"x": -1})
    asked = len(slices)
    SANDBOX.close()  # it forgets the plan
    second = decisions.decide("0#d", {"x": -1})

    # then
    assert first.outputs == second.outputs == 9
    assert 0 < asked <= 24
    assert len(slices) == asked
