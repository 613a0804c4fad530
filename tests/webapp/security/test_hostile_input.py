"""Whatever is typed into an address, a form or a body gets an answer, and never a fault of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from engine import Engine
from webapp.addresses import moment, row_id, row_ids

As = Callable[[str], FlaskClient]

HUGE = "9" * 30
ODD_TEXTS = (
    HUGE, "9" * 5000, "-1", "²", "٣", "\x00", "a\x00b",
    "'", '"><script>alert(1)</script>', "a" * 3000,
    f"-,{HUGE}", "2026-01-01T00:00:00,1", "2026-01-01T00:00:00", "0001-01-01T00:00:00+23:00,1",
    "9999-12-31T23:59:59-12:00,1", "9999-12-31T23:59:59-12:00", ",", f"{HUGE},1", "{}", "NaN",
)  # fmt: skip
PAGES = {
    "/inbox": ("after", "shown", "mine"),
    "/customers": ("q", "before"),
    "/incidents": ("all", "before"),
    "/instances": ("key", "status", "at", "age", "overdue", "incident", "business_key", "before"),
    "/search": ("q",),
    "/login": ("next",),
}
BODIES = (
    b"", b"{", b"[]", b"null", b"1", b'"x"', b"\xff\xfe", b"\x00", b'{"a": 1}', b"[" * 100_000,
    b'{"a":' * 50_000, b'{"name": 1}', b'{"name": "\\ud800"}', b'{"name": "\\u0000"}',
    b'{"key": "\\ud800"}', b'{"key": "errand", "variables": {"v": "\\udfff"}}', b'{"key": NaN}',
    b'{"key": "errand", "variables": {"v": NaN}}',
    b'{"key": "errand", "variables": {"\\ud800": 1}}',
    b'{"key": "errand", "variables": {"v": ' + b"9" * 4000 + b"}}",
    b'{"key": "errand", "variables": {"v": ' + b"[" * 300 + b"]" * 300 + b"}}",
)  # fmt: skip


def doors(app: APIFlask) -> Iterator[tuple[str, str, set[str]]]:
    """Yield (method, path with ids that exist nowhere, query parameters) of the API."""
    description: Any = app.spec
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
            address = path
            for parameter in operation.get("parameters", ()):
                address = address.replace(f"{{{parameter['name']}}}", "99999")
            yield method, address, named


def test_no_address_of_the_api_makes_it_fail(app: APIFlask, as_person: As) -> None:
    # given
    client = as_person("oli")
    asked = [
        (path, name, text)
        for method, path, names in doors(app)
        if method == "get"
        for name in names
        for text in ODD_TEXTS
    ]

    # when
    answers = [(*door, client.get(door[0], query_string={door[1]: door[2]})) for door in asked]

    # then
    assert len(answers) > 200
    assert [(p, n, t[:40], a.status_code) for p, n, t, a in answers if a.status_code >= 500] == []
    assert {a.is_json for *_, a in answers} == {True}


@pytest.mark.parametrize(
    "type_", ["application/json", "application/json; charset=utf-16", "text/x"]
)
def test_no_body_makes_the_api_fail(
    app: APIFlask, engine: Engine, as_person: As, type_: str
) -> None:
    # given
    client = as_person("oli")
    asked = [(path, body) for method, path, _ in doors(app) if method == "post" for body in BODIES]

    # when
    answers = [
        (path, body[:40], client.post(path, data=body, content_type=type_)) for path, body in asked
    ]

    # then
    assert len(answers) > 150
    assert [(p, b, a.status_code) for p, b, a in answers if a.status_code >= 500] == []
    assert {a.is_json for *_, a in answers} == {True}


def test_no_address_of_a_page_makes_it_fail(browser: Any) -> None:
    # given
    browser.log_in("oli")
    asked = [
        (path, name, text) for path, names in PAGES.items() for name in names for text in ODD_TEXTS
    ]

    # when
    answers = [
        (path, name, text[:40], browser.get(path, query_string={name: text}, headers=headers))
        for path, name, text in asked
        for headers in ({}, {"HX-Request": "true"})
    ]

    # then
    assert [found[:3] for found in answers if found[3].status_code >= 500] == []
    assert [found[:3] for found in answers if b"<script>alert" in found[3].data] == []


@pytest.mark.parametrize(
    "text", ["[" * 50_000, '{"a": "\\ud800"}', '{"a": NaN}', "{", "\x00", "[]"]
)
def test_odd_variables_start_nothing_and_are_told(browser: Any, engine: Engine, text: str) -> None:
    # given
    browser.log_in("dan")

    # when
    answer = browser.post("/processes/errand/start", variables=text)

    # then
    assert answer.status_code in {303, 400}
    assert engine.instances() == []


@pytest.mark.parametrize("text", ["[" * 50_000, "{", "1", '{"answer": "\\ud800"}'])
def test_a_mangled_page_of_a_user_task_completes_it_all_the_same(
    browser: Any, engine: Engine, text: str
) -> None:
    # given
    task = engine.user_tasks(engine.start("errand").id)[0]
    browser.log_in("ana")

    # when
    answer = browser.post(f"/tasks/{task.id}/complete", opened_with=text)

    # then
    assert answer.status_code == 303
    assert engine.user_task(task.id).status == "completed"


@pytest.mark.parametrize("key", ["conversation:7", f"conversation:{HUGE}", "conversation:x"])
def test_a_correlation_key_that_only_looks_like_a_conversation_hides_no_user_task(
    browser: Any, engine: Engine, key: str
) -> None:
    # given
    instance = engine.start("errand", correlation_key=key)
    task = engine.user_tasks(instance.id)[0]

    # when
    browser.log_in("oli")

    # then
    assert browser.get(f"/tasks/{task.id}").status_code == 200
    assert browser.get(f"/instances/{instance.id}").status_code == 200


def test_an_upload_that_is_too_large_is_refused_with_the_limit(as_person: As) -> None:
    # when
    answer = as_person("dan").post("/api/lint", data={"files": b"x" * (11 * 1024 * 1024)})

    # then
    assert answer.status_code == 413
    assert "10 MB" in answer.get_data(as_text=True)


def test_numbers_and_moments_of_an_address_are_read_without_trust() -> None:
    # then
    assert row_ids(f"1,{HUGE},x,,²,٣,4") == [1, 3, 4]
    assert row_id(str(2**63 - 1)) == 2**63 - 1
    for wrong in (str(2**63), "9" * 6000, "-1", "", "1.5", "²"):
        with pytest.raises(ValueError, match="not the id of a row"):
            row_id(wrong)
    assert moment("2026-03-01T09:00:00+01:00").isoformat() == "2026-03-01T08:00:00+00:00"
    for wrong in ("2026-03-01T09:00:00", "0001-01-01T00:00:00+23:00", "soon"):
        with pytest.raises(ValueError, match=r"offset|outside|Invalid"):
            moment(wrong)
