"""Drafts through the API: the answer, publishing, the normal form, rules."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import Engine

DRAWING = (
    b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="plan">'
    b'<task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>'
    b"</process></definitions>"
)


def deployed(client: FlaskClient, **form: Any) -> dict[str, Any]:
    data = {"files": (io.BytesIO(DRAWING), "plan.bpmn"), **form}
    answer: dict[str, Any] = client.post("/api/deployments", data=data).get_json()
    return answer


@pytest.mark.parametrize(
    ("form", "startable"),
    [
        ({}, False),
        ({"executable": "false"}, False),
        ({"executable": "true"}, True),
        ({"executable": ["plan"]}, True),
        ({"executable": ["other"]}, False),
    ],
)
def test_a_deployment_says_whether_drawings_are_to_run(
    as_person: Callable[[str], FlaskClient], engine: Engine, form: dict[str, Any], startable: bool
) -> None:
    # when
    made = deployed(as_person("dan"), **form)

    # then
    assert [each["startable"] for each in made["definitions"]] == [startable]


def test_a_draft_cannot_be_started_until_it_is_published(
    as_person: Callable[[str], FlaskClient], engine: Engine
) -> None:
    # given
    dan = as_person("dan")
    id = deployed(dan)["definitions"][0]["id"]
    refused = dan.post("/api/instances", json={"key": "plan"})

    # when
    published = dan.post(f"/api/definitions/{id}/publish")

    # then
    assert refused.status_code == 422
    assert "Answer on its page that it is to be run" in refused.get_json()["detail"]
    assert published.get_json()["startable"] is True
    assert dan.post("/api/instances", json={"key": "plan"}).status_code == 201


def test_the_normal_form_comes_with_its_notes(
    as_person: Callable[[str], FlaskClient], engine: Engine
) -> None:
    # given
    dan = as_person("dan")
    id = deployed(dan)["definitions"][0]["id"]

    # when
    found = dan.get(f"/api/definitions/{id}/normalised").get_json()

    # then
    assert "startEvent" in found["xml"]
    assert "implicit-start" in {note["rule"] for note in found["notes"]}
    assert "name" in found["notes"][0]


def test_a_rule_is_explained(as_person: Callable[[str], FlaskClient], engine: Engine) -> None:
    dan = as_person("dan")
    assert "executable" in dan.get("/api/rules/not-executable").get_json()["text"]
    assert dan.get("/api/rules/nothing").status_code == 404
