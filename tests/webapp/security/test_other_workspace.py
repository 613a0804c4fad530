"""Nobody reaches another workspace over HTTP, whatever ids they try."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from engine import Engine
from engine.definitions import Source
from tests.webapp.conftest import ERRAND
from webapp.people import PersonRejectedError, checked_password

As = Callable[[str], FlaskClient]


@pytest.fixture
def theirs(engine: Engine) -> dict[str, int]:
    """Ids of everything that the workspace of ana, dan, mia and oli holds."""
    instance = engine.start("errand", {"secret": "of the first"}, business_key="secret:1")
    task = engine.user_tasks(instance.id)[0]
    other = engine.start("errand")
    engine.complete(engine.user_tasks(other.id)[0].id, by="ana")
    (job,) = engine.jobs(other.id)
    engine.fail_job(job.id, "secret reason")
    (incident,) = engine.incidents()
    return {
        "instance_id": instance.id, "user_task_id": task.id, "job_id": job.id,
        "incident_id": incident.id, "definition_id": instance.definition_id,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/instances/{instance_id}"),
        ("GET", "/api/instances/{instance_id}/history"),
        ("GET", "/api/instances/{instance_id}/variables"),
        ("POST", "/api/instances/{instance_id}/cancel"),
        ("GET", "/api/user-tasks/{user_task_id}"),
        ("GET", "/api/user-tasks/{user_task_id}/form"),
        ("GET", "/api/user-tasks/{user_task_id}/variables"),
        ("POST", "/api/user-tasks/{user_task_id}/claim"),
        ("POST", "/api/user-tasks/{user_task_id}/release"),
        ("POST", "/api/user-tasks/{user_task_id}/complete"),
        ("GET", "/api/jobs/{job_id}"),
        ("POST", "/api/jobs/{job_id}/complete"),
        ("POST", "/api/incidents/{incident_id}/resolve"),
        ("GET", "/api/definitions/{definition_id}"),
        ("GET", "/api/definitions/{definition_id}/resource"),
        ("GET", "/api/definitions/{definition_id}/problems"),
        ("GET", "/api/definitions/{definition_id}/normalised"),
    ],
)
def test_an_id_of_another_workspace_is_not_found(
    as_person: As, theirs: dict[str, int], engine: Engine, method: str, path: str
) -> None:
    # when
    body: dict[str, str] | None = {} if method == "POST" else None
    answer = as_person("gil").open(path.format(**theirs), method=method, json=body)

    # then
    assert answer.status_code == 404
    assert "secret" not in answer.get_data(as_text=True)
    assert engine.user_task(theirs["user_task_id"]).claimed_by is None
    assert len(engine.incidents()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/api/instances", "/api/user-tasks", "/api/jobs?open_only=false", "/api/queues",
        "/api/incidents", "/api/definitions", "/api/customers", "/api/accounts",
    ],
)  # fmt: skip
def test_a_list_holds_nothing_of_another_workspace(
    as_person: As, theirs: dict[str, int], path: str
) -> None:
    # when
    answer = as_person("gil").get(path)

    # then
    assert (answer.status_code, answer.get_json()["items"]) == (200, [])


def test_a_process_of_another_workspace_cannot_be_started_or_reached_by_a_message(
    as_person: As, theirs: dict[str, int], engine: Engine
) -> None:
    # given
    gil, before = as_person("gil"), len(engine.instances())

    # when
    started = gil.post("/api/instances", json={"key": "errand"})
    sent = gil.post("/api/messages", json={"name": "errand.wanted"})

    # then
    assert started.status_code == 404
    assert sent.get_json()["instance_id"] is None
    assert len(engine.instances()) == before


def test_the_same_key_in_two_workspaces_is_two_definitions(
    as_person: As, theirs: dict[str, int], engine: Engine
) -> None:
    # given
    engine.in_workspace("globex").deploy([Source("errand.bpmn", ERRAND)])

    # when
    found = as_person("gil").get("/api/definitions").get_json()["items"]

    # then
    assert [(each["key"], each["version"]) for each in found] == [("errand", 1)]
    assert found[0]["id"] != theirs["definition_id"]


def test_a_password_that_is_no_text_is_refused() -> None:
    with pytest.raises(PersonRejectedError, match="UTF-8"):
        checked_password("\udcff" * 12)
