"""FEEL through the sandbox: values, dates across the border, places of faults."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, compile_script, compile_value, feel
from engine.bpmn.expressions.feel import evaluate_together
from engine.bpmn.expressions.sandbox import syntax
from engine.bpmn.expressions.sandbox.process import Sandbox

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "amount": 120,
    "tier": "gold",
    "nothing": None,
    "topics": ["refund", "delay"],
    "items": [{"price": 5}, {"price": 9}],
    "customer": {"name": "Ana", "address": {"city": "Lima"}},
    "day": date(2026, 1, 31),
    "when": datetime(2026, 1, 31, 9, tzinfo=UTC),
}


def value(text: str, **more: Any) -> Any:
    expression = compile_expression(text, language="feel")
    return expression.evaluate({**VARIABLES, **more}, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('amount > 100 and tier = "gold"', True),
        ("missing > 5", None),
        ("nothing = null", True),
        ("customer.address.city", "Lima"),
        ("customer.phone", None),
        ("items[price > 5].price", [9]),
        ("sum(items.price)", 14),
        ("for i in 1..3 return i * 2", [2, 4, 6]),
        ('some topic in topics satisfies topic = "delay"', True),
        ('if amount > 5 then "a" else "b"', "a"),
        ("string length(tier) + 0.5", 4.5),
        ("amount in [100..200]", True),
        ("amount in (< 100, > 110)", True),
        ("1 / 0", None),
        ("{a: 1, b: a + 1}", {"a": 1, "b": 2}),
        ('get or else(missing, "none")', "none"),
        ("is defined(missing)", False),
        ("is empty(topics)", False),
        ('is blank("  ")', True),
        ('trim(" a ")', "a"),
        ("last day of month(day)", date(2026, 1, 31)),
        ('cycle(3, duration("PT1H"))', "R3/PT1H"),
        ('cycle(duration("P1D"))', "R/P1D"),
    ],
)
def test_an_expression_gives_its_value(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now()", NOW),
        ("today()", NOW.date()),
        ('day + duration("P1D")', date(2026, 2, 1)),
        ('when + duration("PT36H")', datetime(2026, 2, 1, 21, tzinfo=UTC)),
        ("when > day", None),
        ("when.hour", 9),
        ('duration("PT90M")', "PT1H30M"),
        ('time("10:00:00")', "10:00:00"),
        ("day - day", "PT0S"),
    ],
)
def test_dates_and_durations_are_calculated_with(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        'amount > "5"',
        "true < 5",
        "5 < true",
        "tier >= 100",
        "day < when",
        "amount between true and false",
        'tier in [1.."z"]',
        '"5" in [1..9]',
    ],
)
def test_types_without_an_order_among_them_give_null(text: str) -> None:
    """DMN 1.5, 10.3.2.13: what cannot be compared is null, not false and no failure."""
    assert value(text) is None


@pytest.mark.parametrize(
    "moment",
    [
        date(2026, 1, 31),
        datetime(2026, 1, 31, 9, 8, 7, 123456, tzinfo=UTC),
        datetime(2026, 1, 31, 9, 8, tzinfo=timezone(timedelta(hours=5, minutes=30))),
        datetime(2026, 1, 31, 9, 8, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2026, 1, 31, 9, 8),  # noqa: DTZ001 - one without a zone stays so
    ],
)
def test_a_moment_comes_back_as_it_went(moment: date) -> None:
    # when
    found = value("{inner: [moment]}.inner[1]", moment=moment)

    # then
    assert type(found) is type(moment)
    assert found == moment
    assert found.isoformat() == moment.isoformat()


#: A key with NUL is none that a variable can have.
KEYS = st.text(max_size=4).filter(lambda key: "\0" not in key)


@settings(max_examples=30, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9)
        | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
        max_leaves=8,
    )
)
def test_a_value_comes_back_as_it_went(given_value: Any) -> None:
    assert value("given", given=given_value) == given_value


def test_several_expressions_are_answered_in_one_call() -> None:
    # given
    texts = ["amount > 100", "[1..5]", "tier"]
    expressions = [feel.LANGUAGE.expression(feel.Place(text)) for text in texts]

    # when
    first, second, third = evaluate_together(expressions, VARIABLES)

    # then
    assert (first, third) == (True, "gold")
    assert isinstance(second, ExpressionError)
    assert "range" in second.reason


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("amount > limit", {"amount", "limit"}),
        ("customer.name", {"customer"}),
        ("for x in xs return x + y", {"xs", "y"}),
        ("count(topics) + get or else(other, 0)", {"topics", "other"}),
        ("{a: 1, b: a + c}", {"c"}),
        ("(function(x) x + z)(1)", {"z"}),
    ],
)
def test_an_expression_knows_which_variables_it_reads(text: str, reads: set[str]) -> None:
    assert compile_expression(text, language="feel").reads == reads


@pytest.mark.parametrize(
    ("text", "column", "cure"),
    [
        ("amount >", 9, "operators"),
        ("amount == 5", 8, "one '='"),
        ("a && b", 3, "'and'"),
        ("amount > ) 5", 10, "brackets"),
        ("", None, "Write one"),
        ("customer has paid", 1, "Write a comparison"),
        ("score (amount) > 5", None, "that FEEL has"),
    ],
)
def test_what_is_no_feel_is_refused_with_its_place(
    text: str, column: int | None, cure: str
) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, language="feel", element="check")

    # then
    assert caught.value.column == column
    assert cure in caught.value.cure
    assert caught.value.element == "check"


def test_an_equals_sign_inside_a_text_is_no_slip() -> None:
    assert value('"a == b" = "a == b" // == and so on') is True


def test_a_call_inside_a_text_or_a_group_is_no_unknown_function() -> None:
    assert value('"tier(1)" = "tier(1)" and (tier) = "gold"', tier="gold") is True


@pytest.mark.parametrize("text", ["answer", "upper case(answer)", "[answer]"])
def test_a_condition_that_is_neither_true_nor_false_fails(text: str) -> None:
    # given
    condition = compile_expression(text, language="feel", condition=True)

    # when / then
    with pytest.raises(ExpressionError, match="neither true nor false"):
        condition.evaluate({"answer": "false"})


def test_a_condition_about_what_is_missing_counts_as_false() -> None:
    assert not compile_expression("answer", language="feel", condition=True).evaluate({})


def test_a_value_of_a_feel_document_is_an_expression_only_with_its_mark() -> None:
    # given / when
    literal, marked = (compile_value(text, default="feel") for text in ("tier", "= tier"))

    # then
    assert (literal.evaluate(VARIABLES), marked.evaluate(VARIABLES)) == ("tier", "gold")


def test_a_script_gives_its_value_to_its_result() -> None:
    # given
    script = compile_script("= amount * 2", language="feel", result="twice")
    variables = dict(VARIABLES)

    # when
    script.run(variables, now=NOW)

    # then
    assert variables["twice"] == 240


def test_a_script_without_a_result_is_refused() -> None:
    with pytest.raises(ExpressionError, match="Name its result variable"):
        compile_script("amount * 2", language="feel")


def test_without_the_bundle_people_are_told_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # given
    monkeypatch.setattr(syntax, "SANDBOX", Sandbox(tmp_path / "feel.js"))
    monkeypatch.setattr(syntax, "BUNDLE", tmp_path / "feel.js")

    # when / then
    with pytest.raises(ExpressionError, match="Run make install"):
        compile_expression("for x in [] return x", language="feel")
