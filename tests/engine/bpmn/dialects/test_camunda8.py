"""Camunda 8: what its settings become."""

from __future__ import annotations

import json

import pytest

from engine.bpmn.embedded_forms import forms_inside, forms_of
from engine.bpmn.xml import B, N, local
from engine.definitions import Severity, Source

FORM = json.dumps({"id": "f1", "components": [{"type": "textfield", "key": "answer"}]})


def extended(tag: str, inner: str, attributes: str = "", more: str = "") -> str:
    holder = f"<extensionElements>{inner}</extensionElements>"
    return f'<{tag} id="x" {attributes}>{holder}{more}</{tag}>'


def test_who_does_a_user_task_by_when_and_how_urgently(vendor) -> None:
    # given
    inner = (
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="= who" candidateGroups="a, b" '
        'candidateUsers="ana"/><zeebe:taskSchedule dueDate="= due" followUpDate="= later"/>'
        '<zeebe:priorityDefinition priority="80"/><zeebe:formDefinition formId="answer"/>'
    )

    # when
    found = vendor(extended("userTask", inner), "zeebe")

    # then
    assert found.corral("x", "userTask") == {
        "queue": "a",
        "assignee": "= who",
        "due": "= due",
        "priority": "80",
        "form": "answer",
    }
    assert {problem.severity for problem in found.problems} == {Severity.INFO}
    assert found.document.root.get(N + "language") == "feel"


def test_candidate_groups_may_be_a_list_in_feel(vendor) -> None:
    # given
    inner = "<zeebe:assignmentDefinition candidateGroups='= [&quot;a&quot;, team]'/>"

    # when / then
    assert vendor(extended("userTask", inner), "zeebe").corral("x", "userTask") == {
        "queue": '= ["a", team]'
    }


def test_a_form_inside_the_process_is_found_by_its_user_task(vendor) -> None:
    # given
    forms = f"<zeebe:userTaskForm id='f1'>{FORM}</zeebe:userTaskForm>"
    body = f"<extensionElements>{forms}</extensionElements>" + extended(
        "userTask", '<zeebe:formDefinition formKey="camunda-forms:bpmn:f1"/>'
    )

    # when
    found = vendor(body, "zeebe")

    # then
    (form,) = forms_of(found.document)
    assert form.key == found.corral("x", "userTask")["form"] == "p.f1"
    assert form.schema["components"][0]["key"] == "answer"
    assert [one.key for one in forms_inside([Source("a.bpmn", found.content)])] == ["p.f1"]


def test_a_form_that_is_no_form_is_a_draft(vendor) -> None:
    # given
    forms = "<zeebe:userTaskForm id='f1'>nothing</zeebe:userTaskForm>"

    # when / then
    assert vendor(f"<extensionElements>{forms}</extensionElements>", "zeebe").drafts == ["p"]


@pytest.mark.parametrize(
    "tag", ["serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent"]
)
def test_a_task_definition_is_a_job_whose_headers_are_inputs(vendor, tag: str) -> None:
    # given
    inner = (
        '<zeebe:taskDefinition type="= kind" retries="7"/><zeebe:taskHeaders>'
        '<zeebe:header key="template" value="welcome"/></zeebe:taskHeaders>'
    )

    # when
    found = vendor(extended(tag, inner), "zeebe")

    # then
    assert found.corral("x", "job") == {"type": "= kind", "retries": "7", "allIn": "true"}
    assert found.parameters("x", "job", "input") == {"template": "welcome"}
    assert found.problems == []


def test_a_script_task_with_a_job_handler_is_a_service_task(vendor) -> None:
    # when
    found = vendor(extended("scriptTask", '<zeebe:taskDefinition type="r"/>'), "zeebe")

    # then
    assert local(found.at("x")) == "serviceTask"
    assert found.corral("x", "job")["type"] == "r"


def test_computed_retries_are_a_warning(vendor) -> None:
    # when
    task = '<zeebe:taskDefinition type="r" retries="= n"/>'
    found = vendor(extended("serviceTask", task), "zeebe")

    # then
    assert "retries" not in found.corral("x", "job")
    assert found.noted(Severity.WARNING)[0][0] == "x"


def test_a_connector_is_an_ordinary_job(vendor) -> None:
    # given
    inner = '<zeebe:taskDefinition type="io.camunda:http-json:1"/>'

    # when
    found = vendor(
        extended("serviceTask", inner, 'zeebe:modelerTemplate="io.camunda.connectors.Http"'),
        "zeebe",
    )

    # then
    assert found.corral("x", "job")["type"] == "io.camunda:http-json:1"
    assert found.noted(Severity.INFO) == [
        ("defs", "Settings of Camunda 8 without a meaning here: modelerTemplate.")
    ]


def test_mappings_keep_their_expressions(vendor) -> None:
    # given
    inner = (
        '<zeebe:ioMapping><zeebe:input source="= a + 1" target="b"/>'
        '<zeebe:output source="= c" target="d"/></zeebe:ioMapping>'
    )

    # when
    found = vendor(extended("task", inner), "zeebe")

    # then
    assert found.parameters("x", "mapping", "input") == {"b": "= a + 1"}
    assert found.parameters("x", "mapping", "output") == {"d": "= c"}
    assert found.corral("x", "mapping") == {}


def test_a_mapping_with_a_gap_is_a_draft(vendor) -> None:
    inner = '<zeebe:ioMapping><zeebe:input source="" target="b"/></zeebe:ioMapping>'
    assert vendor(extended("task", inner), "zeebe").drafts == ["x"]


@pytest.mark.parametrize(
    ("inner", "mapping"),
    [
        ('<zeebe:calledElement processId="c"/>', {"allIn": "true", "allOut": "true"}),
        (
            '<zeebe:calledElement processId="c" propagateAllParentVariables="false" '
            'propagateAllChildVariables="false"/>',
            {"allIn": "false", "allOut": "false"},
        ),
        (
            '<zeebe:calledElement processId="c"/><zeebe:ioMapping>'
            '<zeebe:output source="= a" target="a"/></zeebe:ioMapping>',
            {"allIn": "true"},
        ),
    ],
)
def test_a_call_passes_everything_unless_told_otherwise(vendor, inner: str, mapping: dict) -> None:
    # when
    found = vendor(extended("callActivity", inner), "zeebe")

    # then
    assert found.at("x").get("calledElement") == "c"
    assert found.corral("x", "mapping") == mapping


def test_a_called_process_may_be_an_expression_and_bound_to_its_deployment(vendor) -> None:
    # when
    inner = '<zeebe:calledElement processId="= which" bindingType="deployment"/>'
    found = vendor(extended("callActivity", inner), "zeebe")

    # then
    assert found.corral("x", "call") == {"process": "= which", "binding": "deployment"}
    assert found.at("x").get("calledElement") is None


@pytest.mark.parametrize(
    ("tag", "reference", "extension"),
    [
        ("callActivity", 'calledElement processId="c"', "call"),
        ("businessRuleTask", 'calledDecision decisionId="c" resultVariable="r"', "decision"),
    ],
)
@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ('bindingType="latest"', {}),
        ('bindingType="deployment"', {"binding": "deployment"}),
        (
            'bindingType="versionTag" versionTag="v1"',
            {"binding": "versionTag", "versionTag": "v1"},
        ),
    ],
)
def test_a_reference_is_bound_to_a_version(
    vendor, tag: str, reference: str, extension: str, binding: str, expected: dict[str, str]
) -> None:
    # when
    found = vendor(extended(tag, f"<zeebe:{reference} {binding}/>"), "zeebe")

    # then
    written = found.corral("x", extension) if expected or extension == "decision" else {}
    assert {key: written[key] for key in written if key.startswith(("bind", "version"))} == expected
    assert found.noted(Severity.WARNING, Severity.DRAFT) == []


def test_a_process_says_what_its_version_is_called(vendor) -> None:
    # given
    body = (
        '<extensionElements><zeebe:versionTag value="v1"/></extensionElements>'
        '<startEvent id="s"/><task id="x"/>'
    )

    # when
    found = vendor(body, "zeebe")

    # then
    assert found.corral("p", "versionTag") == {"value": "v1"}
    assert found.problems == []


def test_a_decision_gives_its_only_output_as_the_value(vendor) -> None:
    # when
    inner = '<zeebe:calledDecision decisionId="triage" resultVariable="kind"/>'
    found = vendor(extended("businessRuleTask", inner), "zeebe")

    # then
    assert found.corral("x", "decision") == {"ref": "triage", "result": "kind", "map": "plain"}


def test_a_script_is_an_expression_with_a_result(vendor) -> None:
    # when
    inner = '<zeebe:script expression="= a + 1" resultVariable="b"/>'
    found = vendor(extended("scriptTask", inner), "zeebe")

    # then
    element = found.at("x")
    assert element.findtext(B + "script") == "a + 1"
    assert (element.get("scriptFormat"), element.get(N + "result")) == ("feel", "b")


def test_a_loop_goes_through_its_input_collection(vendor) -> None:
    # given
    loop = (
        '<zeebe:loopCharacteristics inputCollection="= orders" inputElement="order" '
        'outputCollection="sums" outputElement="= order.sum"/>'
    )

    # when
    marker = extended("multiInstanceLoopCharacteristics", loop)
    found = vendor(f"<task>{marker}</task>", "zeebe")

    # then
    names = ("collection", "item", "output", "output-item")
    assert [found.at("x").get(N + name) for name in names] == [
        "= orders",
        "order",
        "sums",
        "= order.sum",
    ]


def test_the_key_of_a_message_counts_where_it_is_caught_and_not_where_it_starts(vendor) -> None:
    # given
    message = (
        '<message id="m" name="paid"><extensionElements>'
        '<zeebe:subscription correlationKey="= order"/></extensionElements></message>'
    )
    trigger = '<messageEventDefinition messageRef="m"/>'
    body = (
        f'<startEvent id="s">{trigger}</startEvent><receiveTask id="r" messageRef="m"/>'
        f'<intermediateCatchEvent id="c">{trigger}</intermediateCatchEvent>'
        f'<boundaryEvent id="b" attachedToRef="r">{trigger}</boundaryEvent>'
        f'<subProcess id="sub" triggeredByEvent="true"><startEvent id="i">{trigger}</startEvent>'
        "</subProcess>"
    )

    # when
    found = vendor(body, "zeebe", more=message)

    # then
    keys = {key: found.corral(key, "message").get("correlationKey") for key in "srcbi"}
    assert keys == {"s": None, "r": "= order", "c": "= order", "b": "= order", "i": "= order"}


def test_a_message_may_be_published_without_a_job_handler(vendor) -> None:
    # when
    inner = '<zeebe:publishMessage correlationKey="= order" timeToLive="PT1H" messageId="= id"/>'
    found = vendor(extended("endEvent", inner), "zeebe")

    # then
    assert found.corral("x", "message") == {"correlationKey": "= order", "timeToLive": "PT1H"}
    assert [problem.severity for problem in found.problems] == [Severity.INFO]


def test_listeners_and_activities_chosen_by_an_expression_are_drafts(vendor) -> None:
    # given
    inner = (
        '<zeebe:executionListeners><zeebe:executionListener eventType="start" type="log"/>'
        '</zeebe:executionListeners><zeebe:adHoc activeElementsCollection="= some"/>'
    )

    # when / then
    assert vendor(extended("adHocSubProcess", inner), "zeebe").drafts == ["x", "x"]


def test_activities_chosen_by_a_job_handler_are_a_draft(vendor) -> None:
    inner = '<zeebe:taskDefinition type="agent"/>'
    assert vendor(extended("adHocSubProcess", inner), "zeebe").drafts == ["x"]


def test_the_mark_of_the_modeler_says_the_language_where_nothing_else_does(vendor) -> None:
    # when
    mark = 'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6.0"'
    found = vendor("<task/>", "modeler", root=mark)

    # then
    assert found.document.root.get(N + "language") == "feel"
    assert found.problems == []


def test_a_diagram_drawn_for_corral_in_that_modeler_stays_in_our_language(vendor) -> None:
    # when
    mark = 'modeler:executionPlatform="Camunda Cloud" xmlns:corral="urn:corral:bpmn:1"'
    found = vendor('<task id="t" camunda:asyncBefore="true"/>', "modeler", "camunda", root=mark)

    # then
    assert found.document.root.get(N + "language") is None


def test_a_second_translation_changes_nothing(vendor) -> None:
    # given
    forms = f"<extensionElements><zeebe:userTaskForm id='f1'>{FORM}</zeebe:userTaskForm>"
    body = f"{forms}</extensionElements>" + extended(
        "scriptTask",
        '<zeebe:script expression="= 1" resultVariable="b"/>'
        '<zeebe:ioMapping><zeebe:input source="= 1" target="a"/></zeebe:ioMapping>',
        'zeebe:modelerTemplate="t"',
    )

    # when
    before, after, problems = vendor(body, "zeebe").again()

    # then
    assert before == after
    assert problems == []
