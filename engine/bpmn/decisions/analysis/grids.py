"""A decision table as boxes: for each row and column the pieces of values that fit.

Columns that ask for the same are one, as their cells have to fit together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.cells import Cell, read_cell
from engine.bpmn.decisions.analysis.columns import Column, Fits, literals_of
from engine.bpmn.decisions.analysis.kinds import Kind

#: A mask of pieces for each column.
Box: TypeAlias = tuple[int, ...]
#: Rows, columns, and bits of all masks up to which a table is looked at as a whole.
MOST_ROWS, MOST_COLUMNS, MOST_BITS = 10_000, 100, 200_000_000
_ANYTHING = Cell(())
#: Characters of an expression that names a column better than its label does.
_SHORT = 40


class Grid(NamedTuple):
    """The boxes of a table."""

    columns: tuple[Column, ...]
    surely: tuple[Box, ...]  #: by row: values that fit, whatever the variables are
    maybe: tuple[Box, ...]  #: by row: values that may fit

    @property
    def everything(self) -> Box:
        """All values that there can be."""
        return tuple(column.everything for column in self.columns)

    @property
    def asked(self) -> Box:
        """The values that a table should have an answer for."""
        return tuple(column.allowed for column in self.columns)


def grid_of(
    table: model.Table, kinds: Sequence[Kind], read: Callable[[str], Cell | None] = read_cell
) -> Grid | None:
    """Return the boxes of a table with such inputs; None where it is too large.

    Args:
        table: with at least one row.
        kinds: by input, what its values are.
        read: gives the tests of a cell, as :func:`.cells.read_cell` does.
    """
    if len(table.rules) > MOST_ROWS or len(table.inputs) > MOST_COLUMNS:
        return None
    together: dict[tuple[str | None, str], list[int]] = {}
    for place, each in enumerate(table.inputs):
        together.setdefault((each.text.language, each.text.text), []).append(place)
    columns: list[Column] = []
    fitting: list[list[Fits]] = []
    left = MOST_BITS
    for places in together.values():
        first = table.inputs[places[0]]
        cells = [[_read(rule.tests[place], read) for rule in table.rules] for place in places]
        kind = _kind([kinds[place] for place in places])
        left -= _bits(cells, kind)
        if left < 0:
            return None
        column = Column(_label(first), kind, [cell for each in cells for cell in each])
        columns.append(column)
        fitting.append(_fitting(column, cells))
    rows = range(len(table.rules))
    return Grid(
        tuple(columns),
        tuple(tuple(column[row].surely for column in fitting) for row in rows),
        tuple(tuple(column[row].maybe for column in fitting) for row in rows),
    )


def _read(test: model.Text | None, read: Callable[[str], Cell | None]) -> Cell | None:
    if test is None:
        return _ANYTHING
    return read(test.text) if test.language is None else None


def _bits(cells: Sequence[Sequence[Cell | None]], kind: Kind) -> int:
    """Return about how many bits the masks of a column have: one is made for each test and row."""
    limits = (read_cell(text) for text in kind.allowed)
    found = [cell for cell in (*_different(cells), *limits) if cell is not None]
    tests = sum(len(cell.tests) for cell in found)
    values = {value.value for value in literals_of(found)}
    return max(tests, len(cells[0])) * (2 * len(values) + 1)


def _different(cells: Sequence[Sequence[Cell | None]]) -> Iterable[Cell | None]:
    """Return each cell once, as it is looked at once; those of one text are one object."""
    return {id(cell): cell for each in cells for cell in each}.values()


def _label(column: model.Input) -> str:
    text = column.text.text
    return text if len(text) <= _SHORT and "\n" not in text else column.label


def _kind(kinds: Sequence[Kind]) -> Kind:
    kind = next((each for each in kinds if each.sort is not None), kinds[0])
    return kind._replace(allowed=tuple({text for each in kinds for text in each.allowed}))


def _fitting(column: Column, cells: Sequence[Sequence[Cell | None]]) -> list[Fits]:
    """Return what fits each row; ``cells`` are those of each column that asks for the same."""
    known = {id(cell): column.fits(cell) for cell in _different(cells)}
    found = []
    for row in zip(*cells, strict=True):
        surely = maybe = column.everything
        for cell in row:
            fits = known[id(cell)]
            surely, maybe = surely & fits.surely, maybe & fits.maybe
        found.append(Fits(surely, maybe))
    return found
