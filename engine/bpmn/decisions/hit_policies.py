"""What a table gives when several of its rules fit, or none.

Source: OMG DMN 1.5, 8.2.8 *Hit policy*.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import StrEnum
from typing import Any


class HitPolicy(StrEnum):
    """The hit policies, as DMN writes them."""

    UNIQUE = "UNIQUE"  #: at most one rule may fit
    FIRST = "FIRST"  #: the topmost
    PRIORITY = "PRIORITY"  #: the one whose outputs stand first in the list of output values
    ANY = "ANY"  #: several may fit when their outputs are the same
    COLLECT = "COLLECT"  #: all, in any order, or one aggregate of them
    RULE_ORDER = "RULE ORDER"  #: all, topmost first
    OUTPUT_ORDER = "OUTPUT ORDER"  #: all, in the order of the output values

    @property
    def gives_several(self) -> bool:
        """Say whether the result is a list, as long as nothing is aggregated."""
        return self in (HitPolicy.COLLECT, HitPolicy.RULE_ORDER, HitPolicy.OUTPUT_ORDER)


class HitPolicyError(Exception):
    """Internal: the rules that fit contradict the hit policy; the text says how."""


#: A rule that fits: its row (1-based) and its outputs, in the order of the columns.
Hit = tuple[int, Sequence[Any]]

AGGREGATORS: Mapping[str, Callable[[list[Any]], Any]] = {
    "SUM": sum,
    "COUNT": len,
    "MIN": min,
    "MAX": max,
}


def chosen(policy: str, hits: Sequence[Hit], orders: Sequence[Sequence[Any]]) -> Sequence[Hit]:
    """Return the rules that count, in their order.

    Args:
        policy: any but an aggregating COLLECT.
        hits: the rules that fit, topmost first.
        orders: the output values of each column, most important first.

    Raises:
        HitPolicyError: UNIQUE with several rules, or ANY with different outputs.
    """
    if policy == HitPolicy.UNIQUE and len(hits) > 1:
        raise HitPolicyError(
            f"The hit policy UNIQUE allows one rule, but the rules in rows {_rows(hits)} fit."
        )
    if policy == HitPolicy.ANY and len({_key(hit[1]) for hit in hits}) > 1:
        raise HitPolicyError(
            "The hit policy ANY asks for the same outputs, but those of the rules in rows "
            f"{_rows(hits)} differ."
        )
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        places = [_place_in(order) for order in orders]
        hits = sorted(
            hits,
            key=lambda hit: [place(value) for place, value in zip(places, hit[1], strict=True)],
        )
    return hits if HitPolicy(policy).gives_several else hits[:1]


def _place_in(order: Sequence[Any]) -> Callable[[Any], int]:
    places: dict[Hashable, int] = {}
    for place, value in enumerate(order):
        places.setdefault(_key(value), place)
    return lambda value: places.get(_key(value), len(order))


def _key(value: Any) -> Hashable:
    """Return what is equal for equal values alone; for Python 1 is True, also inside of lists."""
    kind = type(value)
    if kind is dict:
        return dict, frozenset((key, _key(item)) for key, item in value.items())
    if kind is list or kind is tuple:
        return list, tuple(map(_key, value))
    return (float if kind is int else kind), value


def _rows(hits: Sequence[Hit]) -> str:
    rows = [str(row) for row, _ in hits]
    return f"{', '.join(rows[:-1])} and {rows[-1]}"
