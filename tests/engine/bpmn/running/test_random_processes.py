"""Random block-structured processes against a direct interpretation of the same blocks.

The same elements complete as often, and the variables at the end are the same, whatever the order
in which things happened. The instance goes through its bytes at each wait.
"""

import random
from collections import Counter

import pytest

from engine.ports import (
    Event,
    EventKind,
    FailureWait,
    JobWait,
    MessageWait,
    SignalWait,
    TimerWait,
    UserTaskWait,
)
from tests.engine.bpmn.running.random_processes import Maker

PROCESSES = 300
BATCH = 20


def event_of(wait, fails):
    """Return what ends a wait."""
    match wait:
        case UserTaskWait():
            return Event(EventKind.USER_TASK_COMPLETED, token=wait.token, by="ana")
        case TimerWait():
            return Event(EventKind.TIMER_DUE, token=wait.token, slot=wait.slot)
        case MessageWait():
            return Event(EventKind.MESSAGE, name=wait.message)
        case SignalWait():
            return Event(EventKind.SIGNAL, name=wait.signal)
        case JobWait() if fails:
            told = {"code": "E1", "message": "e1"}
            return Event(EventKind.JOB_ERROR, token=wait.token, name="E1", payload=told)
        case JobWait():
            return Event(EventKind.JOB_DONE, token=wait.token)
        case FailureWait():
            raise AssertionError(wait.what)


def step(case, maker, rng):
    """Let one thing happen that may happen now."""
    waits = [wait for wait in case.open.values() if wait.element not in maker.never]
    now = [wait for wait in waits if wait.element not in maker.late]
    if not now:
        last = max(maker.late[wait.element] for wait in waits)
        now = [wait for wait in waits if maker.late[wait.element] == last]
    wait = rng.choice(now)
    if isinstance(wait, TimerWait):
        case.now = max(case.now, wait.due_at)
    case.apply(event_of(wait, wait.element.startswith("fail")))


@pytest.mark.parametrize("first", range(0, PROCESSES, BATCH))
def test_a_random_process_does_what_its_blocks_say(play, draw, first):
    for seed in range(first, first + BATCH):
        # given
        rng = random.Random(seed)
        maker = Maker(draw, rng)
        xml, _, _, run = maker.block(4)
        expected = dict(maker.variables)
        elements = Counter(run(expected))

        # when
        case = play(xml, dict(maker.variables), called=maker.called_processes, more=maker.more)
        while case.open:
            step(case, maker, rng)

        # then
        assert case.completed, seed
        assert Counter(case.ran) == elements, seed
        assert case.data == expected, seed
