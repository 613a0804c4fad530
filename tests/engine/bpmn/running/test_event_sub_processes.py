"""Event sub-processes: every trigger, interrupting and not, several, and inside each other."""

import pytest

ERROR = '<errorEventDefinition errorRef="e1"/>'
ESCALATION = '<escalationEventDefinition escalationRef="x1"/>'
SIGNAL = '<signalEventDefinition signalRef="sg"/>'
CONDITION = "<conditionalEventDefinition><condition>hot</condition></conditionalEventDefinition>"
MESSAGE = '<messageEventDefinition messageRef="m"/>'
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"

CAUSES = {
    "message": (MESSAGE, lambda case: case.send("m")),
    "signal": (SIGNAL, lambda case: case.signal("sg")),
    "timer": (TIMER, lambda case: case.later(hours=1)),
    "conditional": (CONDITION, lambda case: case.do("v", hot=True)),
    "escalation": (ESCALATION, lambda case: case.do("w")),
}


def handler(draw, key, definition, *, interrupting=True, inside=None):
    """An event sub-process with a user task ``<key>u``, or with what is ``inside``."""
    start = f'<startEvent id="{key}s" isInterrupting="{str(interrupting).lower()}">{definition}'
    inside = inside or f'<userTask id="{key}u"/>'
    first = inside.split('id="')[1].split('"')[0]
    body = start + "</startEvent>" + inside + draw.flow(f"{key}s", first)
    return draw.sub(key, body, attributes='triggeredByEvent="true"')


def main(draw):
    """Three tasks at once; ``w`` is followed by an escalation."""
    body = '<startEvent id="s"/><userTask id="u"/><userTask id="v"/><userTask id="w"/>'
    body += f'<intermediateThrowEvent id="x">{ESCALATION}</intermediateThrowEvent><task id="y"/>'
    return body + draw.flow("s", "u") + draw.flow("s", "v") + draw.flow("s", "w", "x", "y")


@pytest.mark.parametrize("where", ["process", "sub"])
@pytest.mark.parametrize("kind", CAUSES)
def test_an_interrupting_one_ends_all_else_in_its_scope(play, draw, kind, where):
    # given
    definition, cause = CAUSES[kind]
    body = main(draw) + handler(draw, "h", definition)
    if where == "sub":
        body = '<startEvent id="s0"/>' + draw.sub("sub", body) + '<userTask id="after"/>'
        body += draw.flow("s0", "sub", "after")
    case = play(body, {"hot": False})

    # when
    cause(case)

    # then
    assert case.at() == ["hu"]
    assert len(case.open) == 1
    case.do("hu")
    assert case.at() == (["after"] if where == "sub" else [])
    assert ("y" in case.ran) is False


@pytest.mark.parametrize("kind", CAUSES)
def test_one_that_does_not_interrupt_runs_beside_and_the_scope_waits_for_it(play, draw, kind):
    # given
    definition, cause = CAUSES[kind]
    body = main(draw) + handler(draw, "h", definition, interrupting=False)
    case = play(body, {"hot": False})

    # when
    cause(case)
    assert "hu" in case.at()
    while case.at() != ["hu"]:
        case.do(next(task for task in case.at() if task != "hu"))

    # then
    assert not case.completed
    while case.at():
        case.do("hu")
    assert case.completed
    assert {"u", "v", "w", "y", "hu", "h"} <= set(case.ran)


def test_an_error_ends_its_scope_and_is_handled_there(play, draw):
    # given
    inside = '<startEvent id="s1"/><userTask id="u"/><userTask id="other"/>'
    inside += f'<endEvent id="bad">{ERROR}</endEvent>'
    inside += draw.flow("s1", "u", "bad") + draw.flow("s1", "other") + handler(draw, "h", ERROR)
    body = '<startEvent id="s"/>' + draw.sub("sub", inside) + '<userTask id="after"/>'
    case = play(body + draw.flow("s", "sub", "after"))

    # when
    case.do("u")
    assert case.at() == ["hu"]
    case.do("hu")

    # then
    assert case.at() == ["after"]
    assert case.ran[-4:] == ["hs", "hu", "h", "sub"]


def test_an_error_that_a_handler_throws_again_reaches_the_boundary(play, draw):
    # given
    again = f'<endEvent id="worse">{ERROR}</endEvent>'
    inside = '<startEvent id="s1"/>' + f'<endEvent id="bad">{ERROR}</endEvent>'
    inside += draw.flow("s1", "bad") + handler(draw, "h", ERROR, inside=again)
    body = '<startEvent id="s"/>' + draw.sub("sub", inside) + draw.boundary("b", "sub", ERROR)
    body += '<userTask id="caught"/>'

    # when
    case = play(body + draw.flow("s", "sub") + draw.flow("b", "caught"))

    # then
    assert case.at() == ["caught"]


def test_an_error_inside_a_handler_is_caught_by_a_boundary_inside_it(play, draw):
    # given
    inside = draw.sub("deep", f'<endEvent id="bad">{ERROR}</endEvent>')
    inside += draw.boundary("b", "deep", ERROR) + '<userTask id="caught"/>'
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u") + draw.flow("b", "caught")
    inside += draw.flow("b", "caught")
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + handler(draw, "h", MESSAGE, inside=inside, interrupting=False))

    # when
    case.send()

    # then
    assert case.at() == ["caught", "u"]


def test_several_wait_side_by_side_and_the_interrupting_one_ends_the_others(play, draw):
    # given
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    body += handler(draw, "a", SIGNAL, interrupting=False)
    body += handler(draw, "b", TIMER, interrupting=False) + handler(draw, "c", MESSAGE)
    case = play(body)
    case.signal()
    case.signal()
    case.later(hours=1)
    assert case.at() == ["au", "au", "bu", "u"]

    # when
    case.send()

    # then
    assert case.at() == ["cu"]
    case.do("cu")
    assert case.completed


def test_one_inside_another_waits_only_while_the_outer_one_runs(play, draw):
    # given
    inner = handler(draw, "in", SIGNAL, interrupting=False)
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(
        body
        + handler(draw, "out", MESSAGE, interrupting=False, inside='<userTask id="o"/>' + inner)
    )
    case.signal()
    assert case.at() == ["u"]

    # when
    case.send()
    case.signal()

    # then
    assert case.at() == ["inu", "o", "u"]
    for task in ("o", "inu", "u"):
        case.do(task)
    assert case.completed


def test_a_non_interrupting_one_in_a_loop_belongs_to_its_run(play, draw):
    # given
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    inside = (
        f"{loop}</multiInstanceLoopCharacteristics>" + '<startEvent id="s1"/><userTask id="u"/>'
    )
    inside += draw.flow("s1", "u") + handler(draw, "h", MESSAGE, interrupting=False)
    case = play('<startEvent id="s"/>' + draw.sub("sub", inside) + draw.flow("s", "sub"))

    # when
    case.send()

    # then
    assert case.at() == ["hu", "u", "u"]
    for task in ("u", "hu", "u"):
        case.do(task)
    assert case.completed


@pytest.mark.parametrize("interrupting", [True, False])
def test_several_triggers_on_one_start_are_alternatives(play, draw, interrupting):
    # given
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + handler(draw, "h", MESSAGE + SIGNAL, interrupting=interrupting))

    # when
    case.signal()

    # then
    assert case.at() == (["hu"] if interrupting else ["hu", "u"])
    if not interrupting:
        case.send()
        assert case.at() == ["hu", "hu", "u"]


def test_all_of_several_triggers_are_needed_when_drawn_so(play, draw):
    # given
    definition = MESSAGE + SIGNAL
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    body += handler(draw, "h", definition, interrupting=False).replace(
        'isInterrupting="false"', 'isInterrupting="false" parallelMultiple="true"'
    )
    case = play(body)
    case.signal()
    assert case.at() == ["u"]

    # when
    case.send()

    # then
    assert case.at() == ["hu", "u"]
    case.send()
    assert case.at() == ["hu", "u"]
    case.signal()
    assert case.at() == ["hu", "hu", "u"]


def test_a_process_that_is_over_takes_no_more_triggers(play, draw):
    # given
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + handler(draw, "h", MESSAGE, interrupting=False))
    case.do("u")

    # when / then
    assert case.completed
    assert not case.send()
    assert not case.open


def test_a_repeating_timer_starts_one_after_the_other(play, draw):
    # given
    cycle = "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>"
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + handler(draw, "h", cycle, interrupting=False))

    # when
    for _ in range(3):
        case.later(hours=1)

    # then
    assert case.at() == ["hu", "hu", "u"]


@pytest.mark.parametrize("where", ["boundary", "event sub-process"])
def test_what_is_thrown_in_the_same_breath_starts_one_each(play, draw, where):
    # given two branches that throw the same escalation, one right after the other
    throws = "".join(
        f'<intermediateThrowEvent id="{key}">{ESCALATION}</intermediateThrowEvent>'
        for key in ("x", "y")
    )
    paths = draw.flow("s1", "f", "x", "w") + draw.flow("f", "y", "w")
    inside = '<startEvent id="s1"/><parallelGateway id="f"/>' + throws + '<userTask id="w"/>'
    sub = draw.sub("sp", inside + paths)
    if where == "boundary":
        caught = draw.boundary("b", "sp", ESCALATION, interrupting=False)
        caught += '<userTask id="hu"/>' + draw.flow("b", "hu")
    else:
        caught = handler(draw, "h", ESCALATION, interrupting=False)

    # when
    case = play('<startEvent id="s"/>' + sub + caught + draw.flow("s", "sp"))

    # then
    assert case.at() == ["hu", "hu", "w", "w"]


def test_the_payload_that_starts_one_is_mapped_once(play, draw):
    # given a mapping at the start event, and variables around it
    kept = '<corral:mapping><corral:output name="kept" value="= wanted"/></corral:mapping>'
    event = f"<extensionElements>{kept}</extensionElements>{MESSAGE}"
    body = '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u")
    case = play(body + handler(draw, "h", event), {"before": 1})

    # when
    case.send(wanted=2, other=3)

    # then
    assert case.at() == ["hu"]
    assert case.data == {"before": 1, "kept": 2}
