"""An instance may be stored between any two steps: it makes no difference to what it does."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ports import Event, EventKind, TimerWait, UserTaskWait
from tests.engine.bpmn.running.conftest import Case, Draw, Play

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
)
#: No database keeps the character NUL in a key.
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=["\0"]))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)


def busy(draw: Draw) -> str:
    """Every kind of wait at once; messages alone move it, so that no test needs its tokens."""
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
    )
    runs = draw.sub(
        "runs",
        '<startEvent id="rs"/>'
        + draw.catch("got", draw.message("n"))
        + draw.script("count", "runs = runs + [loopCounter]")
        + draw.flow("rs", "got", "count")
        + loop,
    )
    start = f'<startEvent id="es" isInterrupting="false">{draw.message("m")}</startEvent>'
    noting = draw.sub(
        "noting",
        start + draw.script("note", "noted = noted + 1") + draw.flow("es", "note"),
        attributes='triggeredByEvent="true"',
    )
    return (
        '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'
        + draw.nodes("userTask", "u", "stopped")
        + draw.nodes("inclusiveGateway", "or1", "or2")
        + runs
        + noting
        + draw.boundary("timer", "u", draw.duration("R/PT1H", "timeCycle"), interrupting=False)
        + draw.boundary("stop", "u", '<signalEventDefinition signalRef="sg"/>')
        + draw.catch("again", draw.message("n"))
        + draw.flow("s", "f", "u", "j")
        + draw.flow("f", "runs", "j")
        + draw.flow("f", "or1")
        + draw.when("or1", "again", "True")
        + draw.when("or1", "or2", "True")
        + draw.flow("again", "or2", "j")
        + draw.flow("stop", "stopped")
    )


def happening(name: str) -> Event:
    kind = EventKind.SIGNAL if name == "sg" else EventKind.MESSAGE
    return Event(kind, name=name, payload={"last": name})


def begun() -> Case:
    play = Play()
    return play(busy(play.draw), {"runs": [], "noted": 0})


def seen(case: Case) -> tuple[object, ...]:
    """Everything about an instance that anybody outside can see."""
    waits = sorted((wait.token, wait.slot, wait.element) for wait in case.open.values())
    return case.data, waits, case.history, case.last.status


@given(st.lists(st.sampled_from(["m", "n", "sg", "other"]), max_size=9), st.data())
def test_storing_between_any_two_events_makes_no_difference(
    names: list[str], data: st.DataObject
) -> None:
    # given: one instance is stored after each event, the other where hypothesis likes
    each, some = begun(), begun()

    # when
    for name in names:
        each.apply(happening(name))
    rest = list(names)
    while rest:
        size = data.draw(st.integers(1, len(rest)), label="events before it is stored")
        some.apply(*map(happening, rest[:size]))
        rest = rest[size:]

    # then
    assert seen(some) == seen(each)
    assert some.state == each.state


@given(st.lists(st.sampled_from(["m", "n", "sg"]), max_size=8))
def test_loading_and_storing_again_changes_no_byte(names: list[str]) -> None:
    # given
    case = begun()
    for name in names:
        case.apply(happening(name))
    before = case.state, case.data

    # when: something comes that nobody waits for
    outcome = case.apply(happening("nobody waits for this"))

    # then
    assert (case.state, case.data) == before
    assert len(outcome.untaken) == 1
    assert (outcome.opened, outcome.closed) == ((), ())


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_any_variables_come_back_from_storage_as_they_went(variables: dict[str, object]) -> None:
    # given
    play = Play()
    case = play('<userTask id="u"/>', variables)

    # when
    case.apply(happening("nobody waits for this"))

    # then
    assert case.data == variables
    assert kinds(case.data) == kinds(variables)


@given(VALUES, VALUES)
def test_a_run_keeps_what_it_changed_apart_from_the_others_through_storage(
    one: object, other: object
) -> None:
    # given
    play = Play()
    loop = (
        "<multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef>"
        "<loopDataOutputRef>out</loopDataOutputRef><inputDataItem name='it'/>"
        "<outputDataItem name='r'/></multiInstanceLoopCharacteristics>"
    )
    case = play(f'<userTask id="u">{loop}</userTask>', {"items": [one, other]})

    # when
    for wait in reversed(case.waits(UserTaskWait)):
        mine = case.runner.variables(
            case.stored, case.state, token=wait.token, catalogue=case.shelf
        )["it"]
        done = {"r": mine}
        case.apply(Event(EventKind.USER_TASK_COMPLETED, token=wait.token, payload=done))

    # then
    assert case.completed
    assert kinds(case.data["out"]) == kinds([one, other])
    assert case.data["out"] == [one, other]


def kinds(value: object) -> object:
    """Return the value's types, all the way down: 1, 1.0 and True are equal, and not the same."""
    if isinstance(value, dict):
        return {key: kinds(item) for key, item in value.items()}
    if isinstance(value, list):
        return [kinds(item) for item in value]
    return type(value)


@pytest.mark.parametrize("hours", [1, 2.5, 100])
def test_a_reminder_that_repeats_is_the_same_after_storage_however_late(hours: float) -> None:
    # given
    case = begun()

    # when
    case.later(hours=hours)

    # then
    (timer,) = case.waits(TimerWait)
    assert timer.due_at > case.now
    assert (timer.due_at - case.now).total_seconds() <= 3600


def test_dates_of_every_kind_stay_what_they_are_in_a_run_that_is_stored() -> None:
    # given
    play = Play()
    moment = datetime(2026, 3, 1, 9, tzinfo=UTC)

    # when
    case = play('<userTask id="u"/>', {"on": date(2026, 3, 1), "at": moment, "n": 1, "yes": True})
    case.do("u", later={"on": [date(2026, 3, 2)]})

    # then
    assert case.data["later"] == {"on": [date(2026, 3, 2)]}
    assert kinds(case.data) == {
        "on": date, "at": datetime, "n": int, "yes": bool, "later": {"on": [date]},
    }  # fmt: skip
