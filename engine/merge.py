"""Three-way merge of variables, for the places where a copy was taken.

Variables belong to their scope, so branches that run side by side need no merge. A copy is taken
in three places alone: a form that a person opened, an instance of a looping activity, and a called
process. When a copy comes back, what *it* changed since it was taken counts, and what others
changed meanwhile survives.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

_GONE: Any = object()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that both sides changed differently. The side that came last won."""

    path: str  #: dotted keys, such as ``"customer.name"``
    base: Any
    ours: Any
    theirs: Any


def merge3(
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[Conflict] | None = None,
) -> dict[str, Any]:
    """Return ``ours`` plus everything ``theirs`` changed since ``base``.

    Dictionaries merge key by key, to any depth; lists that only grew keep both tails; deletions
    survive. None of the arguments is changed, and nothing of ``theirs`` is shared with the result.

    Args:
        base: the variables when the copy was taken.
        ours: the variables as they are now.
        theirs: the copy as it comes back. Where both sides changed a value differently, it wins.
        conflicts: gets one entry for each such value.
    """
    return _mapping(base, ours, theirs, conflicts, "")


def _mapping(
    base: Mapping[str, Any],
    ours: Mapping[str, Any],
    theirs: Mapping[str, Any],
    conflicts: list[Conflict] | None,
    path: str,
) -> dict[str, Any]:
    merged = {}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        place = f"{path}.{key}" if path else str(key)
        sides = (base.get(key, _GONE), ours.get(key, _GONE), theirs.get(key, _GONE))
        value = _value(*sides, conflicts, place)
        if value is not _GONE:
            merged[key] = value
    return merged


def _value(base: Any, ours: Any, theirs: Any, conflicts: list[Conflict] | None, path: str) -> Any:
    if _same(theirs, base):
        return ours
    if _same(ours, base) or _same(ours, theirs):
        return deepcopy(theirs) if theirs is not _GONE else _GONE
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return _mapping(base if isinstance(base, dict) else {}, ours, theirs, conflicts, path)
    if _grew(base, ours) and _grew(base, theirs):
        return ours + deepcopy(theirs[len(base) :])
    if conflicts is not None:
        known = (None if side is _GONE else deepcopy(side) for side in (base, ours, theirs))
        conflicts.append(Conflict(path, *known))
    return deepcopy(theirs) if theirs is not _GONE else _GONE


def _grew(base: Any, side: Any) -> bool:
    both = isinstance(base, list) and isinstance(side, list)
    return both and len(side) >= len(base) and _same(side[: len(base)], base)


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    # 1, 1.0 and True are equal in Python, and three different values to a person.
    if one is _GONE or other is _GONE or type(one) is not type(other) or one != other:
        return False
    if isinstance(one, dict):
        return all(_same(value, other[key]) for key, value in one.items())
    return not isinstance(one, list) or all(map(_same, one, other))


__all__ = ["Conflict", "merge3"]
