"""Slips in FEEL: which texts have one, which do not, and what is to be written."""

from __future__ import annotations

import pytest

from engine.bpmn.expressions.slips.dates import with_dates
from engine.bpmn.expressions.slips.hints import hint
from engine.bpmn.expressions.slips.signs import slip_in

CELLS = {
    "> 5 and < 10": (4, "Write (5..10)."),
    "< 10 and >= 5": (5, "Write [5..10)."),
    ">5and<=10": (2, "Write (5..10]."),
    "=> 5 and =< 10": (5, "Write [5..10]."),
    "> 5 AND < 10": (4, "Write (5..10)."),
    "> 5 && < 10": (4, "Write (5..10)."),
    "(> 5) and (< 10)": (6, "Write (5..10)."),
    "> 5 or < 3": (4, "Write > 5, < 3."),
    "[1..3] or [5..6]": (7, "Write [1..3], [5..6]."),
    "5 || 6": (2, "Write 5, 6."),
    "5, 6 or 7": (5, "Write 5, 6, 7."),
    '"gold" and "silver"': (7, 'Write "gold", "silver".'),
    '"gold" or silver': (7, 'Write "gold", "silver".'),
    "5 or limit": (2, "Write 5, limit."),
    "not(5) and not(6)": (7, "Write not(5, 6)."),
    "<> 5 and <> 6": (5, "Write not(5, 6)."),
    "not(5 or 6)": (6, "Write not(5, 6)."),
    "> 5 and != 7": (4, "Write ? > 5 and ? != 7."),
    "[1..9] and != 7": (7, "Write ? in [1..9] and ? != 7."),
    "? > 5 or 6": (6, "Write ? > 5 or ? = 6."),
    "> 2026-01-01 and < 2026-12-31": (
        13,
        'Write (date("2026-01-01")..date("2026-12-31")).',
    ),
    '< date and time("2026-01-01T00:00:00Z") or null and > 5': (
        40,
        'Write ? < date and time("2026-01-01T00:00:00Z") or null and ? > 5.',
    ),
    "> 1 or " + " or ".join(f"> {at}" for at in range(40)): (
        4,
        "Write each test with ? on its left side.",
    ),
    "=> 5": (0, "Write >= 5."),
    "=<5, <> 6": (0, "Write <=5, != 6."),
    "<> 5": (0, "Write not(5)."),
    '<> "a"': (0, 'Write not("a").'),
    "<> limit": (0, "Write != limit."),
    "? == 5": (2, "Compare with one '='."),
}


@pytest.mark.parametrize(("cell", "found"), CELLS.items())
def test_a_slip_in_a_cell_is_found_and_mended(cell: str, found: tuple[int, str]) -> None:
    # when
    slip = slip_in(cell, tests=True, names=())

    # then
    assert slip is not None
    assert (slip.at, slip.cure) == found


FEEL = [
    "? > 5 and ? < 10",
    "(? in [1..5]) or (? in [7..9])",
    "? in [1..5] and vip",
    "? between 5 and 10",
    "x between 1 and 2 and ? between 5 and 10",
    "vip or true",
    "gold or silver",
    'contains(?, "a") and not(vip)',
    'flag("a") or flag("b")',
    "if vip and old then 5 else 6",
    "some x in list satisfies x > 5 and x < 10",
    '> date and time("2026-01-01T00:00:00Z")',
    'years and months duration(a, b) > duration("P1Y")',
    '"> 5 and < 10", "a or b"',
    '"a" // and < 10',
    "> band, < order",
    "> x5and",
    "? instance of function<>->number",
    ">= 5, <= 3, != 4",
]


@pytest.mark.parametrize("cell", FEEL)
def test_a_cell_of_feel_has_no_slip(cell: str) -> None:
    # when / then
    assert slip_in(cell, tests=True, names=()) is None


def test_a_name_with_and_in_it_joins_nothing() -> None:
    # when / then
    assert slip_in("> Profit and Loss", tests=True, names=["Profit and Loss"]) is None
    assert slip_in("> Profit and Loss", tests=True, names=[]) is not None


def test_expressions_are_looked_at_for_signs_only() -> None:
    # when
    slip = slip_in("a <> 5 and b =< 3", tests=False, names=())

    # then
    assert slip is not None
    assert (slip.reason, slip.cure) == ("'<>' is not FEEL.", "Write a != 5 and b <= 3.")
    assert slip_in("a and 5", tests=False, names=()) is None


HINTS = {
    "'gold', 'silver'": 'Write texts in double quotes: "gold", "silver".',
    "“gold”": 'Write texts in double quotes: "gold".',
    "\u2018gold\u2019": 'Write texts in double quotes: "gold".',
    "!5": "Write not(5).",
    "is null": "Write null.",
    "is not null": "Write not(null).",
    'not "gold"': 'Write not("gold").',
    "between 5 and 10": "Write [5..10].",
    "between 2026-01-01 and 2026-12-31": 'Write [date("2026-01-01")..date("2026-12-31")].',
    "5 to 10": "Write [5..10].",
    "5..10": "Write [5..10].",
    "[5...10": "Write [5..10].",
    'in ("a", "b")': 'Write "a", "b".',
    "in [5..10]": "Write [5..10].",
    "\u2013": "Write - for any value.",
    "≥ 5": "Write >= 5.",
    "≠ 5": "Write not(5).",
    "gold; silver": 'Write "gold", "silver".',
    "@2026-01-31": 'Write @"2026-01-31".',
    "> 2026-01-31T10:00:00Z": 'Write > date and time("2026-01-31T10:00:00Z").',
    "31.12.2026": 'Write dates as date("2026-01-31").',
    "10:30": 'Write times as time("10:30:00").',
    "10%": "Write the number alone.",
    "[5": "Check operators, brackets and quotes.",
}


@pytest.mark.parametrize(("cell", "say"), HINTS.items())
def test_a_cell_that_is_refused_is_hinted_at(cell: str, say: str) -> None:
    # when / then
    assert hint(cell, tests=True) == say


@pytest.mark.parametrize(
    ("text", "say"),
    [
        ("1,5", "Write decimals with a point, 1.5, and lists in brackets, [1, 5]."),
        ("a && b", "Write 'and' instead of '&&'."),
        ("a || b", "Write 'or' instead of '||'."),
        ("!a", "Write not(...) instead of '!'."),
        ("a ? b : c", "Write 'if a then b else c'."),
        ("it's", 'Write texts in double quotes: "gold".'),
        ("\"'a'\" c", "Check operators, brackets and quotes."),
        ('"a ? b" c', "Check operators, brackets and quotes."),
    ],
)
def test_an_expression_that_is_refused_is_hinted_at(text: str, say: str) -> None:
    # when / then
    assert hint(text, tests=False) == say


def test_dates_in_quotes_stay_as_they_are() -> None:
    # when / then
    assert (
        with_dates('"from 2026-01-31", date( 2026-1-5)') == '"from 2026-01-31", date("2026-01-05")'
    )
