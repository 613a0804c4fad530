"""Decisions through the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from engine import Engine
from engine.definitions import Source
from webapp.cli import main

As = Callable[[str], FlaskClient]
HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
    'namespace="urn:t">'
)
TABLE = f"""{HEAD}<decision id="triage" name="Triage"><question>Who answers?</question>
<decisionTable id="t" hitPolicy="UNIQUE"><input id="i1" label="Tier"><inputExpression
typeRef="string"><text>customer.tier</text></inputExpression>
<inputValues><text>"gold","plain"</text></inputValues></input>
<output id="o" name="queue" typeRef="string"/><rule id="r1"><inputEntry><text>"gold"</text>
</inputEntry><outputEntry><text>"care"</text></outputEntry><annotationEntry><text>first</text>
</annotationEntry></rule></decisionTable></decision></definitions>"""


@pytest.fixture
def deployed(engine: Engine) -> Engine:
    engine.deploy([Source("t.dmn", TABLE.encode())])
    engine.deploy([Source("t.dmn", TABLE.replace('"care"', '"best"').encode())])
    return engine


def test_decisions_are_listed_and_say_what_they_ask_for(as_person: As, deployed: Engine) -> None:
    # given
    client = as_person("ana")

    # when
    listed = client.get("/api/decisions").get_json()["items"]
    found = client.get("/api/decisions/triage").get_json()

    # then
    assert [(each["key"], each["version"]) for each in listed] == [("triage", 2)]
    assert (found["version"], found["question"]) == (2, "Who answers?")
    assert found["inputs"] == [
        {"name": "customer.tier", "type": "string", "choices": ["gold", "plain"]}
    ]
    assert [each["version"] for each in found["versions"]] == [2, 1]


@pytest.mark.parametrize(("version", "queue"), [(None, "best"), (2, "best"), (1, "care")])
def test_a_decision_is_asked_in_a_version(
    as_person: As, deployed: Engine, version: int | None, queue: str
) -> None:
    # when
    inputs = {"customer": {"tier": "gold"}}
    body = {"inputs": inputs} | ({} if version is None else {"version": version})
    answer = as_person("ana").post("/api/decisions/triage/evaluate", json=body)

    # then
    assert answer.status_code == 200
    assert answer.get_json() == {
        "outputs": queue,
        "fired_rules": [
            {
                "decision": "triage",
                "id": "r1",
                "row": 1,
                "because": [{"input": "Tier", "value": "gold", "test": '"gold"'}],
                "outputs": {"queue": queue},
                "annotations": ["first"],
            }
        ],
        "evaluated": [{"key": "triage", "name": "Triage", "outputs": queue}],
        "failures": [],
        "warnings": [],
    }


def test_what_goes_wrong_is_part_of_the_answer(as_person: As, deployed: Engine) -> None:
    # when
    body = {"inputs": {"customer": {"tier": "wood"}}}
    answer = as_person("dan").post("/api/decisions/triage/evaluate", json=body).get_json()

    # then
    assert answer["outputs"] is None
    assert "wood" in answer["failures"][0]["message"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/decisions/nothing/evaluate", {}, 404),
        ("/api/decisions/triage/evaluate", {"version": 9}, 404),
        ("/api/decisions/triage/evaluate", {"version": 0}, 422),
        ("/api/decisions/triage/evaluate", {"inputs": []}, 422),
        ("/api/decisions/triage/evaluate", {"input": {}}, 422),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    as_person: As, deployed: Engine, path: str, body: Any, status: int
) -> None:
    # when
    answer = as_person("ana").post(path, json=body)

    # then
    assert answer.status_code == status
    assert answer.get_json()["detail"]
    assert as_person("ana").get("/api/decisions/nothing").status_code == 404


def test_a_version_that_cannot_be_asked_says_why(as_person: As, deployed: Engine) -> None:
    # given a third version that is a draft, and a decision that is nothing else
    gap = TABLE.replace('"care"', "").replace("<rule", "<!--").replace("</rule>", "-->")
    deployed.deploy([Source("t.dmn", gap.encode())])
    deployed.deploy(
        [Source("o.dmn", gap.replace("triage", "other").replace("Triage", "Other").encode())]
    )

    # when
    details = [
        as_person("ana").post(f"/api/decisions/{key}/evaluate", json=body).get_json()["detail"]
        for key, body in (
            ("triage", {"version": 9}),
            ("triage", {"version": 3}),
            ("Triage", {"version": 9}),
            ("other", {}),
            ("other", {"version": 2}),
        )
    ]

    # then
    assert details[0] == "The decision 'triage' is not deployed in version 9; there are 1 to 3."
    assert details[1].startswith("The decision 'triage' cannot be asked: version 3 is a draft: ")
    assert details[2] == "The decision 'Triage' is not deployed in version 9; there are 1 to 3."
    assert details[3].startswith("The decision 'other' cannot be asked: version 1 is a draft: ")
    assert details[4] == "The decision 'other' is not deployed in version 2; there is version 1."


def test_strangers_are_told_nothing(app: Any, deployed: Engine) -> None:
    stranger = app.test_client()
    assert stranger.get("/api/decisions").status_code == 401
    assert stranger.get("/api/decisions/triage").status_code == 401
    asked = stranger.post("/api/decisions/triage/evaluate", json={})
    assert asked.status_code == 400, "no token against forgery"


def test_the_api_and_the_command_line_say_the_same(
    as_person: As, deployed: Engine, tmp_path: Path
) -> None:
    # given
    file = tmp_path / "t.dmn"
    file.write_text(TABLE)
    inputs = {"customer": {"tier": "gold"}}

    # when
    asked = ["decide", str(file), "--decision", "triage", "--input", json.dumps(inputs)]
    printed = CliRunner().invoke(main, [*asked, "--format", "json"])
    body = {"inputs": inputs, "version": 1}
    answer = as_person("ana").post("/api/decisions/triage/evaluate", json=body)

    # then
    assert json.loads(printed.output) == answer.get_json()


def test_the_description_names_the_resource(app: Any) -> None:
    paths = app.spec["paths"]
    assert {"/api/decisions", "/api/decisions/{key}", "/api/decisions/{key}/evaluate"} <= {*paths}
