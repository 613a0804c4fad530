"""Whatever somebody types into a diagram: a value, or the one error that names the place."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, compile_script, compile_value
from engine.bpmn.expressions.feel import LANGUAGE as FEEL
from engine.bpmn.expressions.protocol import Place

NOW = datetime(2026, 3, 1, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "n": 7, "f": 0.5, "s": "text", "b": True, "none": None, "l": [1, "a", None],
    "d": {"k": {"x": 1}}, "at": NOW,
}  # fmt: skip
#: Any text at all, and texts that look like expressions, which get further before they fail.
TEXTS = (
    st.text(max_size=80)
    | st.text("nfsbld.k()[]{}'\"+-*/%<>=!,: 0129\n\t\\_#$", max_size=60)
    | st.lists(
        st.sampled_from(
            ["n", "f", "s", "none", "l", "d", "at", "now()", "len", "str", "date", "(", ")", "[",
             "]", ".k", "['k']", "[0]", "[99]", " + ", " * ", " / ", " // ", " % ", " ** ", " == ",
             " < ", " and ", " or ", "not ", " if ", " else ", " in ", ",", "-", "9" * 30, "1e308",
             "'x'", "f'{n}'", "f'{f:.3f}'", ".upper()", ".get('k')", ".split()", ":", "{", "}",
             " for x in ", "x", "lambda", "\x00", "\U0001d52b", "№", "\u202e"]
        ),
        max_size=14,
    ).map("".join)
)  # fmt: skip


@given(TEXTS)
@example("((((((((((((((((((((((((((((((((((((((((((((((((((")
@example("9" * 5000)
@example("'" + "a" * 20_000 + "'")
@example("- " * 3000 + "1")
@example("f'{n!r:>{n}}'")
@example("1e308 * 10")
@example("l[None]")
@example("at + 1")
@example("at - at")
@example("\ud800")
def test_an_expression_gives_a_value_or_an_expression_error(text: str) -> None:
    before = repr(VARIABLES)
    try:
        compile_expression(text, element="e", line=3).evaluate(VARIABLES, now=NOW)
    except ExpressionError as error:
        assert error.reason and error.cure
        assert error.element == "e"
    assert repr(VARIABLES) == before


@given(TEXTS)
@example("= ")
@example("=\ud800")
def test_an_attribute_gives_a_value_or_an_expression_error(text: str) -> None:
    try:
        compile_value(text, element="e").evaluate(VARIABLES, now=NOW)
    except ExpressionError as error:
        assert error.cure


@given(st.lists(st.sampled_from(["n", "d.k", "d['k']", "l[0]", "x.y", ""]).flatmap(
    lambda target: TEXTS.map(lambda text: f"{target} = {text}")), max_size=4))  # fmt: skip
def test_a_script_sets_all_or_nothing(lines: list[str]) -> None:
    # given
    variables = {"n": 1, "d": {"k": [1]}, "l": [1, 2], "at": NOW}
    before = repr(variables)

    # when / then
    try:
        compile_script("\n".join(lines), element="e").run(variables, now=NOW)
    except ExpressionError as error:
        assert error.cure
        assert repr(variables) == before


@given(TEXTS | st.text('0123456789e.,-<>=[]()"not()?', max_size=40))
@example("9" * 5000)
@example("[1..")
@example('"')
@example("1e400")
@example("[0..1e400]")
def test_a_cell_of_a_table_passes_or_not_or_is_an_error_with_a_cure(text: str) -> None:
    for value in (VARIABLES["n"], VARIABLES["l"], VARIABLES["at"], None):
        try:
            passes = FEEL.tests(Place(text, "e")).passes(value, VARIABLES, now=NOW)
        except ExpressionError as error:
            assert error.cure
        else:
            assert passes in (True, False)


@pytest.mark.parametrize("depth", [10, 100, 1_000, 20_000])
@pytest.mark.parametrize(("left", "right"), [("(", ")"), ("[", "]"), ("not ", ""), ("-", "")])
def test_nesting_of_any_depth_ends_in_a_value_or_an_error(
    depth: int, left: str, right: str
) -> None:
    text = left * depth + "1" + right * depth
    try:
        found = compile_expression(text).evaluate({})
    except ExpressionError as error:
        assert error.cure
    else:
        assert json.dumps(found)
