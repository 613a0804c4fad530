"""JavaScript: what scripts set, what they cannot reach, what is refused at upload."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, compile_script, javascript

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
WHEN = datetime(2026, 1, 31, 9, tzinfo=UTC)


def ran(text: str, result: str | None = None) -> dict[str, Any]:
    variables = {"amount": 4, "tags": ["a"], "customer": {"name": "Ana"}, "when": WHEN}
    compile_script(text, language="javascript", result=result).run(variables, now=NOW)
    return variables


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("total = amount * 2", "total", 8),
        ("var total = amount + 0.5;", "total", 4.5),
        ("execution.setVariable('total', execution.getVariable('amount'))", "total", 4),
        ("tags.push('b')", "tags", ["a", "b"]),
        ("customer.name = customer.name.toUpperCase()", "customer", {"name": "ANA"}),
        ("due = new Date(when.getTime() + 60000)", "due", WHEN.replace(minute=1)),
        ("asked = new Date()", "asked", NOW),
        ("asked = new Date(Date.now())", "asked", NOW),
        ("if (amount > 3) { level = 'high' } else { level = 'low' }", "level", "high"),
        ("nothing = null", "nothing", None),
    ],
)
def test_what_a_script_assigns_becomes_a_variable(text: str, name: str, expected: object) -> None:
    assert ran(text)[name] == expected


def test_what_a_script_leaves_alone_stays_as_it_is() -> None:
    assert ran("let local = 1; function double(x) { return x * 2 } double(local)") == ran("1")


def test_a_script_removes_variables() -> None:
    assert "amount" not in ran("execution.removeVariable('amount')")


def test_the_value_of_the_last_statement_goes_to_the_result() -> None:
    assert ran("const rate = 2; amount * rate", result="total")["total"] == 8


def test_a_condition_may_be_javascript() -> None:
    # given
    condition = compile_expression("amount > 3 && tags.includes('a')", language="javascript")

    # when / then
    assert condition.evaluate({"amount": 4, "tags": ["a"]}) is True
    assert condition.reads == {"amount", "tags"}


def test_a_script_tells_what_it_reads_and_writes() -> None:
    # given / when
    script = compile_script(
        "let rate = 2; total = amount * rate; // not_this = 1\n"
        "execution.setVariable('level', execution.getVariable('tier') + 'x == y')",
        language="text/javascript",
    )

    # then
    assert script.writes == {"total", "level"}
    assert {"amount", "tier"} <= script.reads
    assert not {"rate", "not_this", "x", "y"} & script.reads


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("if (", "cannot be read: Unexpected token"),
        ("", "is empty"),
        ("var x = Java.type('java.lang.System')", "'Java.type' does not exist here"),
        ("java.lang.System.exit(0)", "'java.lang' does not exist here"),
        ("x = 1;" * 4_000, "more than 16,000 characters"),
    ],
)
def test_what_cannot_run_is_refused_at_upload(text: str, reason: str) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        compile_script(text, language="javascript", element="script")

    # then
    assert reason in caught.value.reason
    assert caught.value.element == "script"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("throw new Error('no stock')", "no stock"),
        ("foo.bar", "foo is not defined"),
        ("big = 'x'.repeat(100000)", "grow beyond 64 kB"),
    ],
)
def test_a_script_that_fails_says_why_and_sets_nothing(text: str, reason: str) -> None:
    # given
    script = compile_script(f"amount = 7; {text}", language="javascript")
    variables = {"amount": 4}

    # when
    with pytest.raises(ExpressionError) as caught:
        script.run(variables, now=NOW)

    # then
    assert reason in caught.value.reason
    assert variables == {"amount": 4}


@pytest.mark.parametrize(
    "spoils",
    [
        "Object.prototype.toJSON = () => 5",
        "Array.prototype.toJSON = Number.prototype.toJSON = () => 5",
        "Object.defineProperty(Array.prototype, '0', { set() { throw new Error() } })",
        "JSON.stringify = Object.keys = Object.setPrototypeOf = Array.isArray = () => '{}'",
        "Date.prototype.toISOString = () => 5",
    ],
)
def test_a_script_that_changes_what_javascript_has_gives_what_it_says(spoils: str) -> None:
    # given / when
    found = ran(f"{spoils}; day = new Date(0); list = [1, {{ a: [2] }}]; 7", result="value")

    # then
    assert found["list"] == [1, {"a": [2]}]
    assert found["day"].year == 1970
    assert found["value"] == 7


@pytest.mark.parametrize(
    "answer",
    [
        "5",
        "null",
        "[]",
        '{"value": 1, "set": 5, "removed": []}',
        '{"value": 1, "set": {}}',
        '{"set": {}, "removed": []}',
    ],
)
def test_an_answer_of_another_shape_is_a_failure(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    script = compile_script("a = 1", language="javascript")
    monkeypatch.setattr(javascript.SANDBOX, "ask", lambda *_request: answer)

    # when
    with pytest.raises(ExpressionError) as caught:
        script.run({})

    # then
    assert "it changes what JavaScript itself needs" in caught.value.reason


@pytest.mark.parametrize(
    ("spoils", "sees"),
    [
        ("Object.prototype.evil = 1", "({}).evil === undefined"),
        ("Array.prototype.at = null", "[1].at(0) === 1"),
        ("JSON.parse = () => ({ set: { amount: 9 } })", "amount === 4"),
        ("globalThis.left = 1", "typeof left === 'undefined'"),
    ],
)
def test_a_run_leaves_nothing_behind_for_the_next(spoils: str, sees: str) -> None:
    # given
    ran(spoils)

    # when / then
    assert ran(sees, result="clean")["clean"] is True
