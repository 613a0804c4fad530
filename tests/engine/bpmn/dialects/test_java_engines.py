"""Camunda 7, Flowable and Activiti: what their settings become."""

from __future__ import annotations

import json

import pytest

from engine.bpmn.xml import B, C, N, local
from engine.definitions import Severity

FAMILY = pytest.mark.parametrize("prefix", ["camunda", "flowable", "activiti"])


def extended(tag: str, inner: str, attributes: str = "") -> str:
    holder = f"<extensionElements>{inner}</extensionElements>"
    return f'<{tag} id="x" {attributes}>{holder}</{tag}>'


@FAMILY
def test_who_does_a_user_task_by_when_and_how_urgently(vendor, prefix: str) -> None:
    # given
    body = (
        f'<userTask id="x" {prefix}:assignee="${{who}}" {prefix}:candidateGroups="care, sales" '
        f'{prefix}:dueDate="PT4H" {prefix}:priority="70" {prefix}:formKey="answer"/>'
    )

    # when
    found = vendor(body, prefix)

    # then
    assert found.corral("x", "userTask") == {
        "assignee": "${who}",
        "queue": "care",
        "due": "PT4H",
        "priority": "70",
        "form": "answer",
    }
    assert found.noted(Severity.INFO)[0][1].startswith("It has 2 candidate groups")
    assert found.document.root.get(N + "language") == "juel"


@pytest.mark.parametrize(
    ("groups", "queue"),
    [
        ("care", "care"),
        ("${group}", "${group}"),
        ("${teams(a, b)}, sales", "${teams(a, b)}"),
        (" , sales", "sales"),
    ],
)
def test_the_first_candidate_group_is_the_queue(vendor, groups: str, queue: str) -> None:
    # when
    found = vendor(f'<userTask id="x" camunda:candidateGroups="{groups}"/>', "camunda")

    # then
    assert found.corral("x", "userTask")["queue"] == queue


def test_candidate_users_without_an_assignee_are_a_warning(vendor) -> None:
    # when
    found = vendor('<userTask id="x" camunda:candidateUsers="ana, ben"/>', "camunda")

    # then
    ((element, message),) = found.noted(Severity.WARNING)
    assert element == "x" and "ana, ben" in message


@pytest.mark.parametrize(
    ("role", "expression", "expected"),
    [
        ("humanPerformer", "ana", {"assignee": "ana"}),
        ("potentialOwner", "user(ana), group(care)", {"assignee": "ana", "queue": "care"}),
        ("potentialOwner", "care, sales", {"queue": "care"}),
        ("potentialOwner", "group( ${team} )", {"queue": "${team}"}),
    ],
)
def test_the_roles_of_bpmn_itself_are_read_as_well(
    vendor, role: str, expression: str, expected: dict[str, str]
) -> None:
    # given
    assigned = (
        f"<{role}><resourceAssignmentExpression><formalExpression>{expression}"
        f"</formalExpression></resourceAssignmentExpression></{role}>"
    )

    # when
    body = f'<task id="t" activiti:async="true"/><userTask id="x">{assigned}</userTask>'
    found = vendor(body, "activiti")

    # then
    assert found.corral("x", "userTask") == expected
    assert found.at("x").find(f"{B}{role}") is None


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("answer", "answer"),
        ("camunda-forms:deployment:forms/answer.form", "answer"),
        ("embedded:deployment:answer.html", "answer"),
        ("embedded:app:forms/answer.html", "answer"),
        ("app:answer.jsf", "answer"),
        ("${form}", "${form}"),
    ],
)
def test_a_form_key_is_the_key_of_a_form(vendor, written: str, key: str) -> None:
    # when
    found = vendor(f'<userTask id="x" camunda:formKey="{written}"/>', "camunda")

    # then
    assert found.corral("x", "userTask")["form"] == key


def test_a_form_reference_bound_to_a_version_is_a_warning(vendor) -> None:
    # when
    attributes = 'camunda:formRef="answer" camunda:formRefBinding="version"'
    found = vendor(
        f'<userTask id="x" {attributes} camunda:formRefVersion="2"/>',
        "camunda",
    )

    # then
    assert found.corral("x", "userTask") == {"form": "answer"}
    assert len(found.noted(Severity.WARNING)) == len(found.problems) == 1


def test_the_fields_of_a_user_task_become_a_form_inside_the_diagram(vendor) -> None:
    # given
    fields = (
        '<camunda:formData><camunda:formField id="name" label="Name" type="string">'
        '<camunda:validation><camunda:constraint name="required"/>'
        '<camunda:constraint name="minlength" config="2"/></camunda:validation></camunda:formField>'
        '<camunda:formField id="amount" type="long" defaultValue="5"/>'
        '<camunda:formField id="agreed" type="boolean" defaultValue="true"/>'
        '<camunda:formField id="day" type="date" defaultValue="31/12/2026"/>'
        '<camunda:formField id="kind" type="enum"><camunda:value id="r" name="Refund"/>'
        "</camunda:formField></camunda:formData>"
    )

    # when
    found = vendor(extended("userTask", fields), "camunda")

    # then
    form = found.at("p").find(f".//{C}form")
    assert form is not None and form.get("key") == found.corral("x", "userTask")["form"] == "p.x"
    components = json.loads(form.text or "")["components"]
    assert [one["type"] for one in components] == [
        "textfield",
        "number",
        "checkbox",
        "datetime",
        "select",
    ]
    assert components[0]["validate"] == {"required": True, "minLength": 2}
    assert [one.get("defaultValue") for one in components[1:4]] == [5, True, "2026-12-31"]
    assert components[4]["values"] == [{"value": "r", "label": "Refund"}]
    assert found.problems == []


def test_form_properties_of_activiti_are_the_same(vendor) -> None:
    # given
    fields = (
        '<activiti:formProperty id="f1" name="Days" variable="days" type="long" required="true"/>'
        '<activiti:formProperty id="note" writable="false" default="${text}"/>'
    )

    # when
    found = vendor(extended("userTask", fields), "activiti")

    # then
    components = json.loads(found.at("p").findtext(f".//{C}form") or "")["components"]
    assert [(one["key"], one["label"]) for one in components] == [
        ("days", "Days"),
        ("note", "note"),
    ]
    assert components[1]["readonly"] is True
    assert "computed default" in found.noted(Severity.WARNING)[0][1]


def test_a_field_that_code_checks_is_a_draft(vendor) -> None:
    # given
    field = (
        '<camunda:formData><camunda:formField id="a"><camunda:validation>'
        '<camunda:constraint name="validator" config="org.example.Iban"/>'
        "</camunda:validation></camunda:formField></camunda:formData>"
    )

    # when / then
    assert vendor(extended("userTask", field), "camunda").drafts == ["x"]


@pytest.mark.parametrize(
    ("prefix", "kind"), [("camunda", "external"), ("flowable", "external-worker")]
)
def test_a_topic_is_a_job_type_and_its_handler_gets_every_variable(
    vendor, prefix: str, kind: str
) -> None:
    # given
    retries = f"<{prefix}:failedJobRetryTimeCycle>R5/PT10M</{prefix}:failedJobRetryTimeCycle>"

    # when
    task = extended("serviceTask", retries, f'{prefix}:type="{kind}" {prefix}:topic="pay"')
    found = vendor(task, prefix)

    # then
    assert found.corral("x", "job") == {"type": "pay", "allIn": "true", "retries": "5"}
    assert found.drafts == []


def test_the_topic_of_a_message_event_makes_it_throw_a_job(vendor) -> None:
    # given
    definition = '<messageEventDefinition camunda:type="external" camunda:topic="mail"/>'

    # when
    found = vendor(f'<endEvent id="x">{definition}</endEvent>', "camunda")

    # then
    assert found.corral("x", "job") == {"type": "mail", "allIn": "true"}


@pytest.mark.parametrize(
    "attributes",
    [
        'camunda:class="org.example.Pay"',
        'camunda:delegateExpression="${pay}"',
        'camunda:type="mail"',
    ],
)
def test_code_is_a_draft_that_names_it_and_a_job_type_stands_in(vendor, attributes: str) -> None:
    # when
    found = vendor(f'<serviceTask id="x" {attributes}/>', "camunda")

    # then
    ((element, message),) = found.noted(Severity.DRAFT)
    assert element == "x" and attributes.split('"')[1] in message
    assert found.corral("x", "job")["type"].lower() in ("pay", "mail")


def test_an_expression_of_a_service_task_is_a_script(vendor) -> None:
    # when
    task = '<serviceTask id="x" camunda:expression="${a + 1}" camunda:resultVariable="b"/>'
    found = vendor(task, "camunda")

    # then
    element = found.at("x")
    assert (local(element), element.get(N + "result")) == ("scriptTask", "b")
    assert element.findtext(B + "script") == "${a + 1}"
    assert found.drafts == []


def test_a_connector_and_a_listener_are_drafts(vendor) -> None:
    # given
    inner = (
        "<camunda:connector><camunda:connectorId>http-connector</camunda:connectorId>"
        '</camunda:connector><camunda:executionListener event="start" expression="${log.it()}"/>'
    )

    # when
    found = vendor(extended("serviceTask", inner), "camunda")

    # then
    assert found.drafts == ["x", "x"]
    assert "${log.it()}" in found.noted(Severity.DRAFT)[1][1]
    assert found.corral("x", "job") == {"type": "http-connector"}


@pytest.mark.parametrize(
    ("shape", "expected"),
    [("", "resultList"), ('camunda:mapDecisionResult="singleEntry"', "singleEntry")],
)
def test_a_decision_gives_a_list_unless_it_says_otherwise(
    vendor, shape: str, expected: str
) -> None:
    # when
    task = (
        f'<businessRuleTask id="x" camunda:decisionRef="triage" camunda:resultVariable="kind" '
        f"{shape}/>"
    )
    found = vendor(task, "camunda")

    # then
    assert found.corral("x", "decision") == {"ref": "triage", "result": "kind", "map": expected}
    assert found.noted(Severity.WARNING) == []


def fields(**values: str) -> str:
    return "".join(
        f'<flowable:field name="{name}"><flowable:string>{value}</flowable:string></flowable:field>'
        for name, value in values.items()
    )


@pytest.mark.parametrize("name", ["decisionTableReferenceKey", "decisionServiceReferenceKey"])
@pytest.mark.parametrize(
    ("more", "binding"),
    [
        ({}, {"binding": "deployment"}),
        ({"sameDeployment": "true"}, {"binding": "deployment"}),
        ({"sameDeployment": "false"}, {}),
    ],
)
def test_a_decision_task_of_flowable_asks_what_came_with_it_unless_it_says_otherwise(
    vendor, name: str, more: dict[str, str], binding: dict[str, str]
) -> None:
    # when
    inner = fields(**{name: "triage"}, **more)
    found = vendor(extended("serviceTask", inner, 'flowable:type="dmn"'), "flowable")

    # then
    assert local(found.at("x")) == "businessRuleTask"
    assert found.corral("x", "decision") == {"ref": "triage", "map": "variables", **binding}


def test_a_decision_task_that_is_to_fail_without_a_hit_is_a_warning(vendor) -> None:
    # when
    inner = fields(decisionTableReferenceKey="triage", decisionTaskThrowErrorOnNoHits="true")
    found = vendor(extended("serviceTask", inner, 'flowable:type="dmn"'), "flowable")

    # then
    assert [element for element, _ in found.noted(Severity.WARNING)] == ["x"]


def test_what_stands_in_our_own_words_already_stays(vendor) -> None:
    # given
    ours = '<corral:userTask xmlns:corral="urn:corral:bpmn:1" queue="ours"/>'

    # when
    found = vendor(extended("userTask", ours, 'camunda:candidateGroups="theirs"'), "camunda")

    # then
    assert found.corral("x", "userTask")["queue"] == "ours"


@FAMILY
def test_a_second_translation_changes_nothing(vendor, prefix: str) -> None:
    # given
    body = (
        f'<startEvent id="s" {prefix}:initiator="i"/>'
        + extended(
            "userTask",
            f'<{prefix}:formProperty id="a"/><{prefix}:taskListener class="x.Y"/>',
            f'{prefix}:candidateGroups="a,b"',
        )
        + f'<callActivity id="c" calledElement="${{d}}"><extensionElements>'
        f'<{prefix}:in source="a" target="b"/></extensionElements></callActivity>'
    )

    # when
    before, after, problems = vendor(body, prefix).again()

    # then
    assert before == after
    assert problems == []
