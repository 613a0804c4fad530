"""A decision table as boxes: for each row and column the pieces of values that fit.

Columns that ask for the same are one, as their cells have to fit together.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.cells import Cell, read_cell
from engine.bpmn.decisions.analysis.columns import Column, Fits
from engine.bpmn.decisions.analysis.kinds import Kind

#: A mask of pieces for each column.
Box: TypeAlias = tuple[int, ...]
#: Rows, columns, and rows times pieces up to which a table is looked at as a whole.
MOST_ROWS, MOST_COLUMNS, MOST_BITS = 10_000, 100, 200_000_000
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


def grid_of(table: model.Table, kinds: Sequence[Kind]) -> Grid | None:
    """Return the boxes of a table with such inputs; None where it is too large."""
    if len(table.rules) > MOST_ROWS or len(table.inputs) > MOST_COLUMNS:
        return None
    read = [
        [_read(rule.tests[place]) for rule in table.rules] for place in range(len(table.inputs))
    ]
    together: dict[tuple[str | None, str], list[int]] = {}
    for place, each in enumerate(table.inputs):
        together.setdefault((each.text.language, each.text.text), []).append(place)
    columns: list[Column] = []
    fitting: list[list[Fits]] = []
    for places in together.values():
        first = table.inputs[places[0]]
        cells = [cell for place in places for cell in read[place]]
        column = Column(_label(first), _kind([kinds[place] for place in places]), cells)
        columns.append(column)
        fitting.append(_fitting(column, [read[place] for place in places]))
    if sum(column.everything.bit_length() for column in columns) * len(table.rules) > MOST_BITS:
        return None
    rows = range(len(table.rules))
    return Grid(
        tuple(columns),
        tuple(tuple(column[row].surely for column in fitting) for row in rows),
        tuple(tuple(column[row].maybe for column in fitting) for row in rows),
    )


def _read(test: model.Text | None) -> Cell | None:
    if test is None:
        return Cell(())
    return read_cell(test.text) if test.language is None else None


def _label(column: model.Input) -> str:
    text = column.text.text
    return text if len(text) <= _SHORT and "\n" not in text else column.label


def _kind(kinds: Sequence[Kind]) -> Kind:
    kind = next((each for each in kinds if each.sort is not None), kinds[0])
    return kind._replace(allowed=tuple({text for each in kinds for text in each.allowed}))


def _fitting(column: Column, cells: Sequence[Sequence[Cell | None]]) -> list[Fits]:
    """Return what fits each row; ``cells`` are those of each column that asks for the same."""
    known: dict[Cell | None, Fits] = {}
    found = []
    for row in zip(*cells, strict=True):
        surely = maybe = column.everything
        for cell in row:
            if cell not in known:
                known[cell] = column.fits(cell)
            surely, maybe = surely & known[cell].surely, maybe & known[cell].maybe
        found.append(Fits(surely, maybe))
    return found
