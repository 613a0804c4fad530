"""What a business rule task of each dialect gets from a decision, which may be no table."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.bpmn.running.asking import corral, dmn, literal, process, task


def table(policy: str, outputs: list[str], *rules: str) -> str:
    """Return a table on ``score``: each rule is its test and its outputs, divided by bars."""
    columns = "".join(f'<output id="o_{name}" name="{name}"/>' for name in outputs)
    rows = ""
    for rule in rules:
        test, *given = rule.split("|")
        cells = "".join(f"<outputEntry><text>{each}</text></outputEntry>" for each in given)
        rows += f"<rule><inputEntry><text>{test}</text></inputEntry>{cells}</rule>"
    return (
        f'<decisionTable id="t" hitPolicy="{policy}"><input id="i"><inputExpression><text>score'
        f"</text></inputExpression></input>{columns}{rows}</decisionTable>"
    )


CONTEXT = (
    '<variable name="box"/><context><contextEntry><variable name="kind"/><literalExpression><text>'
    '"hot"</text></literalExpression></contextEntry><contextEntry><variable name="days"/>'
    "<literalExpression><text>score + 1</text></literalExpression></contextEntry></context>"
)
SMALL_CONTEXT = CONTEXT.replace('<contextEntry><variable name="days"/>', "<!--").replace(
    "</contextEntry></context>", "--></context>"
)


ONE = table("UNIQUE", ["kind"], '&lt; 5|"calm"', '[5..8]|"hot"')
TWO = table("UNIQUE", ["kind", "days"], '[5..8]|"hot"|3')
ALL = table("COLLECT", ["kind"], '&gt; 4|"hot"', '&gt; 6|"loud"')
ALL_OF_TWO = table("COLLECT", ["kind", "days"], '&gt; 4|"hot"|1', '&gt; 6|"loud"|2')
LITERAL = literal("score * 2", "double")


def camunda7(shape: str) -> str:
    mapped = f'camunda:mapDecisionResult="{shape}"' if shape else ""
    return task(attributes=f'camunda:decisionRef="triage" camunda:resultVariable="x" {mapped}')


@pytest.mark.parametrize(
    ("shape", "logic", "expected"),
    [
        ("singleEntry", ONE, "hot"),
        ("singleEntry", LITERAL, 14),
        ("singleEntry", CONTEXT, {"kind": "hot", "days": 8}),
        ("singleEntry", SMALL_CONTEXT, {"kind": "hot"}),
        ("singleResult", ONE, {"kind": "hot"}),
        ("singleResult", TWO, {"kind": "hot", "days": 3}),
        ("singleResult", LITERAL, {"double": 14}),
        ("singleResult", CONTEXT, {"box": {"kind": "hot", "days": 8}}),
        ("collectEntries", ALL, ["hot", "loud"]),
        ("collectEntries", ONE, ["hot"]),
        ("collectEntries", LITERAL, [14]),
        ("resultList", ALL_OF_TWO, [{"kind": "hot", "days": 1}, {"kind": "loud", "days": 2}]),
        ("resultList", ONE, [{"kind": "hot"}]),
        ("resultList", LITERAL, [{"double": 14}]),
        ("", LITERAL, [{"double": 14}]),
    ],
)
def test_camunda_7_gets_the_result_in_the_shape_it_asks_for(
    engine, ask, shape: str, logic: str, expected: Any
) -> None:
    # given
    engine.deploy([process(camunda7(shape)), dmn(logic)])

    # when / then
    assert ask(score=7)["x"] == expected


@pytest.mark.parametrize("logic", [ONE, TWO, ALL])
@pytest.mark.parametrize(
    ("shape", "expected"),
    [("singleEntry", None), ("singleResult", None), ("collectEntries", []), ("resultList", [])],
)
def test_camunda_7_gets_no_result_where_no_rule_fits(
    engine, ask, shape: str, logic: str, expected: Any
) -> None:
    # given
    without_a_hit = logic.replace('&lt; 5|"calm"', '0|"calm"')
    engine.deploy([process(camunda7(shape)), dmn(without_a_hit)])

    # when / then
    assert ask(score=-1 if logic is not ONE else 9)["x"] == expected


def test_camunda_7_without_a_variable_keeps_the_result_under_the_key_of_the_decision(
    engine, ask
) -> None:
    # given
    rule = 'camunda:decisionRef="triage" camunda:mapDecisionResult="singleEntry"'
    engine.deploy([process(task(attributes=rule)), dmn(ONE)])

    # when / then
    assert ask(score=7)["triage"] == "hot"


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (ONE, "hot"),
        (TWO, {"kind": "hot", "days": 3}),
        (ALL, ["hot", "loud"]),
        (ALL_OF_TWO, [{"kind": "hot", "days": 1}, {"kind": "loud", "days": 2}]),
        (LITERAL, 14),
        (CONTEXT, {"kind": "hot", "days": 8}),
        (SMALL_CONTEXT, {"kind": "hot"}),
        (literal("[score]"), [7]),
        (table("UNIQUE", ["kind", "days"], '1|"hot"|3'), None),
    ],
)
def test_camunda_8_gets_the_value_as_dmn_has_it(engine, ask, logic: str, expected: Any) -> None:
    # given
    rule = '<zeebe:calledDecision decisionId="triage" resultVariable="x"/>'
    engine.deploy([process(task(rule)), dmn(logic)])

    # when / then
    assert ask(score=7)["x"] == expected


FLOWABLE = task(
    '<flowable:field name="decisionTableReferenceKey"><flowable:string>triage</flowable:string>'
    "</flowable:field>",
    'flowable:type="dmn"',
    "serviceTask",
)
SPIFF = task("<spiff:calledDecisionId>triage</spiff:calledDecisionId>")


@pytest.mark.parametrize("rule", [FLOWABLE, SPIFF])
@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (ONE, {"kind": "hot"}),
        (TWO, {"kind": "hot", "days": 3}),
        (LITERAL, {"double": 14}),
        (CONTEXT, {"kind": "hot", "days": 8}),
    ],
)
def test_flowable_and_spiffworkflow_get_each_output_as_a_variable(
    engine, ask, rule: str, logic: str, expected: dict[str, Any]
) -> None:
    # given
    engine.deploy([process(rule), dmn(logic)])

    # when / then
    assert ask(score=7) == {"score": 7, **expected}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (FLOWABLE, {"triage": [{"kind": "hot", "days": 1}, {"kind": "loud", "days": 2}]}),
        (SPIFF, {"kind": ["hot", "loud"], "days": [1, 2]}),
    ],
)
def test_where_several_rules_count_flowable_gets_a_list_and_spiffworkflow_one_of_each_output(
    engine, ask, rule: str, expected: dict[str, Any]
) -> None:
    # given
    engine.deploy([process(rule), dmn(ALL_OF_TWO)])

    # when / then
    assert ask(score=7) == {"score": 7, **expected}


def test_jbpm_asks_by_the_name_of_the_decision(engine, ask) -> None:
    # given
    inputs = "".join(f'<dataInput id="in_{name}" name="{name}"/>' for name in ("model", "decision"))
    constants = {"model": "d", "decision": "Kind of mention"}
    associations = "".join(
        f"<dataInputAssociation><targetRef>in_{name}</targetRef><assignment><from>{value}</from>"
        f"<to>in_{name}</to></assignment></dataInputAssociation>"
        for name, value in constants.items()
    )
    rule = (
        '<businessRuleTask id="r" implementation="http://www.jboss.org/drools/dmn" '
        f'drools:metaData="x"><ioSpecification>{inputs}<dataOutput id="_o" name="Kind of mention"/>'
        f"</ioSpecification>{associations}<dataOutputAssociation><sourceRef>_o</sourceRef>"
        "<targetRef>_v</targetRef></dataOutputAssociation></businessRuleTask>"
    )
    engine.deploy([process(rule, before='<property id="_v" name="kind"/>'), dmn(ONE)])

    # when / then
    assert ask(score=7)["kind"] == "hot"


def test_a_decision_service_is_asked_like_a_decision(engine, ask) -> None:
    # given
    service = (
        '<decisionService id="service" name="Service"><outputDecision href="#triage"/>'
        "</decisionService>"
    )
    logic = LITERAL.replace("score * 2", "3")
    engine.deploy(
        [process(corral(ref="service", result="x", map="plain")), dmn(logic, more=service)]
    )

    # when / then
    assert ask()["x"] == 3
