"""Rules about what a run would do: loops, calls, replies and user tasks."""

from __future__ import annotations

import pytest

from engine.bpmn.rules import Surroundings, diagnose
from engine.bpmn.runner import SpiffRunner
from engine.definitions import Severity, Source

W, D, INFO = Severity.WARNING, Severity.DRAFT, Severity.INFO
START = '<startEvent id="s"/><endEvent id="e"/>'


def script(key: str, text: str) -> str:
    return f'<scriptTask id="{key}"><script>{text}</script></scriptTask>'


def flow(source: str, target: str, when: str) -> str:
    return (
        f'<sequenceFlow id="{source}={target}" sourceRef="{source}" targetRef="{target}">'
        f"<conditionExpression>{when}</conditionExpression></sequenceFlow>"
    )


def job(key: str, *inputs: str, type: str = "reply.send", **more: str) -> str:
    told = [*(("text", value) for value in inputs), *more.items()]
    held = "".join(f'<corral:input name="{name}" value="{value}"/>' for name, value in told)
    return (
        f'<sendTask id="{key}"><extensionElements><corral:job type="{type}">{held}</corral:job>'
        "</extensionElements></sendTask>"
    )


def user_task(settings: str, name: str = "Answer") -> str:
    held = f"<extensionElements><corral:userTask {settings}/></extensionElements>"
    return f'<userTask id="a" name="{name}">{held}</userTask>'


def timer(tag: str, text: str, *, kind: str = "boundary", cancel: str = "true") -> str:
    inner = f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"
    if kind == "catch":
        return f'<intermediateCatchEvent id="t">{inner}</intermediateCatchEvent>'
    return (
        f'<userTask id="a"/><boundaryEvent id="t" attachedToRef="a" cancelActivity="{cancel}">'
        f"{inner}</boundaryEvent>"
    )


M, G = '<exclusiveGateway id="m"/>', '<exclusiveGateway id="g"/>'
CALL = '<callActivity id="c" calledElement="p"/>'
LONG = "x" * 281

#: Rule, elements, paths, where and how bad; None: that rule has nothing to say.
CASES = [
    ("endless-loop", START + M + script("a", "v = 1"), ["s m a m"], ("m", D)),
    ("endless-loop", START + M + '<task id="a"/><task id="b"/>', ["s m a b m"], ("m", D)),
    (
        "endless-loop",
        START + M + '<parallelGateway id="p1"/>',
        ["s m p1 m", "p1 e"],
        ("m", D),
    ),
    (
        "endless-loop",
        START + M + G + script("a", "v = 1") + flow("g", "m", "w") + flow("g", "e", "not w"),
        ["s m a g"],
        ("m", W),
    ),
    (
        "endless-loop",
        START + M + G + script("a", "w = w + 1") + flow("g", "m", "3 > w") + flow("g", "e", "w"),
        ["s m a g"],
        None,
    ),
    (
        "endless-loop",
        START + M + G + '<userTask id="a"/>' + flow("g", "m", "w") + flow("g", "e", "not w"),
        ["s m a g"],
        None,
    ),
    (
        "endless-loop",
        START + M + G + job("a", type="x") + flow("g", "m", "w") + flow("g", "e", "not w"),
        ["s m a g"],
        None,
    ),
    ("endless-loop", START + M + G + '<task id="a"/>', ["s m a g m", "g e"], None),
    (
        "endless-loop",
        START
        + M
        + G
        + '<businessRuleTask id="a"><extensionElements><corral:decision ref="d"/>'
        + "</extensionElements></businessRuleTask>"
        + flow("g", "m", "w")
        + flow("g", "e", "not w"),
        ["s m a g"],
        None,
    ),
    ("self-call", START + CALL, ["s c e"], ("c", D)),
    ("self-call", START + G + CALL, ["s g c e", "g e"], ("c", W)),
    ("self-call", START + '<userTask id="a"/>' + CALL, ["s a c e"], None),
    ("self-call", START + CALL.replace('"p"', '"other"'), ["s c e"], None),
    (
        "self-call",
        START + f'<subProcess id="sub"><startEvent id="i"/>{CALL}</subProcess>',
        ["s sub e"],
        None,
    ),
    (
        "self-call",
        START
        + f'<subProcess id="sub"><startEvent id="i"/>{CALL}'
        + '<sequenceFlow id="i-c" sourceRef="i" targetRef="c"/></subProcess>',
        ["s sub e"],
        ("c", D),
    ),
    (
        "self-call",
        START
        + '<callActivity id="c" calledElement="p"><multiInstanceLoopCharacteristics>'
        + "<loopCardinality>n</loopCardinality></multiInstanceLoopCharacteristics></callActivity>",
        ["s c e"],
        ("c", W),
    ),
    ("reply-too-long", START + job("a", LONG), ["s a e"], ("a", W)),
    ("reply-too-long", START + job("a", f"= 'Hi ' + name + '{LONG}'"), ["s a e"], ("a", W)),
    ("reply-too-long", START + job("a", LONG[1:]), ["s a e"], None),
    ("reply-too-long", START + job("a", f"= '{LONG}' if late else 'short'"), ["s a e"], None),
    ("reply-too-long", START + job("a", LONG, type="other"), ["s a e"], None),
    ("reply-too-long", START + job("a", LONG, split="= True"), ["s a e"], None),
    ("reply-too-long", START + job("a", LONG, split="= wanted"), ["s a e"], None),
    ("reply-too-long", START + job("a", LONG, split="= False"), ["s a e"], ("a", W)),
    ("reply-too-long", START + job("a", LONG, split="yes"), ["s a e"], ("a", W)),
    ("reply-too-long", START + job("a", LONG * 25, split="= True"), ["s a e"], ("a", W)),
    ("reply-too-long", START + job("a", LONG * 25, private="= True"), ["s a e"], None),
    ("reply-too-long", START + job("a", LONG * 36, private="= True"), ["s a e"], ("a", W)),
    ("reply-too-long", START + job("a", LONG, private="= secret"), ["s a e"], ("a", W)),
    ("script-missing", START + script("a", " "), ["s a e"], ("a", D)),
    ("script-missing", START + script("a", "v = 1"), ["s a e"], None),
    ("job-without-type", START + '<serviceTask id="a"/>', ["s a e"], ("a", D)),
    ("job-without-type", START + job("a", type=""), ["s a e"], ("a", D)),
    ("job-without-type", START + job("a"), ["s a e"], None),
    ("job-without-type", START + '<sendTask id="a"/>', ["s a e"], None),
    ("decision-missing", START + '<businessRuleTask id="a"/>', ["s a e"], ("a", D)),
    (
        "decision-missing",
        START + job("a", type="x").replace("sendTask", "businessRuleTask"),
        ["s a e"],
        None,
    ),
    ("message-missing", START + '<receiveTask id="a"/>', ["s a e"], ("a", D)),
    ("message-missing", START + '<receiveTask id="a" messageRef="m"/>', ["s a e"], None),
    ("nothing-to-send", START + '<sendTask id="a"/>', ["s a e"], ("a", D)),
    ("nothing-to-send", START + job("a", "Thanks."), ["s a e"], None),
    ("timer-at-once", START + timer("timeDuration", "PT0S"), ["s a e"], ("t", W)),
    ("timer-at-once", START + timer("timeDuration", "-PT5M"), ["s a e"], ("t", W)),
    ("timer-at-once", START + timer("timeDuration", "P0DT0H1M"), ["s a e"], None),
    ("timer-at-once", START + timer("timeDuration", "soon"), ["s a e"], None),
    ("timer-at-once", START + timer("timeDuration", "= wait"), ["s a e"], None),
    ("cycle-fires-once", START + timer("timeCycle", "R3/PT1H"), ["s a e"], ("t", W)),
    ("cycle-fires-once", START + timer("timeCycle", "R/PT1H", kind="catch"), ["s t e"], ("t", W)),
    ("cycle-fires-once", START + timer("timeCycle", "R/PT1H", cancel="false"), ["s a e"], None),
    ("cycle-fires-once", START + timer("timeCycle", "R1/PT1H"), ["s a e"], None),
    ("cycle-fires-once", START + timer("timeDuration", "PT1H"), ["s a e"], None),
    ("form-missing", START + user_task('queue="q"'), ["s a e"], ("a", INFO)),
    ("form-missing", START + user_task('queue="q" form="f"'), ["s a e"], None),
    ("assigned-to-one", START + user_task('assignee="ana"'), ["s a e"], ("a", INFO)),
    ("assigned-to-one", START + user_task('assignee="ana" queue="q"'), ["s a e"], None),
    ("user-task-unnamed", START + user_task('queue="q"', name=" "), ["s a e"], ("a", INFO)),
    ("user-task-unnamed", START + user_task('title="= topic"', name=""), ["s a e"], None),
]


@pytest.mark.parametrize(("rule", "body", "paths", "expected"), CASES)
def test_what_a_run_would_do_is_seen_before_it_does(
    drawing, rule: str, body: str, paths: list[str], expected: tuple[str, Severity] | None
) -> None:
    # given
    found = drawing(body, *paths)

    # when
    problems = [p for p in diagnose(found) if p.rule == rule]

    # then
    assert [(p.element, p.severity) for p in problems] == ([expected] if expected else [])
    assert all(p.cure.endswith(".") for p in problems)


def process(key: str, calls: str) -> Source:
    text = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="{key}"><startEvent id="s"/><callActivity id="c" calledElement="{calls}"/>'
        '<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="c"/>'
        '<sequenceFlow id="g" sourceRef="c" targetRef="e"/></process></definitions>'
    )
    return Source(f"{key}.bpmn", text.encode())


def test_processes_of_one_deployment_that_call_each_other_in_a_circle_are_found() -> None:
    # given
    files = [process("one", "two"), process("two", "three"), process("three", "one")]

    # when
    reports = SpiffRunner().read(files)

    # then
    found = [p for report in reports for p in report.problems if p.rule == "self-call"]
    assert [p.severity for p in found] == [D, D, D]
    assert "'one' calls itself through 'two' through 'three'" in found[0].message


def test_a_process_that_leads_into_a_circle_is_not_in_it() -> None:
    # given
    files = [process("first", "one"), process("one", "one")]

    # when
    first, one = SpiffRunner().read(files)

    # then
    assert "self-call" not in {p.rule for p in first.problems}
    assert "self-call" in {p.rule for p in one.problems}


def test_a_reply_is_held_against_the_channels_in_use(drawing) -> None:
    # given
    found = drawing(START + job("a", LONG), "s a e")
    around = Surroundings(reply_limits={"Bluesky": 300, "SMS": 160, "Pager": 20})

    # when
    (problem,) = [p for p in diagnose(found, around) if p.rule == "reply-too-long"]

    # then
    assert "281 characters; Pager carries 20, SMS carries 160" in problem.message
    assert "Bluesky" not in problem.message


@pytest.mark.parametrize(
    ("private", "held_against"), [("= False", {"X", "Chat"}), ("= True", {"Chat"})]
)
def test_a_private_reply_is_held_against_what_each_channel_carries_in_private(
    drawing, private: str, held_against: set[str]
) -> None:
    # given
    found = drawing(START + job("a", LONG, private=private), "s a e")
    around = Surroundings(reply_limits={"X": 280, "Chat": 100}, private_reply_limits={"X": 10_000})

    # when
    (problem,) = [p for p in diagnose(found, around) if p.rule == "reply-too-long"]

    # then
    assert {name for name in ("X", "Chat") if f"{name} carries" in problem.message} == held_against
