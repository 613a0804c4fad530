"""What people are told of the files that they upload."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest

from engine import Engine
from tests.webapp.pages.test_decisions import DRAFT, HEAD, PROCESS, TRIAGE, shown

GAP = f"""{HEAD.format("urn:g")}<decision id="gap" name="Gap"><decisionTable id="t">
<input id="i"><inputExpression typeRef="number"><text>age</text></inputExpression></input>
<output id="o" name="price"/>
<rule id="r1"><inputEntry id="c1"><text>&lt; 18</text></inputEntry>
<outputEntry><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c2"><text>&gt; 20</text></inputEntry>
<outputEntry><text>2</text></outputEntry></rule></decisionTable></decision></definitions>"""
KNOWLEDGE = f"""{HEAD.format("urn:k")}<businessKnowledgeModel id="fee" name="Fee">
<encapsulatedLogic kind="Java"><literalExpression><text>x</text></literalExpression>
</encapsulatedLogic></businessKnowledgeModel></definitions>"""
PLAIN = f"""{HEAD.format("urn:p")}<decision id="rate" name="Rate"><literalExpression>
<text>0.1</text></literalExpression></decision></definitions>"""
BROKEN = PLAIN.replace("0.1", "0.1 +")


@pytest.fixture
def dan(browser: Any, engine: Engine) -> Any:
    browser.log_in("dan")
    return browser


def upload(browser: Any, *files: tuple[str, str]) -> Any:
    data = {
        "csrf_token": browser.token(),
        "files": [(io.BytesIO(text.encode()), name) for name, text in files],
    }
    return browser.client.post("/processes", data=data)


def told(browser: Any, answer: Any) -> tuple[str, str, str]:
    """Return the tone and the text of the message that follows, and where its link leads."""
    page = browser.get(answer.location).get_data(as_text=True)
    message = r'data-tone="(\w+)">\s*<span class="grow" data-text>(.*?)</span>'
    found = re.search(message, page, re.DOTALL)
    assert found is not None
    link = re.search(r'href="([^"]+)"', found[2])
    return found[1], shown(found[2]).replace(" .", "."), link[1] if link else ""


@pytest.mark.parametrize(
    ("text", "at", "tone", "says", "link"),
    [
        (PLAIN, "/decisions/rate/1", "calm", "Deployed: Rate version 1.", ""),
        (
            GAP,
            "/decisions/gap/1",
            "soon",
            "Deployed: Gap version 1, 1 warning.",
            "/decisions/gap/1#problems",
        ),
        (
            DRAFT,
            "/decisions/fee/1",
            "draft",
            "Kept as a draft: Fee version 1, 1 problem.",
            "/decisions/fee/1#problems",
        ),
        (
            KNOWLEDGE,
            "/processes?deployed=2",
            "draft",
            "Deployed: one.dmn, 1 problem. It defines no process or decision of its own.",
            "/processes?deployed=2#found",
        ),
    ],
)
def test_a_file_with_problems_is_no_plain_success(
    dan: Any, text: str, at: str, tone: str, says: str, link: str
) -> None:
    # when
    answer = upload(dan, ("one.dmn", text))

    # then
    assert answer.location == at
    assert told(dan, answer) == (tone, says, link)


def test_the_problems_of_several_files_are_listed_by_file(dan: Any) -> None:
    # when
    files = ("gap.dmn", GAP), ("fee.dmn", DRAFT), ("know.dmn", KNOWLEDGE), ("rate.dmn", PLAIN)
    answer = upload(dan, *files)
    page = dan.get(answer.location).get_data(as_text=True)

    # then
    for name in ("gap.dmn", "fee.dmn", "know.dmn"):
        assert f'aria-label="Problems in {name}"' in page
    assert 'aria-label="Problems in rate.dmn"' not in page
    assert 'href="/decisions/gap/1"' in page
    assert "no process or decision of its own" in page
    assert told(dan, upload(dan, *files))[:2] == (
        "draft",
        "Deployed: Gap version 1, Rate version 1; kept as a draft: Fee version 1, 3 problems.",
    )


def test_the_warnings_of_the_decision_of_a_process_are_led_to(dan: Any) -> None:
    # given
    process = PROCESS.replace('ref="triage"', 'ref="gap"')

    # when
    answer = upload(dan, ("p.bpmn", process), ("gap.dmn", GAP))

    # then
    assert answer.location == "/processes/p/1"
    assert told(dan, answer)[2] == "/processes?deployed=2#found"


def test_hostile_names_stay_texts(dan: Any) -> None:
    # when
    _, says, _ = told(dan, upload(dan, ("t.dmn", TRIAGE)))

    # then
    assert "Triage &lt;img src=x onerror=alert(1)&gt; version 1" in says


def test_a_refused_file_of_decisions_is_no_drawing(dan: Any) -> None:
    # when
    answer = upload(dan, ("rate.dmn", BROKEN), ("gap.dmn", GAP))
    page = answer.get_data(as_text=True)

    # then
    assert answer.status_code == 422
    assert "Correct rate.dmn and upload all of them again" in shown(page)
    assert "data-element" not in page, "nothing would be found in a drawing"


@pytest.mark.parametrize("wanted", ["9", "x", "-1", "9" * 40])
def test_deployments_that_are_not_there_are_no_fault(dan: Any, wanted: str) -> None:
    assert dan.get(f"/processes?deployed={wanted}").status_code in (200, 404)
