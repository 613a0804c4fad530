"""Files of an answer: added on the page of a user task or by the API, checked, and sent with it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from channels import media
from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Author, Mention, Page
from channels.outbox import Outbox
from engine import Engine, Source
from tests.pictures import png
from webapp.bootstrap import Installation

PNG = png()
FORM = b"""{"type": "default", "id": "write", "components": [
  {"type": "textarea", "key": "answer", "label": "Answer", "validate": {"required": true}},
  {"type": "filepicker", "key": "files", "label": "Files", "multiple": true},
  {"type": "checkbox", "key": "private", "label": "Private"}]}"""
PROCESS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" targetNamespace="urn:test" id="drawing">
  <bpmn:message id="m" name="mention.received"/>
  <bpmn:process id="care" name="Care" isExecutable="true">
    <bpmn:extensionElements><corral:variables><corral:variable name="files" value="= []"/>
    </corral:variables></bpmn:extensionElements>
    <bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="m"/></bpmn:startEvent>
    <bpmn:userTask id="write" name="Write it"><bpmn:extensionElements>
      <corral:userTask queue="care" form="write" due="PT1H"/>
    </bpmn:extensionElements></bpmn:userTask>
    <bpmn:sendTask id="send"><bpmn:extensionElements><corral:job type="reply.send">
      <corral:input name="conversation" value="= conversation.id"/>
      <corral:input name="text" value="= answer"/>
      <corral:input name="private" value="= private"/>
      <corral:input name="files" value="= files"/>
    </corral:job></bpmn:extensionElements></bpmn:sendTask>
    <bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="write"/>
    <bpmn:sequenceFlow id="f2" sourceRef="write" targetRef="send"/>
    <bpmn:sequenceFlow id="f3" sourceRef="send" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>
"""


@pytest.fixture(autouse=True)
def _complained(engine: Engine) -> None:
    engine.deploy([Source("care.bpmn", PROCESS), Source("write.form", FORM)])
    account = Conversations(engine).ensure_account("recorded", "acme")
    bob = Author("7", "bob", "Bob")
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    Intake(engine).take(account, Page((Mention("m1", bob, "Where is it?", at, "t1"),)))


@pytest.fixture
def outbox(installation: Installation) -> Outbox:
    return installation.rooms.of_workspace(installation.engine.workspace.key).outbox


def add(browser: Any, *contents: bytes, task: int = 1, name: str = "a.png", **form: Any) -> Any:
    files = [(io.BytesIO(content), name) for content in contents]
    data = {"csrf_token": browser.token(), "file": files, **form}
    return browser.client.post(f"/tasks/{task}/files", data=data)


def test_the_page_lets_the_agent_add_files_and_describe_them(browser: Any) -> None:
    # given
    browser.log_in("ana")
    browser.post("/tasks/1/claim")

    # when
    page = browser.get("/tasks/1").text
    listed = add(browser, PNG, name="<b>parcel</b>.png").text
    again = browser.get("/tasks/1").text

    # then
    assert 'data-add-files="/tasks/1/files"' in page
    for shown in (listed, again):
        assert '<input type="hidden" name="files" value="1">' in shown
        assert 'name="alt-1"' in shown
        assert "<b>parcel" not in shown
    assert 'href="/attachments/replies/1"' in listed


def test_where_answers_carry_no_files_none_are_asked_for(browser: Any, engine: Engine) -> None:
    # given: somebody wrote into a form
    account = Conversations(engine).ensure_account("form", "complaints")
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    Intake(engine).take(account, Page((Mention("m2", Author("8", "eve"), "Hello?", at, "t2"),)))
    browser.log_in("ana")
    browser.post("/tasks/2/claim")

    # when
    page = browser.get("/tasks/2").text

    # then
    assert "carry no files" in page
    assert "data-add-files" not in page


def test_what_the_browser_calls_a_file_is_not_believed(browser: Any, outbox: Outbox) -> None:
    # given
    browser.log_in("ana")

    # when
    kept = add(browser, PNG, name="evil.html")
    refused = add(browser, b"<script>alert(1)</script>", name="photo.png", files="1")

    # then
    assert "evil.html.png" in kept.text
    assert refused.status_code == 422
    assert "this is none" in refused.text
    assert 'value="1"' in refused.text, "what was there is still listed"
    assert outbox.enclosures.content(1).type == "image/png"
    saved = browser.get("/attachments/replies/1")
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=evil.html.png")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"


def test_the_composer_says_which_rule_is_broken_and_the_cure(browser: Any) -> None:
    # given
    browser.log_in("ana")
    add(browser, *[PNG] * 5)

    # when
    form = {"answer": "Sorry!", "files": ["1", "2", "3", "4", "5"]}
    looked = browser.post("/tasks/1/compose", **form).text
    fewer = browser.post("/tasks/1/compose", answer="Sorry!", files=["1", "2"]).text
    sent = browser.post("/tasks/1/complete", **form)

    # then
    assert "There are 5 pictures; Recorded carries 4 in one reply." in looked
    assert "Take 1 out." in looked
    assert "Cannot be sent" not in fewer
    assert sent.status_code == 422
    assert "Take 1 out." in sent.text


def test_a_description_is_held_against_the_rules_as_it_is_sent(browser: Any) -> None:
    # given
    browser.log_in("ana")
    add(browser, PNG)
    form = {"answer": "Sorry!", "files": ["1"]}

    # when
    long = browser.post("/tasks/1/complete", **form, **{"alt-1": "x" * 1_001})
    mended = browser.post("/tasks/1/complete", **form, **{"alt-1": "A parcel"})

    # then
    assert long.status_code == 422
    assert "Shorten it by 1." in long.text
    assert mended.status_code == 303


def test_a_private_answer_is_held_against_the_rules_of_private_ones(browser: Any) -> None:
    browser.log_in("ana")
    add(browser, PNG, PNG)
    form = {"answer": "Sorry!", "files": ["1", "2"]}
    assert "Cannot be sent" not in browser.post("/tasks/1/compose", **form).text
    assert "carries 1" in browser.post("/tasks/1/compose", **form, private="true").text


def test_the_files_go_out_with_the_answer_and_are_shown_with_it(
    browser: Any, outbox: Outbox, engine: Engine
) -> None:
    # given
    browser.log_in("ana")
    add(browser, PNG, PNG)
    browser.post("/tasks/1/files/2/remove", files=["1", "2"])

    # when
    browser.post("/tasks/1/complete", answer="Sorry!", files=["1"], **{"alt-1": "A parcel"})
    outbox.work()

    # then
    (file,) = Conversations(engine).reply(1).files
    assert (file.id, file.alt, file.size) == (1, "A parcel", len(PNG))
    page = browser.get("/conversations/1").text
    assert re.search(r'href="/attachments/replies/1" download', page)
    assert "A parcel" in page
    assert browser.get("/attachments/replies/2").status_code == 404


@pytest.mark.parametrize("login", ["mia", "gil"])
def test_only_an_agent_of_the_workspace_adds_files(browser: Any, login: str) -> None:
    browser.log_in(login)
    assert add(browser, PNG).status_code in (403, 404)
    assert browser.get("/attachments/replies/1").status_code in (403, 404)


def test_nobody_adds_files_to_what_somebody_else_writes_or_is_done(
    browser: Any, engine: Engine
) -> None:
    browser.log_in("ana")
    engine.claim(1, by="ben")
    assert add(browser, PNG).status_code == 409
    engine.release(1, by="ben")
    browser.post("/tasks/1/complete", answer="Sorry!")
    assert add(browser, PNG).status_code == 409


def test_a_call_may_be_as_large_as_the_largest_file_and_no_larger(
    browser: Any, outbox: Outbox
) -> None:
    browser.log_in("ana")
    assert add(browser, PNG + bytes(11_000_000)).status_code == 200
    assert add(browser, PNG + bytes(media.LARGEST)).status_code == 422
    assert add(browser, PNG + bytes(media.LARGEST + 2_000_000)).status_code == 413


def test_the_api_does_the_same(as_person: Callable[[str], Any], outbox: Outbox) -> None:
    # given
    ana = as_person("ana")
    base = "/api/user-tasks/1/files"

    # when
    data = {"file": (io.BytesIO(PNG), "a.png"), "alt": "A parcel"}
    added = ana.post(base, data=data)
    other = ana.post(base, data={"file": (io.BytesIO(PNG), "b.png")})
    changed = ana.patch(f"{base}/1", json={"alt": "My parcel"})
    gone = ana.delete(f"{base}/2")
    refused = ana.post(base, data={"file": (io.BytesIO(b"MZ"), "a.png")})
    without = ana.post(base, data={})
    listed = ana.get(base)
    done = ana.post(
        "/api/user-tasks/1/complete",
        json={"data": {"answer": "Sorry!", "files": [1], "private": False}},
    )
    outbox.work()
    posts = ana.get("/api/conversations/1").json["posts"]

    # then
    told = {"id": 1, "name": "a.png", "type": "image/png", "size": len(PNG), "alt": "A parcel"}
    assert (added.status_code, added.json) == (201, told)
    assert (other.status_code, gone.status_code) == (201, 204)
    assert changed.json["alt"] == "My parcel"
    assert (refused.status_code, without.status_code) == (422, 422)
    assert listed.json == {"items": [told | {"alt": "My parcel"}]}
    assert done.status_code == 200
    assert posts[-1]["files"] == [told | {"alt": "My parcel"}]
