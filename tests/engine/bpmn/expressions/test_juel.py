"""JUEL: what its expressions give, and what is refused at upload."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, compile_script

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
VARIABLES: dict[str, Any] = {
    "amount": 120,
    "tier": "gold",
    "digits": "5",
    "ok": True,
    "nothing": None,
    "blank": "",
    "topics": ["refund", "delay"],
    "customer": {"name": "Ana", "address": {"city": "Lima"}},
    "when": datetime(2026, 1, 31, 8, tzinfo=UTC),
    "json": '{"a": [1, 2]}',
    "businessKey": "case-7",
}


def value(text: str) -> Any:
    return compile_expression(text, default="juel").evaluate(VARIABLES, now=NOW)


def refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(text, default="juel", element="check", line=3).evaluate(VARIABLES)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${amount > 100 && tier == 'gold'}", True),
        ("#{amount gt 100 and not (tier eq 'gold')}", False),
        ("${amount le 100 or amount ne 120}", False),
        ("${amount ge 120 ? 'high' : 'low'}", "high"),
        ("${amount lt 1 ? 1 : amount lt 200 ? 2 : 3}", 2),
        ("${2 + 3 * 4 - 1}", 13),
        ("${10 - 3 - 2}", 5),
        ("${(2 + 3) * -4}", -20),
        ("${7 / 2}", 3.5),
        ("${7 div 2 + 7 mod 4}", 6.5),
        ("${-7 % 4}", -3),
        ("${1e3}", 1000.0),
        ('${"a\\"b"}', 'a"b'),
        ("${customer.address.city}", "Lima"),
        ("${customer['name']}", "Ana"),
        ("${customer.phone}", None),
        ("${topics[1]}", "delay"),
        ("${topics[9]}", None),
        ("${[1, 2].size()}", 2),
        ("${true and !false}", True),
        ("amount > 100", True),
    ],
)
def test_an_expression_gives_its_value(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${digits + 1}", 6),
        ("${nothing + 1}", 1),
        ("${blank + 1}", 1),
        ("${digits == 5}", True),
        ("${'10' > 9}", True),
        ("${'10' > '9'}", False),
        ("${ok == 'true'}", True),
        ("${nothing < 1 || nothing > 1}", False),
        ("${nothing == null && null == nothing}", True),
        ("${nothing == 0}", False),
        ("${!blank}", True),
        ("${1 == 1.0}", True),
    ],
)
def test_values_are_converted_as_the_specification_says(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello ${customer.name}!", "Hello Ana!"),
        ("${tier}-${amount}", "gold-120"),
        ("<${nothing}>", "<>"),
        ("${1.0} ${ok} ${topics}", "1.0 true [refund, delay]"),
        ("${1e10}; ${0.00001}", "1.0E10; 1.0E-5"),
        ("\\${tier} is ${tier}", "${tier} is gold"),
        ("${'}'}{${1}}", "}{1}"),
    ],
)
def test_a_text_is_filled_in(text: str, expected: str) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${empty missing}", True),
        ("${empty customer.phone.number}", True),
        ("${missing == null}", True),
        ("${null != missing}", False),
        ("${empty topics}", False),
        ("${not empty blank}", False),
    ],
)
def test_what_is_not_there_is_empty_and_equals_null(text: str, expected: bool) -> None:
    assert value(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${tier.length() + topics.size()}", 6),
        ("${tier.startsWith('go') && tier.endsWith('ld') && tier.contains('ol')}", True),
        ("${tier.equals('gold') and tier.equalsIgnoreCase('GOLD')}", True),
        ("${customer.name.toUpperCase().concat('!')}", "ANA!"),
        ("${tier.substring(1, 3).indexOf('l')}", 1),
        ("${'a|b|'.split('\\\\|')}", ["a", "b"]),
        ("${tier.replace('g', 'b').charAt(0)}", "b"),
        ("${topics.contains('delay') && topics.get(0) == 'refund'}", True),
        ("${topics.indexOf('delay')}", 1),
        ("${topics.isEmpty()}", False),
        ("${customer.containsKey('name') && customer.get('name') == 'Ana'}", True),
        ("${customer.getOrDefault('phone', 'none')}", "none"),
        ("${Integer.parseInt(digits) * 2}", 10),
        ("${java.lang.Math.max(amount, 200)}", 200),
        ("${S(json).prop('a').elements().get(1).numberValue()}", 2),
        ("${amount.toString()}", "120"),
        ("${when.plusMonths(1).getDayOfMonth()}", 28),
        ("${dateTime().plusDays(1).isAfter(now())}", True),
        ("${now().getTime()}", 1772355600000),
    ],
)
def test_methods_look_at_data(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${execution.getVariable('amount')}", 120),
        ("${execution.getVariable('missing')}", None),
        ("${execution.hasVariable('nothing') && !execution.hasVariable('missing')}", True),
        ("${execution.getVariables().size() > 3}", True),
        ("${execution.processBusinessKey}", "case-7"),
        ("${execution.getProcessBusinessKey()}", "case-7"),
    ],
)
def test_execution_gives_variables(text: str, expected: object) -> None:
    assert value(text) == expected


def test_a_script_sets_and_removes_variables() -> None:
    # given
    script = compile_script(
        "${execution.setVariable('total', amount + 1) == execution.removeVariable('amount')}",
        language="juel",
    )
    variables: dict[str, Any] = {"amount": 4}

    # when
    script.run(variables)

    # then
    assert variables == {"total": 5}
    assert script.writes == {"total", "amount"}


def test_a_script_that_fails_sets_nothing() -> None:
    # given
    script = compile_script("${execution.setVariable('total', 1) == 1 / nothing}", language="juel")
    variables: dict[str, Any] = {"nothing": None}

    # when
    with pytest.raises(ExpressionError):
        script.run(variables)

    # then
    assert variables == {"nothing": None}


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("${amount > limit}", {"amount", "limit"}),
        ("${customer.name.trim()} ${topics[position]}", {"customer", "topics", "position"}),
        ("${execution.getVariable('tier') == 'gold'}", {"tier"}),
        ("${Math.max(amount, 1)}", {"amount"}),
        ("${tier.contains(customer.name)}", {"tier", "customer"}),
    ],
)
def test_an_expression_knows_which_variables_it_reads(text: str, reads: set[str]) -> None:
    assert compile_expression(text).reads == reads


@pytest.mark.parametrize(
    ("text", "reason", "column"),
    [
        ("${mailService.send(name)}", "bean 'mailService' (its method 'send')", 15),
        ("${a.b.c.run()}", "bean 'a.b.c'", 9),
        ("${lookup(1)}", "no function 'lookup'", 3),
        ("${execution.setVariable('x', 1)}", "changes a variable", 13),
        ("${execution.getEngineServices()}", "'execution.getEngineServices' is not known", 13),
        ("${execution.tenantId}", "'execution.tenantId' is not known", 13),
        ("${tier.substring()}", "wrong number of values", 8),
        ("${amount = 5}", "'=' is not expected", 10),
        ("${amount >}", "ends too early", 11),
        ("${amount", "no '}'", 3),
        ("${}", "is empty", 3),
        ("${a} and ${b}", "outside of ${...}", 5),
        ("${'a}", "quote is not closed", 3),
        ("${a & b}", "'&' is no operator", 5),
        ("only approved ones", "'approved' is not expected", 6),
        ("${" + "(" * 60 + "1" + ")" * 60 + "}", "nested more than", 43),
        ("${tier + 'x'}", "is no number", 8),
        ("${missing}", "no variable 'missing'", 3),
        ("${nothing.city}", "has no part 'city'", 3),
        ("${tier.city}", "has no part 'city'", 3),
        ("${amount / 0}", "divides by zero", 10),
        ("${topics.get(7)}", "none at 7", 10),
        ("${tier.matches('(a+)+$')}", "regular expression", 8),
        ("${amount ? 1 : 2}", "neither true nor false", 10),
        ("${amount * 9223372036854775807}", "64 bits", 10),
        ("${topics < topics}", "have no order", 10),
        ("${now()}", "time is not known", 3),
        ("${JSON(tier)}", "no JSON", 3),
        (r"""${JSON('"\\ud800"')}""", "no JSON", 3),
        ("${JSON('NaN')}", "no JSON", 3),
    ],
)
def test_what_cannot_be_is_told_with_its_place(text: str, reason: str, column: int) -> None:
    # given / when
    error = refusal(text)

    # then
    assert reason in error.reason
    assert (error.element, error.line, error.column) == ("check", 3, column)
    assert error.cure.endswith((".", "..."))


@given(st.text(alphabet="a1'\"${}()[].,?:!=<>&|+-*/% \\", max_size=40))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    # given / when
    try:
        compile_expression("${" + text, language="juel").evaluate({"a": 1})
    except ExpressionError as error:
        refused = error.cure
    else:
        refused = "ran."

    # then
    assert refused.endswith((".", "...")) or refused


def test_long_chains_are_loops_and_not_nests() -> None:
    # given
    text = "${" + " + ".join(["amount"] * 400) + "}"

    # when / then
    assert value(text) == 400 * 120


GROWN = f'"{"a" * 500}".replace("a", "{"a" * 30}").concat("b").split("")'
LONG_WORK = [
    f'${{{GROWN}.containsAll("{"c" * 500}".replace("c", "{"b" * 30}").split(""))}}',
    "${" + " && ".join(["l.contains(2) == false"] * 140) + "}",
    "${" + " && ".join(["l.indexOf(2) < 0"] * 140) + "}",
    "${" + " && ".join(["l.lastIndexOf(2) < 0"] * 140) + "}",
    "${" + " && ".join(["!d.containsValue(2)"] * 140) + "}",
    "${" + " || ".join(["l == m"] * 400) + "}",
    "${" + " && ".join(["!l.equals(m)"] * 200) + "}",
    "${" + " && ".join(["l < 'a'"] * 350) + "}",
    "${" + " || ".join(["x[l] == 1"] * 300) + "}",
    "${" + " || ".join(["x.containsKey(l)"] * 200) + "}",
    "${" + " || ".join(["text"] * 480) + "}",
    "${" + " + ".join(["text.trim().length()"] * 150) + "}",
    "${" + " && ".join(["empty n[text]"] * 220) + "}",
]


@pytest.mark.timeout(20)  # without the count most of these would take seconds, one of them minutes
@pytest.mark.parametrize("text", LONG_WORK, ids=lambda text: text[-40:])
def test_comparisons_and_what_is_looked_into_are_counted(text: str) -> None:
    # given
    variables = {
        "l": [1] * 20_000,
        "m": [1] * 19_999 + [2],
        "d": {str(number): 1 for number in range(6_000)},
        "x": {},
        "n": None,
        "text": " " * 500_000 + "no",
    }
    expression = compile_expression(text)

    # when
    with pytest.raises(ExpressionError) as caught:
        expression.evaluate(variables)

    # then
    assert caught.value.cure


def test_lists_of_a_usual_size_are_compared() -> None:
    # given
    variables = {"l": list(range(5_000)), "d": {"a": 1}}
    text = "${l.contains(4999) && l.containsAll([1, 2]) && l.indexOf(7) == 7 && l == l"
    text += " && l.lastIndexOf(9) == 9 && d.containsValue(1) && !l.equals(d) && l.size() > 9}"

    # when / then
    assert compile_expression(text).evaluate(variables) is True
