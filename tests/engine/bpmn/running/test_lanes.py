"""Lanes and pools as queues of user tasks."""

import pytest

from engine.ports import UserTaskWait

START = '<startEvent id="s"/>'


def lane(name, *inside):
    return f'<lane id="l{name}" name="{name}">{"".join(inside)}</lane>'


def holds(key):
    return f"<flowNodeRef>{key}</flowNodeRef>"


def inner(*inside):
    return f'<childLaneSet id="inner">{"".join(inside)}</childLaneSet>'


NESTED = {
    "inner last": lane("Outer", holds("u"), inner(lane("Inner", holds("u")))),
    "inner first": lane("Outer", inner(lane("Inner", holds("u"))), holds("u")),
    "inner alone": lane("Outer", inner(lane("Inner", holds("u")))),
    "inner without a name": lane("Inner", inner(lane("", holds("u"))), holds("u")),
}


@pytest.mark.parametrize("lanes", NESTED.values(), ids=list(NESTED))
def test_the_innermost_lane_with_a_name_is_the_queue(play, draw, lanes):
    # given
    body = f'<laneSet id="ls">{lanes}</laneSet>' + START + '<userTask id="u"/>'

    # when
    case = play(body + draw.flow("s", "u"))

    # then
    assert case.wait(UserTaskWait, "u").queue == "Inner"


def test_a_queue_that_is_named_goes_before_the_lane(play, draw):
    # given
    extension = '<extensionElements><corral:userTask queue="named"/></extensionElements>'
    body = f'<laneSet id="ls">{lane("Lane", holds("u"))}</laneSet>' + START
    body += f'<userTask id="u">{extension}</userTask>'

    # when
    case = play(body + draw.flow("s", "u"))

    # then
    assert case.wait(UserTaskWait, "u").queue == "named"


def test_what_is_in_a_sub_process_stands_in_its_lane(play, draw):
    # given
    inside = '<startEvent id="s1"/><userTask id="u"/>' + draw.flow("s1", "u")
    body = f'<laneSet id="ls">{lane("Lane", holds("sub"))}</laneSet>' + START

    # when
    case = play(body + draw.sub("sub", inside) + draw.flow("s", "sub"))

    # then
    assert case.wait(UserTaskWait, "u").queue == "Lane"


def test_without_lanes_the_pool_is_the_queue(play, draw):
    # given
    pool = '<participant id="pool" name="Service desk" processRef="p"/>'
    more = f'<collaboration id="all">{pool}</collaboration>'

    # when
    case = play(START + '<userTask id="u"/>' + draw.flow("s", "u"), more=more)

    # then
    assert case.wait(UserTaskWait, "u").queue == "Service desk"
