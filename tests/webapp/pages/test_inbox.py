"""The inbox and the user task, as pages."""

from __future__ import annotations

from typing import Any

from engine import Engine

LIVE = {"HX-Request": "true"}


def test_the_inbox_lists_user_tasks_with_a_way_to_claim_them(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand", business_key="order:<17>")
    browser.log_in("ana")

    # when
    page = browser.get("/inbox/care").get_data(as_text=True)

    # then
    assert "Look into it" in page
    assert "order:&lt;17&gt;" in page
    assert "/tasks/1/claim" in page


def test_a_live_page_keeps_its_rows_in_place_and_announces_newcomers(
    browser: Any, engine: Engine, clock: Any
) -> None:
    # given a page that shows the later one of two user tasks, and the other one finished
    for _ in range(3):
        engine.start("errand")
    first, second, third = engine.user_tasks()
    engine.complete(third.id, {}, by="mia")
    browser.log_in("ana")

    # when
    page = browser.get(f"/inbox?shown={third.id},{second.id}", headers=LIVE).get_data(as_text=True)

    # then
    assert page.index(f'id="task-{third.id}"') < page.index(f'id="task-{second.id}"')
    assert "completed by mia" in page
    assert "1 new: show it" in page
    assert f'id="task-{first.id}"' not in page


def test_a_mangled_place_in_the_list_shows_the_first_page(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand")
    browser.log_in("ana")

    # when / then
    for place in ("nonsense", "x,1", "2026-99-99,3", ",", "-,"):
        assert "Look into it" in browser.get(f"/inbox?after={place}").get_data(as_text=True)


def test_claiming_leads_to_the_user_task(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand")
    browser.log_in("ana")

    # when
    answer = browser.post("/tasks/1/claim")

    # then
    assert answer.status_code == 303
    assert answer.location == "/tasks/1"
    assert engine.user_task(1).claimed_by == "ana"


def test_a_user_task_somebody_else_has_leads_back_and_says_who(
    browser: Any, engine: Engine
) -> None:
    # given
    engine.start("errand")
    engine.claim(1, by="ben")
    browser.log_in("ana")

    # when
    answer = browser.post("/tasks/1/claim", back="//elsewhere.example/inbox")

    # then
    assert answer.location == "/inbox"
    assert "ben has already claimed" in browser.get("/inbox").get_data(as_text=True)


def test_a_manager_reads_along_but_does_not_claim(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand")
    browser.log_in("mia")

    # when / then
    assert browser.get("/tasks/1").status_code == 200
    assert browser.post("/tasks/1/claim").status_code == 403


def test_completing_leads_to_the_next_user_task_of_the_queue(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand")
    engine.start("errand")
    browser.log_in("ana")

    # when
    answer = browser.post("/tasks/1/complete")

    # then
    assert answer.location == "/tasks/2"
    assert [task.id for task in engine.user_tasks()] == [2]


def test_completing_what_is_closed_answers_with_a_conflict(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand")
    engine.complete(1, {}, by="ben")
    browser.log_in("ana")

    # when
    answer = browser.post("/tasks/1/complete")

    # then
    assert answer.status_code == 409
    assert "already completed" in answer.get_data(as_text=True)


def test_a_released_user_task_waits_again(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand")
    engine.claim(1, by="ana")
    browser.log_in("ana")

    # when
    browser.post("/tasks/1/release")

    # then
    assert engine.user_task(1).claimed_by is None
