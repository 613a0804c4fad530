"""FEEL where feelin, its interpreter, departs from DMN 1.5: what the sandbox answers instead.

Each table names the clause of DMN 1.5. The fast path takes no part: every text goes to the sandbox.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from engine.bpmn.expressions.sandbox.process import SANDBOX
from tests.engine.bpmn.expressions.sandboxed_feel import answer

ROOT = Path(__file__).parents[4]
FRONTEND = ROOT / "webapp" / "frontend"
NODE = shutil.which("node", path=str(ROOT / ".venv" / "bin")) or shutil.which("node")


@pytest.mark.parametrize(
    ("clause", "text", "wanted"),
    [
        ("10.3.2.5 filters", '"tea"[true]', ["tea"]),
        ("10.3.2.5 filters", '"tea"[false]', []),
        ("10.3.2.5 filters", "[7, 8][true]", [7, 8]),
        ("10.3.2.5 filters", "[true, false, null][item = false]", [False]),
        ("10.3.2.5 filters", "[1, null][item = null]", [None]),
        ("10.3.2.5 filters", '[1, 2]["text"]', []),
        ("10.3.2.6 contexts", '{size: 1, "size": 2}', None),
        ("10.3.2.6 contexts", "{outer: {size: 1, size: 2}, other: 3}", {"outer": None, "other": 3}),
        ("10.3.2.7 ranges", "5 in [2..null]", None),
        ("10.3.2.7 ranges", "5 in [limit..9]", None),
        ("10.3.2.7 ranges", "5 in (2..null)", True),
        ("10.3.2.7 ranges", "[(=4).start, (=4).end]", [4, 4]),
        ("10.3.2.7 ranges", "[(=4).start included, (!=4).end included]", [True, False]),
        ("10.3.2.7 ranges", "[4 in (=4), 5 in (=4), 5 in (!=4)]", [True, False, True]),
        ("10.3.1.2 numbers", "[1e5, 5e-1, 1E2, - 5]", [100000, 0.5, 100, -5]),
        ("10.3.1.2 comparisons", "limit in [1..5] and false", False),
        ("10.3.1.2 comparisons", "true and limit in [null] or true", True),
        ("10.3.1.2 comparisons", '"a" in ["b"] or "a" in ["a"] and true', True),
        ("10.3.1.2 comparisons", "7 in > 5 and true", True),
        ("10.3.1.2 comparisons", "7 in = 7 and true or false", True),
        ("10.3.1.2 comparisons", "7 in <= 5 or true", True),
        ("10.3.1.2 comparisons", "some n in [1, 2] satisfies n in [2..3] and true", True),
        ("10.3.2.3.1 numbers", "[0.1 + 0.2 = 0.3, 19.99 * 100, 0.7 - 0.6]", [True, 1999, 0.1]),
        ("10.3.4.5 roundings", "[decimal(2.345, 2), round half up(1.005, 2)]", [2.34, 1.01]),
        (
            "10.3.4.5 roundings",
            "[floor(1.29, 1), ceiling(-1.21, 1), round down(-1.9, 0)]",
            [1.2, -1.2, -1],
        ),
        ("10.3.2.13 conditions", 'if 5 then "yes" else "no"', "no"),
        ("10.3.2.13 conditions", 'if null then "yes" else "no"', "no"),
        ("10.3.4.4 median", "median(10, 9, 1)", 9),
        ("10.3.4.4 list contains", 'list contains([@"2026-01-01"], @"2026-01-01")', True),
        ("10.3.4.4 index of", "index of([1, null, 1], null)", [2]),
        ("10.3.4.4 index of", "index of([{a: 1}, {a: 2}], {a: 2})", [2]),
        ("10.3.2.13 quantifiers", 'every n in [2, "two"] satisfies n = 2', None),
        ("10.3.2.13 quantifiers", "every n in [2, null] satisfies n", None),
        ("10.3.2.13 quantifiers", "every n in [null, false] satisfies n", False),
        ("10.3.2.13 quantifiers", 'every word in ["a", "b"] satisfies word', None),
        ("10.3.2.13 quantifiers", "every n in [] satisfies n", True),
        ("10.3.2.13 quantifiers", "some n in [null, true] satisfies n", True),
        ("10.3.2.13 quantifiers", "some n in [null, false] satisfies n", None),
        ("10.3.2.13 quantifiers", 'some word in ["a", "b"] satisfies word', None),
        ("10.3.2.13 quantifiers", "some n in [1, 2, 3] satisfies n > 2", True),
        ("10.3.2.9.4 conversion", '{twice: function(n: number) n * 2, is: twice("4")}.is', None),
        ("10.3.2.9.4 conversion", "{twice: function(n: number) n * 2, is: twice(4)}.is", 8),
        ("10.3.2.9.4 conversion", "{twice: function(n: number) n * 2, is: twice([4])}.is", 8),
        ("10.3.2.9.4 conversion", "{all: function(n: list<number>) n, is: all(4)}.is", [4]),
        ("10.3.2.9.4 conversion", "{one: function(n: number, m) m, is: one(null, 3)}.is", 3),
        ("10.3.2.9.4 conversion", "{any: function(n: Unheard) n, is: any(3)}.is", 3),
        ("10.3.2.9.4 conversion", "{none: function() 3, is: none()}.is", 3),
    ],
)
def test_an_expression_means_what_its_clause_says(clause: str, text: str, wanted: object) -> None:
    assert answer(text) == wanted, clause


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("{price: null} instance of context<price: number>", True),
        ("{price: 1, name: 2} instance of context<price: number>", True),
        ("{} instance of context<price: number>", False),
        ("[1, null] instance of list<number>", True),
        ('[1, "one"] instance of list<number>', False),
        ("[[1], [null]] instance of list<list<number>>", True),
        ("null instance of number", False),
        ("1 instance of Unheard", False),
        ("1 instance of constructor", False),
        ("[1..9] instance of range<number>", True),
        ("[1..9] instance of range < string >", False),
        ('["a".."k"] instance of range<string>', True),
        ('[@"2026-01-01"..@"2026-02-01"] instance of range<date>', True),
        ('(> @"2026-01-01T00:00:00") instance of range<date  and time>', True),
        ('[@"P1D"..@"P2D"] instance of range<years and months duration>', False),
        ("[[1..2], [3..4]] instance of list<range<number>>", True),
        ("5 instance of range<number>", False),
        ('"range<number>"', "range<number>"),
    ],
)
def test_a_value_is_an_instance_of_a_type(text: str, wanted: object) -> None:
    """DMN 1.5, 10.3.2.9.3: inside of lists and contexts, null is of every type."""
    assert answer(text) == wanted


def test_a_variable_called_range_is_still_compared() -> None:
    assert answer("range < limit and limit > 3", range=4, limit=5) is True


def test_names_of_types_are_no_variables() -> None:
    # given
    text = "(a instance of tSize or b instance of list<my size>) and (function(c: tSize) c = d)(1)"

    # when
    found = json.loads(SANDBOX.ask("F", json.dumps({"check": ["expression", text]})))

    # then
    assert sorted(found["reads"]) == ["a", "b", "d"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("overlaps before([10..20], [15..30])", True),
        ("overlaps before([10..20], [20..30])", True),
        ("overlaps before([10..20), [20..30])", False),
        ("overlaps before([10..20], [21..30])", False),
        ("overlaps before([10..20], (10..20])", True),
        ("overlaps before([10..40], [15..30])", False),
        ("overlaps after([15..30], [10..20])", True),
        ("overlaps after((20..30], [10..20])", False),
        ("starts(10, [10..20])", True),
        ("starts(10, (10..20])", False),
        ("starts([10..15], [10..20])", True),
        ("starts((10..15], [10..20])", False),
        ("started by([10..20], [10..20))", True),
        ("started by([10..20], 11)", False),
        ("finishes([15..20), [10..20))", True),
        ("finishes([15..20), [10..20])", False),
        ("finished by([10..20], 20)", True),
        ("during([11..20), [10..20])", True),
        ("during([10..20], (10..20])", False),
        ("during(19.5, [10..20))", True),
        ("coincides((1..2), (1..2))", True),
        ("coincides((1..2), [1..2))", False),
        ("coincides(3, 3)", True),
        ("during(range: [1..9], point: 4)", True),
        ("starts(range1: [1..2], range2: [1..9])", True),
        ("during([5..6], (> 4))", True),
        ("starts((< 3), (< 8))", True),
        ("during((< 3), [1..9])", False),
        ('during(@"2026-02-02", [@"2026-01-01"..@"2026-12-31"])', True),
        ('during("k", [1..9])', None),
        ('coincides(@"P1Y", @"P365D")', None),
        ("starts(1, 2)", None),
        ("overlaps before([1..2], 2)", None),
        ("during(1, null)", None),
        ("during([1..2])", None),
    ],
)
def test_ranges_are_compared(text: str, wanted: object) -> None:
    """DMN 1.5, 10.3.4.7 range functions."""
    assert answer(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('range("[2..7)") = [2..7)', True),
        ('range(from: "]2..7]") = (2..7]', True),
        ('range("  [ -2 .. 7 ]") = [-2..7]', True),
        ('range("[\\"b\\"..\\"f\\"]") = ["b".."f"]', True),
        ('range("[date(\\"2026-01-01\\")..@\\"2026-03-01\\"]").end', date(2026, 3, 1)),
        ('1000000 in range("(5..)")', True),
        ('range("(..5]").start', None),
        ('3 in range("(..5]")', True),
        ('range("[..5]")', None),
        ('range("(..)")', None),
        ('range("[null..5]")', None),
        ('range("[7..2]")', None),
        ('range("[1+1..7]")', None),
        ('range("[size..7]")', None),
        ('range("[1..\\"b\\"]")', None),
        ('range("2..7")', None),
        ('range("(1)")', None),
        ("range(2)", None),
    ],
)
def test_a_text_becomes_a_range(text: str, wanted: object) -> None:
    """DMN 1.5, 10.3.4.1: range(from), of literals."""
    assert answer(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('number("12.5")', 12.5),
        ("number(12.5)", 12.5),
        ('number(["-3e2"])', -300),
        ('number(from: ".5")', 0.5),
        ('number("1.234.567,5", ".", ",")', 1234567.5),
        ('number("1 234,5", " ", ",")', 1234.5),
        ('number("1,234.5", ",", ".")', 1234.5),
        ('number("1,5", null, ",")', 1.5),
        ('number("1,5")', None),
        ('number("1.5", null, ",")', None),
        ('number("1,234", ",", ",")', None),
        ('number("1.234", ".")', None),
        ('number("1:234", ":", ".")', None),
        ('number("0x10")', None),
        ('number("")', None),
        ("number(true)", None),
        ('number(1, " ", ",")', None),
    ],
)
def test_a_text_becomes_a_number(text: str, wanted: object) -> None:
    """DMN 1.5, 10.3.4.1: number(from), and with separators."""
    assert answer(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("decimal(2 / 3, 2.9)", 0.67),
        ("round up(1.21, 1.9)", 1.3),
        ("round down(1.29, 1)", 1.2),
        ("round half up(1.5, 6176)", 1.5),
        ("round half up(1.5, 6177)", None),
        ("round half down(1.5, -6112)", None),
        ("decimal(1.5, -7000)", None),
        ("round up(null, 1)", None),
    ],
)
def test_a_number_is_rounded_to_a_scale(text: str, wanted: object) -> None:
    """DMN 1.5, 10.3.4.5: a scale is a whole number from -6111 to 6176."""
    assert answer(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('list replace(["a", "b", "c"], 2, "x")', ["a", "x", "c"]),
        ('list replace(["a", "b", "c"], -1, "x")', ["a", "b", "x"]),
        ('list replace(["a", "b"], 1, null)', [None, "b"]),
        ('list replace("a", 1, "x")', ["x"]),
        ('list replace(["a", "b"], 3, "x")', None),
        ('list replace(["a", "b"], -3, "x")', None),
        ('list replace(["a", "b"], 0, "x")', None),
        ('list replace(["a", "b"], 1.5, "x")', None),
        ("list replace([4, 9], function(old, new) old < new, 6)", [6, 9]),
        ("list replace(list: [4, 9], match: function(old, new) old > new, newItem: 6)", [4, 6]),
        ("list replace([4, 9], function(old) old = 4, 6)", None),
        ("list replace([4, 9], function(old, new) old, 6)", None),
        ("list replace(null, 1, 6)", None),
    ],
)
def test_items_of_a_list_are_replaced(text: str, wanted: object) -> None:
    """DMN 1.5, 10.3.4.4: positions lie in the list; what decides is a boolean."""
    assert answer(text) == wanted


@pytest.mark.skipif(NODE is None, reason="Node is not installed")
def test_another_feelin_than_this_was_written_for_is_not_built() -> None:
    # given
    script = f"""
        const {{ opened }} = await import({json.dumps((FRONTEND / "feelin.mjs").as_uri())});
        opened("function addDuration() {{}}");
    """

    # when
    found = subprocess.run(
        [str(NODE), "--input-type=module", "--eval", script],
        check=False,
        capture_output=True,
        text=True,
    )

    # then
    assert found.returncode != 0
    assert "feelin has changed" in found.stderr


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("? > 5", 6, True),
        ("? > 5", None, False),
        ('contains(?, "a")', None, False),
        ("if ? > 5 then true else false", 6, True),
        ("if ? > 5 then true else false", False, False),
        ("not(? > 5)", None, True),
        ('"what?"', "what?", True),
        ("null", None, True),
    ],
)
def test_a_test_that_asks_about_the_value_decides_by_its_answer(
    cell: str, value: object, passes: bool
) -> None:
    """DMN 1.5, 7.3.3: what is null, or false, is not compared with the value."""
    request = {"run": [("tests", cell)], "variables": {"?": value}, "now": None}
    assert json.loads(SANDBOX.ask("F", json.dumps(request))) == [{"value": passes}]
