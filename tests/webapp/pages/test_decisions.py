"""Deployed decisions on pages: what they look like, and what they give."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine import Engine
from engine.definitions import Source

HOSTILE = "<img src=x onerror=alert(1)>"
SAFE = "&lt;img src=x onerror=alert(1)&gt;"
HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
    'namespace="{0}" xmlns:camunda="http://camunda.org/schema/1.0/dmn">'
)
TRIAGE = f"""{HEAD.format("urn:t")}
<decision id="triage" name="Triage {SAFE}" camunda:versionTag="spring"><question>Who answers?
</question><decisionTable id="t" hitPolicy="FIRST">
<input id="i1" label="Money"><inputExpression typeRef="boolean"><text>topic.money</text>
</inputExpression></input>
<input id="i2"><inputExpression typeRef="number"><text>urgency</text></inputExpression></input>
<input id="i3"><inputExpression typeRef="string"><text>tier</text></inputExpression>
<inputValues><text>"gold","plain"</text></inputValues></input>
<output id="o" name="queue" typeRef="string"/>
<rule id="r1"><inputEntry><text>true</text></inputEntry><inputEntry><text>&gt;= 60</text>
</inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>"billing"</text>
</outputEntry><annotationEntry><text>Money, urgent {SAFE}</text></annotationEntry></rule>
<rule id="r2"><inputEntry><text>-</text></inputEntry><inputEntry><text>-</text></inputEntry>
<inputEntry><text>"gold"</text></inputEntry><outputEntry><text>"{SAFE}"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
BOXED = f"""{HEAD.format("urn:b")}
<inputData id="in" name="Amount"><variable name="Amount" typeRef="number"/></inputData>
<decision id="rate" name="Rate"><variable name="Rate"/><literalExpression><text>0.1</text>
</literalExpression></decision>
<decision id="offer" name="Offer"><variable name="Offer"/>
<informationRequirement id="q1"><requiredInput href="#in"/></informationRequirement>
<informationRequirement id="q2"><requiredDecision href="#rate"/></informationRequirement>
<context><contextEntry><variable name="price"/><literalExpression><text>Amount * Rate</text>
</literalExpression></contextEntry><contextEntry><variable name="words"/><conditional>
<if><literalExpression><text>price &gt; 5</text></literalExpression></if>
<then><literalExpression><text>"much {SAFE}"</text></literalExpression></then>
<else><literalExpression><text>nowhere</text></literalExpression></else></conditional>
</contextEntry></context></decision></definitions>"""
DRAFT = f"""{HEAD.format("urn:f")}<import name="rates" namespace="urn:rates"
importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/><decision id="fee" name="Fee">
<informationRequirement id="q"><requiredDecision href="urn:rates#rate"/></informationRequirement>
<literalExpression><text>rates.rate</text></literalExpression></decision></definitions>"""


def deploy(engine: Engine, *texts: str) -> None:
    for number, text in enumerate(texts):
        engine.deploy([Source(f"file{number}.dmn", text.encode())])


@pytest.fixture
def dan(browser: Any, engine: Engine) -> Any:
    browser.log_in("dan")
    return browser


def shown(page: str) -> str:
    """Return a page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_lists_lead_to_each_decision(dan: Any, engine: Engine) -> None:
    # given
    empty = dan.get("/decisions").get_data(as_text=True)
    deploy(engine, TRIAGE, DRAFT)

    # when
    pages = [dan.get(path).get_data(as_text=True) for path in ("/decisions", "/processes")]

    # then
    assert "No decision yet" in empty
    for page in pages:
        assert 'href="/decisions/triage"' in page
        assert HOSTILE not in page
    assert "draft" in shown(pages[0])


def test_a_table_is_shown_with_its_policy_columns_rules_and_annotations(
    dan: Any, engine: Engine
) -> None:
    # given
    deploy(engine, TRIAGE)

    # when
    page = dan.get("/decisions/triage").get_data(as_text=True)

    # then
    text = shown(page)
    assert "FIRST the topmost rule that fits counts" in text
    assert "Money topic.money boolean" in text
    assert "1 true &gt;= 60 " in text
    assert "Who answers?" in text
    assert "spring" in text
    assert HOSTILE not in page
    assert page.count(SAFE) >= 3


def test_only_what_says_something_has_a_place_in_a_table(dan: Any, engine: Engine) -> None:
    # given a table without remarks, whose only output has no name
    plain = TRIAGE.replace(' name="queue"', "").replace(f"<text>Money, urgent {SAFE}</text>", "")
    deploy(engine, TRIAGE.replace('id="o"', 'id="o" label="Who"'), plain)

    # when
    noted, bare = (dan.get(f"/decisions/triage/{n}").get_data(as_text=True) for n in (1, 2))

    # then
    assert "Who queue string Annotation" in shown(noted)
    assert "Annotation" not in bare
    assert f"Triage {SAFE} string" in shown(bare)


def test_problems_of_rows_are_marked_there_and_lead_to_them(dan: Any, engine: Engine) -> None:
    # given a row that never counts, as the one above it takes all
    row = '<rule id="r3"><inputEntry/><inputEntry/><inputEntry/><outputEntry/></rule>'
    below = row.replace("r3", "r4")
    deploy(engine, TRIAGE.replace("</decisionTable>", f"{row}{below}</decisionTable>"))

    # when
    page = dan.get("/decisions/triage").get_data(as_text=True)

    # then
    (marked,) = re.findall(r'<tr id="row-(\d)"[^>]*>\s*<th[^>]*>[^\n]*sign-warning', page)
    assert marked == "4"
    assert '<a href="#row-4" title="r4">row 4</a>' in page


def test_processes_that_ask_a_decision_are_named(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE, BOXED)
    engine.deploy([Source("p.bpmn", PROCESS.encode())])

    # when
    asked, other = (
        dan.get(f"/decisions/{key}").get_data(as_text=True) for key in ("triage", "rate")
    )

    # then
    used = asked[asked.index("<h2>Used by</h2>") :]
    assert 'href="/processes/p"' in used
    assert "Sort it" in shown(used)
    assert "Used by" not in other


def test_many_decisions_are_sorted_by_name_and_filtered(dan: Any, engine: Engine) -> None:
    # given
    text = "<literalExpression><text>1</text></literalExpression>"
    one = f'<decision id="k{{0}}" name="{{1}}">{text}</decision>'
    names = ["zebra", "Apple", *(f"Middle {n}" for n in range(10))]
    inside = "".join(one.format(at, name) for at, name in enumerate(names))
    deploy(engine, f"{HEAD.format('urn:m')}{inside}</definitions>")

    # when
    every, some, none = (
        dan.get(f"/decisions{query}").get_data(as_text=True)
        for query in ("", "?q=APP", "?q=%3Cb%3E")
    )

    # then
    found = re.findall(r'dir="auto">(\w+)[^<]*</a></td>', every)
    assert (found[0], found[-1]) == ("Apple", "zebra")
    assert "12 of 12" in every
    assert re.findall(r'href="/decisions/(k\d+)"', some) == ["k1"]
    assert "No decision is called that" in none
    assert 'value="&lt;b&gt;"' in none


def test_versions_have_addresses_of_their_own(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE, TRIAGE.replace("60", "70"))

    # when
    newest, old = (dan.get(f"/decisions/triage{more}") for more in ("", "/1"))
    missing = dan.get("/decisions/triage/3")
    elsewhere = dan.get("/processes/triage/1")

    # then
    assert elsewhere.location == "/decisions/triage/1"
    assert "&gt;= 70" in newest.get_data(as_text=True)
    assert "&gt;= 60" in old.get_data(as_text=True)
    assert missing.status_code == 404


def test_values_that_are_tried_show_what_fired_and_why(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE)
    values = {"in.topic.money": "true", "in.urgency": "72", "in.tier": "plain"}

    # when
    page = dan.post("/decisions/triage/1", **values).get_data(as_text=True)

    # then
    text = shown(page)
    assert f"Triage {SAFE}, row 1 (Money, urgent {SAFE}) :" in text
    assert 'title="triage"' in page, "the key stays within reach"
    assert "Money = true passes true ; urgency = 72 passes &gt;= 60" in text
    assert "queue &#34;billing&#34;" in text
    assert page.count('class="is-fired"') == 1
    assert 'value="72"' in page, "what was written stays"
    assert HOSTILE not in page


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"in.tier": "gold"}, "row 2"),
        ({"in.tier": '"gold"'}, "row 2"),
        ({"more": '{"tier": "gold"}'}, "row 2"),
        ({"more": '{"topic": {"money": true}}', "in.urgency": "61", "in.tier": "plain"}, "row 1"),
        ({"in.tier": "plain"}, "No rule fits these values"),
        ({"in.tier": "wood"}, "It failed."),
        ({"in.urgency": "many", "in.tier": "plain"}, "It failed."),
        ({"more": "no json"}, "It is no JSON: write {&#34;a&#34;: 1}."),
        ({"more": "[1]"}, "Write the values by their names"),
        ({"in.urgency": "{'a': 1}"}, "It is no JSON"),
        ({"in.urgency": "NaN", "in.tier": "gold"}, ""),
        ({"in.urgency": "[" * 100_000}, "nested too deep"),
        ({"in.no.such": "1", "in.tier": "gold"}, "row 2"),
    ],
)
def test_whatever_is_written_gets_an_answer(
    dan: Any, engine: Engine, values: dict[str, str], says: str
) -> None:
    # given
    deploy(engine, TRIAGE)

    # when
    answer = dan.post("/decisions/triage/1", **values)

    # then
    assert answer.status_code == 200
    assert says in shown(answer.get_data(as_text=True))


def test_boxes_are_shown_nested_and_the_decisions_on_the_way_are_told(
    dan: Any, engine: Engine
) -> None:
    # given
    deploy(engine, BOXED)

    # when
    page = dan.get("/decisions/offer").get_data(as_text=True)
    tried = dan.post("/decisions/offer/1", **{"in.Amount": "99"}).get_data(as_text=True)

    # then
    assert "context price Amount * Rate words if, then, else if price &gt; 5" in shown(page)
    assert 'href="/decisions/rate"' in page
    assert "price 9.9" in shown(tried)
    assert "2 decisions on the way Rate 0.1" in shown(tried)
    assert HOSTILE not in page + tried


def test_what_became_null_is_told(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, BOXED)

    # when
    page = dan.post("/decisions/offer/1", **{"in.Amount": "1"}).get_data(as_text=True)

    # then
    assert "what became null on the way" in shown(page)


def test_a_draft_says_what_is_missing_and_cannot_be_tried(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, DRAFT)

    # when
    page = dan.get("/decisions/fee").get_data(as_text=True)
    asked = dan.post("/decisions/fee/1", more="{}").get_data(as_text=True)

    # then
    for found in (page, asked):
        assert "This version is a draft and cannot be asked." in shown(found)
        assert "urn:rates#rate" in found
        assert "<form class" not in found


def test_the_file_is_a_download(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE)

    # when
    answer = dan.get("/decisions/triage/1/file")

    # then
    assert answer.get_data() == TRIAGE.encode()
    assert answer.headers["Content-Disposition"] == "attachment; filename=file0.dmn"


def test_agents_have_no_business_there(browser: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE)
    browser.log_in("ana")

    # when / then
    for path in ("/decisions", "/decisions/triage", "/decisions/triage/1/file"):
        assert browser.get(path).status_code == 403
    assert browser.post("/decisions/triage/1", more="{}").status_code == 403


def test_the_search_finds_decisions(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE)

    # when
    page = dan.get("/search?q=triage").get_data(as_text=True)

    # then
    assert 'data-href="/decisions/triage"' in page


PROCESS = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
xmlns:corral="urn:corral:bpmn:1"><process id="p" isExecutable="true"><startEvent id="s"/>
<businessRuleTask id="rule" name="Sort it"><extensionElements><corral:decision ref="triage"
result="found"/></extensionElements></businessRuleTask><userTask id="u"/>
<sequenceFlow id="f" sourceRef="s" targetRef="rule"/><sequenceFlow id="g" sourceRef="rule"
targetRef="u"/></process></definitions>"""


def test_the_history_of_an_instance_tells_which_rules_fired_and_why(
    dan: Any, engine: Engine
) -> None:
    # given
    engine.deploy([Source("p.bpmn", PROCESS.encode()), Source("t.dmn", TRIAGE.encode())])
    variables = {"topic": {"money": True}, "urgency": 72, "tier": "plain"}
    instance = engine.start("p", variables)

    # when
    page = dan.get(f"/instances/{instance.id}").get_data(as_text=True)

    # then
    text = shown(page)
    assert f"asked Triage {SAFE}, version 1 Triage {SAFE}, row 1 (Money, urgent" in text
    assert "queue &#34;billing&#34;" in text
    assert "Money = true passes true ; urgency = 72 passes &gt;= 60" in text
    assert 'href="/decisions/triage/1#row-1"' in page
    assert HOSTILE not in page


def test_the_history_keeps_what_became_null_and_calls_events_by_their_kind(
    dan: Any, engine: Engine
) -> None:
    # given
    engine.deploy([Source("p.bpmn", PROCESS.encode()), Source("t.dmn", TRIAGE.encode())])
    instance = engine.start("p", {"tier": "gold"})

    # when
    text = shown(dan.get(f"/instances/{instance.id}").get_data(as_text=True))

    # then
    assert "notes: what became null on the way" in text
    assert "Variable &#39;urgency&#39; not found" in text
    assert "Start event completed" in text


def test_many_rules_that_fired_are_folded(dan: Any, engine: Engine) -> None:
    # given
    row = "<rule><inputEntry/><outputEntry><text>1</text></outputEntry></rule>"
    table = (
        f'{HEAD.format("urn:m")}<decision id="triage" name="Many"><decisionTable id="t" '
        'hitPolicy="COLLECT"><input id="i"><inputExpression><text>n</text></inputExpression>'
        f'</input><output id="o" name="points"/>{row * 60}</decisionTable></decision></definitions>'
    )
    engine.deploy([Source("p.bpmn", PROCESS.encode()), Source("t.dmn", table.encode())])
    instance = engine.start("p", {"n": 1})

    # when
    page = dan.get(f"/instances/{instance.id}").get_data(as_text=True)

    # then
    assert "60 rules fired" in shown(page)
    assert "10 more are not kept" in shown(page)
