"""Loops, multi-instance activities, ad-hoc sub-processes and called processes."""

import pytest

from engine.history import What
from engine.ports import Event, EventKind, UserTaskWait


def multi(inside="", attributes="", item="it", collection="items"):
    return (
        f"<multiInstanceLoopCharacteristics {attributes}>"
        f"<loopDataInputRef>{collection}</loopDataInputRef><inputDataItem name='{item}'/>"
        f"{inside}</multiInstanceLoopCharacteristics>"
    )


def counted(number, inside="", attributes=""):
    return (
        f"<multiInstanceLoopCharacteristics {attributes}><loopCardinality>{number}"
        f"</loopCardinality>{inside}</multiInstanceLoopCharacteristics>"
    )


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_a_multi_instance_merges_what_each_instance_changed(play, draw, sequential):
    # given
    loop = multi(attributes=f'isSequential="{sequential}"')
    body = '<startEvent id="s"/>' + draw.script("a", "seen[it] = it * 2", inner=loop)

    # when
    case = play(body + draw.flow("s", "a"), {"items": ["x", "y"], "seen": {}})

    # then
    assert case.data == {"items": ["x", "y"], "seen": {"x": "xx", "y": "yy"}}


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_results_of_instances_keep_the_order_of_the_items(play, draw, sequential):
    # given
    results = "<loopDataOutputRef>out</loopDataOutputRef><outputDataItem name='r'/>"
    loop = multi(results, f'isSequential="{sequential}"')
    body = '<startEvent id="s"/>' + draw.script("a", "r = it + 1", inner=loop)

    # when
    case = play(body + draw.flow("s", "a"), {"items": [1, 2, 3]})

    # then
    assert case.data == {"items": [1, 2, 3], "out": [2, 3, 4]}


def test_instances_that_wait_keep_their_own_variables_through_storage(play, draw):
    # given
    results = "<loopDataOutputRef>out</loopDataOutputRef><outputDataItem name='r'/>"
    body = f'<startEvent id="s"/><userTask id="u">{multi(results)}</userTask>'
    case = play(body + draw.flow("s", "u"), {"items": ["a", "b"]})
    first, second = case.waits(UserTaskWait)
    seen = case.runner.variables(case.stored, case.state, token=second.token, catalogue=case.shelf)
    assert (seen["it"], seen["loopCounter"]) == ("b", 1)

    # when the second is done first
    for wait, result in ((second, "B"), (first, "A")):
        case.apply(
            Event(
                EventKind.USER_TASK_COMPLETED,
                token=wait.token,
                payload={"r": result, wait.element: 1},
            )
        )

    # then
    assert case.completed
    assert case.data == {"items": ["a", "b"], "out": ["A", "B"], "u": 1}


def test_a_completion_condition_cancels_the_other_instances(play, draw):
    # given
    enough = "<completionCondition>nrOfCompletedInstances &gt;= 2</completionCondition>"
    body = f'<startEvent id="s"/><userTask id="u">{counted(3, enough)}</userTask>'
    case = play(body + draw.flow("s", "u"))
    assert len(case.waits(UserTaskWait)) == 3

    # when
    case.do("u")
    case.do("u")

    # then
    assert case.completed
    assert not case.open
    assert case.history.count(("u", What.CANCELLED)) == 1


def test_no_items_means_no_run(play, draw):
    # when
    body = '<startEvent id="s"/>' + draw.script("a", "n = 1", inner=multi())
    case = play(body + draw.flow("s", "a"), {"items": []})

    # then
    assert case.completed
    assert case.data == {"items": []}


@pytest.mark.parametrize("number", ["-1", "'three'", "20000"])
def test_a_number_of_instances_that_cannot_be_is_an_incident(play, draw, number):
    # when
    body = f'<startEvent id="s"/><userTask id="u">{counted(number)}</userTask>'
    case = play(body + draw.flow("s", "u"))

    # then
    assert case.incident.element == "u"


def test_a_boundary_event_of_a_loop_interrupts_all_its_instances(play, draw):
    # given
    body = f'<startEvent id="s"/><userTask id="u">{counted(3)}</userTask><task id="z"/>'
    body += draw.boundary("b", "u", draw.message())
    case = play(body + draw.flow("s", "u") + draw.flow("b", "z"))

    # when
    case.send()

    # then
    assert case.completed
    assert not case.open


def test_behaviour_one_throws_after_the_first_instance_and_interrupts_nothing(play, draw):
    # given
    shared = '<signalEventDefinition id="one" signalRef="sg"/>'
    loop = counted(3, "", 'behavior="One" oneBehaviorEventRef="one"')
    body = f'<startEvent id="s"/><userTask id="u">{loop}</userTask>' + draw.script("z", "n = n + 1")
    body += draw.boundary("b", "u", '<signalEventDefinition signalRef="sg"/>')
    case = play(body + draw.flow("s", "u") + draw.flow("b", "z"), {"n": 0}, more=shared)

    # when
    for _ in range(3):
        case.do("u")

    # then
    assert case.completed
    assert case.data["n"] == 1


@pytest.mark.parametrize(("before", "turns"), [("false", 1), ("true", 0)])
def test_a_standard_loop_looks_at_its_condition_before_or_after(play, draw, before, turns):
    # given
    loop = (
        f'<standardLoopCharacteristics testBefore="{before}">'
        "<loopCondition>n &lt; 0</loopCondition></standardLoopCharacteristics>"
    )

    # when
    body = '<startEvent id="s"/>' + draw.script("a", "n = n + 1", inner=loop)
    case = play(body + draw.flow("s", "a"), {"n": 0})

    # then
    assert case.data["n"] == turns


def test_a_standard_loop_with_a_person_in_it_ends_by_condition_or_maximum(play, draw):
    # given
    loop = (
        '<standardLoopCharacteristics loopMaximum="5">'
        "<loopCondition>not good</loopCondition></standardLoopCharacteristics>"
    )
    case = play(f'<startEvent id="s"/><userTask id="u">{loop}</userTask>' + draw.flow("s", "u"))

    # when
    case.do("u", good=False)
    case.do("u", good=True)

    # then
    assert case.completed
    assert case.data == {"good": True}


def test_an_ad_hoc_sub_process_ends_when_all_is_done(play, draw):
    # given
    body = '<startEvent id="s"/>' + draw.sub(
        "ah", draw.nodes("userTask", "a", "b"), "adHocSubProcess"
    )
    case = play(body + '<task id="z"/>' + draw.flow("s", "ah", "z"))

    # when
    case.do("b")
    case.do("a")

    # then
    assert case.completed
    assert "z" in case.ran


def test_an_ad_hoc_sub_process_ends_by_its_condition(play, draw):
    # given
    inside = draw.nodes("userTask", "a", "b") + "<completionCondition>ok</completionCondition>"
    body = '<startEvent id="s"/>' + draw.sub("ah", inside, "adHocSubProcess") + '<task id="z"/>'
    case = play(body + draw.flow("s", "ah", "z"), {"ok": False})

    # when
    case.do("b", ok=True)

    # then
    assert case.completed
    assert not case.open


CALL = '<startEvent id="s"/><callActivity id="c" calledElement="q"/>'


def test_a_called_process_gives_back_what_it_changed_and_keeps_what_others_changed(play, draw):
    # given
    inside = '<startEvent id="qs"/><userTask id="u"/>' + draw.script("x", "b = b + 1")
    body = CALL + '<userTask id="beside"/>' + draw.flow("s", "c") + draw.flow("s", "beside")
    case = play(body, {"a": 1, "b": 1}, called=[("q", inside + draw.flow("qs", "u", "x"))])

    # when
    case.do("beside", a=5)
    case.do("u", n=1)

    # then
    assert case.completed
    assert case.data == {"a": 5, "b": 2, "n": 1}


def test_a_call_uses_the_version_that_is_current_when_it_is_made_and_stays_on_it(play, draw):
    # given
    case = play(CALL + draw.flow("s", "c"), called=[("q", '<userTask id="old"/>')])
    case.shelf.add("q", draw.process('<userTask id="new"/>', "q"))

    # when
    other = play(CALL + draw.flow("s", "c"))
    case.do("old")

    # then
    assert case.completed
    assert other.at() == ["new"]


def test_a_process_that_is_not_deployed_is_an_incident_that_deploying_it_cures(play, draw):
    # given
    case = play(CALL + draw.flow("s", "c"))
    assert "'q' is not deployed" in case.incident.what

    # when
    case.shelf.add("q", draw.process('<userTask id="u"/>', "q"))
    case.retry("c")

    # then
    assert case.at() == ["u"]


def test_an_error_climbs_out_of_a_called_process(play, draw):
    # given
    inside = '<endEvent id="e"><errorEventDefinition errorRef="e1"/></endEvent>'
    body = CALL + draw.boundary("b", "c", '<errorEventDefinition errorRef="e1"/>')
    body += '<userTask id="z"/>'

    # when
    case = play(body + draw.flow("s", "c") + draw.flow("b", "z"), called=[("q", inside)])

    # then
    assert case.at() == ["z"]


def test_a_process_that_calls_itself_for_ever_is_stopped(play, draw):
    # when
    case = play(
        '<startEvent id="s"/><callActivity id="c" calledElement="p"/>' + draw.flow("s", "c")
    )

    # then
    assert "60 deep" in case.incident.what


def test_sub_processes_nested_50_deep_run(play, draw):
    # given
    body = draw.script("x", "k = 1")
    for i in range(50):
        body = draw.sub(f"s{i}", body)

    # when
    case = play(body)

    # then
    assert case.completed
    assert case.data == {"k": 1}


def test_a_person_inside_nested_sub_processes_is_found_again_after_storage(play, draw):
    # given
    body = '<userTask id="u"/>'
    for i in range(20):
        body = draw.sub(f"s{i}", body)
    case = play(body)

    # when
    case.do("u", k=1)

    # then
    assert case.completed
    assert case.data == {"k": 1}
