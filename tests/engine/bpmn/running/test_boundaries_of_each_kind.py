"""Each kind of boundary event on each kind of activity, interrupting and not."""

from __future__ import annotations

import pytest

from engine.history import What
from engine.ports import JobWait, MessageWait, UserTaskWait

START = '<startEvent id="s"/>'
JOB = '<extensionElements><corral:job type="work" retries="1"/></extensionElements>'
INNER = '<startEvent id="is"/><userTask id="u"/><sequenceFlow id="f" sourceRef="is" targetRef="u"/>'
LOOP = (
    "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    "</multiInstanceLoopCharacteristics>"
)
#: What a boundary event sits on, and the waits that it opens.
HOSTS = {
    "user task": '<userTask id="host"/>',
    "service task": f'<serviceTask id="host">{JOB}</serviceTask>',
    "receive task": '<receiveTask id="host" messageRef="n"/>',
    "sub-process": f'<subProcess id="host">{INNER}</subProcess>',
    "nested sub-process": f'<subProcess id="host"><startEvent id="os"/><subProcess id="in">{INNER}'
    '</subProcess><sequenceFlow id="of" sourceRef="os" targetRef="in"/></subProcess>',
    "call activity": '<callActivity id="host" calledElement="q"/>',
    "multi-instance task": f'<userTask id="host">{LOOP}</userTask>',
    "multi-instance sub-process": f'<subProcess id="host">{INNER}{LOOP}</subProcess>',
}
#: The definition of a boundary event, and what makes it happen.
KINDS = {
    "message": ('<messageEventDefinition messageRef="m"/>', lambda case: case.send("m")),
    "signal": ('<signalEventDefinition signalRef="sg"/>', lambda case: case.signal("sg")),
    "timer": (
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        lambda case: case.later(hours=1),
    ),
    "date": (
        "<timerEventDefinition><timeDate>2026-03-02T10:00:00Z</timeDate></timerEventDefinition>",
        lambda case: case.later(hours=1),
    ),
    "cycle": (
        "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>",
        lambda case: case.later(hours=1),
    ),
    "condition": (
        "<conditionalEventDefinition><condition>go</condition></conditionalEventDefinition>",
        lambda case: case.do("beside", go=True),
    ),
}
hosts = pytest.mark.parametrize("host", HOSTS)
kinds = pytest.mark.parametrize("kind", KINDS)


def begun(play, draw, host, kind, interrupting):
    """Start an activity with a boundary event; a user task waits beside it all the time."""
    definition, _ = KINDS[kind]
    body = (
        START
        + HOSTS[host]
        + draw.boundary("b", "host", definition, interrupting=interrupting)
        + '<userTask id="beside"/><userTask id="after"/>'
        + draw.script("caught", "caught = caught + 1")
        + draw.flow("s", "host", "after")
        + draw.flow("s", "beside")
        + draw.flow("b", "caught")
    )
    return play(body, {"caught": 0, "go": False}, called=[("q", INNER)])


def own_waits(case):
    """Return the waits that belong to the activity, and not to the events around it."""
    kinds_of_work = (UserTaskWait, JobWait, MessageWait)
    return [
        wait
        for wait in case.open.values()
        if isinstance(wait, kinds_of_work) and wait.element not in ("beside", "after", "b")
    ]


def finish(case):
    """Do whatever the activity still waits for."""
    for wait in own_waits(case):
        if isinstance(wait, JobWait):
            case.job_done(wait.element)
        elif isinstance(wait, MessageWait):
            case.send("n")
        else:
            case.do(wait.element)


@hosts
@kinds
def test_an_interrupting_boundary_ends_the_activity_and_all_it_waited_for(play, draw, host, kind):
    # given
    case = begun(play, draw, host, kind, True)
    assert own_waits(case)

    # when
    KINDS[kind][1](case)

    # then
    assert case.data["caught"] == 1
    assert not own_waits(case)
    assert "after" not in case.at()
    assert ("host", What.CANCELLED) in case.history
    if "beside" in case.at():
        case.do("beside")
    assert case.completed
    assert not case.open


@hosts
@kinds
def test_a_boundary_that_does_not_interrupt_leaves_the_activity_as_it_was(play, draw, host, kind):
    # given
    case = begun(play, draw, host, kind, False)
    before = [(wait.token, wait.element) for wait in own_waits(case)]

    # when
    KINDS[kind][1](case)

    # then
    assert case.data["caught"] == 1
    assert [(wait.token, wait.element) for wait in own_waits(case)] == before
    finish(case)
    case.do("after")
    if "beside" in case.at():
        case.do("beside")
    assert case.completed
    assert not case.open


@hosts
@kinds
@pytest.mark.parametrize("interrupting", [True, False])
def test_a_boundary_that_never_happened_goes_with_its_activity(
    play, draw, host, kind, interrupting
):
    # given
    case = begun(play, draw, host, kind, interrupting)

    # when
    finish(case)
    left = {wait.element for wait in case.open.values()}
    if kind != "condition":
        KINDS[kind][1](case)

    # then
    assert left == {"after", "beside"}
    assert case.data["caught"] == 0
    assert case.at() == ["after", "beside"]


ERROR = '<errorEventDefinition errorRef="e1"/>'
THROWS = f'<endEvent id="bad">{ERROR}</endEvent>'
#: Activities out of which an error comes once the user task ``u`` is done.
FAILING = {
    "sub-process": '<subProcess id="host">{0}</subProcess>',
    "nested sub-process": '<subProcess id="host"><subProcess id="in">{0}</subProcess></subProcess>',
    "call activity": '<callActivity id="host" calledElement="failing"/>',
    "multi-instance sub-process": '<subProcess id="host">{0}' + LOOP + "</subProcess>",
    "call inside a sub-process": '<subProcess id="host">'
    '<callActivity id="in" calledElement="failing"/></subProcess>',
}


@pytest.mark.parametrize("host", FAILING)
def test_an_error_ends_the_activity_out_of_which_it_comes(play, draw, host):
    # given
    inside = '<userTask id="u"/>' + THROWS + draw.flow("u", "bad")
    body = START + FAILING[host].format(inside) + draw.boundary("b", "host", ERROR)
    body += '<userTask id="mend"/><userTask id="after"/>'
    flows = draw.flow("s", "host", "after") + draw.flow("b", "mend")
    case = play(body + flows, called=[("failing", inside)])

    # when
    case.do("u")

    # then
    assert case.at() == ["mend"]
    assert len(case.open) == 1
    case.do("mend")
    assert case.completed


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("host", FAILING)
def test_an_escalation_interrupts_only_if_it_is_drawn_so(play, draw, host, interrupting):
    # given
    escalation = '<escalationEventDefinition escalationRef="x1"/>'
    inside = (
        f'<userTask id="u"/><intermediateThrowEvent id="up">{escalation}</intermediateThrowEvent>'
        '<userTask id="more"/>' + draw.flow("u", "up", "more")
    )
    body = START + FAILING[host].format(inside) + '<userTask id="told"/>'
    body += draw.boundary("b", "host", escalation, interrupting=interrupting)
    flows = draw.flow("s", "host") + draw.flow("b", "told")
    case = play(body + flows, called=[("failing", inside)])

    # when
    case.do("u")

    # then
    assert "told" in case.at()
    assert ("more" in case.at()) is not interrupting


# -- joins with odd numbers of tokens ------------------------------------------------------------


@pytest.mark.parametrize("tokens", [1, 2, 3, 5])
def test_tokens_that_pile_up_on_one_flow_of_a_join_pass_with_as_many_of_the_other(
    play, draw, tokens
):
    # given: a boundary sends any number of tokens on one flow, a person sends one on the other
    body = START + '<userTask id="u"/><parallelGateway id="j"/><userTask id="open"/>'
    body += draw.boundary("b", "open", draw.message(), interrupting=False)
    body += draw.script("passed", "n = n + 1")
    flows = draw.flow("s", "u", "j", "passed") + draw.flow("s", "open") + draw.flow("b", "j")
    case = play(body + flows, {"n": 0})

    # when
    for _ in range(tokens):
        assert case.send()
    before = case.data["n"]
    case.do("u")

    # then: one pair passes; a token that is left over waits for a partner of its own
    assert before == 0
    assert case.data["n"] == 1
    case.do("open")
    assert case.completed is (tokens == 1)


@pytest.mark.parametrize("taken", [(), ("a",), ("b",), ("a", "b"), ("a", "b", "c")])
def test_an_inclusive_join_waits_for_as_many_as_were_sent(play, draw, taken):
    # given
    branches = draw.nodes("userTask", "a", "b", "c", "d")
    body = START + '<inclusiveGateway id="o" default="o-d"/><inclusiveGateway id="j"/>' + branches
    body += draw.script("z", "n = n + 1") + draw.flow("s", "o", "d", "j", "z")
    for key in "abc":
        body += draw.when("o", key, f"'{key}' in taken") + draw.flow(key, "j")

    # when
    case = play(body, {"taken": list(taken), "n": 0})
    offered = case.at()
    passed = []
    for key in reversed(offered):
        passed.append(case.data["n"])
        case.do(key)

    # then
    assert offered == (list(taken) or ["d"])
    assert passed == [0] * len(offered)
    assert case.completed
    assert case.data["n"] == 1


def test_a_join_with_a_single_flow_in_passes_every_token(play, draw):
    # given
    body = START + '<parallelGateway id="f"/><exclusiveGateway id="m"/><parallelGateway id="j"/>'
    body += draw.script("z", "n = n + 1") + draw.nodes("task", "a", "b", "c")
    flows = draw.flow("s", "f") + draw.flow("m", "j", "z")
    flows += "".join(draw.flow("f", key, "m") for key in "abc")

    # when
    case = play(body + flows, {"n": 0})

    # then
    assert case.completed
    assert case.data["n"] == 3
