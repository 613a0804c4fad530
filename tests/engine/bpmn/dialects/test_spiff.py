"""SpiffWorkflow: what its settings become."""

from __future__ import annotations

import pytest

from engine.definitions import Severity


def extended(tag: str, inner: str, attributes: str = "") -> str:
    holder = f"<extensionElements>{inner}</extensionElements>"
    return f'<{tag} id="x" {attributes}>{holder}</{tag}>'


def test_an_operator_is_a_job_with_its_parameters(vendor) -> None:
    # given
    inner = (
        '<spiff:serviceTaskOperator id="http/GetRequest" resultVariable="answer">'
        '<spiff:parameters><spiff:parameter id="url" type="str" value="base + \'/a\'"/>'
        '<spiff:parameter id="empty" type="str"/></spiff:parameters></spiff:serviceTaskOperator>'
    )

    # when
    found = vendor(extended("serviceTask", inner), "spiff")

    # then
    assert found.corral("x", "job") == {"type": "http/GetRequest"}
    assert found.parameters("x", "job", "input") == {"url": "= base + '/a'", "empty": "= None"}
    assert found.parameters("x", "job", "output") == {"answer": "= result"}


def test_scripts_around_an_element_are_mappings(vendor) -> None:
    # given
    inner = (
        "<spiff:preScript># first\na = b + 1\n\nc = [a == 1]</spiff:preScript>"
        "<spiff:postScript>total = a</spiff:postScript>"
    )

    # when
    found = vendor(extended("userTask", inner), "spiff")

    # then
    assert found.parameters("x", "mapping", "input") == {"a": "= b + 1", "c": "= [a == 1]"}
    assert found.parameters("x", "mapping", "output") == {"total": "= a"}
    assert found.corral("x", "mapping") == {"allOut": "true"}
    assert found.problems == []


@pytest.mark.parametrize("script", ["del a", "for a in b:\n    c = a", "a.append(1)"])
def test_a_script_that_is_more_than_assignments_is_a_draft(vendor, script: str) -> None:
    inner = f"<spiff:preScript>{script}</spiff:preScript>"
    assert vendor(extended("task", inner), "spiff").drafts == ["x"]


def test_a_decision_and_a_form_are_named(vendor) -> None:
    # given
    form = (
        "<spiff:properties><spiff:property name='formJsonSchemaFilename' "
        "value='answer-schema.json'/></spiff:properties>"
    )

    # when
    decision = "<spiff:calledDecisionId>triage</spiff:calledDecisionId>"
    asked = vendor(extended("businessRuleTask", decision), "spiff")
    shown = vendor(extended("userTask", form), "spiff")

    # then
    assert asked.corral("x", "decision") == {"ref": "triage", "map": "columns"}
    assert shown.corral("x", "userTask") == {"form": "answer"}
    assert [problem.severity for problem in shown.problems] == [Severity.INFO]


def test_the_payload_of_a_message_goes_along_with_it(vendor) -> None:
    # given
    message = (
        '<message id="m" name="paid"><extensionElements><spiff:messagePayload>'
        "{'order': order}</spiff:messagePayload></extensionElements></message>"
    )

    # when
    body = '<sendTask id="x" messageRef="m"/><endEvent id="e"/>'
    found = vendor(body, "spiff", more=message)

    # then
    assert found.parameters("x", "message", "input") == {"payload": "= {'order': order}"}


def test_the_variable_of_a_message_is_mentioned(vendor) -> None:
    # when
    inner = "<spiff:messageVariable>answer</spiff:messageVariable>"
    found = vendor(extended("receiveTask", inner), "spiff")

    # then
    ((element, message),) = found.noted(Severity.INFO)
    assert element == "x" and "'answer'" in message


def test_instructions_are_read_past(vendor) -> None:
    inner = "<spiff:instructionsForEndUser># Hello</spiff:instructionsForEndUser>"
    found = vendor(extended("manualTask", inner), "spiff")
    assert [problem.severity for problem in found.problems] == [Severity.INFO]
