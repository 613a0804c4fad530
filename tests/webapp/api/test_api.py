"""The JSON API, resource by resource, over a real engine."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from channels.intake import Intake
from channels.model import Author, Mention, Page
from engine import Engine
from webapp.bootstrap import Installation

As = Callable[[str], FlaskClient]
BROKEN = b"<definitions><process id='x'></definitions>"


def files(*named: tuple[str, bytes]) -> dict[str, Any]:
    return {"files": [(io.BytesIO(content), name) for name, content in named]}


@pytest.fixture
def task_id(engine: Engine) -> int:
    """A user task of the process «errand»."""
    return engine.user_tasks(engine.start("errand", {"text": "hi"}, business_key="x:1").id)[0].id


def test_the_description_of_the_api_is_valid_and_names_every_resource(as_person: As) -> None:
    # when
    description = as_person("oli").get("/api/openapi.json").json

    # then
    validate(description)
    for path in ("/api/instances", "/api/user-tasks/{user_task_id}/complete", "/api/lint",
                 "/api/incidents", "/api/jobs", "/api/messages", "/api/customers"):  # fmt: skip
        assert path in description["paths"]
    assert not [path for path in description["paths"] if not path.startswith("/api/")]


def test_an_instance_starts_lists_and_shows_where_it_waits(as_person: As, engine: Engine) -> None:
    # given
    mia = as_person("mia")
    wanted = {"key": "errand", "variables": {"text": "hi"}, "business_key": "x:1"}

    # when
    started = mia.post("/api/instances", json=wanted)
    id = started.json["id"]
    shown = mia.get(f"/api/instances/{id}").json

    # then
    assert (started.status_code, started.json["status"]) == (201, "active")
    assert shown["variables"]["text"] == "hi"
    assert [waiting["element"] for waiting in shown["waiting"]] == ["look"]
    assert mia.get("/api/instances?business_key=x:1").json["items"][0]["id"] == id
    assert mia.get(f"/api/instances/{id}/variables").json["variables"]["text"] == "hi"
    assert mia.get(f"/api/instances/{id}/history").json["items"][0]["what"] == "started"


def test_lists_go_on_from_the_page_before(as_person: As, engine: Engine) -> None:
    # given
    ids = [engine.start("errand").id for _ in range(3)]
    mia = as_person("mia")

    # when
    first = mia.get("/api/instances?limit=2").json
    second = mia.get(f"/api/instances?limit=2&before={first['before']}").json

    # then
    assert [i["id"] for i in first["items"] + second["items"]] == ids[::-1]
    assert second["before"] is None


def test_user_tasks_go_on_from_the_page_before(as_person: As, engine: Engine) -> None:
    # given
    for _ in range(3):
        engine.start("errand")
    ana = as_person("ana")

    # when
    first = ana.get("/api/user-tasks?limit=2").json
    after = first["after"]
    second = ana.get(
        "/api/user-tasks",
        query_string={"limit": 2, "after_due": after["due"], "after_id": after["id"]},
    ).json

    # then
    assert len({task["id"] for task in first["items"] + second["items"]}) == 3
    assert second["after"] is None


def test_an_instance_is_cancelled_by_a_manager(as_person: As, engine: Engine) -> None:
    # given
    id = engine.start("errand").id

    # when
    answer = as_person("mia").post(f"/api/instances/{id}/cancel")

    # then
    assert answer.status_code == 204
    assert engine.instance(id).status == "cancelled"
    assert as_person("ana").post(f"/api/instances/{id}/cancel").status_code == 403


def test_an_agent_claims_releases_and_completes(
    as_person: As, engine: Engine, task_id: int
) -> None:
    # given
    ana = as_person("ana")

    # when
    claimed = ana.post(f"/api/user-tasks/{task_id}/claim").json
    released = ana.post(f"/api/user-tasks/{task_id}/release", json={}).json
    done = ana.post(f"/api/user-tasks/{task_id}/complete", json={"data": {"found": True}})

    # then
    assert (claimed["claimed_by"], released["claimed_by"]) == ("ana", None)
    assert (done.status_code, done.json["applied"]) == (200, True)
    assert ana.get(f"/api/user-tasks/{task_id}").json["status"] == "completed"
    assert engine.instance(done.json["instance_id"]).variables["found"] is True


def test_a_user_task_of_a_colleague_is_a_conflict_that_names_them(
    as_person: As, engine: Engine, task_id: int
) -> None:
    # given
    engine.claim(task_id, by="bob")

    # when
    answer = as_person("ana").post(f"/api/user-tasks/{task_id}/claim")

    # then
    assert answer.status_code == 409
    assert answer.mimetype == "application/problem+json"
    assert answer.json["detail"].startswith("bob has already claimed this user task.")


def test_only_a_manager_takes_a_user_task_from_somebody(
    as_person: As, engine: Engine, task_id: int
) -> None:
    # given
    engine.claim(task_id, by="bob")
    path, forced = f"/api/user-tasks/{task_id}/release", {"force": True}

    # when / then
    assert as_person("ana").post(path, json=forced).status_code == 403
    assert as_person("mia").post(path, json=forced).json["claimed_by"] is None


def test_queues_count_what_waits_and_what_is_late(as_person: As, task_id: int, clock: Any) -> None:
    # given
    clock.pass_by(timedelta(hours=2))

    # when
    queues = as_person("ana").get("/api/queues").json["items"]

    # then
    assert queues == [{"queue": "care", "open": 1, "unclaimed": 1, "overdue": 1}]


def test_a_user_task_without_a_form_says_so(as_person: As, task_id: int) -> None:
    # given
    ana = as_person("ana")

    # then
    assert ana.get(f"/api/user-tasks/{task_id}/form").status_code == 404
    assert ana.get(f"/api/user-tasks/{task_id}/variables").json["text"] == "hi"


def test_a_job_fails_becomes_an_incident_and_is_done_after_all(
    as_person: As, engine: Engine, task_id: int
) -> None:
    # given
    engine.complete(task_id, {}, by="ana")
    oli, mia = as_person("oli"), as_person("mia")
    job = oli.get("/api/jobs?type=fetch").json["items"][0]

    # when
    failed = oli.post(f"/api/jobs/{job['id']}/fail", json={"why": "The shelf is empty."})
    incident = mia.get("/api/incidents").json["items"][0]
    resolved = mia.post(f"/api/incidents/{incident['id']}/resolve", json={})
    done = oli.post(f"/api/jobs/{job['id']}/complete", json={"result": {"parcel": 7}})

    # then
    assert (failed.status_code, done.status_code) == (204, 204)
    assert "The shelf is empty." in incident["what"] and incident["cure"]
    assert resolved.json["resolved_by"] == "mia"
    assert engine.instance(job["instance_id"]).variables["parcel"] == 7
    assert oli.post(f"/api/jobs/{job['id']}/complete", json={}).status_code == 409
    assert mia.post(f"/api/incidents/{incident['id']}/resolve", json={}).status_code == 409


def test_a_bpmn_error_reaches_the_element_of_the_job(
    as_person: As, engine: Engine, task_id: int
) -> None:
    # given
    instance = engine.complete(task_id, {}, by="ana").instance_id
    job = engine.jobs(instance)[0].id

    # when
    answer = as_person("oli").post(f"/api/jobs/{job}/error", json={"code": "gone"})

    # then
    assert answer.status_code == 204
    assert engine.jobs(instance) == []
    assert "gone" in engine.incidents(instance_id=instance)[0].what


def test_a_message_starts_an_instance(as_person: As, engine: Engine) -> None:
    # when
    answer = as_person("oli").post(
        "/api/messages", json={"name": "errand.wanted", "correlation_key": "k", "payload": {"n": 1}}
    )

    # then
    assert answer.json["outcome"] == "started"
    assert engine.instance(answer.json["instance_id"]).variables["n"] == 1


def test_a_signal_nobody_waits_for_reaches_nobody(as_person: As, engine: Engine) -> None:
    assert as_person("oli").post("/api/signals", json={"name": "fire"}).json == {"instances": 0}


def test_definitions_are_deployed_listed_and_downloaded_as_they_came(
    as_person: As, engine: Engine
) -> None:
    # given
    dan = as_person("dan")
    latest = dan.get("/api/definitions").json["items"][0]
    uploaded = engine.resource(latest["id"])

    # when
    changed = uploaded.replace(b"Look into it", b"Look closely")
    made = dan.post("/api/deployments", data=files(("errand.bpmn", changed)))

    # then
    assert (made.status_code, made.json["by"]) == (201, "dan")
    versions = dan.get("/api/definitions?key=errand").json["items"]
    assert [definition["version"] for definition in versions] == [2, 1]
    download = dan.get(f"/api/definitions/{latest['id']}/resource")
    assert download.data == uploaded
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert dan.get(f"/api/definitions/{latest['id']}").json["key"] == "errand"
    assert dan.get(f"/api/definitions/{latest['id']}/problems").status_code == 200


def test_a_broken_file_is_refused_with_its_problems_and_nothing_is_stored(as_person: As) -> None:
    # given
    dan = as_person("dan")

    # when
    answer = dan.post("/api/deployments", data=files(("broken.bpmn", BROKEN)))
    report = dan.post("/api/lint", data=files(("broken.bpmn", BROKEN))).json["files"][0]

    # then
    assert answer.status_code == 422
    assert answer.json["problems"][0]["severity"] == "error"
    assert report["file"] == "broken.bpmn"
    assert report["problems"][0]["cure"]
    assert dan.get("/api/definitions").json["items"] == []


def test_an_upload_without_files_says_which_field_is_missing(as_person: As) -> None:
    # when
    answer = as_person("dan").post("/api/deployments", data={})

    # then
    assert answer.status_code == 400
    assert "'files'" in answer.json["detail"]


def test_conversations_customers_and_accounts_are_shown(
    as_person: As, installation: Installation
) -> None:
    # given
    conversations = installation.services().conversations
    account = conversations.ensure_account("demo", "northwind")
    author = Author("a1", "grace", "Grace Hopper", reach=12)
    now = installation.engine.clock.now()
    mention = Mention("m1", author, "Where is my parcel?", now, thread="t1")
    Intake(installation.services().engine).take(account, Page((mention,), position={"n": 1}))
    ana, mia = as_person("ana"), as_person("mia")

    # when
    customer = ana.get("/api/customers?search=grace").json["items"][0]
    shown = ana.get("/api/conversations/1").json

    # then
    assert customer["identities"][0]["handle"] == "grace"
    assert ana.get(f"/api/customers/{customer['id']}").json["name"] == "Grace Hopper"
    assert [post["text"] for post in shown["posts"]] == ["Where is my parcel?"]
    assert shown["correlation_key"] == "conversation:1"
    assert mia.get("/api/accounts").json["items"][0]["account"]["handle"] == "northwind"
    assert ana.get("/api/replies/unsettled").json["items"] == []
    assert ana.post("/api/replies/1/settle", json={"went_out": True}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/instances", {}, "key"),
        ("/api/instances", {"key": "errand", "variables": 3}, "variables"),
        ("/api/instances", {"key": "errand", "speed": 3}, "speed"),
        ("/api/messages", {"name": ""}, "name"),
    ],
)
def test_a_body_that_does_not_fit_is_refused_field_by_field(
    as_person: As, path: str, body: dict[str, Any], field: str
) -> None:
    # when
    answer = as_person("oli").post(path, json=body)

    # then
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert answer.json["detail"].startswith(f"The request does not fit: {field}:")


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=many", "status=asleep", "colour=red", f"before={2**63}"]
)
def test_a_query_that_does_not_fit_is_refused(as_person: As, query: str) -> None:
    assert as_person("mia").get(f"/api/instances?{query}").status_code == 422


def test_a_body_that_is_no_json_is_refused_without_a_trace(as_person: As) -> None:
    # when
    answer = as_person("mia").post("/api/instances", data=b"{", content_type="application/json")

    # then
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


@pytest.mark.parametrize(
    "path",
    ["/api/instances/99", "/api/user-tasks/99", "/api/jobs/99", "/api/definitions/99",
     "/api/customers/99", "/api/conversations/99", "/api/nothing",
     f"/api/instances/{2**63}", f"/api/instances/{2**63 - 1}"],
)  # fmt: skip
def test_what_is_not_there_is_a_404_with_a_sentence(as_person: As, path: str) -> None:
    # when
    answer = as_person("oli").get(path)

    # then
    assert answer.status_code == 404
    assert answer.json["title"] == "Not Found"
    assert answer.json["detail"].endswith(".")


def test_starting_what_is_not_deployed_names_it(as_person: As) -> None:
    # when
    answer = as_person("mia").post("/api/instances", json={"key": "ghost"})

    # then
    assert answer.status_code == 404
    assert "'ghost'" in answer.json["detail"]
