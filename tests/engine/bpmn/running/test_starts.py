"""How an instance begins: gateways and tasks that create it, several start events, none at all."""

import pytest

from engine.definitions import Source
from engine.errors import NotStartableError
from engine.ports import MessageWait


def instantiating(draw, attributes):
    body = f'<eventBasedGateway id="g" instantiate="true" {attributes}/>'
    body += draw.catch("c1", draw.message("m")) + '<receiveTask id="c2" messageRef="n"/>'
    body += '<parallelGateway id="j"/><userTask id="u1"/><userTask id="u2"/>'
    body += draw.flow("g", "c1", "u1", "j") + draw.flow("g", "c2", "u2", "j")
    return body


@pytest.mark.parametrize(("first", "second", "ran"), [("c1", "n", "c2"), ("c2", "m", "c1")])
def test_behind_a_parallel_gateway_the_first_event_starts_and_the_others_are_waited_for(
    play, draw, first, second, ran
):
    # given
    body = instantiating(draw, 'eventGatewayType="Parallel"') + '<task id="z"/>'
    case = play(body + draw.flow("j", "z"), {"x": 1}, at=first)
    assert case.at(MessageWait) == [ran]
    assert case.ran == [first]

    # when
    case.send(second, y=2)
    for task in case.at():
        case.do(task)

    # then
    assert case.completed
    assert case.ran == [first, ran, "u1", "u2", "j", "z"]
    assert case.data == {"x": 1, "y": 2}


def test_behind_an_exclusive_gateway_one_event_is_enough(play, draw):
    # given
    body = instantiating(draw, "").replace("parallelGateway", "exclusiveGateway")

    # when
    case = play(body, at="c1")

    # then
    assert case.at() == ["u1"]
    assert not case.at(MessageWait)


def test_each_of_several_receive_tasks_creates_an_instance(play, draw):
    # given
    body = '<receiveTask id="r1" messageRef="m" instantiate="true"/>'
    body += '<receiveTask id="r2" messageRef="n" instantiate="true"/>'
    body += '<userTask id="u1"/><userTask id="u2"/>' + draw.flow("r1", "u1") + draw.flow("r2", "u2")
    source = Source("p.bpmn", draw.process(body))

    # when
    starts = [
        start
        for report in play.runner.read([source])
        for definition in report.definitions
        for start in definition.message_starts
    ]
    cases = [play(body, at=start.element) for start in starts]

    # then
    assert [start.message for start in starts] == ["m", "n"]
    assert [case.at() for case in cases] == [["u1"], ["u2"]]


def test_the_chosen_start_event_runs_alone(play, draw):
    # given
    body = '<startEvent id="s1"/><userTask id="u1"/>' + draw.flow("s1", "u1")
    body += f'<startEvent id="s2">{draw.message()}</startEvent><userTask id="u2"/>'
    body += draw.flow("s2", "u2")

    # when
    plain, by_message = play(body), play(body, at="s2")

    # then
    assert plain.at() == ["u1"]
    assert by_message.at() == ["u2"]


def test_a_process_without_a_plain_start_cannot_be_started_without_its_event(play, draw):
    # given
    body = f'<startEvent id="s2">{draw.message()}</startEvent><task id="t"/>'

    # when / then
    with pytest.raises(NotStartableError):
        play(body + draw.flow("s2", "t"))


def test_several_plain_starts_are_alternatives_the_first_is_taken(play, draw):
    # given
    body = '<startEvent id="s1"/><startEvent id="s2"/><userTask id="u1"/><userTask id="u2"/>'
    body += draw.flow("s1", "u1") + draw.flow("s2", "u2")

    # when
    case, other = play(body), play(body, at="s2")

    # then
    assert case.at() == ["u1"]
    assert other.at() == ["u2"]


def test_without_a_start_event_all_that_nothing_leads_to_starts(play, draw):
    # given
    inside = '<userTask id="a"/><userTask id="b"/><userTask id="c"/>' + draw.flow("a", "c")

    # when
    case = play('<startEvent id="s"/>' + draw.sub("sub", inside) + draw.flow("s", "sub"))

    # then
    assert case.at() == ["a", "b"]


def test_a_plain_start_of_a_sub_process_may_be_one_of_several(play, draw):
    # given
    inside = '<startEvent id="a1"/><startEvent id="a2"/><userTask id="u1"/><userTask id="u2"/>'
    inside += draw.flow("a1", "u1") + draw.flow("a2", "u2")

    # when
    case = play('<startEvent id="s"/>' + draw.sub("sub", inside) + draw.flow("s", "sub"))

    # then
    assert case.at() == ["u1"]
