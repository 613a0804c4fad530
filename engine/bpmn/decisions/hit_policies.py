"""What a table gives when several of its rules fit, or none.

Source: OMG DMN 1.3, chapter 8.2.8 *Hit policy*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    """Internal: the rules that fit contradict the hit policy. Becomes a ``DecisionError``."""

    def __init__(self, reason: str, cure: str) -> None:
        """Say which rules, and what to change."""
        super().__init__(reason)
        self.reason = reason
        self.cure = cure


#: A rule that fits: its row (1-based) and its outputs by name.
Hit = tuple[int, Mapping[str, Any]]

AGGREGATORS: Mapping[str, Callable[[list[Any]], Any]] = {
    "SUM": sum,
    "COUNT": len,
    "MIN": min,
    "MAX": max,
}


def chosen(
    policy: HitPolicy, hits: Sequence[Hit], values: Mapping[str, Sequence[Any]]
) -> Sequence[Hit]:
    """Return the rules that count, in their order.

    Args:
        policy: any but an aggregating COLLECT.
        hits: the rules that fit, topmost first.
        values: the output values by output name, most important first; for PRIORITY and OUTPUT
            ORDER.

    Raises:
        HitPolicyError: UNIQUE with several rules, or ANY with different outputs.
    """
    if policy is HitPolicy.UNIQUE and len(hits) > 1:
        raise HitPolicyError(
            f"The hit policy UNIQUE allows one rule, but {_rows(hits)} fit.",
            "Make the rules exclude each other, or use the hit policy FIRST.",
        )
    if policy is HitPolicy.ANY and any(hit[1] != hits[0][1] for hit in hits):
        raise HitPolicyError(
            f"The hit policy ANY asks for the same outputs, but those of {_rows(hits)} differ.",
            "Give these rules the same outputs, or use the hit policy FIRST.",
        )
    if policy in (HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER):
        hits = sorted(hits, key=lambda hit: _rank(hit[1], values))
    return hits if policy.gives_several else hits[:1]


def _rank(outputs: Mapping[str, Any], values: Mapping[str, Sequence[Any]]) -> list[int]:
    return [
        order.index(outputs[name]) if outputs[name] in order else len(order)
        for name, order in values.items()
    ]


def aggregated(name: str, found: list[Any]) -> Any:
    """Return the ``SUM``, ``COUNT``, ``MIN`` or ``MAX`` of ``found``; None of nothing.

    Raises:
        HitPolicyError: something other than numbers was found.
    """
    if name == "COUNT":
        return len(found)
    numbers = [value for value in found if value is not None]
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in numbers):
        raise HitPolicyError(
            f"{name} needs numbers, but an output is something else.",
            "Let every rule give a number, or leave the aggregation out.",
        )
    return AGGREGATORS[name](numbers) if numbers else None


def _rows(hits: Sequence[Hit]) -> str:
    rows = [str(row) for row, _ in hits]
    return f"the rules in rows {', '.join(rows[:-1])} and {rows[-1]}"
