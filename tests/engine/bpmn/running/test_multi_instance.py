"""Multi-instance activities at their borders: odd numbers, odd collections, errors, boundaries."""

from __future__ import annotations

import pytest

from engine.history import What
from engine.ports import Event, EventKind, FailureWait, TimerWait, UserTaskWait

RESULTS = "<loopDataOutputRef>out</loopDataOutputRef><outputDataItem name='r'/>"
START = '<startEvent id="s"/>'
ERROR_1 = '<errorEventDefinition errorRef="e1"/>'


def over(collection="items", inside="", sequential=False, results=RESULTS):
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<loopDataInputRef>{collection}</loopDataInputRef>{results}<inputDataItem name='it'/>"
        f"{inside}</multiInstanceLoopCharacteristics>"
    )


def times(number, inside="", sequential=False):
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f"<loopCardinality>{number}</loopCardinality>{inside}</multiInstanceLoopCharacteristics>"
    )


def user_task(key, loop=""):
    return f'<userTask id="{key}">{loop}</userTask>'


def finish(case, wait, **data):
    """Complete one user task of several at the same element."""
    event = Event(EventKind.USER_TASK_COMPLETED, token=wait.token, payload=data, by="ana")
    case.apply(event)


both_ways = pytest.mark.parametrize("sequential", [False, True])


@both_ways
@pytest.mark.parametrize("number", [0, 1, 3, 3.0])
def test_an_activity_runs_as_often_as_its_cardinality_says(play, draw, number, sequential):
    # when
    body = START + draw.script("a", "n = n + 1", inner=times("many", sequential=sequential))
    case = play(body + draw.flow("s", "a"), {"many": number, "n": 0})

    # then: in parallel each run counts from what it saw
    assert case.completed
    assert case.data["n"] == (int(number) if sequential else min(int(number), 1))
    assert case.ran.count("a") >= 1


@pytest.mark.parametrize("number", [-1, -0.5, 2.5, True, None, "3", [3], 10_001, 1e300])
def test_a_cardinality_that_is_no_whole_number_is_an_incident_that_a_correction_cures(
    play, draw, number
):
    # given
    case = play(START + user_task("u", times("many")) + draw.flow("s", "u"), {"many": number})
    assert case.incident.element == "u"
    assert case.incident.cure

    # when
    case.retry("u", many=2)

    # then
    assert case.at() == ["u", "u"]


@pytest.mark.parametrize("collection", ["abc", 7, None, True, 1.5])
def test_a_collection_that_is_no_list_is_an_incident_that_a_correction_cures(
    play, draw, collection
):
    # given
    case = play(START + user_task("u", over()) + draw.flow("s", "u"), {"items": collection})
    assert "no list" in case.incident.what

    # when
    case.retry("u", items=["x"])
    case.do("u", r="X")

    # then
    assert case.completed
    assert case.data == {"items": ["x"], "out": ["X"]}


def test_a_collection_that_is_not_there_is_an_incident(play, draw):
    case = play(START + user_task("u", over("missing")) + draw.flow("s", "u"))
    assert "missing" in case.incident.what


@both_ways
def test_the_values_of_a_dictionary_are_its_items_in_its_order(play, draw, sequential):
    # when
    body = START + draw.script("a", "r = it + it", inner=over(sequential=sequential))
    case = play(body + draw.flow("s", "a"), {"items": {"b": "x", "a": "y"}})

    # then
    assert case.data == {"items": {"b": "x", "a": "y"}, "out": ["xx", "yy"]}


@both_ways
@pytest.mark.parametrize("nothing", [[], {}])
def test_no_items_give_an_empty_list_of_results(play, draw, nothing, sequential):
    # when
    body = START + draw.script("a", "r = it", inner=over(sequential=sequential))
    case = play(body + draw.flow("s", "a"), {"items": nothing})

    # then
    assert case.completed
    assert case.data == {"items": nothing, "out": []}


def test_a_list_that_grows_while_its_items_are_worked_on_gets_no_more_runs(play, draw):
    # given
    body = START + user_task("u", over(sequential=True)) + draw.flow("s", "u")
    case = play(body, {"items": [1, 2]})

    # when
    case.do("u", items=[1, 2, 3, 4], r="a")
    case.do("u", r="b")

    # then
    assert case.completed
    assert case.data == {"items": [1, 2, 3, 4], "out": ["a", "b"]}


@both_ways
def test_a_condition_that_is_true_at_once_ends_it_after_the_first_run(play, draw, sequential):
    # given
    enough = "<completionCondition>True</completionCondition>"
    loop = over(inside=enough, sequential=sequential)
    case = play(START + user_task("u", loop) + draw.flow("s", "u"), {"items": [1, 2, 3]})
    offered = len(case.waits(UserTaskWait))

    # when: the second run is done first
    finish(case, case.waits(UserTaskWait)[-1], r="only")

    # then
    assert offered == (1 if sequential else 3)
    assert case.completed
    assert not case.open
    assert case.data["out"] == (["only", None, None] if sequential else [None, None, "only"])
    assert case.history.count(("u", What.CANCELLED)) == (0 if sequential else 2)


@both_ways
def test_a_completion_condition_that_fails_is_an_incident_and_no_run_is_lost(
    play, draw, sequential
):
    # given
    enough = "<completionCondition>not_there &gt; 1</completionCondition>"
    loop = over(inside=enough, sequential=sequential)
    case = play(START + user_task("u", loop) + draw.flow("s", "u"), {"items": [1, 2]})

    # when
    finish(case, case.waits(UserTaskWait)[0], r="a")

    # then
    assert "not_there" in case.incident.what
    assert not case.completed


def test_each_run_of_a_sequence_sees_what_the_run_before_it_changed(play, draw):
    # when
    body = START + draw.script("a", "seen = seen + [it]", inner=over(sequential=True, results=""))
    case = play(body + draw.flow("s", "a"), {"items": ["x", "y", "z"], "seen": []})

    # then
    assert case.data["seen"] == ["x", "y", "z"]


def test_parallel_runs_see_what_was_there_at_the_beginning_and_lose_nothing(play, draw):
    # when
    body = START + draw.script("a", "seen = seen + [it]; k = len(seen)", inner=over(results=""))
    case = play(body + draw.flow("s", "a"), {"items": ["x", "y"], "seen": ["w"]})

    # then
    assert case.data["seen"] == ["w", "x", "y"]
    assert case.data["k"] == 2


def test_the_item_hides_a_variable_of_the_same_name_and_gives_it_back(play, draw):
    # when
    body = START + draw.script("a", "r = it * 2", inner=over())
    case = play(body + draw.flow("s", "a"), {"items": [1, 2], "it": "outer", "r": "before"})

    # then
    assert case.data == {"items": [1, 2], "it": "outer", "r": "before", "out": [2, 4]}


@both_ways
def test_an_error_in_one_run_of_a_sub_process_ends_all_and_takes_the_boundary(
    play, draw, sequential
):
    # given
    inside = (
        '<startEvent id="is"/><userTask id="u"/><exclusiveGateway id="g" default="g-fine"/>'
        f'<endEvent id="bad">{ERROR_1}</endEvent><endEvent id="fine"/>'
        + draw.flow("is", "u", "g", "fine")
        + draw.when("g", "bad", "broken")
    )
    sub = draw.sub("sub", inside + over(sequential=sequential))
    body = START + sub + draw.boundary("b", "sub", ERROR_1) + user_task("mend")
    body += user_task("never") + draw.flow("s", "sub", "never") + draw.flow("b", "mend")
    case = play(body, {"items": [1, 2, 3]})

    # when
    first = case.waits(UserTaskWait)[0]
    finish(case, first, broken=False, r="a")
    finish(case, case.waits(UserTaskWait)[0], broken=True)

    # then
    assert case.at() == ["mend"]
    case.do("mend")
    assert case.completed
    assert "out" not in case.data
    assert not case.open


def test_an_error_that_one_run_catches_itself_leaves_the_others_alone(play, draw):
    # given
    inside = (
        '<startEvent id="is"/>'
        + draw.sub(
            "risky",
            '<startEvent id="rs"/><userTask id="u"/><exclusiveGateway id="g" default="g-fine"/>'
            f'<endEvent id="bad">{ERROR_1}</endEvent><endEvent id="fine"/>'
            + draw.flow("rs", "u", "g", "fine")
            + draw.when("g", "bad", "broken"),
        )
        + draw.boundary("b", "risky", ERROR_1)
        + draw.script("excuse", "r = 'excused'")
        + draw.flow("is", "risky")
        + draw.flow("b", "excuse")
    )
    body = START + draw.sub("sub", inside + over()) + draw.flow("s", "sub")
    case = play(body, {"items": [1, 2], "r": None})
    first, second = case.waits(UserTaskWait)

    # when
    finish(case, first, broken=True)
    finish(case, second, broken=False, r="done")

    # then
    assert case.completed
    assert case.data["out"] == ["excused", "done"]


@both_ways
def test_an_interrupting_timer_ends_what_is_left_and_keeps_what_was_done(play, draw, sequential):
    # given
    body = START + user_task("u", over(sequential=sequential)) + user_task("late")
    body += draw.boundary("b", "u", draw.duration("PT1H"))
    case = play(body + draw.flow("s", "u") + draw.flow("b", "late"), {"items": [1, 2, 3]})
    finish(case, case.waits(UserTaskWait)[0], r="a", done=1)

    # when
    case.later(hours=1)

    # then
    assert case.at() == ["late"]
    assert not case.waits(TimerWait)
    assert case.data["done"] == 1
    assert "out" not in case.data


@both_ways
def test_a_boundary_that_does_not_interrupt_lets_every_run_go_on(play, draw, sequential):
    # given
    body = START + user_task("u", over(sequential=sequential)) + draw.script("z", "n = n + 1")
    body += draw.boundary("b", "u", draw.message(), interrupting=False)
    case = play(body + draw.flow("s", "u") + draw.flow("b", "z"), {"items": [1, 2], "n": 0})

    # when
    for result in "ab":
        assert case.send()
        finish(case, case.waits(UserTaskWait)[0], r=result)

    # then
    assert case.completed
    assert case.data == {"items": [1, 2], "n": 2, "out": ["a", "b"]}
    assert not case.send()


def test_runs_inside_runs_inside_an_event_sub_process_come_back_in_their_order(play, draw):
    # given: an event sub-process runs a sub-process for each row, and in it a task for each cell
    cells = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>row</loopDataInputRef>"
        "<loopDataOutputRef>answers</loopDataOutputRef><inputDataItem name='cell'/>"
        "<outputDataItem name='answer'/></multiInstanceLoopCharacteristics>"
    )
    rows = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>rows</loopDataInputRef>"
        "<loopDataOutputRef>table</loopDataOutputRef><inputDataItem name='row'/>"
        "<outputDataItem name='answers'/></multiInstanceLoopCharacteristics>"
    )
    each_row = draw.sub(
        "each", '<startEvent id="es"/>' + user_task("ask", cells) + draw.flow("es", "ask") + rows
    )
    start = f'<startEvent id="hs" isInterrupting="false">{draw.message()}</startEvent>'
    handler = draw.sub(
        "handler", start + each_row + draw.flow("hs", "each"), attributes='triggeredByEvent="true"'
    )
    case = play(START + user_task("stay") + draw.flow("s", "stay") + handler)
    assert case.send(rows=[["a", "b"], ["c"]])
    tasks = case.waits(UserTaskWait)[1:]
    see = {
        task.token: case.runner.variables(
            case.stored, case.state, token=task.token, catalogue=case.shelf
        )["cell"]
        for task in tasks
    }

    # when: the last is answered first, and the instance is stored in between
    for task in reversed(tasks):
        finish(case, task, answer=see[task.token].upper())

    # then
    assert sorted(see.values()) == ["a", "b", "c"]
    assert case.at() == ["stay"]
    case.do("stay")
    assert case.completed
    assert case.data["table"] == [["A", "B"], ["C"]]


def test_a_message_cancels_a_scope_in_the_middle_of_nested_runs(play, draw):
    # given
    inside = '<startEvent id="is"/>' + user_task("u", times(2)) + draw.flow("is", "u")
    body = START + draw.sub("sub", inside + times(3)) + user_task("z")
    body += draw.boundary("b", "sub", draw.message())
    case = play(body + draw.flow("s", "sub") + draw.flow("b", "z"))
    assert len(case.waits(UserTaskWait)) == 6
    finish(case, case.waits(UserTaskWait)[3])

    # when
    assert case.send()

    # then
    assert case.at() == ["z"]
    assert len(case.open) == 1


def test_a_failing_run_waits_for_an_operator_while_the_others_go_on(play, draw):
    # given: the results are read from a variable that one run lacks
    body = START + user_task("u", over()) + draw.flow("s", "u")
    case = play(body, {"items": [1, 2]})
    first, second = case.waits(UserTaskWait)

    # when
    finish(case, first)
    finish(case, second, r="b")

    # then
    (failed,) = case.waits(FailureWait)
    assert failed.element == "u"
    assert not case.completed
    case.retry("u", r="a")
    assert case.completed or case.at() == ["u"]


@both_ways
def test_a_run_knows_its_number_and_how_many_there_are(play, draw, sequential):
    # when
    told = "r = [loopCounter, nrOfInstances]"
    body = START + draw.script("a", told, inner=over(sequential=sequential))
    case = play(body + draw.flow("s", "a"), {"items": ["x", "y"]})

    # then
    assert case.data == {"items": ["x", "y"], "out": [[0, 2], [1, 2]]}
