"""What an agent has written is never lost."""

from __future__ import annotations

import json
from collections.abc import Callable

from playwright.sync_api import Page, expect

from engine.definitions import Source
from tests.browser.house import House

ANGRY = "This is unacceptable! My parcel is broken and nobody answers. Terrible service."
ANSWER = "We are sorry, and look into it."


def test_a_draft_survives_a_reload_and_is_gone_after_sending(
    house: House, visit: Callable[..., Page]
) -> None:
    # given a draft
    house.customer_writes(ANGRY)
    house.engine.claim(1, by="ana")
    page = visit("ana")
    page.goto("/tasks/1")
    page.get_by_label("Your answer").fill(ANSWER)
    expect(page.get_by_text("Draft saved")).to_be_visible()

    # when the page is loaded again
    page.reload()

    # then the draft is back; and once it was sent, the browser has forgotten it
    expect(page.get_by_label("Your answer")).to_have_value(ANSWER)
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_text("is completed")).to_be_visible()
    assert page.evaluate("localStorage.getItem('corral.draft.1')") is None


def test_an_answer_to_a_user_task_closed_meanwhile_is_kept_on_the_page(
    house: House, visit: Callable[..., Page]
) -> None:
    # given an agent who writes while the instance is cancelled
    house.customer_writes(ANGRY)
    house.engine.claim(1, by="ana")
    page = visit("ana")
    page.goto("/tasks/1")
    page.get_by_label("Your answer").fill(ANSWER)
    house.engine.cancel(1, by="mia")
    expect(page.get_by_text("Nothing more is to be done here")).to_be_visible()

    # when
    page.get_by_role("button", name="Complete").click()

    # then
    expect(page.get_by_role("alert")).to_contain_text("already cancelled")
    expect(page.get_by_label("Your answer")).to_have_value(ANSWER)


def test_a_text_over_the_limit_of_the_channel_cannot_be_sent(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    house.customer_writes(ANGRY)
    house.engine.claim(1, by="ana")
    page = visit("ana")
    page.goto("/tasks/1")

    # when
    page.get_by_label("Your answer").fill("x" * 283)
    page.get_by_role("button", name="Complete").click()

    # then
    expect(page.get_by_text("3 characters too many")).to_be_visible()
    assert len(house.engine.user_tasks()) == 1


def test_a_field_hides_when_another_answer_makes_it_needless(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    house.customer_writes(ANGRY)
    house.engine.claim(1, by="ana")
    page = visit("ana")
    page.goto("/tasks/1")
    expect(page.get_by_label("Your answer")).to_be_visible()

    # when
    page.get_by_label("Close: no answer is needed").check()

    # then
    expect(page.get_by_label("Your answer")).to_be_hidden()


ASKED = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
xmlns:corral="urn:corral:bpmn:1"><process id="ask" isExecutable="true"><startEvent id="s"/>
<userTask id="u" name="Ask"><extensionElements><corral:userTask queue="care" form="ask"/>
</extensionElements></userTask><sequenceFlow id="f" sourceRef="s" targetRef="u"/></process>
</definitions>"""
QUESTION = {
    "id": "ask",
    "type": "default",
    "components": [
        {
            "type": "radio",
            "key": "pleased",
            "label": "Pleased?",
            "values": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}],
        },
        {
            "type": "textfield",
            "key": "why",
            "label": "Why not?",
            "conditional": {"hide": '=pleased != "no"'},
        },
    ],
}


def test_a_field_shows_only_when_another_has_one_answer(
    house: House, visit: Callable[..., Page]
) -> None:
    # given
    form = Source("ask.form", json.dumps(QUESTION).encode())
    house.engine.deploy([Source("ask.bpmn", ASKED), form])
    house.engine.start("ask")
    (task,) = house.engine.user_tasks()
    house.engine.claim(task.id, by="ana")
    page = visit("ana")
    page.goto(f"/tasks/{task.id}")
    expect(page.get_by_label("Why not?")).to_be_hidden()

    # when
    page.get_by_label("No", exact=True).check()

    # then
    expect(page.get_by_label("Why not?")).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    expect(page.get_by_label("Why not?")).to_be_hidden()
