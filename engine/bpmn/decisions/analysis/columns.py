"""The values of a column, cut into pieces that its cells do not tell apart.

Two pieces stand for values that are no ordinary ones: null, and values of another type. Sets of
pieces are masks of bits, so that tables are compared with ``&`` and ``|``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from engine.bpmn.decisions.analysis.cells import Between, Cell, Same, Test, read_cell
from engine.bpmn.decisions.analysis.kinds import OTHER, Kind
from engine.bpmn.decisions.analysis.literals import (
    BOOLEAN,
    NOTHING,
    NUMBER,
    ORDERED,
    TEXT,
    Literal,
)

#: The piece that is null, and the one of all values of another type.
NULL, FOREIGN = 1, 2
_FIRST = 2


class Fits(NamedTuple):
    """The pieces of which all values pass a cell, and those of which some may."""

    surely: int
    maybe: int


class Column:
    """One input of a table.

    Attributes:
        label: how people call it.
        sort: of its ordinary values, see :mod:`.literals`; None where they are of many sorts, or
            of none that is known.
        marks: literals between which the pieces lie; of texts and booleans they are pieces.
        everything: all pieces that a value can be of.
        allowed: those that are asked for: no null unless a cell tests it, no foreign values, none
            that is not allowed.
        bounded: whether what is allowed is known.
        unlisted: pieces that no cell names, where cells only name single values, and nobody lists
            which there are; a column of numbers may hold codes.
    """

    def __init__(self, label: str, kind: Kind, cells: Iterable[Cell | None]) -> None:
        """``cells`` are those of all rows; None is one that is not simple."""
        self.label = label
        limits = [read_cell(text) for text in kind.allowed]
        known = [cell for cell in (*cells, *limits) if cell is not None]
        literals = [*literals_of(known)]
        self.sort = _sort(kind, literals)
        self.marks = _marks(self.sort, literals)
        self._places = {mark.value: at for at, mark in enumerate(self.marks)}
        self._values = [mark.value for mark in self.marks]
        ordinary = ((1 << self._count()) - 1) << _FIRST
        if kind.whole and kind.certain and self.sort == NUMBER:
            ordinary &= ~self._between_whole_numbers()
        self.everything = ordinary | NULL | (0 if kind.certain else FOREIGN)
        self._ordinary = ordinary
        self.bounded = None not in limits
        tested = any(value.sort == NOTHING for value in literals)
        self.allowed = ordinary
        for cell in limits:
            self.allowed &= self.fits(cell).maybe
        self.enumerated = self.allowed != ordinary
        if self.enumerated:
            self.everything = self.allowed | (self.everything & (NULL | FOREIGN))
        self.allowed |= NULL if tested else 0
        self.unlisted = 0
        if not self.enumerated and not any(isinstance(t, Between) for c in known for t in c.tests):
            self.unlisted = self._unnamed() & self.allowed

    def fits(self, cell: Cell | None) -> Fits:
        """Return the pieces that pass a cell."""
        if cell is None:
            return Fits(0, self.everything)
        if cell.passes_anything:
            return Fits(self.everything, self.everything)
        surely = maybe = 0
        for test in cell.tests:
            found = self._fits(test)
            surely, maybe = surely | found.surely, maybe | found.maybe
        if cell.negated:
            surely, maybe = ~maybe, ~surely
        return Fits(surely & self.everything, maybe & self.everything)

    def _fits(self, test: Test) -> Fits:
        known = next(iter(_literals(test)))
        if isinstance(test, Same) and known.sort == NOTHING:
            found = self.everything & ~NULL if test.differs else NULL
            return Fits(found, found)
        if self.sort is None:
            return Fits(0, self.everything)
        if known.sort != self.sort:
            null = NULL if isinstance(test, Same) and test.differs else 0
            return Fits(null, null | FOREIGN)
        if isinstance(test, Same):
            one = self._bit(self._at(test.value))
            found = (self._ordinary & ~one) | NULL if test.differs else one
        else:
            found = self._range(test)
        return Fits(found, found)

    def _bit(self, place: int) -> int:
        return 1 << (_FIRST + place)

    def _count(self) -> int:
        marks = len(self.marks)
        if self.sort in ORDERED:
            return 2 * marks + 1
        return marks if self.sort == BOOLEAN else marks + 1

    def _at(self, value: Literal) -> int:
        place = self._places[value.value]
        return 2 * place + 1 if self.sort in ORDERED else place

    def _unnamed(self) -> int:
        """Return the pieces that are no marks."""
        places = range(0, self._count(), 2) if self.sort in ORDERED else [len(self.marks)]
        return sum(map(self._bit, places)) if self.sort in ORDERED | {TEXT} else 0

    def _range(self, test: Between) -> int:
        start = 0 if test.low is None else self._at(test.low) + (not test.from_low)
        end = 2 * len(self.marks) if test.high is None else self._at(test.high) - (not test.to_high)
        return ((1 << max(end - start + 1, 0)) - 1) << (_FIRST + start)

    def _between_whole_numbers(self) -> int:
        """Return the pieces between two marks that hold no whole number."""
        found = 0
        for at, (low, high) in enumerate(zip(self._values, self._values[1:], strict=False)):
            if math.floor(low) + 1 >= high:
                found |= self._bit(2 * at + 2)
        for at, value in enumerate(self._values):
            if not float(value).is_integer():
                found |= self._bit(2 * at + 1)
        return found


def literals_of(cells: Iterable[Cell]) -> Iterator[Literal]:
    """Yield what the tests of cells compare with."""
    return (value for cell in cells for test in cell.tests for value in _literals(test))


def _literals(test: Test) -> Iterator[Literal]:
    if isinstance(test, Same):
        yield test.value
    else:
        yield from (end for end in (test.low, test.high) if end is not None)


def _sort(kind: Kind, literals: Sequence[Literal]) -> str | None:
    if kind.sort is not None:
        return kind.sort if kind.sort != OTHER else None
    sorts = {value.sort for value in literals} - {NOTHING}
    return sorts.pop() if len(sorts) == 1 else None


def _marks(sort: str | None, literals: Sequence[Literal]) -> list[Literal]:
    if sort == BOOLEAN:
        return [Literal(BOOLEAN, value, str(value).lower()) for value in (True, False)]
    by_value: dict[Any, Literal] = {each.value: each for each in literals if each.sort == sort}
    if sort in ORDERED:
        return sorted(by_value.values(), key=lambda mark: mark.value)
    return list(by_value.values())
