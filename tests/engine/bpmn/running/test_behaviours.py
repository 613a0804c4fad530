"""What looping activities throw while they run, and what their runs count and give back."""

import pytest

from engine.ports import UserTaskWait
from tests.engine.bpmn.running.conftest import Case

SIGNAL = '<signalEventDefinition signalRef="sg"/>'


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize(("behaviour", "times"), [("None", 3), ("One", 1), ("All", 0)])
def test_behaviours_throw_after_each_run_the_first_or_never(
    play, draw, behaviour, times, sequential
):
    # given
    reference = "" if behaviour == "All" else f'{behaviour.lower()}BehaviorEventRef="bd"'
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}" '
        f'behavior="{behaviour}" {reference}><loopCardinality>3</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    body = f'<startEvent id="s"/><userTask id="u">{loop}</userTask>' + draw.flow("s", "u")
    body += draw.boundary("b", "u", SIGNAL, interrupting=False) + draw.script("k", "n = n + 1")
    case = play(
        body + draw.flow("b", "k"), {"n": 0}, more='<signalEventDefinition id="bd" signalRef="sg"/>'
    )

    # when
    for _ in range(3):
        case.do("u")

    # then
    assert case.completed
    assert case.data == {"n": times}


@pytest.mark.parametrize("name", ["nrOfCompletedInstances", "numberOfCompletedInstances"])
def test_a_complex_behaviour_throws_when_its_condition_on_the_counts_holds(play, draw, name):
    # given
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true" behavior="Complex">'
        "<loopCardinality>3</loopCardinality><complexBehaviorDefinition>"
        f'<condition>{name} == 2</condition><event id="ie">{SIGNAL}</event>'
        "</complexBehaviorDefinition></multiInstanceLoopCharacteristics>"
    )
    body = f'<startEvent id="s"/><userTask id="u">{loop}</userTask>' + draw.flow("s", "u")
    body += draw.boundary("b", "u", SIGNAL, interrupting=False) + draw.script("k", "n = n + 1")
    case = play(body + draw.flow("b", "k"), {"n": 0})

    # when
    for _ in range(3):
        case.do("u")

    # then
    assert case.completed
    assert case.data == {"n": 1}


def test_each_run_of_a_receive_task_takes_one_message(play, draw):
    # given
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    body = f'<receiveTask id="r" messageRef="m">{loop}</multiInstanceLoopCharacteristics>'
    case = play('<startEvent id="s"/>' + body + "</receiveTask>" + draw.flow("s", "r"))

    # when
    case.send(a=1)
    assert not case.completed
    case.send(b=2)

    # then
    assert case.completed
    assert case.data == {"a": 1, "b": 2}


def test_each_run_of_a_call_gives_its_results_back(play, draw):
    # given
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
    body = f'<callActivity id="c" calledElement="q">{loop}</multiInstanceLoopCharacteristics>'
    called = '<startEvent id="x"/><userTask id="u"/>' + draw.flow("x", "u")
    case = play(
        '<startEvent id="s"/>' + body + "</callActivity>" + draw.flow("s", "c"),
        called=[("q", called)],
    )

    # when
    case.do("u", a=1)
    case.do("u", b=2)

    # then
    assert case.completed
    assert case.data == {"a": 1, "b": 2}


@pytest.mark.parametrize(("attributes", "counters"), [("", [0, 1]), ("feel", [1, 2])])
def test_the_counter_begins_where_lists_begin_in_the_language(play, draw, attributes, counters):
    # given
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>'
        "</multiInstanceLoopCharacteristics>"
    )
    body = f'<startEvent id="s"/><userTask id="u">{loop}</userTask>' + draw.flow("s", "u")
    content = draw.process(body).decode()
    if attributes:
        content = content.replace(
            "<definitions", '<definitions xmlns:n="urn:corral:normal" n:language="feel"', 1
        )
    case = Case(play.runner, play.shelf, play.shelf.add("p", content.encode()))
    case.start()

    # when
    seen = []
    while case.open:
        token = case.wait(UserTaskWait, "u").token
        found = play.runner.variables(case.stored, case.state, token=token, catalogue=case.shelf)
        seen.append(found["loopCounter"])
        case.do("u")

    # then
    assert seen == counters
