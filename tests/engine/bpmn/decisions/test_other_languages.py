"""Decisions in other languages than FEEL, and decisions in FEEL that require them."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.bpmn.decisions import Decisions
from tests.engine.bpmn.decisions.drawing import decided, decision, dmn, given, literal


def in_juel(id: str, expression: str, needs: str = "", type: str = "") -> str:
    written = literal(expression).replace(">", ' expressionLanguage="juel">', 1)
    return decision(written, id=id, needs=needs, type=type)


def test_a_decision_in_another_language_is_made_before_those_that_require_it() -> None:
    # given
    document = dmn(
        given("x", "number")
        + in_juel("inner", "${x + 1}", "i:x")
        + decision(literal("count([inner]) + inner"), id="middle", needs="inner")
        + in_juel("outer", "${middle * inner}", "middle inner")
    )

    # when
    found = decided(document, {"x": 4}, asked="outer")

    # then
    assert (found.outputs, found.failures) == (30, ())
    assert [each.key for each in found.evaluated] == ["inner", "middle", "outer"]
    assert decided(document, {"x": 4, "middle": 2}, asked="outer").outputs == 10


def test_what_fails_in_another_language_is_told_by_those_that_require_it() -> None:
    # given
    broken = in_juel("inner", "${x.nothing()}")
    document = dmn(
        broken + decision(literal('if inner = null then "fine" else "no"'), needs="inner")
    )

    # when
    found = decided(document, {"x": "text"})

    # then
    assert found.failures


def test_dates_pass_between_languages() -> None:
    # given
    document = dmn(
        in_juel("due", "${at.plusDays(1)}", type="date and time")
        + decision(literal("due.day + 1"), needs="due")
    )

    # when
    found = decided(document, {"at": datetime(2026, 3, 1, tzinfo=UTC)})

    # then
    assert (found.outputs, found.failures) == (3, ())
    assert found.evaluated[0].outputs == "2026-03-02T00:00:00Z"


def test_inside_of_another_expression_texts_are_feel() -> None:
    # given
    inner = literal("${x}").replace(">", ' expressionLanguage="juel">', 1)
    document = dmn(decision(f"<list>{inner}</list>"))

    # when
    (problem,) = Decisions.of([document]).linked.files[0].problems
    found = decided(document, {"x": 1})

    # then
    assert (problem.severity, "juel" in problem.message) == ("error", True)
    assert (found.outputs, bool(found.failures)) == ([None], True)
