"""Literals and simple cells: what is read is what FEEL reads, and everything else is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.decisions.analysis.cells import Between, Same, read_cell
from engine.bpmn.decisions.analysis.listed import Listed
from engine.bpmn.decisions.analysis.literals import BOOLEAN, DATE, NOTHING, NUMBER, TEXT, literal
from engine.bpmn.expressions.feel import LANGUAGE
from engine.bpmn.expressions.protocol import Place

WRITTEN = [
    *("5", "-5", "1.50", "-.5", "true", "null", '"a"', '"a \\\\ \\" b"', '""'),
    *('date("2026-01-31")', '@"2026-01-31"', 'date and time("2026-01-31T10:00:00Z")'),
    *('duration("P1DT2H")', '@"-PT90M"', 'duration("P1Y2M")'),
]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_literal_is_the_value_that_feel_has(text: str) -> None:
    # given
    found = literal(text)

    # when
    value = LANGUAGE.expression(Place(text)).evaluate({})

    # then
    assert found is not None
    if found.sort in (NUMBER, TEXT, BOOLEAN, DATE, NOTHING):
        assert found.value == value
    else:
        assert value is not None


@pytest.mark.parametrize(
    "text",
    [
        *("- 5", "1e5", "5 + 1", "a", "'a'", '"a', "", "truer", "1.2.3", "[1]", '"a" "b"'),
        *('date("2026-02-30")', 'date("soon")', 'duration("P")', 'duration("PT")', "date(2026)"),
        *('time("10:00:00")', 'date and time("2026-01-31T10:00:00@Europe/Paris")'),
        "1" * 16,
    ],
)
def test_what_is_no_literal_is_left_alone(text: str) -> None:
    # when / then
    assert literal(text) is None


def test_two_ways_to_write_a_value_are_one_value() -> None:
    # given
    pairs = [("5", "5.0"), ('duration("P1D")', '@"PT24H"'), ('duration("P1Y")', '@"P12M"')]

    # when / then
    for one, other in pairs:
        first, second = literal(one), literal(other)
        assert first is not None
        assert second is not None
        assert first.same_as(second)


@pytest.mark.parametrize(
    "text",
    [
        *("> limit", "5, > limit", "? > 5", "not(not(5))", '< "m"', "5,", ",5", "5 6", "> null"),
        *('[1.."a"]', '["a".."b"]', "not(-)", "> true", "[1..2", "even(?)"),
    ],
)
def test_a_cell_that_is_not_simple_is_left_alone(text: str) -> None:
    # when / then
    assert read_cell(text) is None


def test_a_range_in_the_wrong_order_means_the_right_one() -> None:
    # given
    five, one = literal("5"), literal("1")

    # when
    cell = read_cell("(5..1]")

    # then
    assert cell is not None
    assert cell.tests == (Between(one, five, from_low=True, to_high=False),)


def test_an_empty_cell_passes_anything() -> None:
    # when / then
    for text in ("", "-", " - "):
        cell = read_cell(text)
        assert cell is not None
        assert cell.passes_anything


DATES = [f"2026-01-0{day}" for day in range(1, 6)]
_date = st.sampled_from(DATES).map('date("{}")'.format)
_dates = (
    _date
    | st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "!="]), _date)
    | st.builds("{}{}..{}{}".format, st.sampled_from("[("), _date, _date, st.sampled_from("])"))
)


@settings(max_examples=60, deadline=None)
@given(_dates, st.sampled_from(DATES))
def test_a_cell_with_dates_passes_those_that_feel_passes(cell: str, day: str) -> None:
    # given
    value = literal(f'date("{day}")')
    assert value is not None

    # when
    passes = LANGUAGE.tests(Place(cell)).passes(value.value, {})

    # then
    assert Listed([cell]).may_have(value) == passes


def test_a_list_that_is_not_simple_allows_anything() -> None:
    # given
    five = literal("5")
    assert five is not None

    # when / then
    assert Listed(["> limit"]).may_have(five)
    assert not Listed(["> limit", "< 5"]).may_have(five)
    assert not Listed(["!= 5"]).may_have(five)
    assert Listed(["not(6)"]).may_have(five)


def test_a_long_list_is_shown_cut() -> None:
    # when
    text = str(Listed([", ".join(f'"value {at}"' for at in range(20))]))

    # then
    assert len(text) == 80
    assert text.endswith("...")


def test_the_tests_of_a_cell_are_its_parts() -> None:
    # given
    a = literal('"a"')
    assert a is not None

    # when
    cell = read_cell('not("a", != "a")')

    # then
    assert cell is not None
    assert cell.negated
    assert cell.tests == (Same(a), Same(a, differs=True))
