"""The form that tries a decision, and how its result is shown."""

from __future__ import annotations

import re
from typing import Any

import pytest

from engine import Engine
from tests.webapp.pages.test_decisions import HEAD, TRIAGE, dan, deploy, shown

__all__ = ["dan"]

LOAN = f"""{HEAD.format("urn:l")}
<itemDefinition name="tTier"><typeRef>string</typeRef><allowedValues><text>"gold","plain"</text>
</allowedValues></itemDefinition>
<itemDefinition name="tPerson"><itemComponent name="Tier"><typeRef>tTier</typeRef></itemComponent>
<itemComponent name="Born"><typeRef>date</typeRef></itemComponent>
<itemComponent name="Income"><typeRef>number</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tTree"><itemComponent name="left"><typeRef>tTree</typeRef></itemComponent>
<itemComponent name="right"><typeRef>tTree</typeRef></itemComponent></itemDefinition>
<itemDefinition name="tNames" isCollection="true"><typeRef>string</typeRef></itemDefinition>
<inputData id="_p" name="Applicant Data"><variable name="Applicant Data" typeRef="tPerson"/>
</inputData>
<inputData id="_t" name="Tree"><variable name="Tree" typeRef="tTree"/></inputData>
<inputData id="_n" name="Names"><variable name="Names" typeRef="tNames"/></inputData>
<businessKnowledgeModel id="_k" name="Share"><variable name="Share"/><encapsulatedLogic>
<formalParameter name="part" typeRef="number"/><literalExpression><text>part / 12</text>
</literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id="_a" name="Affordable"><variable name="Affordable"/>
<informationRequirement id="q1"><requiredInput href="#_p"/></informationRequirement>
<informationRequirement id="q2"><requiredInput href="#_t"/></informationRequirement>
<informationRequirement id="q3"><requiredInput href="#_n"/></informationRequirement>
<knowledgeRequirement id="q4"><requiredKnowledge href="#_k"/></knowledgeRequirement>
<literalExpression><text>Share(Applicant Data.Income)</text></literalExpression></decision>
<decision id="_s" name="Strategy"><variable name="Strategy"/>
<informationRequirement id="q5"><requiredDecision href="#_a"/></informationRequirement>
<decisionTable id="_dt"><input id="_i" label="Can pay"><inputExpression id="_e" typeRef="number">
<text>Affordable</text></inputExpression></input><output id="_o" typeRef="string"/>
<rule id="_r1"><inputEntry><text>&gt; 10</text></inputEntry><outputEntry><text>"yes"</text>
</outputEntry></rule></decisionTable></decision></definitions>"""


def test_an_input_with_fields_has_a_form_field_for_each(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, LOAN)

    # when
    page = dan.get("/decisions/_s").get_data(as_text=True)

    # then
    text = shown(page)
    for label in ("Applicant Data: Tier string", "Applicant Data: Born date", "Names list of"):
        assert label in text
    assert '<option value="gold">gold</option>' in page
    assert 'placeholder="2026-03-01"' in page
    assert 'inputmode="decimal"' in page
    assert 'name="in.Tree"' in page, "what has too many fields is asked for as a whole"


def test_fields_of_an_input_become_one_value(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, LOAN)

    # when
    page = dan.post("/decisions/_s/1", **{"in.Applicant Data.Income": "240", "more": "{}"})

    # then
    text = shown(page.get_data(as_text=True))
    assert "&#34;yes&#34; Strategy, row 1" in text
    assert "Can pay = 20 passes &gt; 10" in text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("Applicant Data.Income", "much", "which is not a number"),
        ("Applicant Data.Born", "yesterday", "which is not a date"),
        ("Tree", "{'left'}", "It is no JSON: write {&#34;a&#34;: 1}."),
        ("Names", "Ana, Ben", "It is no JSON: write [&#34;a&#34;, &#34;b&#34;]."),
    ],
)
def test_a_wrong_value_is_marked_at_its_field(
    dan: Any, engine: Engine, field: str, value: str, says: str
) -> None:
    # given
    deploy(engine, LOAN)

    # when
    page = dan.post("/decisions/_a/1", **{f"in.{field}": value}).get_data(as_text=True)

    # then
    marked = re.findall(r'name="in\.([^"]+)"[^>]*aria-invalid="true"', page)
    assert marked == [field]
    assert re.search(rf'class="wrong"[^>]*>.*?{re.escape(says)}', page, re.DOTALL)


def test_inputs_are_called_as_their_columns_are(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE)

    # when
    page = dan.post("/decisions/triage/1", **{"in.urgency": "many", "in.tier": "plain"})

    # then
    text = page.get_data(as_text=True)
    assert '<bdi>Money</bdi> <code class="small">topic.money</code>' in text
    assert re.findall(r'name="in\.([^"]+)"[^>]*aria-invalid', text) == ["urgency"]


def test_a_value_that_cannot_be_chosen_is_not_lost(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, TRIAGE)

    # when
    page = dan.post("/decisions/triage/1", **{"in.tier": "wood"}).get_data(as_text=True)

    # then
    assert '<option value="wood" selected>wood</option>' in page


def test_null_is_no_success_and_tells_its_causes_first(dan: Any, engine: Engine) -> None:
    # given
    deploy(engine, LOAN)

    # when
    page = dan.post("/decisions/_a/1", more="").get_data(as_text=True)

    # then
    assert "notice-calm" not in page
    assert "notice-plain" in page
    notes = page[page.index('<details class="small" open>') :]
    causes, followed = notes.split('<details class="followed">')[:2]
    assert "&#39;Applicant Data&#39; is not given." in causes
    assert "Can&#39;t" not in causes
    assert "Can&#39;t" in followed


def test_what_a_decision_requires_is_a_tree_and_its_knowledge_can_be_read(
    dan: Any, engine: Engine
) -> None:
    # given
    deploy(engine, LOAN)

    # when
    page = dan.get("/decisions/_s").get_data(as_text=True)

    # then
    tree = page[page.index("What it requires") :]
    names = ("Affordable", "Applicant Data", "Tree", "Names", "Share")
    assert [name for name in names if f">{name}<" in tree] == [*names]
    assert 'href="/decisions/_a"' in tree
    assert 'href="#knowledge-_k"' in tree
    assert 'id="knowledge-_k"' in page
    assert "part / 12" in page
