"""Packing with a dictionary: nothing is lost, nothing private is learnt, damage is told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.packing import PACKED, SAMPLES, SHARED_BY, Dictionary, PackingError, train, unpack


def sample(number: int, secret: str = "") -> bytes:
    """What one instance of many looks like: most of it as in the others, some of its own."""
    return json.dumps(
        {
            "kind": "complaint",
            "queue": ("care", "billing")[number % 2],
            "acknowledgement": "Thank you for telling us. We are looking into it.",
            "customer": {"handle": f"person{number * 7919}", "reach": number},
            "text": f"my parcel {number * 31} is lost and nobody answers {secret}",
        }
    ).encode()


MANY = [[sample(number)] for number in range(SAMPLES)]
CONTENT = train(MANY) or b""
DICTIONARY = Dictionary(300, CONTENT)


def found(number: int) -> Dictionary | None:
    return DICTIONARY if number == 300 else None


@settings(max_examples=200)
@given(st.binary(max_size=3_000).filter(lambda data: data[:1] != bytes((PACKED,))))
def test_whatever_is_packed_comes_back(data: bytes) -> None:
    assert unpack(DICTIONARY.pack(data), found) == data


def test_what_is_like_the_samples_takes_a_fraction() -> None:
    # given
    data = sample(1_000_003)

    # then
    assert len(DICTIONARY.pack(data)) < len(data) / 3


def test_the_same_samples_give_the_same_dictionary() -> None:
    assert train(MANY) == CONTENT


@pytest.mark.parametrize(
    ("holders", "learnt"), [(1, False), (SHARED_BY - 1, False), (SAMPLES // 2, True)]
)
def test_a_word_is_learnt_when_many_instances_hold_it_and_never_else(
    holders: int, learnt: bool
) -> None:
    # given: a name that some customers have in common
    samples = [
        [sample(number, "Wolfeschlegelstein" if number < holders else "")]
        for number in range(SAMPLES)
    ]

    # when
    content = train(samples)

    # then
    assert content is not None
    assert (b"Wolfeschlegelstein" in content) is learnt


def test_nothing_is_learnt_from_next_to_nothing() -> None:
    assert train([[b"x"]] * SAMPLES) is None
    assert train([]) is None


def test_bytes_without_the_mark_are_as_they_are() -> None:
    assert unpack(b"\x01 an old state", found) == b"\x01 an old state"
    assert unpack(b"", found) == b""


def test_a_dictionary_that_is_gone_is_named() -> None:
    # given
    packed = DICTIONARY.pack(sample(5))

    # when
    with pytest.raises(PackingError) as refusal:
        unpack(packed, lambda number: None)

    # then
    assert "dictionary 300, which is not there" in str(refusal.value)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda packed: packed[:1],
        lambda packed: packed[:3],
        lambda packed: packed[:-5],
        lambda packed: packed[:1] + b"\xff" * 12,
        lambda packed: packed[:3] + b"\xff" * 40,
    ],
)
def test_damaged_bytes_are_refused(spoil) -> None:
    with pytest.raises(PackingError):
        unpack(spoil(DICTIONARY.pack(sample(5))), lambda number: DICTIONARY)


def test_threads_share_a_dictionary() -> None:
    # given
    data = [sample(number) for number in range(2_000)]

    # when
    with ThreadPoolExecutor(8) as pool:
        back = list(pool.map(lambda each: unpack(DICTIONARY.pack(each), found), data))

    # then
    assert back == data
