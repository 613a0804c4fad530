"""Corral's extensions: what their settings mean, and how a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.errors import ExpressionError
from engine.bpmn.extensions import extensions, read
from engine.bpmn.extensions.parameters import evaluated


def settings(drawing, tag: str, inner: str) -> Any:
    holder = f"<extensionElements>{inner}</extensionElements>"
    body = f'<{tag} id="x">{holder}</{tag}>'
    return read(drawing.find(drawing(body), "x"))


def test_extensions_are_found_by_name() -> None:
    # given / when
    found = extensions()

    # then
    assert set(found) >= {"userTask", "job", "decision", "message", "variables", "form"}
    assert all(extension.hosts for extension in found.values())


def test_a_user_task_knows_its_queue_form_and_due_date(drawing) -> None:
    # given
    inner = '<corral:userTask queue="care" form="answer" due="= within" priority="70" assignee=""/>'

    # when
    found = settings(drawing, "userTask", inner)["userTask"]

    # then
    assert found.queue.evaluate({}) == "care"
    assert found.form.evaluate({}) == "answer"
    assert found.due.evaluate({"within": "PT1H"}) == "PT1H"
    assert found.priority.evaluate({}) == "70"
    assert found.assignee is None
    assert found.completed_by is None


def test_a_job_has_a_type_retries_inputs_and_outputs(drawing) -> None:
    # given
    inner = (
        '<corral:job type="reply.send" retries="5"><corral:input name="text" value="= answer"/>'
        '<corral:input name="private" value="= False"/>'
        '<corral:output name="sent" value="= result.at"/></corral:job>'
    )

    # when
    job = settings(drawing, "sendTask", inner)["job"]

    # then
    assert (job.type.text, job.retries) == ("reply.send", 5)
    assert evaluated(job.inputs, {"answer": "Hi"}) == {"text": "Hi", "private": False}
    assert evaluated(job.outputs, {"result": {"at": 1}}) == {"sent": 1}


def test_a_job_without_details_has_the_usual_ones(drawing) -> None:
    # given / when
    job = settings(drawing, "serviceTask", "<corral:job/>")["job"]

    # then
    assert (job.type, job.retries, job.inputs, job.outputs) == (None, 3, (), ())


def test_a_decision_names_its_key_and_its_variable(drawing) -> None:
    # given
    inner = '<corral:decision ref="triage" result="kind"/>'

    # when
    decision = settings(drawing, "businessRuleTask", inner)["decision"]

    # then
    assert (decision.ref.text, decision.result) == ("triage", "kind")


def test_a_message_has_a_correlation_key_and_a_payload(drawing) -> None:
    # given
    inner = (
        "<corral:message correlationKey=\"= 'conversation:' + str(id)\">"
        '<corral:input name="text" value="hello"/></corral:message>'
    )

    # when
    message = settings(drawing, "intermediateThrowEvent", inner)["message"]

    # then
    assert message.correlation_key.evaluate({"id": 9}) == "conversation:9"
    assert evaluated(message.inputs, {}) == {"text": "hello"}


def test_variables_are_literals_or_expressions_in_order(drawing) -> None:
    # given
    inner = (
        '<corral:variables><corral:variable name="a" value="PT1H"/>'
        '<corral:variable name="b" value="= 1 + 1"/><corral:variable name="c" value=""/>'
        "</corral:variables>"
    )

    # when
    found = settings(drawing, "subProcess", inner)["variables"]

    # then
    assert evaluated(found.defaults, {}) == {"a": "PT1H", "b": 2, "c": ""}


@pytest.mark.parametrize(
    "inner",
    [
        '<corral:job type="x" retries="many"/>',
        '<corral:job type="x" retries="-1"/>',
        '<corral:job type="x" retries="5000"/>',
        '<corral:job type="x"><corral:input value="1"/></corral:job>',
        '<corral:job type="x"><corral:input name="a"/></corral:job>',
        '<corral:job type="x"><corral:input name="_a" value="1"/></corral:job>',
        '<corral:job type="= a b"/>',
    ],
)
def test_a_wrong_setting_is_an_error_at_its_element(drawing, inner: str) -> None:
    # given / when
    with pytest.raises(ExpressionError) as caught:
        settings(drawing, "serviceTask", inner)

    # then
    assert caught.value.element == "x"
    assert caught.value.line == 1
    assert caught.value.cure


@pytest.mark.parametrize("name", ["my result", "_x", "a.b", "1a"])
def test_a_result_has_to_be_the_name_of_a_variable(drawing, name: str) -> None:
    with pytest.raises(ExpressionError, match="not the name of a variable"):
        settings(drawing, "businessRuleTask", f'<corral:decision ref="t" result="{name}"/>')


@pytest.mark.parametrize("name", ["answered by", "_by", "= who"])
def test_who_completed_a_user_task_goes_into_a_variable(drawing, name: str) -> None:
    # given
    good = '<corral:userTask completedBy="answered_by"/>'

    # when
    found = settings(drawing, "userTask", good)["userTask"]

    # then
    assert found.completed_by == "answered_by"
    with pytest.raises(ExpressionError, match="'completedBy' is not the name of a variable"):
        settings(drawing, "userTask", f'<corral:userTask completedBy="{name}"/>')


def test_what_no_extension_knows_is_left_to_the_rules(drawing) -> None:
    assert settings(drawing, "task", "<corral:unknown/><camunda:thing/>") == {}


def test_where_one_stands_twice_the_first_counts(drawing) -> None:
    # given
    inner = '<corral:userTask queue="first"/><corral:userTask queue="second"/>'

    # when
    found = settings(drawing, "userTask", inner)["userTask"]

    # then
    assert found.queue.text == "first"
