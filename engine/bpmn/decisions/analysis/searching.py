"""The questions that rules ask of a table as a whole, each answered once.

An answer may be cut short where it would take too much work; then it says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.bpmn.decisions.analysis.covering import Boxes, Budget, TooMuchError, bits
from engine.bpmn.decisions.analysis.grids import Box, Grid

#: Regions, and rows with overlaps, after which nobody reads on.
MOST = 50


class Answer(NamedTuple):
    """What was found."""

    found: list[tuple[Box, tuple[int, ...]]]  #: values, and the rows they are about, from 0
    complete: bool = True


def gaps(grid: Grid) -> Answer:
    """Return the values for which there is no row; each region as large as it can be.

    A row that may fit counts as one that does.
    """
    found: list[tuple[Box, tuple[int, ...]]] = []
    if not all(column.bounded for column in grid.columns):
        return Answer(found)
    try:
        boxes = Boxes(grid.maybe, grid.everything, Budget())
        for part in boxes.left_open(grid.asked, boxes.rows):
            if not any(_is_inside(part, region) for region, _ in found):
                found.append((boxes.widened(part, grid.asked), ()))
            if len(found) > MOST:
                break
    except TooMuchError:
        return Answer(found, complete=False)
    return Answer(found)


def overlaps(grid: Grid) -> Answer:
    """Return for each row the rows above it that surely fit some of its values, and some such."""
    found: list[tuple[Box, tuple[int, ...]]] = []
    asked = grid.asked
    surely = [common(box, asked) for box in grid.surely]
    try:
        boxes = Boxes(surely, grid.everything, Budget())
        for row, box in enumerate(surely):
            above = boxes.meeting(box) & ((1 << row) - 1)
            if above and all(box):
                rows = tuple(bits(above))
                found.append((common(box, surely[rows[0]]), (*rows, row)))
            if len(found) > MOST:
                break
    except TooMuchError:
        return Answer(found, complete=False)
    return Answer(found)


def covered(grid: Grid, order: Sequence[int | None]) -> Answer:
    """Return the rows that never count, as rows that come before them take all their values.

    Args:
        grid: the table.
        order: by row its place in the order in which rows count; None where that is not known, so
            that it neither covers nor is covered.
    """
    found: list[tuple[Box, tuple[int, ...]]] = []
    ranked = sorted(
        (row for row, place in enumerate(order) if place is not None),
        key=lambda row: (order[row] or 0, row),
    )
    try:
        boxes = Boxes(grid.surely, grid.everything, Budget())
        before = 0
        for row in ranked:
            box = grid.maybe[row]
            covering = _covering(boxes, box, before) if all(box) else ()
            if covering:
                found.append((box, (*covering, row)))
            before |= 1 << row
    except TooMuchError:
        return Answer(found, complete=False)
    return Answer(found)


def _covering(boxes: Boxes, box: Box, before: int) -> tuple[int, ...]:
    """Return the rows, of those before, that together hold ``box``; none where they do not."""
    alone = boxes.holding(box) & before
    if alone:
        return (next(bits(alone)),)
    rows = boxes.meeting(box) & before
    if not rows or _is_open(boxes.left_open(box, rows)):
        return ()
    for row in bits(rows):
        if not _is_open(boxes.left_open(box, rows & ~(1 << row))):
            rows &= ~(1 << row)
    return tuple(bits(rows))


def _is_open(parts: Iterator[Box]) -> bool:
    return next(parts, None) is not None


def _is_inside(box: Box, other: Box) -> bool:
    return all(not mask & ~whole for mask, whole in zip(box, other, strict=True))


def common(box: Box, other: Box) -> Box:
    """Return the values that are in both boxes."""
    return tuple(mask & another for mask, another in zip(box, other, strict=True))
