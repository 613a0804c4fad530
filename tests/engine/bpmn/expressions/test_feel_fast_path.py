"""The fast path of FEEL: what it takes, and that its answers are those of feelin."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression
from engine.bpmn.expressions.feel import FeelExpression, evaluate_together
from engine.bpmn.expressions.friendly.budget import begin
from engine.bpmn.expressions.friendly.cells import parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError, result
from engine.bpmn.expressions.friendly.parsing import parse
from engine.bpmn.expressions.protocol import Place
from engine.bpmn.expressions.sandbox.syntax import names_read
from tests.engine.bpmn.expressions import random_feel
from tests.engine.bpmn.expressions.sandboxed_feel import answer as in_sandbox


def fast(text: str, variables: dict[str, Any]) -> Any:
    node, _ = parse(text)
    begin()
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
        "amount in (< 1, >= 3)",
        "amount in > 1",
        'tier in ["a".."z"]',
        "tier in tags",
        "list contains(tags, tier) and not(is empty(tags))",
        "max(scores) + sum(1, 2) - count(tags) / abs(-.5)",
        "floor(1.5e1) + ceiling(2.5)",
        "- 5 + 1e3",
        'get or else(missing, "none")',
        "is defined(missing)",
        r'"a \"quoted\" \u0041\n"',
        '{level: amount + 1, "reason": [tier, null]}',
        "string(amount) + string(ok)",
    ],
)
def test_what_is_plain_needs_no_sandbox(text: str) -> None:
    # given
    variables = {
        "amount": 3,
        "tier": "gold",
        "ok": True,
        "customer": {"amount": 1},
        "tags": ["gold"],
        "scores": [1, 2.5],
    }

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
        r'"a\qb"',  # feelin keeps the sign
        r'"\u00410"',  # which is one character for feelin
        r'"\ud83d"',
        "x in (1, 2) + 2",
        "x(1)",
        "x in [1..y[1]]",
        "x in (1..5",
        "x?",
        "{a: 1, b: a}",
        "{count: 1}",
        "{a: 1, a: 2}",
        "x in [1..y + 1[",
        "abs(1, 2)",
        "is\ndefined(x)",
        "median(xs)",
        "amount // 5",
        "1.2.3",
        "amount >",
        "[1 in ]0..2[]",
        "9" * 5_000,
        f"[{'1, ' * 2_000}1]",
        "",
    ],
)
def test_what_is_not_plain_is_left_to_the_sandbox(text: str) -> None:
    with pytest.raises(ElsewhereError):
        parse(text)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    texts=st.lists(random_feel.expressions, min_size=1, max_size=10),
    variables=random_feel.variables,
)
def test_the_fast_path_answers_as_feelin_does(texts: list[str], variables: dict[str, Any]) -> None:
    # given
    answered: list[tuple[FeelExpression, Any]] = []
    for text in texts:
        try:
            node, reads = parse(text)
            begin()
            answered.append((FeelExpression(Place(text), reads), result(node(variables))))
        except ElsewhereError:
            continue

    # when
    expected = evaluate_together([expression for expression, _ in answered], variables)

    # then
    for (expression, answer), wanted in zip(answered, expected, strict=True):
        assert (expression.text, type(answer), answer) == (expression.text, type(wanted), wanted)
        assert expression.reads == names_read(expression.place, "expression")


def test_an_in_without_brackets_ends_before_and() -> None:
    """DMN 1.5, 10.3.1.2; feelin takes what follows for part of the test, and gives null."""
    # given
    variables = {"amount": 3, "ok": True}

    # when / then
    assert fast("amount in [1..5] and ok", variables) is True
    assert fast("amount in [1, 2] or ok", variables) is True


@pytest.mark.parametrize(
    "text",
    [
        "first = second",
        "first > second",
        "first in [second]",
        "first + 1",
        "[word, word]",
        "long",
        "{a: long}",
    ],
)
def test_values_that_javascript_has_not_go_to_the_sandbox(text: str) -> None:
    # given
    variables = {"first": 2**53, "second": 2**53 + 1, "word": "a" * 40_000, "long": "a" * 70_000}

    # when / then
    with pytest.raises(ElsewhereError):
        fast(text, variables)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("0.1 + 0.2", 0.3),
        ("100 * 1.1", 110),
        ("sum(0.1, 0.2, 0.3)", 0.6),
        ("floor(4.35 * 100)", 435),
        ("1 / 3 * 3", 0.999999999999999),
        ("mean([0.1, 0.2, 0.3])", 0.2),
    ],
)
def test_numbers_are_decimal(text: str, wanted: float) -> None:
    assert fast(text, {}) == wanted == in_sandbox(text)


def test_values_that_the_fast_path_does_not_take_go_to_the_sandbox() -> None:
    # given
    expression = compile_expression("items.price", language="feel")

    # when / then
    assert expression.evaluate({"items": [{"price": 5}, {"price": 9}]}) == [5, 9]


@pytest.mark.parametrize(
    "text",
    [
        "+".join(["sum(numbers)"] * 10),
        " + ".join(["max(numbers)"] * 10),
        " or ".join(["2 in numbers"] * 10),
        " or ".join(["list contains(numbers, 2)"] * 10),
        " or ".join(["all(numbers)"] * 10),
        f"[{', '.join(['[numbers]'] * 10)}]",
        " and ".join(['contains(text, "b")'] * 40),
        " and ".join(['upper case(text) = "b"'] * 40),
        " or ".join(["wide.missing"] * 10),
        "[numbers, numbers, numbers, numbers]",
        "shared",
        "[shared]",
        "round",
        "deep",
        "keyed.a",
        "keyed",
    ],
    ids=lambda text: text[:24],
)
def test_what_walks_far_through_values_goes_to_the_sandbox(text: str) -> None:
    # given
    shared: Any = [1]
    for _ in range(60):
        shared = [shared, shared]
    deep: Any = 1
    for _ in range(3_000):
        deep = [deep]
    round_: list[Any] = []
    round_.append(round_)
    variables = {
        "numbers": [1] * 5_000,
        "text": "a" * 60_000,
        "wide": {f"k{number}": 1 for number in range(5_000)},
        "shared": shared,
        "deep": deep,
        "round": round_,
        "keyed": {1: 2},
    }

    # when / then
    with pytest.raises(ElsewhereError):
        fast(text, variables)


def test_what_the_sandbox_cannot_take_either_is_told() -> None:
    # given
    shared: Any = [1]
    for _ in range(60):
        shared = [shared, shared]

    # when / then
    with pytest.raises(ExpressionError, match="too large"):
        compile_expression("shared", language="feel").evaluate({"shared": shared})


def test_each_evaluation_has_a_budget_of_its_own() -> None:
    # given
    node, _ = parse("sum(numbers)")
    expression = FeelExpression(Place("sum(numbers)"), frozenset({"numbers"}), node)
    variables = {"numbers": [1] * 9_000}

    # when / then
    assert [expression.evaluate(variables) for _ in range(5)] == [9_000] * 5


def test_a_long_cell_is_counted_wherever_it_is_used() -> None:
    # given
    test, _ = parse_tests(", ".join(["< -1"] * 200))
    begin()

    # when / then
    with pytest.raises(ElsewhereError):
        for _ in range(1_000):
            test(1, {})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1" + "+1" * 1_900, 1_901),
        ("1" + "-1" * 1_900, -1_899),
        ("2" + "*1" * 1_900, 2),
        ("false" + " or false" * 300 + " or true", True),
        ("x" + ".a" * 1_900, None),
    ],
    ids=lambda given: str(given)[:12],
)
def test_a_long_chain_is_a_loop_and_no_nest(text: str, expected: object) -> None:
    assert fast(text, {"x": {"a": None}}) == expected
