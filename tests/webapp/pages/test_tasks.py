"""One user task: what an agent is told after completing it."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Engine
from engine.definitions import Source

TWO_STEPS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" targetNamespace="urn:test" id="drawing">
  <bpmn:process id="steps" name="Steps" isExecutable="true">
    <bpmn:startEvent id="start"/>
    <bpmn:userTask id="write" name="Write it">
      <bpmn:extensionElements><corral:userTask queue="care" due="PT1H"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:userTask id="approve" name="Approve it">
      <bpmn:extensionElements><corral:userTask queue="supervisors"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="write"/>
    <bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="approve"/>
    <bpmn:sequenceFlow id="f3" sourceRef="approve" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture(autouse=True)
def _two_steps(engine: Engine) -> None:
    engine.deploy([Source("steps.bpmn", TWO_STEPS)])
    engine.start("steps")


def test_after_completing_the_agent_reads_where_the_case_goes_next(browser: Any) -> None:
    # given
    browser.log_in("ana")

    # when
    browser.post("/tasks/1/complete")

    # then
    said = browser.get("/inbox").text
    assert "Done: Write it is completed. Next comes: Approve it, in the queue supervisors." in said


def test_after_the_last_user_task_there_is_nothing_next(browser: Any) -> None:
    # given
    browser.log_in("ana")
    browser.post("/tasks/1/complete")
    browser.get("/inbox")

    # when
    browser.post("/tasks/2/complete")

    # then
    said = browser.get("/inbox").text
    assert "Done: Approve it is completed." in said
    assert "Next comes" not in said


def test_a_closed_user_task_shows_no_running_clock_and_no_form(browser: Any) -> None:
    # given
    browser.log_in("ana")
    before = browser.get("/tasks/1").text

    # when
    browser.post("/tasks/1/complete")

    # then
    after = browser.get("/tasks/1").text
    for only_open in ("Answer due", "This user task has no form"):
        assert only_open in before
        assert only_open not in after
