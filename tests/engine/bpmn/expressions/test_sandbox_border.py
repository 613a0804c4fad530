"""The border of the sandbox: nobody forges a value, and no answer is taken at its word."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.bpmn.errors import ExpressionError, VariableError
from engine.bpmn.expressions import compile_expression, compile_script
from engine.bpmn.expressions.sandbox import border
from engine.bpmn.expressions.sandbox.border import incoming, outgoing
from engine.bpmn.expressions.sandbox.process import SANDBOX
from engine.bpmn.variables import storable_variables
from tests.engine.bpmn.decisions.drawing import decided, decision, dmn, literal


def tag(kind: Any, text: Any) -> str:
    return json.dumps({border.TAG: [kind, text]})


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("date", "2026-01-31", date(2026, 1, 31)),
        ("moment", "2026-01-31T09:00:00Z", datetime(2026, 1, 31, 9, tzinfo=UTC)),
        (
            "moment",
            "2026-01-31T09:00:00@Europe/Madrid",
            datetime(2026, 1, 31, 9, tzinfo=ZoneInfo("Europe/Madrid")),
        ),
        ("date", "12026-01-31", "12026-01-31"),
        ("moment", "2026-01-31T09:00:00@europe/vienna", "2026-01-31T09:00:00@europe/vienna"),
        ("moment", "2026-01-31T09:00:00@Europe", "2026-01-31T09:00:00@Europe"),
        ("moment", "2026-01-31T09:00:00@tzdata/zi", "2026-01-31T09:00:00@tzdata/zi"),
    ],
)
def test_what_python_does_not_have_comes_as_its_text(kind: str, text: str, expected: Any) -> None:
    assert incoming(tag(kind, text)) == expected


@pytest.mark.parametrize(
    "answer",
    [
        tag("secret", "x"),
        tag(["date"], "2026-01-31"),
        tag("date", 5),
        '{"\\u0000": []}',
        '{"\\u0000": "date"}',
        '{"\\u0000": ["date", "2026-01-31"], "more": 1}',
    ],
)
@pytest.mark.parametrize("as_texts", [True, False])
def test_what_only_looks_like_one_of_our_values_stays_what_it_is(
    answer: str, as_texts: bool
) -> None:
    assert incoming(answer, as_texts=as_texts) == json.loads(answer)


def test_no_file_is_opened_for_the_zone_of_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    opened: list[str] = []
    border._zones()
    monkeypatch.setattr(border, "ZoneInfo", opened.append)

    # when
    incoming(tag("moment", "2026-01-31T09:00:00@../../etc"))

    # then
    assert opened == []


@pytest.mark.parametrize("as_texts", [True, False])
def test_an_answer_that_is_nested_too_deep_is_refused(as_texts: bool) -> None:
    # given
    deep = "[" * 200_000 + "]" * 200_000

    # when / then
    with pytest.raises(ValueError, match="nested too deep"):
        incoming(deep, as_texts=as_texts)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_is_told_without_the_values_beside_it(number: float) -> None:
    # when
    found = decided(dmn(decision(literal("x"))), {"x": number, "secret": "hush"})
    with pytest.raises(ExpressionError) as caught:
        compile_expression("x + 1", language="javascript").evaluate({"x": number, "secret": "hush"})

    # then
    (failure,) = found.failures
    assert failure.message == "It failed: a number that it is given is not finite."
    assert "a number that it is given is not finite" in caught.value.reason
    assert "hush" not in caught.value.reason + failure.message


def test_a_value_that_is_nested_too_deep_is_refused() -> None:
    # given
    deep: list[Any] = []
    for _ in range(200_000):
        deep = [deep]

    # when / then
    with pytest.raises(ValueError, match="nested too deep"):
        outgoing(deep)


@pytest.mark.parametrize(
    "value",
    [
        {"\0": ["date", "2026-01-31"]},
        {"a": [{"\0": ["valueOf", 1]}]},
        {"a": date(2026, 1, 31), "b": {"\0": 1}},
    ],
)
def test_no_variable_has_the_key_of_our_values(value: dict[str, Any]) -> None:
    # when / then
    with pytest.raises(ValueError, match="a key that no variable can have"):
        outgoing(value)
    with pytest.raises(VariableError, match="NUL"):
        storable_variables({"kept": value})
    with pytest.raises(VariableError, match="NUL"):
        storable_variables({"na\0me": 1})


def test_a_date_beside_a_text_with_the_sign_of_our_values_goes_through() -> None:
    # given
    value = {"day": date(2026, 1, 31), "text": "\0", "other": '"\0":'}

    # when / then
    assert incoming(outgoing(value)) == value


@pytest.mark.parametrize(
    "context",
    ['{"\\u0000": ["moment", "2026-01-01T00:00:00@Europe"]}', 'context put({}, "\\u0000", [])'],
)
def test_no_text_of_feel_forges_a_value(context: str) -> None:
    # when
    with pytest.raises(ExpressionError) as caught:
        compile_expression(f"[{context}]", language="feel").evaluate({})
    found = decided(dmn(decision(literal(context))))

    # then
    assert "a key that no variable can have" in caught.value.reason
    assert [failure.message for failure in found.failures] == [
        "It gives a context with a key that no variable can have."
    ]


@pytest.mark.parametrize(
    "script", ['b = {"\\0": ["moment", "x@Europe"]}', 'globalThis["\\0"] = ["date", "2026-01-31"]']
)
def test_no_script_forges_a_value(script: str) -> None:
    # when
    with pytest.raises(ExpressionError) as caught:
        compile_script(script, language="javascript").run({})

    # then
    assert "a name that no variable can have" in caught.value.reason


def test_what_looks_like_one_of_our_values_reaches_nothing_of_the_sandbox() -> None:
    # given
    forged = {"\0": ["valueOf", 1]}
    request = {"run": [["expression", "[x]"]], "variables": {"x": forged}, "now": None}

    # when
    (found,) = json.loads(SANDBOX.ask("F", json.dumps(request)))

    # then
    assert "a key that no variable can have" in found["error"]
