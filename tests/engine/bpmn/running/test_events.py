"""Boundary events, event sub-processes, messages, signals, errors and conditions."""

import pytest

from engine.history import What
from engine.instances import InstanceStatus
from engine.ports import FailureWait, MessageWait, SignalWait, TimerWait, UserTaskWait

ERROR = '<errorEventDefinition errorRef="e1"/>'
ANY_ERROR = "<errorEventDefinition/>"
SIGNAL = '<signalEventDefinition signalRef="sg"/>'


def event_sub(draw, definition, interrupting, inside=None):
    start = f'<startEvent id="es1" isInterrupting="{str(interrupting).lower()}">{definition}'
    body = f"{start}</startEvent>" + (inside or draw.script("h", "h = h + 1"))
    return draw.sub("es", body + draw.flow("es1", "h"), attributes='triggeredByEvent="true"')


@pytest.mark.parametrize(
    "definition",
    [
        '<messageEventDefinition messageRef="m"/>',
        SIGNAL,
        ERROR,
        '<escalationEventDefinition escalationRef="x1"/>',
        "<compensateEventDefinition/>",
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        "<conditionalEventDefinition><condition>h == 5</condition></conditionalEventDefinition>",
    ],
)
def test_an_event_sub_process_that_is_not_triggered_neither_runs_nor_keeps_the_scope_open(
    play, draw, definition
):
    # when
    body = '<startEvent id="s"/><task id="a"/>' + draw.flow("s", "a")
    case = play(body + event_sub(draw, definition, True), {"h": 0})

    # then
    assert case.completed
    assert "h" not in case.ran
    assert not case.open


def test_a_non_interrupting_event_sub_process_runs_as_often_as_it_is_triggered(play, draw):
    # given
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + event_sub(draw, draw.message(), False), {"h": 0})

    # when
    for _ in range(3):
        assert case.send()
    case.do("u", x=1)

    # then
    assert case.completed
    assert case.data == {"x": 1, "h": 3}


def test_an_interrupting_event_sub_process_ends_the_scope_and_sees_its_variables(play, draw):
    # given
    body = '<startEvent id="s"/>' + draw.script("a", "k = 7") + '<userTask id="u"/>'
    inside = draw.script("h", "h = k")
    case = play(
        body + draw.flow("s", "a", "u") + event_sub(draw, draw.message(), True, inside), {"h": 0}
    )

    # when
    case.send(p=1)

    # then
    assert case.completed
    assert case.data == {"h": 7, "k": 7, "p": 1}
    assert ("u", What.CANCELLED) in case.history
    assert not case.open


def failing_sub(draw, *boundaries):
    inside = f'<startEvent id="s2"/><endEvent id="e2">{ERROR}</endEvent>' + draw.flow("s2", "e2")
    return (
        '<startEvent id="s"/>'
        + draw.sub("sub", inside)
        + draw.flow("s", "sub")
        + "".join(
            draw.boundary(key, "sub", definition)
            + draw.script(f"r{key}", f"r = '{key}'")
            + draw.flow(key, f"r{key}")
            for key, definition in boundaries
        )
    )


def test_an_error_prefers_its_own_code_to_one_that_takes_any(play, draw):
    # when
    case = play(failing_sub(draw, ("any", ANY_ERROR), ("own", ERROR)))

    # then
    assert case.completed
    assert case.data["r"] == "own"
    assert case.data["error"] == {"code": "E1", "message": "e1"}


def test_an_error_that_nothing_catches_fails_the_instance(play, draw):
    # when
    case = play(failing_sub(draw))

    # then
    assert case.last.status is InstanceStatus.FAILED
    assert not case.open
    assert ("e2", What.COMPLETED) in case.history
    assert ("sub", What.CANCELLED) in case.history


def test_a_failing_expression_reaches_the_error_boundary_and_keeps_the_variables(play, draw):
    # given
    body = (
        '<startEvent id="s"/>'
        + draw.script("a", "k = 1")
        + draw.script("c", "x = k / 0")
        + draw.boundary("b", "c", ANY_ERROR)
        + draw.script("z", "r = error.code")
        + draw.flow("s", "a", "c")
        + draw.flow("b", "z")
    )

    # when
    case = play(body)

    # then
    assert case.completed
    assert case.data["r"] == "expression.failed"
    assert case.data["k"] == 1


def test_a_failing_expression_without_a_boundary_is_an_incident_at_the_element(play, draw):
    # given
    body = '<startEvent id="s"/>' + draw.script("a", "x = 1 / d") + draw.flow("s", "a")

    # when
    case = play(body, {"d": 0})

    # then
    assert case.incident.element == "a"
    assert "1 / d" in case.incident.what
    assert case.incident.cure
    assert ("a", What.INCIDENT) in case.history

    # when the operator corrects the variable
    case.retry("a", d=2)

    # then
    assert case.completed
    assert case.data["x"] == 0.5
    assert not case.waits(FailureWait)


def test_a_boundary_event_survives_a_failed_attempt_and_its_retry(play, draw):
    # given
    body = (
        '<startEvent id="s"/>'
        + draw.script("a", "x = 1 / d")
        + draw.boundary("b", "a", draw.duration("PT1H"))
        + '<userTask id="late"/>'
        + draw.flow("s", "a")
        + draw.flow("b", "late")
    )
    case = play(body, {"d": 0})
    case.retry("a", d=0)
    assert len(case.waits(TimerWait)) == 1

    # when
    case.later(hours=2)

    # then
    assert case.at() == ["late"]
    assert not case.waits(FailureWait)


def test_an_interrupting_boundary_stops_the_very_next_task(play, draw):
    # given
    inside = (
        f'<startEvent id="s2"/><intermediateThrowEvent id="t">{SIGNAL}</intermediateThrowEvent>'
        '<task id="no"/>' + draw.flow("s2", "t", "no")
    )
    body = '<startEvent id="s"/>' + draw.sub("sub", inside) + draw.boundary("b", "sub", SIGNAL)

    # when
    case = play(body + '<task id="z"/>' + draw.flow("s", "sub") + draw.flow("b", "z"))

    # then
    assert case.completed
    assert "z" in case.ran
    assert "no" not in case.ran


def test_what_a_sub_process_did_is_known_after_its_interruption(play, draw):
    # given
    inside = (
        '<startEvent id="s2"/>' + draw.script("a", "k = 1") + '<userTask id="u"/>'
    ) + draw.flow("s2", "a", "u")
    body = '<startEvent id="s"/>' + draw.sub("sub", inside)
    body += draw.boundary("b", "sub", draw.message()) + draw.script("z", "r = k")
    case = play(body + draw.flow("s", "sub") + draw.flow("b", "z"))

    # when
    case.send()

    # then
    assert case.completed
    assert case.data == {"k": 1, "r": 1}
    assert ("sub", What.CANCELLED) in case.history


def test_a_message_takes_the_correlation_key_that_held_when_the_event_was_armed(play, draw):
    # given
    key = "<corral:message correlationKey=\"= 'conversation:' + str(c)\"/>"
    body = '<startEvent id="s"/>' + draw.catch("w", draw.message(), key) + draw.flow("s", "w")
    case = play(body, {"c": 9})
    (wait,) = case.waits(MessageWait)
    assert wait.correlation_key == "conversation:9"

    # when
    others = [case.send(key="conversation:8"), case.send(key=None), case.send("n")]
    own = case.send(key="conversation:9", answer=1)

    # then
    assert others == [False, False, False]
    assert own
    assert case.completed
    assert case.data["answer"] == 1


def test_a_message_goes_to_one_event_the_innermost_and_a_signal_to_all(play, draw):
    # given two user tasks, each with a message and a signal boundary
    body = '<startEvent id="s"/>' + "".join(
        f'<userTask id="u{i}"/>'
        + draw.boundary(f"m{i}", f"u{i}", draw.message(), interrupting=False)
        + draw.boundary(f"g{i}", f"u{i}", SIGNAL, interrupting=False)
        + draw.flow("s", f"u{i}")
        for i in range(2)
    )
    case = play(body)

    # when
    case.send()
    case.signal()

    # then
    assert sum(e in ("m0", "m1") for e in case.ran) == 1
    assert sum(e in ("g0", "g1") for e in case.ran) == 2
    assert len(case.waits(SignalWait)) == 2, "non-interrupting events stay armed"


def test_a_thrown_message_reaches_a_waiting_event_of_the_instance_or_leaves_it(play, draw):
    # given
    throw = (
        '<intermediateThrowEvent id="t"><extensionElements>'
        '<corral:message correlationKey="= k"><corral:input name="text" value="= \'to \' + k"/>'
        f"</corral:message></extensionElements>{draw.message()}</intermediateThrowEvent>"
    )

    # when nobody waits
    case = play('<startEvent id="s"/>' + throw + draw.flow("s", "t"), {"k": "x", "secret": 1})

    # then it is handed out, with the declared payload alone
    (thrown,) = case.last.thrown
    assert (thrown.name, thrown.correlation_key, dict(thrown.payload)) == (
        "m",
        "x",
        {"text": "to x"},
    )

    # when a branch of the same instance waits
    body = '<startEvent id="s"/>' + draw.catch("w", draw.message()) + '<userTask id="u"/>' + throw
    case = play(body + draw.flow("s", "w") + draw.flow("s", "u", "t"), {"k": "x"})
    case.do("u")

    # then
    assert case.completed
    assert case.data["text"] == "to x"
    assert not case.last.thrown


def test_a_condition_fires_when_it_becomes_true_and_again_only_after_it_was_false(play, draw):
    # given
    condition = (
        "<conditionalEventDefinition><condition>n &gt; 2</condition></conditionalEventDefinition>"
    )
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g"/><userTask id="u"/>'
        + draw.sub("outer", "<userTask id='inside'/>")
        + draw.boundary("b", "outer", condition, interrupting=False)
        + draw.script("c", "fired = fired + 1")
        + draw.flow("s", "outer")
        + draw.flow("s", "g", "u", "g")
        + draw.flow("b", "c")
    )
    case = play(body, {"n": 0, "fired": 0})

    # when
    for n in (1, 3, 4, 0, 5):
        case.do("u", n=n)

    # then
    assert case.data["fired"] == 2


def test_an_escalation_climbs_and_the_thrower_goes_on(play, draw):
    # given
    escalation = '<escalationEventDefinition escalationRef="x1"/>'
    inside = (
        f'<startEvent id="s2"/><intermediateThrowEvent id="t">{escalation}</intermediateThrowEvent>'
        '<task id="on"/>' + draw.flow("s2", "t", "on")
    )
    body = '<startEvent id="s"/>' + draw.sub("sub", inside)
    body += draw.boundary("b", "sub", escalation, interrupting=False) + '<task id="z"/>'

    # when
    case = play(body + draw.flow("s", "sub") + draw.flow("b", "z"))

    # then
    assert case.completed
    assert {"on", "z"} <= set(case.ran)


def test_a_terminate_end_event_ends_its_scope_and_no_other(play, draw):
    # given
    inside = (
        '<startEvent id="s2"/><userTask id="u"/>'
        '<endEvent id="e"><terminateEventDefinition/></endEvent>'
        + draw.flow("s2", "u")
        + draw.flow("s2", "e")
    )
    body = '<startEvent id="s"/>' + draw.sub("sub", inside) + '<userTask id="after"/>'

    # when
    case = play(body + draw.flow("s", "sub", "after"))

    # then
    assert case.at() == ["after"]


def test_all_of_several_triggers_are_needed_when_the_drawing_says_so(play, draw):
    # given
    both = draw.message("m") + draw.message("n")
    body = '<startEvent id="s"/>' + draw.catch("c", both, attributes='parallelMultiple="true"')
    case = play(body + draw.flow("s", "c"))
    assert {(wait.message, wait.slot) for wait in case.waits(MessageWait)} == {("m", 0), ("n", 1)}

    # when
    case.send("m")
    assert not case.completed
    assert not case.send("m")
    case.send("n")

    # then
    assert case.completed


def test_any_of_several_triggers_is_enough_otherwise(play, draw):
    # given
    several = draw.message("m") + draw.duration("PT1H")
    case = play('<startEvent id="s"/>' + draw.catch("c", several) + draw.flow("s", "c"))

    # when
    case.later(hours=1)

    # then
    assert case.completed
    closed = {wait.slot: wait.completed for wait in case.last.closed}
    assert closed == {0: False, 1: True}


def test_a_receive_task_waits_for_its_message(play, draw):
    # given
    body = '<startEvent id="s"/><receiveTask id="r" messageRef="m"/><userTask id="u"/>'
    case = play(body + draw.flow("s", "r", "u"))

    # when
    case.send(text="hello")

    # then
    assert case.at() == ["u"]
    assert case.data == {"text": "hello"}


def test_a_message_start_event_is_chosen_by_its_id(play, draw):
    # given
    body = f'<startEvent id="s"/><startEvent id="ms">{draw.message()}</startEvent>'
    body += '<userTask id="plain"/><userTask id="told"/>'

    # when
    case = play(body + draw.flow("s", "plain") + draw.flow("ms", "told"), at="ms")

    # then
    assert case.at(UserTaskWait) == ["told"]
