"""The order in which rows of a table count, where only the first of those that fit does."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.cells import Same, read_cell
from engine.bpmn.decisions.analysis.literals import Literal, literal
from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.model import Text


def ranks(table: model.Table) -> Sequence[int | None]:
    """Return by row the place in the order; None where it is not known. Empty: all count alike."""
    if table.policy == HitPolicy.FIRST:
        return range(len(table.rules))
    if table.policy != HitPolicy.PRIORITY:
        return ()
    orders = [_order(output.values) for output in table.outputs]
    if None in orders:
        return ()
    found = [_ranks(rule, [order or [] for order in orders]) for rule in table.rules]
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


def _ranks(rule: model.Rule, orders: Sequence[list[Literal]]) -> tuple[int, ...] | None:
    found = []
    for text, order in zip(rule.outputs, orders, strict=True):
        value = literal(text.text) if text is not None and text.language is None else None
        if value is None and order and text is not None:
            return None
        same = (at for at, each in enumerate(order) if value is not None and each.same_as(value))
        found.append(next(same, len(order)))
    return tuple(found)
