"""Random tables, points that stand for all values, and what FEEL says of each point."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.columns import FOREIGN, NULL, Column
from engine.bpmn.decisions.analysis.grids import Box, Grid, grid_of
from engine.bpmn.decisions.analysis.kinds import kind_of_input
from engine.bpmn.decisions.analysis.scopes import Scope
from engine.bpmn.expressions.friendly.cells import parse_tests

NUMBERS, TEXTS = (0, 1, 2, 3.5, 5), ("a", "b", "c")
#: By type, all values that simple cells may tell apart. The marks above, what is between, beyond.
POINTS: Mapping[str, Sequence[Any]] = {
    "number": (-1, 0, 0.5, 1, 1.5, 2, 3, 3.5, 4, 5, 6),
    "string": (*TEXTS, "d"),
    "boolean": (True, False),
}
_FOREIGN: Mapping[str, Any] = {"number": "x", "string": 7, "boolean": "x"}
#: Values of the variable that cells which are not simple look at.
LIMITS = (0, 2, 9)


class Drawn(NamedTuple):
    """A table with columns ``a``, ``b``, ... of these types, and cells by row."""

    types: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    policy: str = "FIRST"
    outputs: tuple[str, ...] = ()
    declared: bool = True  #: whether types are written down

    @property
    def table(self) -> model.Table:
        """The table as it is read."""
        return model.Table(
            policy=self.policy,
            aggregation=None,
            inputs=tuple(
                model.Input(name, model.Text(name), self._type(type), None)
                for name, type in zip("abc", self.types, strict=False)
            ),
            outputs=(model.Output("y", None, model.Text('"a", "b", "c"'), None),),
            rules=tuple(self._rules()),
        )

    def _type(self, name: str) -> model.Type | None:
        return model.Type(base=name) if self.declared else None

    def _rules(self) -> Iterator[model.Rule]:
        for at, row in enumerate(self.rows):
            output = self.outputs[at] if self.outputs else '"a"'
            tests = tuple(None if cell == "-" else model.Text(cell) for cell in row)
            yield model.Rule(f"r{at}", at + 1, tests, (model.Text(output),))

    @property
    def grid(self) -> Grid:
        """The table as boxes."""
        table, scope = self.table, Scope({}, {})
        grid = grid_of(table, [kind_of_input(column, scope) for column in table.inputs])
        assert grid is not None
        return grid

    def points(self, *, asked: bool) -> list[tuple[Any, ...]]:
        """Return points for all values, or for those that a table should have an answer for."""
        columns = []
        for place, type in enumerate(self.types):
            points = list(POINTS[type])
            null = any("null" in row[place] for row in self.rows)
            if null or not asked:
                points.append(None)
            if not asked and not self.declared:
                points.append(_FOREIGN[type])
            columns.append(points)
        return list(itertools.product(*columns))

    def fitting(self, point: Sequence[Any], limit: Any = None) -> list[int]:
        """Return the rows that FEEL finds to fit."""
        return [
            at
            for at, row in enumerate(self.rows)
            if all(passes(cell, value, limit) for cell, value in zip(row, point, strict=True))
        ]


@functools.lru_cache(maxsize=100_000)
def _passes(cell: str, kind: type, value: Any, limit: Any) -> bool:
    return parse_tests(cell)[0](value, {"limit": limit})


def passes(cell: str, value: Any, limit: Any = None) -> bool:
    """Say whether FEEL lets a value pass."""
    return _passes(cell, type(value), value, limit)


def piece_of(column: Column, value: Any) -> int:
    """Return the piece of a column that a value is of."""
    marks = [mark.value for mark in column.marks]
    if value is None:
        return NULL
    kinds = {"number": (int, float), "text": (str,), "boolean": (bool,)}
    if column.sort is None:
        return 1 << 2
    if type(value) not in kinds[column.sort]:
        return FOREIGN
    if column.sort == "number":
        below = sum(mark < value for mark in marks)
        return 1 << 2 + 2 * below + (value in marks)
    return 1 << 2 + (marks.index(value) if value in marks else len(marks))


def holds(grid: Grid, box: Box, point: Sequence[Any]) -> bool:
    """Say whether a point is in a box."""
    return all(
        mask & piece_of(column, value)
        for column, mask, value in zip(grid.columns, box, point, strict=True)
    )


def _listed(one: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(one, min_size=2, max_size=3).map(", ".join)
    return one | several | (one | several).map("not({})".format)


_number = st.sampled_from([str(number) for number in NUMBERS])
_compared = st.builds("{} {}".format, st.sampled_from(["<", "<=", ">", ">=", "!=", "="]), _number)
_range = st.builds(
    "{}{}..{}{}".format, st.sampled_from("[(]"), _number, _number, st.sampled_from("])[")
)
_word = st.sampled_from([f'"{text}"' for text in TEXTS])
CELLS = {
    "number": st.just("-") | _listed(_number | _compared | _range | st.just("null")),
    "string": st.just("-") | _listed(_word | _word.map("!= {}".format) | st.just("null")),
    "boolean": st.just("-") | _listed(st.sampled_from(["true", "false", "null", "!= null"])),
}
#: Cells that look at a variable too.
OPEN_CELLS = {
    **CELLS,
    "number": CELLS["number"] | st.sampled_from(["> limit", "<= limit", "5, limit", "[1..limit]"]),
}


def tables(
    cells: Mapping[str, st.SearchStrategy[str]] = CELLS, *, policy: str = "FIRST"
) -> st.SearchStrategy[Drawn]:
    """Return tables of up to three columns and six rows."""
    types = st.lists(st.sampled_from(sorted(cells)), min_size=1, max_size=3)

    def drawn(chosen: list[str]) -> st.SearchStrategy[Drawn]:
        row = st.tuples(*(cells[type] for type in chosen))
        return st.builds(
            Drawn,
            st.just(tuple(chosen)),
            st.lists(row, min_size=1, max_size=6).map(tuple),
            st.just(policy),
            st.lists(_word, min_size=6, max_size=6).map(tuple),
            st.booleans(),
        )

    return types.flatmap(drawn)
