"""Cells of decision tables: the fast path, its answers beside those of feelin, and faults."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.feel import LANGUAGE, FeelTests, pass_together
from engine.bpmn.expressions.friendly.cells import parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.expressions.protocol import Place
from tests.engine.bpmn.expressions import random_feel

VARIABLES: dict[str, Any] = {
    "limit": 10,
    "tier": "gold",
    "tags": ["gold", "silver"],
    "ok": True,
    "customer": {"tier": "gold"},
}


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(random_feel.cells, min_size=1, max_size=12),
    value=random_feel.values,
    variables=random_feel.variables,
)
def test_the_fast_path_answers_as_feelin_does(
    texts: list[str], value: Any, variables: dict[str, Any]
) -> None:
    # given
    answered: dict[FeelTests, bool] = {}
    for text in texts:
        try:
            test, reads = parse_tests(text)
            answered[FeelTests(Place(text), reads)] = test(value, variables)
        except ElsewhereError:
            continue
    if not answered:
        return

    # when
    expected = pass_together(list(answered), value, variables)

    # then
    assert dict(zip((cell.text for cell in answered), expected, strict=True)) == {
        cell.text: passed for cell, passed in answered.items()
    }


@pytest.mark.parametrize(
    ("text", "passing", "failing"),
    [
        ("", [None, 5, "a", []], []),
        (" - ", [None, 5, "a", []], []),
        ("5", [5, 5.0], [4, "5", True, None]),
        ("1", [1], [True]),
        ("-5", [-5], [5]),
        ('"gold", "silver"', ["gold", "silver"], ["iron", 5, None]),
        (r'"a \"b\""', ['a "b"'], ["a"]),
        ("true", [True], [1, False, None, "true"]),
        ("null", [None], [0, False, ""]),
        ("< 5", [4, -0.5], [5, "4", None, True, [1], {}]),
        (">= -1.5", [-1.5, 0], [-2, None]),
        ("= 5", [5], [6, None]),
        ("!= 5", [6, None], [5, "5"]),
        ("[1..5]", [1, 5, 2.5], [0, 6, "3", None]),
        ("(1..5)", [2], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[5..1)", [5, 2], [1]),
        ('["a".."f"]', ["c"], ["g", 5]),
        ("< 5, > 10, 7", [4, 11, 7], [6, None]),
        ("not(5, 7)", [6, "5", None], [5, 7]),
        ("not(< 5)", [5, "a", None], [4]),
        ("< limit", [9], [10, None]),
        ("[1..limit]", [10], [11]),
        ("tier", ["gold"], ["silver", 5]),
        ("customer.tier", ["gold"], ["silver", None]),
        ("tags", ["gold", "silver"], ["iron", 5]),
        ('["a", "b"]', ["a"], ["c"]),
        ("ok", [5, None, False], []),
        ("missing", [], [5]),
        ("? > 5 and ? < limit", [7], [5, 10]),
        ('contains(?, "ol")', ["gold"], ["silver", 5]),
        ('? = "a" or tier = ?', ["a", "gold"], ["b"]),
        ('not(starts with(?, "g"))', ["silver"], ["gold"]),
    ],
)
def test_a_plain_cell_needs_no_sandbox(text: str, passing: list[Any], failing: list[Any]) -> None:
    # given
    test, _ = parse_tests(text)

    # when / then
    assert [test(value, VARIABLES) for value in passing] == [True] * len(passing)
    assert [test(value, VARIABLES) for value in failing] == [False] * len(failing)


@pytest.mark.parametrize(
    "text",
    [
        'date("2026-01-01")',
        "5, -",
        "not(5), 7",
        "not(5) = true",
        "not()",
        "not(-)",
        "(< 5)",
        "< 5 and ? > 3",
        "< ? + 1",
        "if ? > 5 then true else false",
        "? in (true)",
        "5 7",
        "[1..5",
        "??",
    ],
)
def test_a_cell_that_is_not_plain_is_left_to_the_sandbox(text: str) -> None:
    with pytest.raises(ElsewhereError):
        parse_tests(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", [5]),  # a list of one item stands for it
        ("< 5", date(2026, 1, 1)),
        ("[1..5]", date(2026, 1, 1)),
        ('< "b"', "\u00e9"),
        ("? > 5", None),  # feelin takes two nulls for equal, even where nothing was compared
        ("missing", None),
        ("customer", {"tier": "gold"}),
        ("[missing..5]", 3),
    ],
)
def test_a_value_that_is_not_known_is_left_to_the_sandbox(text: str, value: Any) -> None:
    # given
    test, _ = parse_tests(text)

    # when / then
    with pytest.raises(ElsewhereError):
        test(value, VARIABLES)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("< 5", 4, True),
        ("5", [5], True),
        ('< date("2026-02-01")', date(2026, 1, 1), True),
        ('[date("2026-02-01")..date("2026-03-01")]', date(2026, 1, 1), False),
        ("some tag in tags satisfies tag = ?", "silver", True),
        ("today()", date(2026, 1, 1), False),
    ],
)
def test_every_cell_says_whether_a_value_passes(text: str, value: Any, expected: bool) -> None:
    # given
    cell = LANGUAGE.tests(Place(text))

    # when
    passed = cell.passes(value, VARIABLES, now=datetime(2026, 3, 1, tzinfo=UTC))

    # then
    assert passed is expected


def test_the_cells_of_a_column_are_answered_in_one_call() -> None:
    # given
    cells = [LANGUAGE.tests(Place(text)) for text in ("< 5", "today()", "limit", "?")]

    # when
    first, second, third, fourth = pass_together(cells, 10, VARIABLES)

    # then
    assert (first, third, fourth) == (False, True, True)
    assert isinstance(second, ExpressionError)  # nobody said what time it is


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("< limit, tier", {"limit", "tier"}),
        ("? > customer.limit", {"customer"}),
        ("some tag in tags satisfies tag = ?", {"tags"}),
        ("-", set()),
    ],
)
def test_a_cell_knows_which_variables_it_reads(text: str, reads: set[str]) -> None:
    assert LANGUAGE.tests(Place(text)).reads == reads


@pytest.mark.parametrize(
    ("text", "column", "cure"),
    [
        ("< ", 3, "operators"),
        ("5 7", 3, "operators"),
        ("== 5", 1, "one '='"),
        ("not(5", 6, "brackets"),
        ("'gold'", 1, "double quotes"),
        ("very good", 1, '"very good"'),
        ("score(?) > 5", None, "that FEEL has"),
        ("5, " * 2_000, None, "shorter"),
    ],
)
def test_what_is_no_test_is_refused_with_its_place(
    text: str, column: int | None, cure: str
) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        LANGUAGE.tests(Place(text, element="rule"))

    # then
    assert caught.value.column == column
    assert cure in caught.value.cure
    assert caught.value.element == "rule"


def test_a_cell_that_fails_says_where() -> None:
    # given
    cell = LANGUAGE.tests(Place("today()", element="rule"))

    # when / then
    with pytest.raises(ExpressionError, match="rule"):
        cell.passes(5, {})
