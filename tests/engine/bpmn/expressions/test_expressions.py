"""Expressions in the safe subset of Python: what they give, and how they fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import (
    Literal,
    compile_expression,
    compile_value,
    languages,
)
from engine.bpmn.expressions.python import PythonExpression

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "amount": 120,
    "tier": "gold",
    "nothing": None,
    "topics": ["refund", "delay"],
    "customer": {"name": "Ana", "reach": 5000, "address": {"city": "Lima"}},
}


def value(text: str) -> Any:
    return compile_expression(text).evaluate(VARIABLES, now=NOW)


def failure(text: str, variables: dict[str, Any] | None = None) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        known = VARIABLES if variables is None else variables
        compile_expression(text, element="check", line=7).evaluate(known)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount > 100", True),
        ("= amount > 100", True),
        ("${amount > 100}", True),
        ("#{amount > 100}", True),
        ("amount == 120 and tier == 'gold'", True),
        ("amount\n  > 100\n  and tier == 'gold'", True),
        ("not nothing", True),
        ("1 < 2 < 3", True),
        ("1 < 3 < 2", False),
        ("true and not false", True),
        ("null is None", True),
        ("customer.address.city", "Lima"),
        ("customer['name']", "Ana"),
        ("topics[0]", "refund"),
        ("topics[-1]", "delay"),
        ("topics[1:]", ["delay"]),
        ("'refund' in topics", True),
        ("tier in ('gold', 'silver')", True),
        ("(1, 2)", [1, 2]),
        ("'a' if amount else 'b'", "a"),
        ("f'{amount:.2f} for {customer.name}'", "120.00 for Ana"),
        ("'conversation:' + str(amount)", "conversation:120"),
        ("[len(topic) for topic in topics if 'e' in topic]", [6, 5]),
        ("any(topic == 'delay' for topic in topics)", True),
        ("{key: len(key) for key, part in items(customer)}", {"name": 4, "reach": 5, "address": 7}),
        ("{**customer.address, 'zip': '1'}", {"city": "Lima", "zip": "1"}),
        ("customer | {'name': 'Bo'}", {**VARIABLES["customer"], "name": "Bo"}),
        ("7 // 2 + 7 % 4 + 2 ** 3 - -1", 15),
        ("round(2.567, 1)", 2.6),
        ("min(3, 1) + max([1, 5])", 6),
        ("sorted(topics, reverse=True)", ["refund", "delay"]),
        ("sum([1, 2.5])", 3.5),
        ("range(3)", [0, 1, 2]),
        ("reversed([1, 2])", [2, 1]),
        ("contains(tier, 'ol')", True),
        ("startswith(tier, 'go') and endswith(tier, 'ld')", True),
        ("tier.upper() + lower('X') + strip(' y ')", "GOLDxy"),
        ("split('a,b', ',')", ["a", "b"]),
        ("join('-', [1, 'b'])", "1-b"),
        ("replace('abc', 'b', 'x')", "axc"),
        ("customer.get('phone', 'none')", "none"),
        ("keys(customer)", ["name", "reach", "address"]),
        ("values({'a': 1})", [1]),
        ("date('2026-03-02').year", 2026),
        ("moment('2026-03-02T10:00:00Z') - now() == minutes(30)", True),
        ("str(now() + hours(1))", "2026-03-02T10:30:00+00:00"),
        ("now().weekday()", 0),
    ],
)
def test_an_expression_gives_its_value(text: str, expected: object) -> None:
    assert value(text) == expected


def test_a_digest_is_the_sha256_of_the_text() -> None:
    # given / when
    digest = value("digest('abc')")

    # then
    assert digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("default(phone, 'none')", "none"),
        ("default(customer.phone, 'none')", "none"),
        ("default(nothing.city, 'none')", "none"),
        ("default(nothing, 0)", 0),
        ("default(amount, 0)", 120),
        ("default(topics[9], 'none')", "none"),
        ("defined(amount)", True),
        ("defined(customer.phone)", False),
    ],
)
def test_what_may_be_missing_can_have_a_default(text: str, expected: object) -> None:
    assert value(text) == expected


def test_a_variable_called_like_a_word_of_json_comes_first() -> None:
    assert compile_expression("true").evaluate({"true": "mine"}) == "mine"


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("amount > limit", {"amount", "limit"}),
        ("customer.name", {"customer"}),
        ("[x + y for x in xs]", {"y", "xs"}),
        ("len(topics) + default(other, 0)", {"topics", "other"}),
        ("f'{name}' + 'text'", {"name"}),
        ("true or null", set()),
    ],
)
def test_an_expression_knows_which_variables_it_reads(text: str, reads: set[str]) -> None:
    assert compile_expression(text).reads == reads


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("missing > 1", "no variable 'missing'", 1),
        ("1 + missing", "no variable 'missing'", 5),
        ("nothing > 3", "nothing (None) and a number cannot be compared", 1),
        ("tier + 1", "'+' does not work on a text and a number", 1),
        ("customer.phone", "no part 'phone'", 1),
        ("topics[7]", "no position 7", 1),
        ("nothing.city", "nothing (None) has no part 'city'", 1),
        ("amount.real", "a number has no part 'real'", 1),
        ("amount / 0", "divides by zero", 1),
        ("int('x')", "invalid literal", 1),
        ("{1: 2}", "Keys of a dictionary are texts", 1),
        ("sum(['a'])", "adds numbers only", 1),
        ("[x for x in 5]", "cannot go through a number", 1),
        ("moment('2026-01-01')", "no time zone", 1),
        ("now()", "not known here", 1),
        ("topics.get('a')", "no method 'get'", 1),
    ],
)
def test_a_failing_expression_says_where_and_why(text: str, reason: str, column: int) -> None:
    # given / when
    error = failure(text)

    # then
    assert reason in error.reason
    assert error.column == column
    assert error.element == "check"
    assert error.line == 7
    assert error.cure.endswith((".", "..."))


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("a && b", "'and'"),
        ("a || b", "'or'"),
        ("!a", "'not'"),
        ("a ? b : c", "if condition else"),
        ("a = 5", "'=='"),
        ("${a} and ${b}", "${...}"),
        ("a <> b", "'!='"),
    ],
)
def test_signs_of_other_languages_are_answered_with_ours(text: str, cure: str) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text)

    # then
    assert cure in caught.value.cure


@pytest.mark.parametrize("text", ["", "  ", "=", "${}", "(", "'", "a b", "a\0"])
def test_what_is_no_expression_is_refused_at_upload(text: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(text)


@pytest.mark.parametrize("language", [None, "", "python", "http://www.w3.org/1999/XPath"])
def test_a_drawing_that_names_no_language_means_ours(language: str | None) -> None:
    assert compile_expression("amount", language=language).evaluate(VARIABLES) == 120


@pytest.mark.parametrize("language", ["groovy", "http://www.java.com/java", "mvel", "klingon"])
def test_another_language_is_refused_with_a_cure(language: str) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        compile_expression("amount", language=language)

    # then
    assert language in caught.value.reason
    assert "python" in caught.value.cure


def test_languages_are_found_by_each_of_their_aliases() -> None:
    # given / when
    known = languages()

    # then
    assert known["python"] is known["text/python"]
    assert all(alias == alias.lower() for alias in known)


def test_a_value_is_a_literal_unless_it_is_marked_as_an_expression() -> None:
    # given / when
    literal, expression = compile_value(" PT1H "), compile_value("= amount + 1")

    # then
    assert literal == Literal("PT1H")
    assert literal.evaluate({}) == "PT1H"
    assert expression.evaluate(VARIABLES) == 121


def test_text_with_an_expression_in_the_middle_is_filled_in() -> None:
    # given / when
    greeting = compile_value("Hello ${customer.name}, #{amount} is due")

    # then
    assert greeting.evaluate(VARIABLES) == "Hello Ana, 120 is due"


def test_the_same_text_at_two_places_names_its_own_place() -> None:
    # given
    first = compile_expression("missing", element="a", line=1)
    second = compile_expression("missing", element="b", line=2)

    # when
    with pytest.raises(ExpressionError) as caught:
        second.evaluate({})

    # then
    assert (caught.value.element, caught.value.line) == ("b", 2)
    assert first.text == second.text


@settings(max_examples=300)
@given(
    st.recursive(
        st.sampled_from(["amount", "tier", "nothing", "missing", "customer.name", "customer.x",
                         "topics", "true", "0", "7.5", "'gold'", "None", "nothing.x"]),
        lambda inner: st.builds(
            "({} {} {})".format,
            inner,
            st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "and", "or", "is", "is not", "in"]),
            inner,
        )
        | st.builds("(not {})".format, inner),
        max_leaves=6,
    )
)  # fmt: skip
def test_the_short_cut_for_plain_conditions_answers_as_the_evaluation_does(text: str) -> None:
    # given
    outcomes: list[object] = []
    whole = compile_expression(text)
    assert isinstance(whole, PythonExpression)

    # when
    for expression in (whole, replace(whole, plain=None)):
        try:
            outcomes.append(expression.evaluate(VARIABLES))
        except ExpressionError as error:
            outcomes.append((error.reason, error.column))

    # then
    assert outcomes[0] == outcomes[1]
    assert type(outcomes[0]) is type(outcomes[1])
