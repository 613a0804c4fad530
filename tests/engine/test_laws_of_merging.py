"""What holds for every merge of variables, whatever they are."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from engine.merge import Conflict, merge3

LEAVES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([0.0, 1.0, "", "a", "b"])
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=8,
)
VARIABLES = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


def exact(value: Any) -> Any:
    """Return the value in a form in which 1, 1.0 and True are different, also deep inside."""
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [exact(item) for item in value]
    return (type(value).__name__, value)


@given(VARIABLES, VARIABLES)
def test_where_one_side_changed_nothing_the_other_side_is_the_result(
    base: dict[str, Any], other: dict[str, Any]
) -> None:
    conflicts: list[Conflict] = []
    assert exact(merge3(base, base, other, conflicts)) == exact(other)
    assert exact(merge3(base, other, base, conflicts)) == exact(other)
    assert conflicts == []


@given(VARIABLES, VARIABLES)
def test_the_same_change_on_both_sides_is_that_change(
    base: dict[str, Any], both: dict[str, Any]
) -> None:
    conflicts: list[Conflict] = []
    assert exact(merge3(base, both, deepcopy(both), conflicts)) == exact(both)
    assert conflicts == []


@given(VARIABLES, VARIABLES, VARIABLES)
def test_a_merge_changes_none_of_its_sides_and_shares_nothing_of_the_copy(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    # given
    before = deepcopy((base, ours, theirs))

    # when
    merged = merge3(base, ours, theirs)

    # then
    assert exact([base, ours, theirs]) == exact(list(before))
    shared = {id(part) for part in containers(theirs)} & {id(part) for part in containers(merged)}
    assert not shared


@given(VARIABLES, VARIABLES, VARIABLES)
def test_a_variable_comes_from_one_of_the_sides_and_a_deletion_both_made_stays(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged = merge3(base, ours, theirs)
    assert merged.keys() <= ours.keys() | theirs.keys()
    for key in merged.keys() & base.keys():
        assert key in ours or exact(theirs[key]) != exact(base[key])
        assert key in theirs or exact(ours[key]) != exact(base[key])


@given(VARIABLES, VARIABLES, VARIABLES)
def test_changes_of_different_variables_merge_in_either_order(
    base: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    # given: the first changes a and b alone, the second c and d alone
    ours = {k: v for k, v in one.items() if k in "ab"} | {k: base[k] for k in base if k in "cd"}
    theirs = {k: v for k, v in other.items() if k in "cd"} | {k: base[k] for k in base if k in "ab"}
    conflicts: list[Conflict] = []

    # when
    merged = merge3(base, ours, theirs, conflicts)

    # then
    assert exact(merged) == exact(merge3(base, theirs, ours, conflicts))
    assert exact({k: v for k, v in merged.items() if k in "ab"}) == exact(
        {k: v for k, v in ours.items() if k in "ab"}
    )
    assert conflicts == []


@given(VARIABLES, st.lists(VALUES, max_size=3), st.lists(VALUES, max_size=3), st.lists(VALUES))
def test_lists_that_only_grew_keep_both_tails(
    base: dict[str, Any], start: list[Any], mine: list[Any], yours: list[Any]
) -> None:
    # when
    merged = merge3(
        {**base, "l": start}, {**base, "l": start + mine}, {**base, "l": start + yours}
    )["l"]

    # then: the same addition on both sides is one addition
    same = exact(mine) == exact(yours)
    assert exact(merged) == exact(start + mine if same else start + mine + yours)


@given(VARIABLES, VARIABLES, VARIABLES)
def test_each_conflict_names_a_place_where_three_different_values_met(
    base: dict[str, Any], ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    conflicts: list[Conflict] = []
    merge3(base, ours, theirs, conflicts)
    for conflict in conflicts:
        assert at(ours, conflict.path) == exact(conflict.ours)
        assert at(theirs, conflict.path) == exact(conflict.theirs)
        # None stands for None and for what is not there.
        kinds = {str(exact(side)) for side in (conflict.base, conflict.ours, conflict.theirs)}
        assert len(kinds) > 1


def test_a_change_of_kind_deep_inside_is_a_change() -> None:
    """A box that was 1 in a list or a dictionary and is ticked now is not the same."""
    base = {"l": [1], "d": {"n": 0}}
    theirs = {"l": [True], "d": {"n": False}}
    assert exact(merge3(base, deepcopy(base), theirs)) == exact(theirs)


def containers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [value, *(part for item in value.values() for part in containers(item))]
    if isinstance(value, list):
        return [value, *(part for item in value for part in containers(item))]
    return []


def at(value: Any, path: str) -> Any:
    """Return the exact form of what stands at a dotted path; what is not there is None."""
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return exact(value)
