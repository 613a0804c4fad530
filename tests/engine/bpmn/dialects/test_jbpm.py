"""jBPM: what its settings become."""

from __future__ import annotations

from engine.bpmn.reports import read
from engine.bpmn.xml import B, local
from engine.definitions import Severity, Source


def given(**constants: str) -> str:
    """Return an input specification and the associations that give each input a constant."""
    inputs = "".join(f'<dataInput id="in_{name}" name="{name}"/>' for name in constants)
    associations = "".join(
        f"<dataInputAssociation><targetRef>in_{name}</targetRef><assignment>"
        f"<from>{value}</from><to>in_{name}</to></assignment></dataInputAssociation>"
        for name, value in constants.items()
    )
    return f"<ioSpecification>{inputs}</ioSpecification>{associations}"


def test_the_data_inputs_of_a_user_task_say_who_does_it(vendor) -> None:
    # given
    inner = given(TaskName="answer", GroupId="care,sales", Skippable="true", Other="kept")

    # when
    found = vendor(f'<userTask id="x">{inner}</userTask>', "drools")

    # then
    assert found.corral("x", "userTask") == {"queue": "care"}
    left = found.at("x").findall(B + "dataInputAssociation")
    assert [one.findtext(B + "targetRef") for one in left] == ["in_Other"]


def test_the_potential_owner_of_a_user_task_is_its_actor(vendor) -> None:
    # given
    owner = (
        "<potentialOwner><resourceAssignmentExpression><formalExpression>#{employee}"
        "</formalExpression></resourceAssignmentExpression></potentialOwner>"
    )

    # when
    found = vendor(f'<userTask id="x">{owner}</userTask>', "drools")

    # then
    assert found.corral("x", "userTask") == {"assignee": "#{employee}"}


def test_a_work_item_is_a_job_with_its_constants(vendor) -> None:
    # given
    inner = given(TaskName="Email", To="a@example.org")

    # when
    found = vendor(f'<task id="x" drools:taskName="Email">{inner}</task>', "drools")

    # then
    assert local(found.at("x")) == "serviceTask"
    assert found.corral("x", "job") == {"type": "Email"}
    assert found.parameters("x", "job", "input") == {"To": "a@example.org"}


def test_code_before_or_after_a_task_is_a_draft_and_an_empty_one_is_not(vendor) -> None:
    # given
    body = (
        '<task id="x"><extensionElements><drools:onEntry-script scriptFormat="http://java">'
        "<drools:script>log();</drools:script></drools:onEntry-script></extensionElements></task>"
        '<task id="y"><extensionElements><drools:onExit-script><drools:script/>'
        "</drools:onExit-script></extensionElements></task>"
    )

    # when
    found = vendor(body, "drools")

    # then
    assert found.drafts == ["x"]
    assert found.noted(Severity.INFO) == [
        ("defs", "Settings of jBPM without a meaning here: onExit-script.")
    ]


def test_marks_of_the_process_and_of_flows_are_read_past(vendor) -> None:
    # given
    body = (
        '<extensionElements><drools:import name="x.Y"/></extensionElements><task id="a"/>'
        '<task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b" drools:priority="1"/>'
    )

    # when
    found = vendor(body, "drools")

    # then
    assert [problem.severity for problem in found.problems] == [Severity.INFO]
    assert "import, priority" in found.problems[0].message


def test_a_rule_flow_group_is_a_draft(vendor) -> None:
    found = vendor('<businessRuleTask id="x" drools:ruleFlowGroup="g"/>', "drools")
    assert found.drafts == ["x"]


DMN = 'implementation="http://www.jboss.org/drools/dmn"'


def test_a_business_rule_task_asks_the_decision_of_its_model(vendor) -> None:
    # given a result that goes to the variable "kind"
    constants = given(namespace="urn:x", model="Triage", decision="Kind of mention")
    output = '<dataOutput id="_out" name="Kind of mention"/></ioSpecification>'
    comes = (
        "<dataOutputAssociation><sourceRef>_out</sourceRef><targetRef>_v</targetRef>"
        "</dataOutputAssociation>"
    )
    inner = constants.replace("</ioSpecification>", output) + comes
    kind = '<property id="_v" name="kind"/>'

    # when
    found = vendor(f'{kind}<businessRuleTask id="x" {DMN}>{inner}</businessRuleTask>', "drools")

    # then
    assert found.corral("x", "decision") == {
        "ref": "Kind of mention",
        "result": "kind",
        "map": "plain",
        "binding": "deployment",
    }
    assert found.at("x").findall(B + "dataInputAssociation") == []
    assert found.at("x").findall(B + "dataOutputAssociation") == []


def test_a_business_rule_task_that_asks_a_whole_model_is_a_draft(vendor) -> None:
    # given
    inner = given(namespace="urn:x", model="Triage")

    # when
    task = f'<startEvent id="s"/><businessRuleTask id="x" {DMN}>{inner}</businessRuleTask>'
    (report,) = read([Source("p.bpmn", vendor.content(task, "drools"))])

    # then
    assert "decision-missing" in {each.rule for each in report.problems if each.element == "x"}
    assert not report.definitions[0].startable
