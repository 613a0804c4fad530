"""Three-way merge of variables."""

import pytest

from engine.merge import Conflict, merge3


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ({"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 0, "y": 1}, {"x": 1, "y": 1}),
        ({}, {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"x": 0}, {}, {"x": 0, "y": 1}, {"y": 1}),
        ({"x": 0}, {"x": 0}, {}, {}),
        ({"d": {"a": 0}}, {"d": {"a": 1}}, {"d": {"a": 0, "b": 2}}, {"d": {"a": 1, "b": 2}}),
        ({"l": [1]}, {"l": [1, 2]}, {"l": [1, 3]}, {"l": [1, 2, 3]}),
        ({"l": [1, 2]}, {"l": [1, 2]}, {"l": [2]}, {"l": [2]}),
        ({}, {"d": {"a": 1}}, {"d": {"b": 2}}, {"d": {"a": 1, "b": 2}}),
        ({"x": 1}, {"x": 1}, {"x": True}, {"x": True}),
        ({"x": None}, {"x": None}, {"x": 0}, {"x": 0}),
    ],
)
def test_what_either_side_changed_survives(base, ours, theirs, merged):
    # given
    conflicts = []

    # when
    result = merge3(base, ours, theirs, conflicts)

    # then
    assert result == merged
    assert {k: type(v) for k, v in result.items()} == {k: type(v) for k, v in merged.items()}
    assert not conflicts


def test_where_both_changed_the_later_wins_and_the_conflict_is_told():
    # given
    conflicts = []

    # when
    result = merge3({"d": {"x": 0}}, {"d": {"x": 1}}, {"d": {"x": 2}}, conflicts)

    # then
    assert result == {"d": {"x": 2}}
    assert conflicts == [Conflict("d.x", 0, 1, 2)]


def test_a_value_that_one_side_deleted_and_the_other_changed_is_a_conflict():
    # given
    conflicts = []

    # when
    result = merge3({"x": 0}, {"x": 1}, {}, conflicts)

    # then
    assert result == {}
    assert conflicts == [Conflict("x", 0, 1, None)]


def test_the_same_change_on_both_sides_is_no_conflict():
    # given
    conflicts = []

    # when / then
    assert merge3({"n": 0}, {"n": 1}, {"n": 1}, conflicts) == {"n": 1}
    assert not conflicts


def test_nothing_is_changed_and_nothing_of_the_copy_is_shared():
    # given
    base, ours, theirs = {"l": [1]}, {"l": [1], "o": 1}, {"l": [1], "d": {"a": [1]}}

    # when
    result = merge3(base, ours, theirs)
    result["d"]["a"].append(2)

    # then
    assert theirs == {"l": [1], "d": {"a": [1]}}
    assert (base, ours) == ({"l": [1]}, {"l": [1], "o": 1})
