"""The port of the engine: limits, history, late events, cancelling."""

import threading

import pytest

from engine.bpmn.runner import SpiffRunner
from engine.errors import NotStartableError
from engine.history import What
from engine.instances import InstanceStatus
from engine.limits import Limits
from engine.ports import Event, EventKind, StoredProcess, UserTaskWait


def test_the_history_holds_what_was_entered_completed_and_cancelled_in_order(play, draw):
    # given
    body = '<startEvent id="s"/><userTask id="u"/><userTask id="v"/><task id="t"/>'
    body += draw.boundary("b", "v", draw.message())
    case = play(body + draw.flow("s", "u", "v") + draw.flow("b", "t"))

    # when
    case.do("u")
    case.send()

    # then
    assert case.history == [
        ("s", What.COMPLETED),
        ("u", What.ENTERED),
        ("u", What.COMPLETED),
        ("v", What.ENTERED),
        ("v", What.CANCELLED),
        ("b", What.COMPLETED),
        ("t", What.COMPLETED),
    ]


def test_what_a_pass_added_never_appears(play, draw):
    # given no start event, an implicit split and a token gate
    body = '<task id="a"/><task id="b" startQuantity="2"/><task id="c"/>'

    # when
    case = play(body + draw.flow("a", "b") + draw.flow("a", "c", "b"))

    # then
    assert {element for element, _ in case.history} == {"a", "b", "c"}


def test_an_endless_loop_is_stopped_and_shown_as_an_incident(play, draw):
    # given
    play.runner = SpiffRunner(Limits(steps=1000))
    body = '<startEvent id="s"/><exclusiveGateway id="m"/>' + draw.script("a", "n = n + 1")

    # when
    case = play(body + draw.flow("s", "m", "a", "m"), {"n": 0})

    # then
    assert "1,000 steps" in case.incident.what
    assert case.data["n"] < 1000
    assert case.last.status is InstanceStatus.ACTIVE


def test_a_step_limit_is_not_caught_by_an_error_boundary(play, draw):
    # given
    play.runner = SpiffRunner(Limits(steps=50))
    body = '<startEvent id="s"/><exclusiveGateway id="m"/>' + draw.script("a", "n = n + 1")
    body += draw.boundary("b", "a", "<errorEventDefinition/>") + draw.flow("b", "m")

    # when
    case = play(body + draw.flow("s", "m", "a", "m"), {"n": 0})

    # then
    assert case.incident


def test_a_cancelled_instance_closes_all_its_waits(play, draw):
    # given
    case = play(draw.nodes("userTask", "u", "v") + draw.sub("sub", '<userTask id="w"/>'))

    # when
    case.apply(Event(EventKind.CANCEL, by="olga"))

    # then
    assert case.last.status is InstanceStatus.CANCELLED
    assert not case.open
    assert not any(closed.completed for closed in case.last.closed)
    assert ("w", What.CANCELLED) in case.history


def test_messages_for_which_nothing_waits_come_back(play):
    # given
    case = play('<userTask id="u"/>')

    # when
    case.apply(Event(EventKind.MESSAGE, name="m"), Event(EventKind.MESSAGE, name="n"))

    # then
    assert [event.name for event in case.last.untaken] == ["m", "n"]


def test_events_after_the_end_are_passed_over_and_messages_and_answers_come_back(play):
    # given
    case = play('<userTask id="u"/>')
    token = case.wait(UserTaskWait, "u").token
    done = Event(EventKind.USER_TASK_COMPLETED, token=token)

    # when
    case.apply(done, done, Event(EventKind.MESSAGE, name="m"), Event(EventKind.CANCEL))

    # then
    assert case.completed
    assert [event.kind for event in case.last.untaken] == ["user_task_completed", "message"]


def test_events_are_applied_in_order_each_run_to_its_end(play, draw):
    # given
    case = play(
        '<userTask id="u"/>'
        + draw.catch("c", draw.message())
        + '<task id="t"/>'
        + draw.flow("u", "c", "t")
    )
    token = case.wait(UserTaskWait, "u").token

    # when
    case.apply(
        Event(EventKind.USER_TASK_COMPLETED, token=token), Event(EventKind.MESSAGE, name="m")
    )

    # then
    assert case.completed


@pytest.mark.parametrize("at", ["nowhere", None])
def test_a_start_event_that_is_not_there_is_refused(play, draw, at):
    # given a process that only a message starts
    body = f'<startEvent id="ms">{draw.message()}</startEvent><userTask id="u"/>'

    # when / then
    with pytest.raises(NotStartableError):
        play(body + draw.flow("ms", "u"), at=at)


def test_a_process_that_is_not_in_its_file_is_refused(play, draw):
    # given
    stored = StoredProcess(99, "other", "p.bpmn", draw.process('<task id="t"/>'))

    # when / then
    with pytest.raises(NotStartableError):
        play.runner.run(stored, None, [Event(EventKind.STARTED)], now=None, catalogue=play.shelf)


def test_threads_may_run_instances_of_one_definition_at_the_same_time(play, draw):
    # given
    body = '<startEvent id="s"/>' + draw.script("a", "n = n + 1") + '<userTask id="u"/>'
    play(body + draw.flow("s", "a", "u"), {"n": 0})
    stored = play.shelf.process(1)
    results = []

    def run(number):
        event = Event(EventKind.STARTED, payload={"n": number})
        outcome = play.runner.run(stored, None, [event], now=None, catalogue=play.shelf)
        data = play.runner.variables(stored, outcome.state, catalogue=play.shelf)
        results.append(data["n"] - number)

    # when
    threads = [threading.Thread(target=run, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert results == [1] * 16


def test_the_same_history_comes_out_of_the_same_events(play, draw):
    # given
    body = draw.nodes("userTask", "u", "v", "w")

    # when
    one, other = play(body), play(body)

    # then
    assert one.state == other.state
    assert one.history == other.history
