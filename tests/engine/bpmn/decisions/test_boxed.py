"""Boxed expressions: each kind, what it sees, and what it gives when something does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.bpmn.decisions.drawing import (
    decided,
    decision,
    dmn,
    function,
    given,
    literal,
    rows,
)


def entry(name: str, logic: str, type: str = "") -> str:
    reference = f' typeRef="{type}"' if type else ""
    variable = f'<variable name="{name}"{reference}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def context(*entries: str) -> str:
    return f"<context>{''.join(entries)}</context>"


def invocation(called: str, **bindings: str) -> str:
    written = "".join(
        f'<binding><parameter name="{name}"/>{literal(value)}</binding>'
        for name, value in bindings.items()
    )
    return f"<invocation>{literal(called)}{written}</invocation>"


def loop(tag: str, inside: str, expression: str) -> str:
    inner = "return" if tag == "for" else "satisfies"
    return (
        f'<{tag} iteratorVariable="each"><in>{literal(inside)}</in>'
        f"<{inner}>{literal(expression)}</{inner}></{tag}>"
    )


def conditional(condition: str) -> str:
    yes, no = literal('"yes"'), literal('"no"')
    branches = f"<then>{yes}</then><else>{no}</else>"
    return f"<conditional><if>{literal(condition)}</if>{branches}</conditional>"


def filtered(inside: str, match: str) -> str:
    return f"<filter><in>{literal(inside)}</in><match>{literal(match)}</match></filter>"


def row(*cells: str) -> str:
    return f"<row>{''.join(literal(cell) for cell in cells)}</row>"


RELATION = (
    '<relation><column name="name"/><column name="age"/>'
    + row('"Ana"', "x")
    + row('"Bo"', "7")
    + "</relation>"
)

EXPRESSIONS: dict[str, tuple[str, Any]] = {
    "a literal expression": (literal("x + 1"), 6),
    "a text with a comment": (literal('"a" // remark'), "a"),
    "a context": (
        context(entry("a", literal("x")), entry("b c", literal("a * 2"))),
        {"a": 5, "b c": 10},
    ),
    "a context with a result": (
        context(entry("a b", literal("x")), entry("", literal("a b + 1"))),
        6,
    ),
    "a context inside a context": (
        context(entry("a", context(entry("b", literal("x")))), entry("c", literal("a.b"))),
        {"a": {"b": 5}, "c": 5},
    ),
    "a list": (
        f"<list>{literal('x')}{literal('null')}{RELATION}</list>",
        [5, None, [{"name": "Ana", "age": 5}, {"name": "Bo", "age": 7}]],
    ),
    "a relation": (RELATION, [{"name": "Ana", "age": 5}, {"name": "Bo", "age": 7}]),
    "a condition that holds": (conditional("x > 3"), "yes"),
    "a condition that does not": (conditional("x > 9"), "no"),
    "a condition that is no boolean": (conditional('"a"'), None),
    "a filter by value": (filtered("[1, 4, 9]", "item > 3"), [4, 9]),
    "a filter by a field": (filtered("[{age: 1}, {age: 9}]", "age > x"), [{"age": 9}]),
    "a filter of one value": (filtered("4", "item > 3"), [4]),
    "a filter of nothing": (filtered("null", "item > 3"), None),
    "a filter that is no boolean": (filtered("[1, 4]", "item"), None),
    "a loop": (loop("for", "[1, 2]", "each * x"), [5, 10]),
    "a loop over a range": (loop("for", "[1..3]", "each"), [1, 2, 3]),
    "a loop that sees what came before": (
        loop("for", "[1, 2, 3]", "each + count(partial)"),
        [1, 3, 5],
    ),
    "a loop over nothing": (loop("for", "null", "each"), None),
    "some": (loop("some", "[1, 9]", "each > x"), True),
    "some of none": (loop("some", "[]", "each > x"), False),
    "some that are unclear": (loop("some", "[1, 9]", 'if each = 9 then true else "?"'), None),
    "every": (loop("every", "[6, 9]", "each > x"), True),
    "not every": (loop("every", "[1, 9]", "each > x"), False),
    "every of none": (loop("every", "[]", "each > x"), True),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_boxed_expression_gives_its_value(name: str) -> None:
    # given
    logic, wanted = EXPRESSIONS[name]

    # when
    found = decided(dmn(given("x", "number") + decision(logic, needs="i:x")), {"x": 5})

    # then
    assert found.outputs == wanted


SUM = function("add_up", "a:number b:number", literal("a + b", "number"))


def test_a_knowledge_model_is_called_by_position_by_name_and_boxed() -> None:
    # given
    logic = context(
        entry("position", literal("add_up(1, 2)")),
        entry("name", literal("add_up(b: 5, a: 1)")),
        entry("boxed", invocation("add_up", b="10", a="1")),
    )

    # when
    found = decided(dmn(SUM + decision(logic, needs="add_up()")))

    # then
    assert found.outputs == {"position": 3, "name": 6, "boxed": 11}


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ('add_up("a", 2)', "parameter 'a'"),
        ("add_up(1)", "called with 1"),
    ],
)
def test_a_call_that_does_not_fit_is_null_and_says_why(call: str, said: str) -> None:
    # given
    document = dmn(SUM + decision(literal(call), needs="add_up()"))

    # when
    found = decided(document)

    # then
    assert found.outputs is None
    assert any(said in failure.message for failure in found.failures)


def test_knowledge_may_be_a_table_and_require_other_knowledge() -> None:
    # given
    double = function("double", "n:number", literal("n * 2"))
    table = function(
        "grade", "n:number", rows("> 5 | double(n)", "<= 5 | 0", inputs="n:number"), "double()"
    )
    document = dmn(double + table + decision(literal("[grade(6), grade(1)]"), needs="grade()"))

    # when
    found = decided(document)

    # then
    assert found.outputs == [12, 0]
    assert [(rule.decision, rule.row) for rule in found.fired_rules] == [("d", 1), ("d", 2)]


def test_a_function_in_a_context_sees_the_entries_before_it() -> None:
    # given
    inner = (
        '<functionDefinition><formalParameter name="n" typeRef="number"/>'
        f"{literal('n * factor')}</functionDefinition>"
    )
    logic = context(
        entry("factor", literal("3")), entry("times", inner), entry("", literal("times(4)"))
    )

    # when / then
    assert decided(dmn(decision(logic))).outputs == 12


def test_a_function_that_calls_itself_for_ever_is_a_failure() -> None:
    # given
    endless = "{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r"

    # when
    found = decided(dmn(decision(literal(endless))))

    # then
    assert found.outputs is None
    assert found.failures


def test_functions_of_a_host_are_drawn_and_not_run() -> None:
    # given
    java = (
        '<businessKnowledgeModel id="j" name="j"><encapsulatedLogic kind="Java">'
        '<formalParameter name="a"/></encapsulatedLogic></businessKnowledgeModel>'
    )

    # when
    found = decided(dmn(java + decision(literal("j(1)"), needs="j()")))

    # then
    assert found.outputs is None
    assert "Java" in found.failures[0].message
