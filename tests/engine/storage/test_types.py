"""Values come back from their text as they went in, dates and moments included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import UnsuitableValueError
from engine.storage.types import decode, encode

MOMENTS = st.datetimes(timezones=st.just(UTC))
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates()
    | MOMENTS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_every_json_value_with_dates_comes_back_as_it_went(value: Any) -> None:
    assert decode(encode(value)) == value


def test_a_moment_keeps_its_offset_and_a_date_stays_a_date() -> None:
    east = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    found = decode(encode({"at": east, "on": date(2026, 3, 1)}))
    assert found["at"].utcoffset() == timedelta(hours=9)
    assert type(found["on"]) is date


@pytest.mark.parametrize(
    "foreign",
    [
        {"corral:datetime": "no moment"},
        {"corral:datetime": 7},
        {"corral:date": None},
        {"corral:date": "2026-03-01", "and": "more"},
    ],
)
def test_a_dictionary_that_happens_to_bear_our_mark_stays_what_it_is(
    foreign: dict[str, Any],
) -> None:
    assert decode(encode(foreign)) == foreign


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), float("nan"), float("inf"), 1j])
def test_what_is_no_json_is_refused_by_its_type_alone(value: object) -> None:
    with pytest.raises(UnsuitableValueError) as refusal:
        encode({"secret": value})
    assert "secret" not in str(refusal.value)


def test_a_value_that_contains_itself_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(UnsuitableValueError):
        encode(endless)
