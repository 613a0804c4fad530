"""Monitor, instances, incidents, processes, settings and search, as pages."""

from __future__ import annotations

import io
from typing import Any

import pytest

from engine import Engine, InstanceStatus

#: Pages and the roles that may see them; an operator may see all.
ALLOWED = {
    "/inbox": {"ana", "mia"},
    "/customers": {"ana", "mia"},
    "/processes": {"dan", "mia"},
    "/processes/errand": {"dan", "mia"},
    "/instances": {"dan", "mia"},
    "/instances/1": {"dan", "mia"},
    "/monitor": {"mia"},
    "/incidents": {"mia"},
    "/channels": set(),
    "/settings": set(),
}


def failed(engine: Engine) -> int:
    """Start an errand whose job fails for good, and return the id of its incident."""
    instance = engine.start("errand")
    engine.complete(engine.user_tasks(instance.id)[0].id, {}, by="ana")
    engine.fail_job(engine.jobs(instance.id)[0].id, "the shelf is empty")
    return engine.incidents()[0].id


@pytest.mark.parametrize("login", ["ana", "dan", "mia", "oli"])
def test_a_page_opens_for_its_roles_alone(browser: Any, engine: Engine, login: str) -> None:
    # given
    engine.start("errand")
    browser.log_in(login)

    # when
    statuses = {path: browser.get(path).status_code for path in ALLOWED}

    # then
    assert statuses == {
        path: 200 if login == "oli" or login in people else 403 for path, people in ALLOWED.items()
    }


def test_the_monitor_shows_an_incident_before_anything_else(browser: Any, engine: Engine) -> None:
    # given
    failed(engine)
    browser.log_in("mia")

    # when
    page = browser.get("/monitor").get_data(as_text=True)

    # then
    assert page.index("the shelf is empty") < page.index("Numbers")


def test_retrying_chosen_incidents_says_how_many_went_on(browser: Any, engine: Engine) -> None:
    # given
    incident = failed(engine)
    browser.log_in("mia")

    # when
    browser.post("/incidents/retry", id=str(incident))
    page = browser.get("/incidents").get_data(as_text=True)

    # then
    assert "Tried again: 1 of 1" in page
    assert engine.incidents() == []


def test_retrying_without_a_choice_changes_nothing_and_says_so(
    browser: Any, engine: Engine
) -> None:
    # given
    failed(engine)
    browser.log_in("mia")

    # when
    browser.post("/incidents/retry")

    # then
    assert "Choose at least one" in browser.get("/incidents").get_data(as_text=True)
    assert len(engine.incidents()) == 1


def test_the_filters_of_the_instances_are_in_the_address(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand", business_key="order:1")
    engine.cancel(engine.start("errand", business_key="order:2").id, by="mia")
    browser.log_in("mia")

    # when
    page = browser.get("/instances?status=active&key=errand&at=look").get_data(as_text=True)

    # then
    assert "order:1" in page
    assert "order:2" not in page


def test_mangled_filters_are_left_out(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand", business_key="order:1")
    browser.log_in("mia")

    # when
    page = browser.get("/instances?status=odd&age=x&before=y").get_data(as_text=True)

    # then
    assert "order:1" in page


def test_an_instance_is_cancelled_by_a_manager_alone(browser: Any, engine: Engine) -> None:
    # given
    instance = engine.start("errand")
    browser.log_in("dan")

    # when / then
    assert browser.post(f"/instances/{instance.id}/cancel").status_code == 403
    assert engine.instance(instance.id).status is InstanceStatus.ACTIVE


def test_an_instance_starts_by_hand_with_variables(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("dan")

    # when
    browser.post("/processes/errand/start", business_key="order:9", variables='{"x": 1}')

    # then
    (instance,) = engine.instances()
    assert instance.business_key == "order:9"
    assert engine.variables(instance.id)["x"] == 1


@pytest.mark.parametrize("text", ["{", "[1]", "nope"])
def test_variables_that_are_no_object_start_nothing(
    browser: Any, engine: Engine, text: str
) -> None:
    # given
    browser.log_in("dan")

    # when
    browser.post("/processes/errand/start", variables=text)

    # then
    assert engine.instances() == []


def test_a_refused_upload_lists_its_problems_and_stores_nothing(
    browser: Any, engine: Engine
) -> None:
    # given
    browser.log_in("dan")
    form = {"csrf_token": browser.token(), "files": (io.BytesIO(b"<html>"), "<b>.bpmn")}

    # when
    answer = browser.client.post("/processes", data=form)
    page = answer.get_data(as_text=True)

    # then
    assert answer.status_code == 422
    assert "Nothing was deployed" in page
    assert "<b>.bpmn" not in page
    assert len(engine.definitions()) == 1


def test_a_drawing_is_a_download_and_never_a_page_of_ours(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("ana")

    # when
    answer = browser.get("/processes/errand/1/drawing")

    # then
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"


def test_an_operator_adds_a_person_and_cannot_lock_themselves_out(
    browser: Any, engine: Engine
) -> None:
    # given
    browser.log_in("oli")

    # when
    browser.post("/settings/people", name="New", login="new", password="0123456789", roles="agent")
    browser.post("/settings/people/oli", active="0")
    page = browser.get("/settings").get_data(as_text=True)

    # then
    assert "You cannot disable yourself" in page
    assert "disabled" not in page
    assert "<td>new</td>" in page


def test_a_person_who_is_refused_is_told_why(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("oli")

    # when
    answer = browser.post("/settings/people", name="N", login="n", password="short", roles="agent")

    # then
    assert answer.status_code == 422
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_search_finds_an_instance_by_its_business_key_and_its_number(
    browser: Any, engine: Engine
) -> None:
    # given
    instance = engine.start("errand", business_key="order:17")
    browser.log_in("mia")

    # when / then
    for query in ("order:17", str(instance.id), f"%23{instance.id}"):
        assert f"/instances/{instance.id}" in browser.get(f"/search?q={query}").get_data(True)


def test_search_shows_an_agent_no_instances(browser: Any, engine: Engine) -> None:
    # given
    engine.start("errand", business_key="order:17")
    browser.log_in("ana")

    # when / then
    assert "/instances/" not in browser.get("/search?q=order:17").get_data(as_text=True)


def test_an_unknown_page_is_answered_in_the_shell(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("ana")

    # when
    answer = browser.get("/no-such-page")

    # then
    assert answer.status_code == 404
    assert "There is no such page" in answer.get_data(as_text=True)
