"""The cells on the input side of a decision table."""

from __future__ import annotations

import pytest

from engine.bpmn.decisions.unary_tests import CellError, compile_cell, literals


@pytest.mark.parametrize(
    ("cell", "passing", "failing"),
    [
        ("< 5", [4, -1, 4.9], [5, 6, None, "4", True]),
        ("<=5", [5], [5.1]),
        ("> -0.8", [-0.7, 0], [-0.8, -0.9]),
        (">=1.5e3", [1500, 2000], [1499]),
        ('> "b"', ["c"], ["b", "a", 1, None]),
        ("5", [5, 5.0], [4, "5", True, None]),
        ("-5", [-5], [5]),
        (".5", [0.5], [5]),
        ("= 5", [5], [4]),
        ("!= 5", [4, None, "5"], [5]),
        ('"gold"', ["gold"], ["silver", None]),
        ('"say \\"hi\\""', ['say "hi"'], ["say hi"]),
        ("true", [True], [False, None, 1]),
        ("false", [False], [True, None, 0]),
        ("1", [1], [True]),
        ("null", [None], [0, "", False]),
        ("[1..5]", [1, 3, 5], [0.9, 5.1, None, "3"]),
        ("(1..5)", [1.1, 4], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5)", [1], [5]),
        ("[-5..-1]", [-3], [0]),
        ("[0.5..1.5]", [1], [0.4, 2]),
        ('["a".."f"]', ["c"], ["g"]),
        ("1, 2, 3", [1, 3], [4]),
        ('"a","b"', ["a", "b"], ["c"]),
        ("< 0, > 10", [-1, 11], [5]),
        ("[1..2], 9", [1.5, 9], [5]),
        ("not(1)", [2, None], [1]),
        ('not("a", "b")', ["c"], ["a", "b"]),
        ("not(< 5)", [5, None], [4]),
    ],
)
def test_a_cell_says_which_values_pass(
    cell: str, passing: list[object], failing: list[object]
) -> None:
    # given
    test = compile_cell(cell)
    assert test is not None

    # when / then
    assert [value for value in passing if not test(value)] == []
    assert [value for value in failing if test(value)] == []


@pytest.mark.parametrize("cell", ["", "-", " ", " - "])
def test_an_empty_cell_lets_anything_pass(cell: str) -> None:
    assert compile_cell(cell) is None


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("gold", "'gold'"),
        ("> limit", "'limit'"),
        ('date("2026-01-01")', "'date'"),
        ("1..5", "'..'"),
        ("[5..1]", "above its end"),
        ("[1..5", "not closed"),
        ("[1,5]", "'..' is missing"),
        ("5]", "']'"),
        ("< true", "compared by size"),
        ("< null", "compared by size"),
        ("1 2", "'2'"),
        ("1,", "the end"),
        ("not(1", "')' is missing"),
        ("not 1", "'(' is missing"),
        ("1.2.3", "not understood"),
        ("'a'", "not understood"),
        ('"open', "not understood"),
        ("? > 5", "not understood"),
        ("5 + 5", "not understood"),
        ('[1.."b"]', "above its end"),
        ("1" * 50, "too long"),
        ('"' + "x" * 5000 + '"', "4,000"),
    ],
)
def test_anything_else_is_refused_with_a_cure(cell: str, reason: str) -> None:
    # given / when
    with pytest.raises(CellError) as caught:
        compile_cell(cell)

    # then
    assert reason in caught.value.reason
    assert caught.value.cure


@pytest.mark.parametrize(
    ("cell", "kind"),
    [('"a"', "number"), ("< 5", "text"), ("1.5", "whole number"), ("1", "boolean")],
)
def test_a_literal_has_to_be_of_the_type_of_its_column(cell: str, kind: str) -> None:
    with pytest.raises(CellError, match=f"no {kind}"):
        compile_cell(cell, kind)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("cell", ["\\" * 3000, '"' + "\\" * 3000, "(" * 3000, "1." * 1500])
def test_a_hostile_cell_is_refused_soon(cell: str) -> None:
    with pytest.raises(CellError):
        compile_cell(cell)


def test_a_list_of_output_values_is_read() -> None:
    assert literals('"high", "low", 3, true') == ["high", "low", 3, True]
