"""The bytes of an instance: what they hold, how large they are, what is refused."""

from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest

from engine.bpmn.errors import StateError, VariableError
from engine.packing import PACKED, SAMPLES, Dictionary, train
from engine.ports import Event, EventKind, UserTaskWait

LOOP = (
    '<startEvent id="s"/><exclusiveGateway id="m"/>'
    '<exclusiveGateway id="g" default="g-e"/><endEvent id="e"/>'
)


def counting(draw, turns):
    """A loop that counts by itself."""
    flows = draw.flow("s", "a", "g", "e") + draw.when("g", "a", f"n < {turns}")
    body = '<startEvent id="s"/><exclusiveGateway id="g" default="g-e"/><endEvent id="e"/>'
    return body + draw.script("a", "n = n + 1") + flows


def asking(draw):
    """A loop with a person, a reminder and a side branch that ends."""
    return (
        LOOP
        + '<userTask id="u"/><parallelGateway id="f"/>'
        + draw.script("side", "k = 1")
        + draw.boundary("b", "u", draw.duration("R/PT1H", "timeCycle"), interrupting=False)
        + draw.script("r", "reminded = 1")
        + draw.flow("s", "m", "f", "u", "g", "e")
        + draw.flow("f", "side")
        + draw.flow("b", "r")
        + draw.when("g", "m", "not done")
    )


def test_a_loop_of_10000_turns_leaves_nothing_behind(play, draw):
    # when
    case = play(counting(draw, 10_000), {"n": 0})

    # then
    assert case.completed
    assert case.data == {"n": 10_000}
    assert len(case.state) < 60


def test_a_row_of_5000_tasks_compiles_and_runs(play, draw):
    # given
    keys = [f"t{i}" for i in range(5000)]
    body = '<startEvent id="s"/>' + "".join(draw.script(key, "k = k + 1") for key in keys)

    # when
    case = play(body + draw.flow("s", *keys), {"k": 0})

    # then
    assert case.completed
    assert case.data == {"k": 5000}


def test_the_size_of_the_state_does_not_grow_with_age(play, draw):
    # given
    case = play(asking(draw), {"done": False})
    case.do("u", done=False)
    case.later(hours=1)
    young = len(case.state)

    # when
    for _ in range(200):
        case.do("u", done=False)
        case.later(hours=1)

    # then numbers of tokens take a few bytes more, nothing else
    assert len(case.state) <= young + 16


def test_a_side_branch_that_ends_thousands_of_times_does_not_pile_up(play, draw):
    # given
    body = (
        LOOP
        + '<parallelGateway id="f"/>'
        + draw.script("a", "n = n + 1")
        + draw.script("side", "k = 1")
        + draw.flow("s", "m", "f", "a", "g", "e")
        + draw.flow("f", "side")
        + draw.when("g", "m", "n < 2000")
    )

    # when
    case = play(body, {"n": 0})

    # then
    assert case.completed
    assert case.data == {"n": 2000, "k": 1}


def test_numbers_of_tokens_are_never_used_again(play, draw):
    # given
    case = play(asking(draw), {"done": False})
    seen = set()

    # when
    for _ in range(20):
        token = case.wait(UserTaskWait, "u").token
        assert token not in seen
        seen.add(token)
        case.do("u", done=False)


def test_dates_are_variables_and_keep_their_kind_and_offset(play):
    # given
    values = {
        "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        "naive": datetime(2026, 3, 2, 9, 0),  # noqa: DTZ001 - a person may write one
        "day": date(2026, 3, 2),
        "deep": [{"day": date(2026, 3, 2)}, None, True, 1, 1.5, "text", []],
    }

    # when
    case = play('<userTask id="u"/>', values)

    # then
    assert case.data == values
    assert type(case.data["day"]) is date


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (object(), "would hold a object"),
        ({1, 2}, "would hold a set"),
        (b"bytes", "would hold a bytes"),
        ({1: "a"}, "has the key 1"),
        (2**70, "more than 64 bits"),
        (float("nan"), "no number JSON knows"),
        ("\ud83d", "half of a character"),
        ({"\ud83d": 1}, "half of a character"),
    ],
)
def test_a_value_no_variable_can_hold_is_refused_with_its_name(play, value, reason):
    # when
    with pytest.raises(VariableError) as refusal:
        play('<userTask id="u"/>', {"mine": {"inside": value}})

    # then
    assert "mine.inside" in str(refusal.value)
    assert reason in str(refusal.value)


def test_a_refused_event_changes_nothing(play):
    # given
    case = play('<userTask id="u"/>')
    token = case.wait(UserTaskWait, "u").token
    before = case.state

    # when
    with pytest.raises(VariableError):
        case.apply(Event(EventKind.USER_TASK_COMPLETED, token=token, payload={"x": object()}))

    # then
    assert case.state == before
    case.do("u")
    assert case.completed


def test_nothing_is_shared_between_the_callers_values_and_the_variables(play):
    # given
    mine = {"list": [1]}
    case = play('<userTask id="u"/>', mine)

    # when
    mine["list"].append(2)

    # then
    assert case.data == {"list": [1]}


def test_bytes_of_an_unknown_format_are_refused(play):
    # given
    case = play('<userTask id="u"/>')
    case.state = b"\x63" + case.state[1:]

    # when
    with pytest.raises(StateError) as refusal:
        case.send()

    # then
    assert "format 99" in str(refusal.value)


@pytest.mark.parametrize(
    "spoil",
    [lambda s: s[:-4], lambda s: s[:1], lambda s: b"", lambda s: s[:1] + b"\x93\x01\x02\x03"],
)
def test_damaged_bytes_are_refused(play, spoil):
    # given
    case = play('<userTask id="u"/>', {"a": "text"})
    case.state = spoil(case.state)

    # when / then
    with pytest.raises(StateError):
        case.send()


@pytest.mark.parametrize("place", range(1, 40))
def test_a_flipped_byte_is_refused_or_read_but_never_runs_away(play, draw, place):
    # given
    case = play(asking(draw), {"done": False})
    spoilt = bytearray(case.state)
    spoilt[place % len(spoilt)] ^= 0xFF
    case.state = bytes(spoilt)

    # when
    try:
        read = case.runner.variables(case.stored, case.state, catalogue=case.shelf)
    except StateError:
        return

    # then it was readable: the flip hit a value
    assert isinstance(read, dict)


@pytest.fixture(scope="module")
def dictionary():
    """A dictionary of number 1, which is the first definition of a shelf."""
    text = '{"name": "a much used variable", "done": false, "armed": ["R/PT1H"], "n": %d}'
    return Dictionary(1, train([[(text % number).encode()] for number in range(SAMPLES)]))


def as_text(state):
    """Return a state as it was written when every moment was a text."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)

    def older(code, data):
        if code == 3:
            moment = epoch + timedelta(microseconds=int.from_bytes(data, "big", signed=True))
            return msgspec.msgpack.Ext(1, moment.isoformat().encode())
        return msgspec.msgpack.Ext(code, bytes(data))

    row = msgspec.msgpack.Decoder(ext_hook=older).decode(state[1:])
    return state[:1] + msgspec.msgpack.encode(row)


def test_an_instance_goes_on_packed_once_there_is_a_dictionary(play, draw, dictionary):
    # given
    case = play(asking(draw), {"done": False, "text": "a much used variable " * 5})
    before = case.state

    # when
    case.shelf.dictionaries[1] = dictionary
    case.later(hours=1)
    packed = case.state
    case.do("u", done=True)

    # then
    assert before[0] != PACKED
    assert packed[0] == PACKED
    assert len(packed) < len(before)
    assert case.completed
    assert case.data["reminded"] == 1


def test_a_packed_state_whose_dictionary_is_gone_is_refused_by_its_number(play, draw, dictionary):
    # given
    case = play(asking(draw), {"done": False, "text": "a much used variable " * 5})
    case.shelf.dictionaries[1] = dictionary
    case.later(hours=1)

    # when
    case.shelf.dictionaries.clear()
    with pytest.raises(StateError) as refusal:
        case.send()

    # then
    assert "dictionary 1, which is not there" in str(refusal.value)


def test_a_state_of_an_earlier_version_goes_on(play, draw):
    # given: moments were texts, and nothing was packed
    case = play(asking(draw), {"done": False, "at": datetime(2026, 1, 5, 9, 30, tzinfo=UTC)})
    case.state = as_text(case.state)

    # when
    case.later(hours=1)
    case.do("u", done=True)

    # then
    assert case.completed
    assert case.data["reminded"] == 1
    assert case.data["at"] == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 1, 5, 9, 30, 1, 234567, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(2026, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(2026, 1, 5, 9, 30),  # noqa: DTZ001 - a variable may lack a zone
    ],
)
def test_a_moment_in_a_variable_keeps_its_zone(play, moment):
    # when
    case = play('<userTask id="u"/>', {"at": moment})
    case.send()

    # then
    assert case.data["at"] == moment
    assert case.data["at"].utcoffset() == moment.utcoffset()
