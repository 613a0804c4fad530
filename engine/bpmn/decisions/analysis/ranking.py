"""The order in which rows of a table count, where only the first of those that fit does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.cells import Same, read_cell
from engine.bpmn.decisions.analysis.literals import Literal, literal
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.model import Text

#: The first place of each value in an order, by its sort and value, and the place of all others.
_Places: TypeAlias = tuple[Mapping[tuple[str, object], int], int]


def ranks(table: model.Table) -> Sequence[int | None]:
    """Return by row the place in the order; None where it is not known. Empty: all count alike."""
    if table.policy == HitPolicy.FIRST:
        return range(len(table.rules))
    if table.policy != HitPolicy.PRIORITY:
        return ()
    orders = [_order(output.values) for output in table.outputs]
    if None in orders:
        return ()
    places = [_places(order or []) for order in orders]
    found = [_ranks(rule, places) for rule in table.rules]
    known = sorted({rank for rank in found if rank is not None})
    place = {rank: at for at, rank in enumerate(known)}
    return [None if rank is None else place[rank] for rank in found]


def _order(values: Text | None) -> list[Literal] | None:
    """Return output values, most important first; an output without them is not ordered by."""
    if values is None:
        return []
    cell = read_cell(values.text)
    if cell is None or cell.negated:
        return None
    listed = [test.value for test in cell.tests if isinstance(test, Same) and not test.differs]
    return listed if len(listed) == len(cell.tests) else None


def _places(order: Sequence[Literal]) -> _Places:
    found: dict[tuple[str, object], int] = {}
    for at, each in enumerate(order):
        found.setdefault((each.sort, each.value), at)
    return found, len(order)


def _ranks(rule: model.Rule, places: Sequence[_Places]) -> tuple[int, ...] | None:
    found = []
    for text, (order, last) in zip(rule.outputs, places, strict=True):
        value = literal(text.text) if text is not None and text.language is None else None
        if value is None and last and text is not None:
            return None
        found.append(last if value is None else order.get((value.sort, value.value), last))
    return tuple(found)
