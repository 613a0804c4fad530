"""The short cut for plain expressions gives what the measured evaluation gives, for any values."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.expressions.safe.evaluation import Evaluation
from engine.bpmn.expressions.safe.limits import RefusedError
from engine.bpmn.expressions.safe.quick import LEFT, quick

TEXTS = (
    "a",
    "a.part",
    "a == b",
    "a < b and not c",
    "a or b",
    "a in b",
    "a not in c",
    "'x' in a.part or c",
    "a if b else c",
    "a + b",
    "a - 1",
    "a * b",
    "a / b",
    "'conversation:' + str(a)",
    "max(0, min(100, a))",
    "default(a.part, b)",
    "default(missing, 1)",
    "lower(a)",
    "len(a)",
    "round(a)",
    "int(a) + 1",
    "true",
)
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=4)
)
VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=25)
        | st.dictionaries(st.sampled_from(["part", "x"]), inner, max_size=2)
    ),
    max_leaves=30,
)


@pytest.mark.parametrize("text", TEXTS)
@given(a=VALUES, b=VALUES, c=VALUES)
def test_what_the_short_cut_gives_the_evaluation_gives_too(
    text: str, a: Any, b: Any, c: Any
) -> None:
    # given
    node = ast.parse(text, mode="eval").body
    short, variables = quick(node), {"a": a, "b": b, "c": c}

    # when
    try:
        found = None if short is None else [short(variables)]
    except LEFT:
        found = None  # the evaluation has the word

    # then
    if found is not None:
        expected = Evaluation(variables).value(node)
        assert (type(found[0]), found[0]) == (type(expected), expected)


@pytest.mark.parametrize("text", ["a + b", "a.part", "a in b", "max(a, b)", "int(a)"])
def test_what_is_wrong_is_told_by_the_evaluation(text: str) -> None:
    # given
    node = ast.parse(text, mode="eval").body
    short = quick(node)
    assert short is not None

    # when
    with pytest.raises(LEFT):
        short({"a": "x", "b": 1})

    # then
    with pytest.raises(RefusedError):
        Evaluation({"a": "x", "b": 1}).value(node)
