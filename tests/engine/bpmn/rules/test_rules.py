"""The rules: what each finds, how bad it is, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from engine.bpmn.reader import read
from engine.bpmn.rules import Surroundings, diagnose, rules, together
from engine.definitions import Executable, Severity, Source

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
CONDITION = "<conditionExpression>x</conditionExpression>"


def flow(key: str, source: str, target: str, inner: str = "") -> str:
    return (
        f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
    )


def extended(tag: str, inner: str, attributes: str = "") -> str:
    holder = f"<extensionElements>{inner}</extensionElements>"
    return f'<{tag} id="a" {attributes}>{holder}</{tag}>'


GATEWAY = START + '<exclusiveGateway id="g" name="Which?" {}/><task id="a"/><task id="b"/>'
IN = flow("in", "s", "g")
LINK = '<intermediateThrowEvent id="a"><linkEventDefinition name="l"/></intermediateThrowEvent>'
ASSIGN = "<dataInputAssociation id='d'><assignment id='x'/></dataInputAssociation>"

#: Rule, drawing, where and how bad; the drawing has exactly that one problem of that rule.
FINDS = [
    (
        "gateway-without-condition",
        GATEWAY.format('default="y"') + IN + flow("x", "g", "a") + flow("y", "g", "b"),
        "x",
        Severity.DRAFT,
    ),
    (
        "gateway-without-default",
        GATEWAY.format("") + IN + flow("x", "g", "a", CONDITION) + flow("y", "g", "b", CONDITION),
        "g",
        Severity.WARNING,
    ),
    ("default-flow", GATEWAY.format('default="in"') + IN, "g", Severity.DRAFT),
    (
        "condition-never-asked",
        START + '<parallelGateway id="g"/><task id="a"/>' + IN + flow("x", "g", "a", CONDITION),
        "x",
        Severity.WARNING,
    ),
    ("trigger-missing", '<intermediateCatchEvent id="a"/>', "a", Severity.DRAFT),
    (
        "trigger-missing",
        '<startEvent id="a"><messageEventDefinition/></startEvent>',
        "a",
        Severity.DRAFT,
    ),
    (
        "trigger-missing",
        START + '<endEvent id="a"><errorEventDefinition/></endEvent>',
        "a",
        Severity.DRAFT,
    ),
    ("dangling-flow", START + '<sequenceFlow id="f" sourceRef="s"/>', "f", Severity.DRAFT),
    ("dangling-flow", START + flow("f", "s", "gone"), "f", Severity.DRAFT),
    (
        "flow-across-border",
        START + '<subProcess id="sub"><task id="a"/></subProcess>' + flow("f", "s", "a"),
        "f",
        Severity.ERROR,
    ),
    (
        "boundary-without-host",
        START + '<boundaryEvent id="b" attachedToRef="s"/>',
        "b",
        Severity.ERROR,
    ),
    ("boundary-without-host", '<boundaryEvent id="b"/>', "b", Severity.ERROR),
    ("unreachable", START + '<task id="a"/>', "a", Severity.DRAFT),
    ("unsupported-element", START + '<teleport id="a"/>', "a", Severity.ERROR),
    (
        "unsupported-element",
        '<startEvent id="s"><dreamEventDefinition id="a"/></startEvent>',
        "a",
        Severity.ERROR,
    ),
    ("unsupported-element", '<participantBinding id="a"/>', "a", Severity.DRAFT),
    ("unknown-extension", extended("userTask", '<corral:userTsk queue="q"/>'), "a", Severity.ERROR),
    ("unknown-extension", extended("userTask", '<corral:userTask qeue="q"/>'), "a", Severity.ERROR),
    ("unknown-extension", extended("task", '<corral:job type="x"/>'), "a", Severity.ERROR),
    (
        "unknown-extension",
        extended("serviceTask", '<corral:job type="x"><corral:inputs/></corral:job>'),
        "a",
        Severity.ERROR,
    ),
    (
        "unknown-extension",
        extended("userTask", '<corral:userTask queue="a"/><corral:userTask queue="b"/>'),
        "a",
        Severity.ERROR,
    ),
    ("unknown-extension", '<userTask id="a" corral:queue="q"/>', "a", Severity.ERROR),
    (
        "unresolved-reference",
        '<callActivity id="a" calledElement="other"/>',
        "a",
        Severity.WARNING,
    ),
    (
        "unresolved-reference",
        extended("businessRuleTask", '<corral:decision ref="other"/>'),
        "a",
        Severity.WARNING,
    ),
    (
        "unresolved-reference",
        extended("userTask", '<corral:userTask queue="q" form="other"/>'),
        "a",
        Severity.WARNING,
    ),
    ("queue-missing", '<userTask id="a"/>', "a", Severity.WARNING),
    ("duplicate-id", '<task id="a"/><task id="a"/>', "a", Severity.ERROR),
    ("undeclared-reference", '<receiveTask id="a" messageRef="gone"/>', "a", Severity.DRAFT),
    ("unmatched-link", LINK, "a", Severity.DRAFT),
    (
        "unmatched-link",
        '<intermediateCatchEvent id="a"><linkEventDefinition name="l"/></intermediateCatchEvent>',
        "a",
        Severity.DRAFT,
    ),
    (
        "misplaced-trigger",
        '<endEvent id="a"><timerEventDefinition/></endEvent>',
        "a",
        Severity.ERROR,
    ),
    (
        "misplaced-trigger",
        '<subProcess id="sub"><startEvent id="a"><timerEventDefinition/></startEvent></subProcess>',
        "a",
        Severity.DRAFT,
    ),
    (
        "misplaced-trigger",
        '<endEvent id="a"><linkEventDefinition name="l"/></endEvent>',
        "a",
        Severity.ERROR,
    ),
    ("data-association", f'<task id="a">{ASSIGN}</task>', "d", Severity.DRAFT),
    ("performer", '<userTask id="a"><potentialOwner id="o"/></userTask>', "o", Severity.WARNING),
    ("correlation-missing", '<receiveTask id="a" messageRef="m"/>', "a", Severity.WARNING),
    ("nothing-to-run", "", "defs", Severity.DRAFT),
]


@pytest.mark.parametrize(("rule", "body", "element", "severity"), FINDS)
def test_a_fault_is_found_at_its_element(
    drawing, rule: str, body: str, element: str, severity: Severity
) -> None:
    # given
    found = drawing(body)

    # when
    problems = [problem for problem in diagnose(found) if problem.rule == rule]

    # then
    assert [(problem.element, problem.severity) for problem in problems] == [(element, severity)]
    assert problems[0].line == 1
    assert problems[0].cure.endswith(".")


def test_every_rule_has_a_fault_it_finds() -> None:
    # given
    tables = "".join(path.read_text() for path in Path(__file__).parent.rglob("*.py"))

    # when
    untried = [name for name, _ in rules() if f'"{name}"' not in tables]

    # then
    assert untried == []


MESSAGE = '<messageEventDefinition messageRef="m"/>'
KEYED = '<extensionElements><corral:message correlationKey="= x"/></extensionElements>'
LEAVES_ALONE = {
    "one flow out of a gateway": GATEWAY.format("")
    + IN
    + flow("x", "g", "a")
    + flow("y", "a", "b"),
    "a lane for a queue": '<laneSet><lane name="care"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    + '<userTask id="a"/>',
    "an assignee": extended("userTask", '<corral:userTask assignee="ana"/>'),
    "a message carried by a job": START
    + '<endEvent id="a"><extensionElements><corral:job type="send"/></extensionElements>'
    + "<messageEventDefinition/></endEvent>"
    + flow("f", "s", "a"),
    "catching any error": START
    + '<task id="a"/><boundaryEvent id="b" attachedToRef="a"><errorEventDefinition/>'
    + "</boundaryEvent>"
    + END
    + flow("f", "s", "a")
    + flow("g", "b", "e")
    + flow("h", "a", "e"),
    "a keyed message": START
    + f'<intermediateCatchEvent id="a">{KEYED}{MESSAGE}</intermediateCatchEvent>'
    + END
    + flow("f", "s", "a")
    + flow("g", "a", "e"),
    "a message start": f'<startEvent id="a">{MESSAGE}</startEvent><task id="b"/>'
    + flow("f", "a", "b"),
    "a compensation handler": START
    + '<task id="a"/><task id="undo" isForCompensation="true"/>'
    + '<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'
    + flow("f", "s", "a")
    + '<association id="x" sourceRef="b" targetRef="undo"/>',
    "an event sub-process": START
    + f'<subProcess id="h" triggeredByEvent="true"><startEvent id="x">{KEYED}{MESSAGE}'
    + '</startEvent><task id="b"/>'
    + flow("f", "x", "b")
    + "</subProcess>"
    + END
    + flow("g", "s", "e"),
    "links with a target": START
    + LINK
    + '<intermediateCatchEvent id="c"><linkEventDefinition name="l"/></intermediateCatchEvent>'
    + END
    + flow("f", "s", "a")
    + flow("g", "c", "e"),
    "hints of another engine": '<task id="a" camunda:asyncBefore="true"/>',
    "data that only documents": START
    + '<dataObject id="d"/><task id="a"><dataInputAssociation id="i"><sourceRef>d</sourceRef>'
    + "</dataInputAssociation></task>"
    + flow("f", "s", "a"),
    "no start event": '<task id="a"/><task id="b"/>' + flow("f", "a", "b"),
}


@pytest.mark.parametrize("name", LEAVES_ALONE)
def test_what_is_right_has_no_problem(drawing, name: str) -> None:
    # given
    found = drawing(LEAVES_ALONE[name], beside='<message id="m" name="m"/>')

    # when
    problems = [one for one in diagnose(found) if one.severity is not Severity.INFO]

    # then
    assert problems == []


def test_rules_change_nothing(drawing) -> None:
    # given
    found = drawing("".join(body for _, body, _, _ in FINDS))
    before = etree.tostring(found.root)

    # when
    diagnose(found)

    # then
    assert etree.tostring(found.root) == before


@pytest.mark.parametrize("mark", ['isExecutable="false"', 'isExecutable="0"', ""])
@pytest.mark.parametrize(
    ("answer", "severities"),
    [
        (None, [Severity.DRAFT]),
        (False, [Severity.INFO]),
        (["other"], [Severity.INFO]),
        (True, []),
        (["p"], []),
    ],
)
def test_a_process_that_is_not_marked_executable_waits_for_an_answer(
    drawing, mark: str, answer: Executable, severities: list[Severity]
) -> None:
    # given
    found = drawing(START + END + flow("f", "s", "e"), attributes=mark)

    # when
    problems = diagnose(found, Surroundings(executable=answer))

    # then
    assert [problem.rule for problem in problems] == ["not-executable"] * len(severities)
    assert [problem.severity for problem in problems] == severities


@pytest.mark.parametrize(("deployed", "severities"), [({"other"}, []), (set(), [Severity.DRAFT])])
def test_what_is_deployed_already_is_known(
    drawing, deployed: set[str], severities: list[Severity]
) -> None:
    # given
    found = drawing('<callActivity id="a" calledElement="x:other"/>')
    around = Surroundings(known=lambda kind, key: kind == "process" and key in deployed)

    # when
    problems = diagnose(found, around)

    # then
    assert [problem.severity for problem in problems] == severities


def test_what_is_deployed_together_is_known(drawing) -> None:
    # given
    caller = drawing(
        '<callActivity id="a" calledElement="ask"/>'
        + extended("userTask", '<corral:userTask queue="q" form="answer"/>').replace("a", "a", 1)
        + '<businessRuleTask id="r"><extensionElements><corral:decision ref="triage"/>'
        + "</extensionElements></businessRuleTask>",
        beside='<globalTask id="ask"/>',
    )
    table = read(
        Source(
            "triage.dmn",
            b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
            b'<decision id="triage"/></definitions>',
        )
    )

    # when
    around = Surroundings(deployed_with=together([caller, table], ["answer"]))

    # then
    rules_found = {problem.rule for problem in diagnose(caller, around)}
    assert "unresolved-reference" not in rules_found


def test_decision_documents_have_no_rules_of_diagrams() -> None:
    # given
    content = b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'

    # when / then
    assert diagnose(read(Source("t.dmn", content))) == []
