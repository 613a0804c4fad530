"""Called processes in loops and side by side: what comes back, and which version runs."""

from __future__ import annotations

import pytest

from engine.ports import Event, EventKind, UserTaskWait

START = '<startEvent id="s"/>'
both_ways = pytest.mark.parametrize("sequential", [False, True])


def over(*, sequential):
    """A call for each of ``items``; ``r`` is the result of one, ``out`` that of all."""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        "<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>out</loopDataOutputRef>"
        "<inputDataItem name='it'/><outputDataItem name='r'/></multiInstanceLoopCharacteristics>"
    )


@both_ways
def test_a_called_process_runs_once_an_item_and_gives_its_result_back(play, draw, sequential):
    # given
    inside = '<startEvent id="qs"/><userTask id="u"/>' + draw.script("x", "r = answer + it")
    call = f'<callActivity id="c" calledElement="q">{over(sequential=sequential)}</callActivity>'
    called = [("q", inside + draw.flow("qs", "u", "x"))]
    case = play(START + call + draw.flow("s", "c"), {"items": ["1", "2"]}, called=called)

    # when
    for answer in "ab":
        token = case.waits(UserTaskWait)[0].token
        data = {"answer": answer}
        case.apply(Event(EventKind.USER_TASK_COMPLETED, token=token, payload=data))

    # then
    assert case.completed
    assert case.data["out"] == ["a1", "b2"]


def test_runs_of_one_call_keep_the_version_they_began_with(play, draw):
    # given
    call = f'<callActivity id="c" calledElement="q">{over(sequential=True)}</callActivity>'
    called = [("q", '<userTask id="old"/>')]
    case = play(START + call + draw.flow("s", "c"), {"items": [1, 2]}, called=called)

    # when: a newer version comes while the first run waits
    case.shelf.add("q", draw.process('<userTask id="new"/>', "q"))
    before = case.at()
    case.do("old", r="a")
    after = case.at()
    case.do("new", r="b")

    # then
    assert (before, after) == (["old"], ["new"])
    assert case.completed
    assert case.data["out"] == ["a", "b"]


def test_an_old_call_and_a_new_one_run_side_by_side_in_one_instance(play, draw):
    # given
    gates = '<parallelGateway id="f"/><parallelGateway id="j"/>'
    calls = "".join(f'<callActivity id="{key}" calledElement="q"/>' for key in ("c1", "c2"))
    flows = draw.flow("s", "f", "c1", "j", "z") + draw.flow("f", "wait", "c2", "j")
    body = START + gates + calls + draw.nodes("userTask", "wait", "z") + flows
    case = play(body, called=[("q", '<userTask id="old"/>')])
    case.shelf.add("q", draw.process('<userTask id="new"/>', "q"))

    # when
    case.do("wait")
    side_by_side = case.at()
    case.do("new", n=2)
    case.do("old", o=1)

    # then
    assert side_by_side == ["new", "old"]
    assert case.at() == ["z"]
    assert case.data == {"n": 2, "o": 1}
