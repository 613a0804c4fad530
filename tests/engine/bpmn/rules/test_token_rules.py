"""Rules about tokens: what they find, how bad it is, and what they leave alone."""

from __future__ import annotations

import pytest

from engine.bpmn.rules import diagnose
from engine.definitions import Severity

STUCK, TWICE, WRITES, ENDS = (
    "join-never-complete",
    "not-synchronised",
    "parallel-writes",
    "never-ends",
)
RULES = {STUCK, TWICE, WRITES, ENDS}


def nodes(text: str) -> str:
    """Return elements from words such as ``x:g`` (exclusive gateway g), by their first letters."""
    kinds = {
        "s": "startEvent",
        "e": "endEvent",
        "t": "task",
        "u": "userTask",
        "x": "exclusiveGateway",
        "p": "parallelGateway",
        "o": "inclusiveGateway",
        "c": "complexGateway",
        "v": "eventBasedGateway",
        "r": "receiveTask",
    }
    words = (word.partition(":") for word in text.split())
    return "".join(f'<{kinds[kind]} id="{key or kind}"/>' for kind, _, key in words)


def boundary(key: str, host: str, *, beside: bool = False) -> str:
    cancel = "false" if beside else "true"
    timer = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    return (
        f'<boundaryEvent id="{key}" attachedToRef="{host}" cancelActivity="{cancel}">{timer}'
        "</boundaryEvent>"
    )


def script(key: str, text: str) -> str:
    return f'<scriptTask id="{key}"><script>{text}</script></scriptTask>'


def conditional(source: str, *targets: str, when: str) -> str:
    return "".join(
        f'<sequenceFlow id="{source}={target}" sourceRef="{source}" targetRef="{target}">'
        f"<conditionExpression>{when}</conditionExpression></sequenceFlow>"
        for target in targets
    )


W, D = Severity.WARNING, Severity.DRAFT

#: What is drawn: elements, then paths; what is found: rule, element, how bad.
FINDS = {
    "exclusive split, parallel join": (
        nodes("s x:g t:a t:b p:j e"),
        ["s g a j e", "g b j"],
        {(STUCK, "j", D)},
    ),
    "event split, parallel join": (
        nodes("s v:g r:a r:b p:j e"),
        ["s g a j e", "g b j"],
        {(STUCK, "j", D)},
    ),
    "inclusive split, parallel join": (
        nodes("s o:g t:a t:b p:j e"),
        ["s g a j e", "g b j"],
        {(STUCK, "j", W)},
    ),
    "a way that may leave a parallel block": (
        nodes("s p:g x:y t:a t:b p:j e e:out"),
        ["s g y a j e", "y out", "g b j"],
        {(STUCK, "j", W)},
    ),
    "an interrupted way": (
        nodes("s p:g u:a t:b p:j e e:out") + boundary("late", "a"),
        ["s g a j e", "late out", "g b j"],
        {(STUCK, "j", W)},
    ),
    "both ways out of an interrupted activity": (
        nodes("s u:a p:j e") + boundary("late", "a"),
        ["s a j e", "late j"],
        {(STUCK, "j", D)},
    ),
    "a reminder that may not come": (
        nodes("s u:a p:j e") + boundary("late", "a", beside=True),
        ["s a j e", "late j"],
        {(STUCK, "j", W)},
    ),
    "two starts": (
        nodes("s:s1 s:s2 p:j e"),
        ["s1 j e", "s2 j"],
        {(STUCK, "j", D)},
    ),
    "a loop back into a parallel gateway": (
        nodes("s p:j u:a x:g e"),
        ["s j a g e", "g j"],
        {(STUCK, "j", D)},
    ),
    "a block inside a loop": (
        nodes("s x:m x:g t:a t:b p:j x:again e"),
        ["s m g a j again e", "g b j", "again m"],
        {(STUCK, "j", D)},
    ),
    "parallel split, exclusive merge": (
        nodes("s p:g t:a t:b x:j e"),
        ["s g a j e", "g b j"],
        {(TWICE, "j", W)},
    ),
    "parallel split, merged by an activity": (
        nodes("s p:g t:a t:b t:j e"),
        ["s g a j e", "g b j"],
        {(TWICE, "j", W)},
    ),
    "several flows out of an activity": (
        nodes("s t:g t:a t:b x:j e"),
        ["s g a j e", "g b j"],
        {(TWICE, "j", W)},
    ),
    "inclusive split, exclusive merge": (
        nodes("s o:g t:a t:b x:j e"),
        ["s g a j e", "g b j"],
        {(TWICE, "j", W)},
    ),
    "conditional flows, merged by an activity": (
        nodes("s t:g t:j e")
        + nodes("t:a t:b")
        + conditional("g", "a", when="x")
        + conditional("g", "b", when="y"),
        ["s g", "a j e", "b j"],
        {(TWICE, "j", W)},
    ),
    "a reminder that joins the normal flow": (
        nodes("s u:a t:remind x:j e") + boundary("late", "a", beside=True),
        ["s a j e", "late remind j"],
        {(TWICE, "j", W)},
    ),
    "nobody starts, everything does": (
        nodes("t:a t:b t:j e"),
        ["a j e", "b j"],
        {(TWICE, "j", W)},
    ),
    "two parallel ways back into a loop": (
        nodes("s x:m p:g t:a t:b x:y e"),
        ["s m g a m", "g b y m", "y e"],
        {(TWICE, "m", W)},
    ),
    "one variable on two parallel ways": (
        nodes("s p:g p:j e") + script("a", "v = 1") + script("b", "v = 2"),
        ["s g a j e", "g b j"],
        {(WRITES, "b", W)},
    ),
    "one variable behind a reminder that waits": (
        nodes("s u:a u:w e e:out")
        + script("b", "v = 1")
        + script("c", "v = 2")
        + boundary("late", "a", beside=True),
        ["s a c e", "late w b out"],
        {(WRITES, "c", W)},
    ),
    "a sub-process and a script": (
        nodes("s p:g p:j e")
        + script("a", "v = 1")
        + f'<subProcess id="b">{script("inner", "v = 2")}</subProcess>',
        ["s g a j e", "g b j"],
        {(WRITES, "b", W)},
    ),
    "no way out of a loop": (
        nodes("s x:m u:a u:b"),
        ["s m a b m"],
        {(ENDS, "m", W)},
    ),
}


@pytest.mark.parametrize("name", FINDS)
def test_tokens_that_meet_or_fail_to_meet_are_found(drawing, name: str) -> None:
    # given
    body, paths, expected = FINDS[name]

    # when
    problems = [p for p in diagnose(drawing(body, *paths)) if p.rule in RULES]

    # then
    assert {(p.rule, p.element, p.severity) for p in problems} == expected


LEAVES_ALONE = {
    "exclusive with exclusive": (nodes("s x:g t:a t:b x:j e"), ["s g a j e", "g b j"]),
    "parallel with parallel": (nodes("s p:g t:a t:b p:j e"), ["s g a j e", "g b j"]),
    "inclusive with inclusive": (nodes("s o:g t:a t:b o:j e"), ["s g a j e", "g b j"]),
    "parallel with inclusive": (nodes("s p:g t:a t:b o:j e"), ["s g a j e", "g b j"]),
    "a choice inside a parallel block": (
        nodes("s p:g x:y t:a t:b t:c x:z p:j e"),
        ["s g y a z j e", "y b z", "g c j"],
    ),
    "a parallel block in a choice": (
        nodes("s x:y p:g t:a t:b t:c p:j x:z e"),
        ["s y g a j z e", "g b j", "y c z"],
    ),
    "joins that cross": (
        nodes("s p:g p:a p:b t:c t:d p:j p:k p:l e"),
        ["s g a j l e", "g b k l", "a c k", "b d j"],
    ),
    "a loop around a parallel block": (
        nodes("s x:m p:g t:a t:b p:j x:again e"),
        ["s m g a j again e", "g b j", "again m"],
    ),
    "a loop inside a parallel block": (
        nodes("s p:g x:m u:a x:again t:b p:j e"),
        ["s g m a again j e", "again m", "g b j"],
    ),
    "a loop with two ways out, merged": (
        nodes("s p:g x:m u:a x:y x:again t:b x:z p:j e"),
        ["s g m a y again z j e", "y z", "again m", "g b j"],
    ),
    "a loop with a reminder that ends": (
        nodes("s p:g x:m u:a x:again t:b p:j e e:out") + boundary("late", "a", beside=True),
        ["s g m a again j e", "again m", "g b j", "late out"],
    ),
    "a loop entered in two places": (
        nodes("s x:g x:m x:n u:a u:b x:y e p:f p:j t:c"),
        ["s f g m a n b y j e", "g n", "y m", "f c j"],
    ),
    "escalation beside the flow": (
        nodes("s u:a e t:remind e:out") + boundary("late", "a", beside=True),
        ["s a e", "late remind out"],
    ),
    "interruption as an alternative": (
        nodes("s u:a t:b x:j e") + boundary("late", "a"),
        ["s a j e", "late b j"],
    ),
    "two starts, merged": (nodes("s:s1 s:s2 x:j u:a e"), ["s1 j a e", "s2 j"]),
    "parallel ways that end alone": (nodes("s p:g t:a t:b e"), ["s g a e", "g b e"]),
    "a default flow and one condition": (
        nodes("s t:a t:b x:j e")
        + '<inclusiveGateway id="g" default="g-b"/>'
        + conditional("g", "a", when="x"),
        ["s g", "g b j e", "a j"],
    ),
    "decisions about one thing": (
        nodes("s p:f x:g x:h t:a t:b t:c t:d p:j p:k x:z e")
        + conditional("g", "a", when="big")
        + conditional("g", "b", when="not big")
        + conditional("h", "c", when="big")
        + conditional("h", "d", when="not big"),
        ["s f g", "f h", "a j z e", "c j", "b k z", "d k"],
    ),
    "what a complex gateway lets through": (
        nodes("s p:g t:a t:b t:c c:j p:k e"),
        ["s g a j k e", "g b j", "g c k"],
    ),
    "one variable, one after the other": (
        nodes("s p:g t:z p:j e") + script("a", "v = 1") + script("b", "v = 2"),
        ["s g a b j e", "g z j"],
    ),
    "one variable, set by a reminder and behind what it reminds of": (
        nodes("s u:a u:z e e:out")
        + script("b", "v = 1")
        + script("c", "v = 2")
        + boundary("late", "a", beside=True),
        ["s a z c e", "late b out"],
    ),
    "one variable, one or the other": (
        nodes("s x:g x:j e") + script("a", "v = 1") + script("b", "v = 2"),
        ["s g a j e", "g b j"],
    ),
    "two variables": (
        nodes("s p:g p:j e") + script("a", "v = 1") + script("b", "w = 2"),
        ["s g a j e", "g b j"],
    ),
    "links": (
        nodes("s u:a e")
        + '<intermediateThrowEvent id="to"><linkEventDefinition name="l"/>'
        + "</intermediateThrowEvent>"
        + '<intermediateCatchEvent id="of"><linkEventDefinition name="l"/>'
        + "</intermediateCatchEvent>",
        ["s to", "of a e"],
    ),
}


@pytest.mark.parametrize("name", LEAVES_ALONE)
def test_sound_drawings_raise_no_alarm(drawing, name: str) -> None:
    # given
    body, paths = LEAVES_ALONE[name]

    # when
    problems = [p for p in diagnose(drawing(body, *paths)) if p.rule in RULES]

    # then
    assert [(p.rule, p.element) for p in problems] == []


def test_a_join_that_an_end_event_may_cut_short_is_a_warning(drawing) -> None:
    # given
    stop = '<endEvent id="stop"><terminateEventDefinition/></endEvent>'
    found = drawing(nodes("s x:g t:a t:b p:j e") + stop, "s g a j e", "g b j", "b stop")

    # when
    problems = [p for p in diagnose(found) if p.rule == STUCK]

    # then
    assert [p.severity for p in problems] == [W]


def test_who_decides_is_named(drawing) -> None:
    # given
    gateway = '<exclusiveGateway id="g" name="Which team?"/>'
    found = drawing(gateway + nodes("s t:a t:b p:j e"), "s g a j e", "g b j")

    # when
    (problem,) = [p for p in diagnose(found) if p.rule == STUCK]

    # then
    assert "'Which team?'" in problem.message


def test_what_is_too_intertwined_is_said(drawing) -> None:
    # given: inclusive gateways in a grid, so that every join depends on every decision before it
    size = 20
    cells = " ".join(f"o:n{row}_{column}" for row in range(size) for column in range(size))
    paths = [
        f"n{row}_{column} n{row + down}_{column + 1 - down}"
        for row in range(size)
        for column in range(size)
        for down in (0, 1)
        if row + down < size and column + 1 - down < size
    ]
    found = drawing(nodes("s " + cells), "s n0_0", *paths)

    # when
    problems = [p for p in diagnose(found) if p.rule == "analysis-incomplete"]

    # then
    assert [(p.element, p.severity) for p in problems] == [("p", Severity.INFO)]
