"""The fast path of FEEL: what it takes, and that its answers are those of feelin."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, feel
from engine.bpmn.expressions.feel import FeelExpression, evaluate_together
from engine.bpmn.expressions.friendly.operations import ElsewhereError, result
from engine.bpmn.expressions.friendly.parsing import parse
from engine.bpmn.expressions.protocol import Place

NAMES = ["amount", "tier", "ok", "nothing", "customer", "tags", "missing"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-50, 50)
    | st.sampled_from([2**53, -(2**53) - 1, 2**60, 0.1, 0.5, 5.0, -2.25, 1e17, 1e300])
    | st.sampled_from(["", "a", "gold", "Gold", "5", "\u00e9", "\U0001f600", "\uffff"])
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.sampled_from(NAMES), SCALARS)
LITERALS = st.sampled_from(
    ["0", "1", "5", "2.5", "100", '"gold"', '"a"', '""', "true", "false", "null"]
)
LEAVES = LITERALS | st.sampled_from([*NAMES, "customer.amount", "customer.tier", "tags.x"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    sign = st.sampled_from(["+", "-", "*", "/", "=", "!=", "<", "<=", ">", ">=", "and", "or"])
    function = st.sampled_from(["not", "string length", "upper case", "lower case"])
    of_two = st.sampled_from(["contains", "starts with", "ends with"])
    return st.one_of(
        st.builds("({} {} {})".format, inner, sign, inner),
        st.builds("{} {} {}".format, inner, sign, inner),
        st.builds("if {} then {} else {}".format, inner, inner, inner),
        st.builds("({} between {} and {})".format, inner, inner, inner),
        st.builds(
            "({} in {}{}..{}{})".format,
            inner,
            st.sampled_from("[("),
            inner,
            inner,
            st.sampled_from("])"),
        ),
        st.builds("({} in [{}, {}])".format, inner, inner, inner),
        st.builds("({} in ({}, {}))".format, inner, inner, inner),
        st.builds("-{}".format, inner),
        st.builds("{}({})".format, function, inner),
        st.builds("{}({}, {})".format, of_two, inner, inner),
    )


TEXTS = st.recursive(LEAVES, _grown, max_leaves=6)


def fast(text: str, variables: dict[str, Any]) -> Any:
    node, _ = parse(text)
    return result(node(variables))


@pytest.mark.parametrize(
    "text",
    [
        'amount > 100 and tier = "gold"',
        "amount + 1 * 2 - 3 / 4 > -customer.amount",
        "amount between 1 and 5 or not(ok)",
        'tier in ("gold", "silver")',
        'tier in ["gold", "silver"]',
        "amount in (1..5]",
        'if ok then "a" else "b"',
        'starts with(lower case(tier), "go") and string length(tier) > 2',
    ],
)
def test_what_is_plain_needs_no_sandbox(text: str) -> None:
    # given
    variables = {"amount": 3, "tier": "gold", "ok": True, "customer": {"amount": 1}}

    # when
    found = fast(text, variables)

    # then
    assert found is not None
    assert compile_expression(text, language="feel").evaluate(variables) == found


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..3 return i",
        "customer has paid",
        "date(tier)",
        "count",
        "items[1]",
        "2 ** 3",
        "a < b < c",
        '"a\\nb"',
        "amount // 5",
        "1.2.3",
        "amount >",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_the_sandbox(text: str) -> None:
    with pytest.raises(ElsewhereError):
        parse(text)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=TEXTS,
    variables=st.fixed_dictionaries({name: VALUES for name in NAMES if name != "missing"}),
)
def test_the_fast_path_answers_as_feelin_does(text: str, variables: dict[str, Any]) -> None:
    # given
    try:
        node, reads = parse(text)
        answer = result(node(variables))
    except ElsewhereError:
        return

    # when
    (expected,) = evaluate_together([FeelExpression(Place(text), reads)], variables)

    # then
    assert not isinstance(expected, ExpressionError), expected
    assert (type(answer), answer) == (type(expected), expected)
    assert set(feel._checked(text)["reads"]) == reads


def test_values_that_the_fast_path_does_not_take_go_to_the_sandbox() -> None:
    # given
    expression = compile_expression("items.price", language="feel")

    # when / then
    assert expression.evaluate({"items": [{"price": 5}, {"price": 9}]}) == [5, 9]
