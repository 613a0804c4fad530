"""Trying a draft on a page: the address holds the moves."""

from __future__ import annotations

from typing import Any

import pytest

from engine import Engine
from engine.definitions import Source

DRAFT = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="plan" name="Plan"><startEvent id="s"/><inclusiveGateway id="g" name="How?"/>
<userTask id="a" name="Call"/><userTask id="b" name="Write"/>
<sequenceFlow id="f" sourceRef="s" targetRef="g"/>
<sequenceFlow id="ga" name="urgent" sourceRef="g" targetRef="a"/>
<sequenceFlow id="gb" sourceRef="g" targetRef="b"><conditionExpression>n &gt; 1
</conditionExpression>
</sequenceFlow></process></definitions>"""
PAGE = "/processes/plan/1/try"


@pytest.fixture
def draft(engine: Engine) -> int:
    deployed = engine.deploy([Source("plan.bpmn", DRAFT)])
    return deployed.definitions[0].id


def test_a_draft_leads_to_its_trial(browser: Any, draft: int) -> None:
    # given
    browser.log_in("dan")

    # when
    page = browser.get("/processes/plan").get_data(as_text=True)

    # then
    assert page.count(f'href="{PAGE}"') == 2


def test_boxes_become_one_move_of_the_address(browser: Any, draft: int) -> None:
    # given
    browser.log_in("dan")

    # when
    answer = browser.get(f"{PAGE}?at=g&flow=ga&flow=gb")
    page = browser.get(answer.location).get_data(as_text=True)

    # then
    assert answer.location == f"{PAGE}?move=g:take:ga:gb"
    assert "Call: Work" in page and "Write: Work" in page


def test_variables_say_what_is_suggested(browser: Any, draft: int) -> None:
    # given
    browser.log_in("dan")

    # when
    page = browser.get(PAGE, query_string={"variables": '{"n": 2}'}).get_data(as_text=True)

    # then
    assert "as the variables say" in page


def test_a_damaged_address_goes_on_from_the_last_move_that_fits(browser: Any, draft: int) -> None:
    # given
    browser.log_in("dan")

    # when
    answers = [
        browser.get(f"{PAGE}?move=g:take:ga&move={bad}") for bad in ("x:complete", "nonsense")
    ]

    # then
    assert {answer.location for answer in answers} == {f"{PAGE}?move=g:take:ga"}


@pytest.mark.parametrize("text", ["{", "[1]"])
def test_variables_that_are_no_object_are_refused(browser: Any, draft: int, text: str) -> None:
    # given
    browser.log_in("dan")

    # when
    answer = browser.get(PAGE, query_string={"variables": text})

    # then
    assert answer.location == "/processes/plan/1"


@pytest.mark.parametrize(("login", "status"), [("dan", 200), ("mia", 200), ("ana", 403)])
def test_designers_and_managers_try_and_agents_do_not(
    browser: Any, draft: int, login: str, status: int
) -> None:
    # given
    browser.log_in(login)

    # when / then
    assert browser.get(PAGE).status_code == status


def test_nothing_is_stored(browser: Any, draft: int, engine: Engine) -> None:
    # given
    browser.log_in("dan")

    # when
    browser.get(f"{PAGE}?move=g:take:ga")

    # then
    assert engine.instances() == []
