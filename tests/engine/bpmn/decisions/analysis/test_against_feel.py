"""Gaps, overlaps and covered rows of random tables are those that trying all values shows."""

from __future__ import annotations

import re

from hypothesis import given, settings

from engine.bpmn.decisions.analysis.ranking import ranks
from engine.bpmn.decisions.analysis.searching import covered, gaps, overlaps
from engine.bpmn.decisions.analysis.words import case_in_words
from engine.bpmn.expressions.friendly.parsing import parse
from tests.engine.bpmn.decisions.analysis.random_tables import (
    LIMITS,
    OPEN_CELLS,
    Drawn,
    holds,
    passes,
    piece_of,
    tables,
)

many = settings(max_examples=300, deadline=None)


@many
@given(tables())
def test_a_cell_fits_the_pieces_whose_values_pass(drawn: Drawn) -> None:
    # given
    grid = drawn.grid

    # when / then
    for point in drawn.points(asked=False):
        for row, boxes in zip(drawn.rows, grid.surely, strict=True):
            for cell, column, mask, value in zip(row, grid.columns, boxes, point, strict=True):
                mixed = column.sort is None and cell not in ("-", "null", "!= null", "not(null)")
                if not mixed:
                    assert bool(mask & piece_of(column, value)) == passes(cell, value), cell


@many
@given(tables())
def test_gaps_are_the_values_that_no_row_fits(drawn: Drawn) -> None:
    # given
    grid = drawn.grid

    # when
    answer = gaps(grid)

    # then
    assert answer.complete
    for point in drawn.points(asked=True):
        inside = any(holds(grid, region, point) for region, _ in answer.found)
        assert inside == (not drawn.fitting(point)), point


@many
@given(tables())
def test_a_gap_in_words_is_true_of_its_values_alone(drawn: Drawn) -> None:
    # given
    grid = drawn.grid
    regions = [region for region, _ in gaps(grid).found]

    # when
    for region in regions[:5]:
        said = case_in_words(grid.columns, region, grid.asked)
        written = re.sub(r"(\w+) not in (\(.*?\))", r"not(\1 in \2)", said)
        if written == "any values":
            continue
        node, _ = parse(written)

        # then
        for point in drawn.points(asked=True):
            variables = dict(zip("abc", point, strict=False))
            assert (node(variables) is True) == holds(grid, region, point), (said, point)


@many
@given(tables())
def test_overlaps_are_the_rows_that_fit_together(drawn: Drawn) -> None:
    # given
    grid = drawn.grid
    tried = [set(drawn.fitting(point)) for point in drawn.points(asked=True)]

    # when
    answer = overlaps(grid)

    # then
    found = {row: set(above) for _, (*above, row) in answer.found}
    for row in range(len(drawn.rows)):
        together = set().union(*(rows for rows in tried if row in rows))
        assert found.get(row, set()) == {other for other in together if other < row}
    for box, (first, *_, row) in answer.found:
        points = [point for point in drawn.points(asked=True) if holds(grid, box, point)]
        assert points
        assert all({first, row} <= set(drawn.fitting(point)) for point in points)


@many
@given(tables())
def test_rows_that_are_covered_are_never_the_first(drawn: Drawn) -> None:
    # given
    tried = [drawn.fitting(point) for point in drawn.points(asked=False)]

    # when
    found = {row: set(above) for _, (*above, row) in covered(drawn.grid, ranks(drawn.table)).found}

    # then
    for row in range(len(drawn.rows)):
        fits = [rows for rows in tried if row in rows]
        assert (row in found) == (bool(fits) and all(rows[0] != row for rows in fits))
        if row in found:
            assert all(found[row] & set(rows) for rows in fits)


@many
@given(tables(policy="PRIORITY"))
def test_rows_that_are_covered_by_more_important_ones_never_win(drawn: Drawn) -> None:
    # given
    best = {row: (drawn.outputs[row], row) for row in range(len(drawn.rows))}
    tried = [drawn.fitting(point) for point in drawn.points(asked=False)]

    # when
    found = {row for _, (*_, row) in covered(drawn.grid, ranks(drawn.table)).found}

    # then
    for row in range(len(drawn.rows)):
        fits = [rows for rows in tried if row in rows]
        lost = all(min(rows, key=best.__getitem__) != row for rows in fits)
        assert (row in found) == (bool(fits) and lost)


@many
@given(tables(OPEN_CELLS))
def test_what_depends_on_variables_is_never_claimed(drawn: Drawn) -> None:
    # given
    grid = drawn.grid
    points = drawn.points(asked=True)

    # when
    open_, together = gaps(grid).found, overlaps(grid).found
    hidden = covered(grid, ranks(drawn.table)).found

    # then
    for limit in LIMITS:
        tried = {point: drawn.fitting(point, limit) for point in points}
        for region, _ in open_:
            assert not any(rows for point, rows in tried.items() if holds(grid, region, point))
        for box, (first, *_, row) in together:
            inside = [set(rows) for point, rows in tried.items() if holds(grid, box, point)]
            assert all({first, row} <= rows for rows in inside)
        for _, (*_, row) in hidden:
            every = (drawn.fitting(point, limit) for point in drawn.points(asked=False))
            assert all(rows[0] != row for rows in every if rows)
