"""Which version of a decision a business rule task asks, in the words of each dialect."""

from __future__ import annotations

import pytest

from engine.definitions import DefinitionKind, Source
from tests.engine.bpmn.running.asking import SPACES, corral, dmn, literal, process, task

DIALECTS = {
    "corral": corral(ref="triage", result="found", map="plain", binding="BINDING"),
    "camunda 7": task(
        attributes='camunda:decisionRef="triage" camunda:resultVariable="found" '
        'camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="BINDING"'
    ),
    "camunda 8": task(
        '<zeebe:calledDecision decisionId="triage" resultVariable="found" bindingType="BINDING"/>'
    ),
}


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(("binding", "expected"), [("latest", "new"), ("deployment", "old")])
def test_a_running_instance_asks_the_newest_version_or_that_of_its_own_deployment(
    engine, ask, dialect: str, binding: str, expected: str
) -> None:
    # given an instance of a process that came with its decision
    rule = DIALECTS[dialect].replace("BINDING", binding)
    engine.deploy([process(rule), dmn(literal('"old"'))])
    instance = engine.start("p")

    # when the decision alone is deployed again, before the instance asks
    engine.deploy([dmn(literal('"new"'))])

    # then
    assert ask(instance.id)["found"] == expected
    versions = engine.definitions(kind=DefinitionKind.DECISION, key="triage")
    assert [each.version for each in versions] == [2, 1]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_process_that_came_alone_asks_the_newest_version_whatever_its_binding(
    engine, ask, dialect: str
) -> None:
    # given
    engine.deploy([dmn(literal('"old"'))])
    engine.deploy([process(DIALECTS[dialect].replace("BINDING", "deployment"))])

    # when
    engine.deploy([dmn(literal('"new"'))])

    # then
    assert ask()["found"] == "new"


@pytest.mark.parametrize(
    "rule",
    [
        corral(ref="triage", result="found", map="plain", version="2"),
        corral(ref="triage", result="found", map="plain", binding="version", version="= wanted"),
        task(
            attributes='camunda:decisionRef="triage" camunda:resultVariable="found" '
            'camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="version" '
            'camunda:decisionRefVersion="${wanted}"'
        ),
    ],
)
def test_a_decision_is_asked_in_the_version_with_a_number(engine, ask, rule: str) -> None:
    # given
    for value in ("one", "two", "three"):
        engine.deploy([dmn(literal(f'"{value}"'))])
    engine.deploy([process(rule)])

    # when / then
    assert ask(wanted=2)["found"] == "two"


@pytest.mark.parametrize(
    "tagged",
    [
        {"attributes": 'camunda:versionTag="stable"'},
        {"more": "", "inside": '<zeebe:versionTag value="stable"/>'},
        {"more": "", "inside": '<corral:versionTag value="stable"/>'},
    ],
)
@pytest.mark.parametrize(
    "rule",
    [
        corral(ref="triage", result="found", map="plain", versionTag="stable"),
        task(
            attributes='camunda:decisionRef="triage" camunda:resultVariable="found" '
            'camunda:mapDecisionResult="singleEntry" camunda:decisionRefBinding="versionTag" '
            'camunda:decisionRefVersionTag="stable"'
        ),
        task(
            '<zeebe:calledDecision decisionId="triage" resultVariable="found" '
            'bindingType="versionTag" versionTag="stable"/>'
        ),
    ],
)
def test_a_decision_is_asked_in_the_newest_version_with_a_tag(
    engine, ask, rule: str, tagged: dict[str, str]
) -> None:
    # given two versions with the tag, and a newer one without it
    inside = tagged.get("inside")
    held = f"<extensionElements>{inside}</extensionElements>" if inside else ""
    for value in ("first", "second"):
        logic = held + literal(f'"{value}"')
        engine.deploy([dmn(logic, attributes=tagged.get("attributes", ""))])
    engine.deploy([dmn(literal('"untagged"'))])
    engine.deploy([process(rule)])

    # when / then
    assert ask()["found"] == "second"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"version": "9"}, "'triage' is not deployed in version 9"),
        ({"version": "= 'x'"}, "The version of the decision is 'x'"),
        ({"versionTag": "stable"}, "'triage' is not deployed with the version tag 'stable'"),
        ({"ref": "= ''"}, "The key of the decision is empty"),
    ],
)
def test_a_version_that_is_not_there_is_an_incident(
    engine, settings: dict[str, str], says: str
) -> None:
    # given
    engine.deploy([dmn(literal('"old"'))])
    engine.deploy([process(corral(**{"ref": "triage", **settings}))])
    instance = engine.start("p")

    # when
    engine.complete(engine.user_tasks(instance.id)[0].id, {}, by="ana")

    # then
    (incident,) = engine.incidents(instance_id=instance.id)
    assert says in incident.what


def test_a_call_activity_is_bound_by_a_version_tag_too(engine) -> None:
    # given
    def called(element: str, tag: str) -> Source:
        return Source(
            "q.bpmn",
            (
                '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" '
                f'{SPACES}><process id="q" isExecutable="true" {tag}><startEvent id="s"/>'
                f'<userTask id="{element}"/><sequenceFlow id="f" sourceRef="s" '
                f'targetRef="{element}"/></process></definitions>'
            ).encode(),
        )

    engine.deploy([called("stable", 'camunda:versionTag="v1"')])
    engine.deploy([called("newest", "")])
    call = task("<corral:call versionTag='v1'/>", 'calledElement="q"', "callActivity")
    engine.deploy([process(call)])
    instance = engine.start("p")

    # when
    engine.complete(engine.user_tasks(instance.id)[0].id, {}, by="ana")

    # then
    assert [each.element for each in engine.user_tasks(instance.id)] == ["stable"]


@pytest.mark.parametrize(
    "rule",
    [
        corral(ref="= which", result="found", map="plain"),
        task(
            attributes='camunda:decisionRef="${which}" camunda:resultVariable="found" '
            'camunda:mapDecisionResult="singleEntry"'
        ),
        task('<zeebe:calledDecision decisionId="= which" resultVariable="found"/>'),
    ],
)
def test_which_decision_is_asked_may_be_known_at_run_time_alone(engine, ask, rule: str) -> None:
    # given a process that is deployed before its decision
    engine.deploy([process(rule)])
    instance = engine.start("p", {"which": "triage"})

    # when
    engine.deploy([dmn(literal('"late"'))])

    # then
    assert ask(instance.id)["found"] == "late"


RATES = Source(
    "rates.dmn",
    b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="r" name="r" '
    b'namespace="urn:rates"><decision id="rate" name="rate"><variable name="rate"/>'
    b"<literalExpression><text>10</text></literalExpression></decision></definitions>",
)
IMPORTING = dmn(
    '<variable name="fee"/><informationRequirement id="q"><requiredDecision href="urn:rates#rate"/>'
    "</informationRequirement><literalExpression><text>rates.rate * 2</text></literalExpression>",
    more='<import name="rates" namespace="urn:rates" locationURI="rates.dmn" '
    'importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>',
)
FEE = corral(ref="triage", result="fee", map="plain")


def test_a_process_asks_a_decision_whose_file_imports_another(engine, ask) -> None:
    # given
    engine.deploy([process(FEE), IMPORTING, RATES])
    newer = Source("rates.dmn", RATES.content.replace(b">10<", b">99<"))

    # when the imported file alone is deployed again
    engine.deploy([newer])

    # then the decision goes on with the one it was deployed with
    assert ask()["fee"] == 20

    # when both are
    engine.deploy([IMPORTING, newer])

    # then
    assert ask()["fee"] == 198


def test_a_decision_without_its_import_is_a_draft_until_both_are_deployed(engine, ask) -> None:
    # when
    deployment = engine.deploy([process(FEE), IMPORTING])

    # then it is kept, says what is missing, and cannot be asked
    (draft,) = [each for each in deployment.definitions if each.key == "triage"]
    assert not draft.startable
    assert any("urn:rates#rate" in problem.message for problem in deployment.problems)
    instance = engine.start("p")
    engine.complete(engine.user_tasks(instance.id)[0].id, {}, by="ana")
    (incident,) = engine.incidents(instance_id=instance.id)
    assert "'triage' is not deployed, or is still a draft" in incident.what

    # when
    engine.deploy([IMPORTING, RATES])
    engine.resolve(incident.id, by="olga")

    # then
    assert engine.variables(instance.id)["fee"] == 20
    assert ask()["fee"] == 20
