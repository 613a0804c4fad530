"""Decision tables: hit policies, types, and what is refused when they are read."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import pytest

from engine.bpmn.decisions import (
    Decision,
    FiredRule,
    decision_problems,
    read_decisions,
)
from engine.bpmn.errors import DecisionError
from engine.bpmn.reader import Document, read
from engine.definitions import Severity, Source

NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
}


def dmn(content: str, version: str = "1.3", attributes: str = "") -> Document:
    text = f'<definitions xmlns="{NAMESPACES[version]}" {attributes}>{content}</definitions>'
    return read(Source("table.dmn", text.encode()))


def table(
    policy: str,
    *rows: str,
    inputs: str = "x:number",
    outputs: str = "y:number",
    version: str = "1.3",
    values: str = "",
    default: str = "",
    language: str = "",
) -> Document:
    """Each row is cells and entries separated by ``|``; columns are ``text:type``."""

    def part(tag: str, text: str, attributes: str = "") -> str:
        return f"<{tag}{attributes}><text>{escape(text)}</text></{tag}>" if text else ""

    columns = ""
    for column in inputs.split():
        text, _, kind = column.partition(":")
        expression = part("inputExpression", text, f' typeRef="{kind}"')
        columns += f"<input>{expression}</input>"
    for column in outputs.split():
        name, _, kind = column.partition(":")
        inside = part("outputValues", values) + part("defaultOutputEntry", default)
        columns += f'<output name="{name}" typeRef="{kind}">{inside}</output>'
    rules = ""
    width = len(inputs.split())
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row.split("|")]
        entries = "".join(
            f"<{'inputEntry' if place < width else 'outputEntry'}><text>{escape(cell)}</text>"
            f"</{'inputEntry' if place < width else 'outputEntry'}>"
            for place, cell in enumerate(cells)
        )
        rules += f'<rule id="r{number}">{entries}</rule>'
    body = f"<decisionTable {policy} {language}>{columns}{rules}</decisionTable>"
    return dmn(f'<decision id="d" name="Decide">{body}</decision>', version)


def only(document: Document) -> Decision:
    assert decision_problems(document) == []
    (decision,) = read_decisions(document)
    return decision


def policy(name: str, aggregation: str = "") -> str:
    return f'hitPolicy="{name}"' + (f' aggregation="{aggregation}"' if aggregation else "")


OVERLAPPING = ("> 0 | 1", "> 5 | 2", "> 9 | 2")


@pytest.mark.parametrize("version", NAMESPACES)
def test_tables_of_every_version_are_read(version: str) -> None:
    # given
    decision = only(table("", "> 5 | 1", version=version))

    # when
    result = decision.evaluate({"x": 6})

    # then
    assert (decision.key, decision.name) == ("d", "Decide")
    assert result.outputs == {"y": 1}
    assert result.fired_rules == (FiredRule("r1", 1),)


@pytest.mark.parametrize(
    ("attributes", "outputs", "rows"),
    [
        (policy("FIRST"), {"y": 1}, [1]),
        (policy("COLLECT"), [{"y": 1}, {"y": 2}, {"y": 2}], [1, 2, 3]),
        (policy("RULE ORDER"), [{"y": 1}, {"y": 2}, {"y": 2}], [1, 2, 3]),
        (policy("COLLECT", "SUM"), {"y": 5}, [1, 2, 3]),
        (policy("COLLECT", "COUNT"), {"y": 3}, [1, 2, 3]),
        (policy("COLLECT", "MIN"), {"y": 1}, [1, 2, 3]),
        (policy("COLLECT", "MAX"), {"y": 2}, [1, 2, 3]),
    ],
)
def test_the_hit_policy_decides_among_several_rules(
    attributes: str, outputs: object, rows: list[int]
) -> None:
    # given
    decision = only(table(attributes, *OVERLAPPING))

    # when
    result = decision.evaluate({"x": 10})

    # then
    assert result.outputs == outputs
    assert [rule.row for rule in result.fired_rules] == rows


@pytest.mark.parametrize(
    ("name", "outputs"),
    [
        ("PRIORITY", {"y": "high"}),
        ("OUTPUT ORDER", [{"y": "high"}, {"y": "middle"}, {"y": "low"}]),
    ],
)
def test_output_values_give_the_order(name: str, outputs: object) -> None:
    # given
    rows = ('- | "low"', '- | "high"', '- | "middle"')
    values = '"high", "middle", "low"'
    decision = only(table(policy(name), *rows, outputs="y:string", values=values))

    # when / then
    assert decision.evaluate({}).outputs == outputs


def test_unique_with_several_rules_is_an_error_that_names_them() -> None:
    # given
    decision = only(table(policy("UNIQUE"), *OVERLAPPING))

    # when
    with pytest.raises(DecisionError) as caught:
        decision.evaluate({"x": 10})

    # then
    assert "rows 1, 2 and 3" in caught.value.reason
    assert "FIRST" in caught.value.cure


def test_any_takes_rules_that_agree_and_refuses_those_that_differ() -> None:
    # given
    decision = only(table(policy("ANY"), "> 5 | 1", "> 6 | 1", "> 9 | 2"))

    # when / then
    assert decision.evaluate({"x": 7}).outputs == {"y": 1}
    with pytest.raises(DecisionError, match="rows 1, 2 and 3"):
        decision.evaluate({"x": 10})


@pytest.mark.parametrize(
    ("attributes", "outputs"),
    [
        ("", {"y": None}),
        (policy("FIRST"), {"y": None}),
        (policy("COLLECT"), []),
        (policy("COLLECT", "SUM"), {"y": None}),
        (policy("COLLECT", "COUNT"), {"y": 0}),
    ],
)
def test_when_no_rule_fits_nothing_is_decided(attributes: str, outputs: object) -> None:
    # given
    decision = only(table(attributes, "> 5 | 1"))

    # when
    result = decision.evaluate({"x": 1})

    # then
    assert result.outputs == outputs
    assert result.fired_rules == ()


def test_a_default_output_stands_in_when_no_rule_fits() -> None:
    # given
    decision = only(table("", "> 5 | 1", default="7"))

    # when / then
    assert decision.evaluate({"x": 1}).outputs == {"y": 7}


def test_inputs_are_paths_and_what_is_missing_is_none() -> None:
    # given
    rows = ('"gold" | null | 1', "- | > 5 | 2", "- | - | 3")
    decision = only(
        table(policy("FIRST"), *rows, inputs="customer.tier:string order.amount:number")
    )

    # when / then
    assert decision.evaluate({"customer": {"tier": "gold"}}).outputs == {"y": 1}
    assert decision.evaluate({"customer": None, "order": {"amount": 6}}).outputs == {"y": 2}
    assert decision.evaluate({"customer": "text"}).outputs == {"y": 3}


def test_output_entries_are_literals_or_expressions() -> None:
    # given
    rows = ('"a" | name.upper() | null | [1, 2]',)
    document = table("", *(f"- | {row}" for row in rows), outputs="a:string b:string c: d:")
    decision = only(document)

    # when
    outputs = decision.evaluate({"name": "ana"}).outputs

    # then
    assert outputs == {"a": "a", "b": "ANA", "c": None, "d": [1, 2]}


def test_inputs_and_cells_may_be_python_where_the_table_says_so() -> None:
    # given
    language = 'expressionLanguage="python"'
    document = table(
        policy("FIRST"),
        "value > limit | 1",
        "7 | 2",
        "- | 3",
        inputs="len(x)*2:number".replace(" ", ""),
        language=language,
    )
    decision = only(document)

    # when / then
    assert decision.evaluate({"x": "abcd", "limit": 7}).outputs == {"y": 1}
    assert decision.evaluate({"x": "abcd", "limit": 9}).outputs == {"y": 3}


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "5"), ("string", 5), ("boolean", 1), ("integer", 1.5), ("number", True)],
)
def test_an_input_of_the_wrong_type_is_an_error_that_names_it(kind: str, value: object) -> None:
    # given
    decision = only(table("", "- | 1", inputs=f"x:{kind}"))

    # when
    with pytest.raises(DecisionError) as caught:
        decision.evaluate({"x": value})

    # then
    assert "'x'" in caught.value.reason
    assert caught.value.decision == "d"


def test_an_output_of_the_wrong_type_is_an_error_that_names_its_row() -> None:
    # given
    decision = only(table("", "- | name"))

    # when / then
    with pytest.raises(DecisionError, match="row 1"):
        decision.evaluate({"name": "text"})


def test_a_failing_output_is_an_error_of_the_decision() -> None:
    # given
    decision = only(table("", "- | missing + 1"))

    # when / then
    with pytest.raises(DecisionError, match="no variable 'missing'"):
        decision.evaluate({})


def test_a_sum_of_texts_is_an_error() -> None:
    # given
    decision = only(table(policy("COLLECT", "SUM"), "- | name", outputs="y:"))

    # when / then
    with pytest.raises(DecisionError, match="needs numbers"):
        decision.evaluate({"name": "text"})


def test_evaluating_changes_no_variable() -> None:
    # given
    variables: dict[str, Any] = {"x": 6, "d": {"k": [1]}}
    decision = only(table("", "> 5 | len(d.k)"))

    # when
    decision.evaluate(variables)

    # then
    assert variables == {"x": 6, "d": {"k": [1]}}


REFUSED = {
    "a hit policy nobody knows": (table(policy("RANDOM"), "- | 1"), Severity.ERROR),
    "an order without values": (table(policy("PRIORITY"), "- | 1"), Severity.ERROR),
    "an aggregation of two outputs": (
        table(policy("COLLECT", "SUM"), "- | 1 | 2", outputs="a:number b:number"),
        Severity.ERROR,
    ),
    "an aggregation nobody knows": (table(policy("COLLECT", "AVG"), "- | 1"), Severity.ERROR),
    "a full expression as input": (table("", "- | 1", inputs="x+1:number"), Severity.ERROR),
    "a cell that is no test": (table("", "> limit | 1"), Severity.ERROR),
    "a cell of another type": (table("", '"a" | 1'), Severity.ERROR),
    "an output of another type": (table("", '- | "a"'), Severity.ERROR),
    "an output that does not compile": (table("", "- | if a then b"), Severity.ERROR),
    "a row that is too short": (table("", "-"), Severity.ERROR),
    "no rules": (table(""), Severity.DRAFT),
    "no output": (table("", "-", outputs=""), Severity.ERROR),
    "two outputs of one name": (table("", "- | 1 | 2", outputs="a: a:"), Severity.ERROR),
    "a value outside the list": (
        table("", '- | "x"', outputs="y:string", values='"a", "b"'),
        Severity.WARNING,
    ),
    "an input without expression": (table("", "- | 1", inputs=":number"), Severity.DRAFT),
    "no table": (dmn('<decision id="d"/>'), Severity.DRAFT),
    "a literal expression": (
        dmn('<decision id="d"><literalExpression/></decision>'),
        Severity.ERROR,
    ),
    "a knowledge model": (dmn('<businessKnowledgeModel id="b"/>'), Severity.ERROR),
    "no id": (dmn("<decision><decisionTable/></decision>"), Severity.ERROR),
    "a required decision": (
        dmn(
            '<decision id="d"><informationRequirement><requiredDecision href="#x"/>'
            "</informationRequirement></decision>"
        ),
        Severity.ERROR,
    ),
    "two decisions of one id": (
        dmn('<decision id="d"/><decision id="d"/>'),
        Severity.ERROR,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_evaluated_is_a_problem_with_a_cure(name: str) -> None:
    # given
    document, severity = REFUSED[name]

    # when
    problems = decision_problems(document)

    # then
    assert severity in {problem.severity for problem in problems}
    assert all(problem.cure and problem.line for problem in problems)
    assert all(problem.rule == "decision-table" for problem in problems)


def test_a_decision_with_a_problem_cannot_be_asked() -> None:
    # given
    document = table("", "> limit | 1")

    # when / then
    assert read_decisions(document) == []


def test_a_required_input_is_only_a_drawing() -> None:
    # given
    requirement = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    document = table("", "- | 1")
    document.root[0].insert(0, dmn(requirement).root[0])

    # when / then
    assert only(document).evaluate({}).outputs == {"y": 1}


def test_diagrams_hold_no_decisions() -> None:
    # given
    content = b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>'

    # when
    document = read(Source("p.bpmn", content))

    # then
    assert read_decisions(document) == []
    assert decision_problems(document) == []
