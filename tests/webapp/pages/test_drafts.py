"""Drafts: what is missing is listed, the word that is missing is given, and both versions show."""

from __future__ import annotations

import io
from typing import Any

import pytest

from engine import Engine
from engine.definitions import Source

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def drawing(key: str = "errand", mark: str = "", *, gap: bool = False, more: str = "") -> bytes:
    target = "" if gap else ' targetRef="t"'
    inside = (
        f'<startEvent id="s"/><task id="t" name="Think"/>'
        f'<sequenceFlow id="f" sourceRef="s"{target}/>'
    )
    process = f'<process id="{key}" name="Errand" {mark}>{inside}</process>'
    return f'<definitions xmlns="{BPMN}">{process}{more}</definitions>'.encode()


def upload(browser: Any, *files: tuple[str, bytes], path: str = "/processes", **form: Any) -> Any:
    data = {
        "csrf_token": browser.token(),
        "files": [(io.BytesIO(content), name) for name, content in files],
        **form,
    }
    return browser.client.post(path, data=data)


def test_a_drawing_without_the_mark_is_published_by_one_button(
    browser: Any, engine: Engine
) -> None:
    # given
    browser.log_in("dan")
    upload(browser, ("plan.bpmn", drawing("plan")))
    page = browser.get("/processes/plan").get_data(as_text=True)

    # when
    browser.post("/processes/plan/1/publish")

    # then
    assert "Is this process to be run?" in page
    assert "Run it: publish" in page
    assert [(d.version, d.startable) for d in engine.definitions(key="plan")] == [(1, True)]
    assert "Run it: publish" not in browser.get("/processes/plan").get_data(as_text=True)
    assert engine.start("plan").version == 1


def test_a_manager_sees_a_draft_and_cannot_publish_it(browser: Any, engine: Engine) -> None:
    # given
    engine.deploy([Source("plan.bpmn", drawing("plan"))])
    browser.log_in("mia")

    # when
    answer = browser.post("/processes/plan/1/publish")

    # then
    assert answer.status_code == 403
    assert "Run it: publish" not in browser.get("/processes/plan").get_data(as_text=True)
    assert not engine.definitions(key="plan")[0].startable


def test_a_draft_stands_beside_the_version_that_runs(browser: Any, engine: Engine) -> None:
    # given
    mark = 'isExecutable="true"'
    engine.deploy([Source("errand.bpmn", drawing(mark=mark, gap=True))])
    browser.log_in("dan")

    # when
    page = browser.get("/processes/errand").get_data(as_text=True)
    listed = browser.get("/processes").get_data(as_text=True)

    # then
    assert "This version is a draft and cannot be started" in page
    assert 'New instances use <a href="/processes/errand/1">version 1</a>' in page
    assert "data-element=" in page
    assert "version 1 runs" in listed
    assert "Run it: publish" not in page


def test_what_lacks_more_is_not_published_and_says_what(browser: Any, engine: Engine) -> None:
    # given
    engine.deploy([Source("plan.bpmn", drawing("plan", gap=True))])
    browser.log_in("dan")

    # when
    browser.post("/processes/plan/1/publish")
    page = browser.get("/processes/plan/1").get_data(as_text=True)

    # then
    assert "it is a draft: " in page
    assert not engine.definitions(key="plan")[0].startable


@pytest.mark.parametrize(
    ("form", "startable"),
    [
        ({}, False),
        ({"answered": "1"}, False),
        ({"answered": "1", "executable": ["plan"]}, True),
        ({"answered": "1", "executable": ["other"]}, False),
    ],
)
def test_the_answer_comes_with_the_upload(
    browser: Any, engine: Engine, form: dict[str, Any], startable: bool
) -> None:
    # given
    browser.log_in("dan")

    # when
    upload(browser, ("plan.bpmn", drawing("plan")), **form)

    # then: and what was kept as a drawing may still be published
    assert engine.definitions(key="plan")[0].startable is startable
    browser.post("/processes/plan/1/publish")
    assert engine.definitions(key="plan")[0].startable


def test_an_upload_is_asked_about_before_anything_is_stored(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("dan")
    shop = f'<process id="shop" name="Shop" isExecutable="true"><task id="{"x"}"/></process>'
    files = [
        ("plan.bpmn", drawing("plan")),
        ("pools.bpmn", drawing("buyer", 'isExecutable="false"', more=shop)),
    ]

    # when
    answer = upload(browser, *files, path="/processes/check")

    # then: beside a pool that is marked, the others are taken for surroundings
    asked = {each["key"]: each["meant"] for each in answer.json["asked"]}
    assert asked == {"plan": True, "buyer": False}
    assert engine.definitions(key="plan") == []


def test_an_upload_that_will_be_refused_is_not_asked_about(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("dan")
    files = [("plan.bpmn", drawing("plan")), ("bad.bpmn", b"PK")]

    # when
    asked = upload(browser, *files, path="/processes/check").json
    refused = upload(browser, *files)
    page = refused.get_data(as_text=True)

    # then: every file of the upload is named again
    assert asked == {"asked": []}
    assert refused.status_code == 422
    assert "plan.bpmn" in page
    assert "bad.bpmn" in page
    assert "ZIP archive" in page


def test_five_hundred_problems_are_grouped_and_folded(browser: Any, engine: Engine) -> None:
    # given
    flows = "".join(f'<sequenceFlow id="x{n}" sourceRef="s"/>' for n in range(500))
    content = drawing("plan", 'isExecutable="true"').replace(
        b"</process>", f"{flows}</process>".encode()
    )
    engine.deploy([Source("plan.bpmn", content)])
    browser.log_in("dan")

    # when
    page = browser.get("/processes/plan").get_data(as_text=True)

    # then
    assert "more of this severity" in page
    assert page.count('class="problem"') >= 500


def test_the_normal_form_shows_what_was_changed_and_where(browser: Any, engine: Engine) -> None:
    # given
    content = drawing("plan").replace(b'<startEvent id="s"/>', b'<task id="s" name="&lt;b&gt;"/>')
    engine.deploy([Source("plan.bpmn", content)])
    browser.log_in("mia")

    # when
    page = browser.get("/processes/plan/1/normal").get_data(as_text=True)

    # then
    assert "implicit-start" in page
    assert 'id="at-t"' in page
    assert "<b>" not in page.partition('class="code"')[2].partition("</ol>")[0]


def test_a_rule_is_explained(browser: Any, engine: Engine) -> None:
    # given
    browser.log_in("dan")

    # when
    page = browser.get(
        "/processes/rules/not-executable",
        headers={"Referer": "http://localhost/processes/errand"},
    )

    # then
    text = page.get_data(as_text=True)
    assert "A process does not say that it is executable" in text
    assert "``" not in text
    assert 'href="/processes/errand"' in text
    assert browser.get("/processes/rules/no-such-rule").status_code == 404


@pytest.mark.parametrize("referrer", ["http://evil.example/processes/x", "javascript:alert(1)", ""])
def test_the_way_back_from_a_rule_stays_on_our_site(
    browser: Any, engine: Engine, referrer: str
) -> None:
    # given
    browser.log_in("dan")

    # when
    page = browser.get("/processes/rules/not-executable", headers={"Referer": referrer})

    # then
    text = page.get_data(as_text=True)
    assert "evil" not in text
    assert "alert(1)" not in text


def test_what_a_draft_refers_to_may_be_deployed_later(browser: Any, engine: Engine) -> None:
    # given
    calls = drawing("plan", 'isExecutable="true"').replace(
        b'<task id="t" name="Think"/>', b'<callActivity id="t" calledElement="other"/>'
    )
    engine.deploy([Source("plan.bpmn", calls)])
    browser.log_in("dan")
    page = browser.get("/processes/plan").get_data(as_text=True)

    # when
    browser.post("/processes/plan/1/publish")
    still = engine.definitions(key="plan")[0].startable
    engine.deploy([Source("other.bpmn", drawing("other", 'isExecutable="true"'))])
    browser.post("/processes/plan/1/publish")

    # then
    assert "Look again and publish" in page
    assert not still
    assert engine.definitions(key="plan")[0].startable
    assert "unresolved-reference" not in {p.rule for p in engine.problems(1)}
