"""What stays inside a sub-process or call, and what leaves it."""

import pytest

ERROR = '<errorEventDefinition errorRef="e1"/>'
ESCALATION = '<escalationEventDefinition escalationRef="x1"/>'
SIGNAL = '<signalEventDefinition signalRef="sg"/>'
CONDITION = "<conditionalEventDefinition><condition>hot</condition></conditionalEventDefinition>"
TERMINATE = '<endEvent id="t"><terminateEventDefinition/></endEvent>'
START = '<startEvent id="s"/>'
CALL = START + '<callActivity id="c" calledElement="q"/>'
LOOP = (
    "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    "</multiInstanceLoopCharacteristics>"
)


def two_tasks(draw):
    inside = '<startEvent id="s1"/><userTask id="u"/><userTask id="w"/>' + TERMINATE
    return inside + draw.flow("s1", "u", "t") + draw.flow("s1", "w")


def test_terminate_ends_a_sub_process_and_the_flow_goes_on(play, draw):
    # given
    body = START + draw.sub("sub", two_tasks(draw)) + '<userTask id="z"/>'
    case = play(body + draw.flow("s", "sub", "z"))

    # when
    case.do("u")

    # then
    assert case.at() == ["z"]
    assert case.ran == ["s", "s1", "u", "t", "sub"]


def test_terminate_ends_a_called_process_and_the_caller_goes_on(play, draw):
    # given
    body = CALL + '<userTask id="z"/>' + draw.flow("s", "c", "z")
    case = play(body, called=[("q", two_tasks(draw))])

    # when
    case.do("u")

    # then
    assert case.at() == ["z"]


def test_an_escalation_climbs_out_of_a_call_which_goes_on(play, draw):
    # given
    inside = '<startEvent id="q1"/><userTask id="qu"/>' + draw.flow("q1", "x", "qu")
    inside += f'<intermediateThrowEvent id="x">{ESCALATION}</intermediateThrowEvent>'
    body = CALL + draw.boundary("b", "c", ESCALATION, interrupting=False) + '<userTask id="z"/>'

    # when
    case = play(body + draw.flow("s", "c") + draw.flow("b", "z"), called=[("q", inside)])

    # then
    assert case.at() == ["qu", "z"]


CAUSES = {
    "message": ('<messageEventDefinition messageRef="m"/>', lambda case: case.send()),
    "signal": (SIGNAL, lambda case: case.signal()),
    "timer": (
        "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>",
        lambda case: case.later(hours=1),
    ),
    "condition": (CONDITION, lambda case: case.do("side", hot=True)),
}


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("kind", CAUSES)
def test_every_boundary_event_works_on_a_call(play, draw, kind, interrupting):
    # given
    definition, cause = CAUSES[kind]
    inside = '<startEvent id="q1"/><userTask id="qu"/>' + draw.flow("q1", "qu")
    body = CALL + '<userTask id="side"/><userTask id="z"/>' + draw.flow("s", "c")
    body += draw.boundary("b", "c", definition, interrupting=interrupting)
    body += draw.flow("s", "side") + draw.flow("b", "z")
    case = play(body, {"hot": False}, called=[("q", inside)])

    # when
    cause(case)

    # then
    assert "z" in case.at()
    assert ("qu" in case.at()) is not interrupting


def test_an_error_of_one_run_ends_all_runs(play, draw):
    # given
    inside = LOOP + '<startEvent id="s1"/><userTask id="u"/>' + draw.flow("s1", "u", "e")
    inside += f'<endEvent id="e">{ERROR}</endEvent>'
    body = START + draw.sub("sub", inside) + draw.boundary("b", "sub", ERROR)
    case = play(body + '<userTask id="z"/>' + draw.flow("s", "sub") + draw.flow("b", "z"))

    # when
    case.do("u")

    # then
    assert case.at() == ["z"]


def test_each_run_may_escalate_to_a_boundary_that_does_not_interrupt(play, draw):
    # given
    inside = LOOP + '<startEvent id="s1"/><userTask id="u"/>' + draw.flow("s1", "u", "x")
    inside += f'<intermediateThrowEvent id="x">{ESCALATION}</intermediateThrowEvent>'
    body = START + draw.sub("sub", inside) + '<userTask id="z"/><userTask id="after"/>'
    body += draw.boundary("b", "sub", ESCALATION, interrupting=False)
    case = play(body + draw.flow("s", "sub", "after") + draw.flow("b", "z"))

    # when
    case.do("u")
    case.do("u")
    assert case.at() == ["u", "z", "z"]
    case.do("u")

    # then
    assert case.at() == ["after", "z", "z", "z"]


def test_an_instance_hears_its_own_signal(play, draw):
    # given
    body = START + '<parallelGateway id="g"/><userTask id="z"/>' + draw.catch("c", SIGNAL)
    body += f'<intermediateThrowEvent id="t">{SIGNAL}</intermediateThrowEvent>'

    # when
    case = play(body + draw.flow("s", "g", "c", "z") + draw.flow("g", "t"))

    # then
    assert case.at() == ["z"]


def test_several_throwing_links_lead_to_one_catch_in_their_sub_process(play, draw):
    # given
    def link(key, kind):
        name = f"intermediate{kind}Event"
        return f'<{name} id="{key}"><linkEventDefinition name="L"/></{name}>'

    inside = '<startEvent id="s1"/>' + link("t1", "Throw") + link("t2", "Throw")
    inside += link("c", "Catch") + draw.script("k", "n = n + 1") + draw.flow("c", "k")
    inside += draw.flow("s1", "t1") + draw.flow("s1", "t2")

    # when
    case = play(START + draw.sub("sub", inside) + draw.flow("s", "sub"), {"n": 0})

    # then
    assert case.completed
    assert case.data == {"n": 2}
    assert case.ran.count("c") == 2


def test_several_triggers_of_a_throwing_event_are_all_thrown(play, draw):
    # given
    message = '<messageEventDefinition messageRef="{}"/>'
    body = START + f'<intermediateThrowEvent id="t">{SIGNAL}{message.format("n")}'
    body += f'</intermediateThrowEvent><endEvent id="e">{message.format("m")}'
    body += '<terminateEventDefinition/></endEvent><userTask id="u"/>'

    # when
    case = play(body + draw.flow("s", "t", "e") + draw.flow("s", "u"))

    # then
    assert case.completed
    assert [thrown.name for thrown in case.last.thrown] == ["sg", "n", "m"]


def test_a_collapsed_sub_process_without_content_passes(play, draw):
    # when
    case = play(START + '<subProcess id="x"/><userTask id="z"/>' + draw.flow("s", "x", "z"))

    # then
    assert case.at() == ["z"]
    assert case.ran == ["s", "x"]


def test_flows_and_elements_without_ids_or_names_run(play):
    # when
    case = play(
        '<startEvent id="s"/><task/><task id="b"/><sequenceFlow sourceRef="s" targetRef="b"/>'
    )

    # then
    assert case.completed
    assert "b" in case.ran


def test_an_event_without_a_trigger_passes(play, draw):
    # when
    case = play(START + '<intermediateThrowEvent id="i"/>' + draw.flow("s", "i"))

    # then
    assert case.ran == ["s", "i"]


def test_a_condition_that_holds_already_starts_its_event_sub_process_at_once(play, draw):
    # given
    inside = f'<startEvent id="hs">{CONDITION}</startEvent><userTask id="hu"/>'
    body = START + '<userTask id="u"/>' + draw.flow("s", "u")
    body += draw.sub("h", inside + draw.flow("hs", "hu"), attributes='triggeredByEvent="true"')

    # when
    case = play(body, {"hot": True})

    # then
    assert case.at() == ["hu"]
