"""Random tables, made here and in the sandbox, against a naive evaluator that knows no FEEL."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn.decisions import Decisions
from tests.engine.bpmn.decisions.drawing import decision, dmn, policy, rows

COLUMNS = {"n": "number", "t": "string", "b": "boolean"}
NUMBERS = st.integers(-3, 6)
TEXTS = st.sampled_from(["a", "b", "c"])
VALUES = {"n": NUMBERS | st.none(), "t": TEXTS | st.none(), "b": st.booleans() | st.none()}
POLICIES = [
    ("UNIQUE", ""),
    ("FIRST", ""),
    ("ANY", ""),
    ("PRIORITY", ""),
    ("RULE ORDER", ""),
    ("OUTPUT ORDER", ""),
    ("COLLECT", ""),
    ("COLLECT", "SUM"),
    ("COLLECT", "MIN"),
    ("COLLECT", "MAX"),
    ("COLLECT", "COUNT"),
]
#: The outputs, most important first.
ORDER = [3, 1, 2]


@dataclass(frozen=True)
class Cell:
    """A cell as a table has it, and what it means."""

    text: str
    passes: Callable[[Any], bool]


def _comparison(sign: str, bound: int) -> Cell:
    compare = {
        "<": lambda v: v < bound,
        "<=": lambda v: v <= bound,
        ">": lambda v: v > bound,
        ">=": lambda v: v >= bound,
    }[sign]
    return Cell(f"{sign} {bound}", lambda v: v is not None and compare(v))


def _range(low: int, size: int, ends: str) -> Cell:
    high = low + size
    return Cell(
        f"{ends[0]}{low}..{high}{ends[1]}",
        lambda v: (
            v is not None
            and (v > low or (v == low and ends[0] == "["))
            and (v < high or (v == high and ends[1] == "]"))
        ),
    )


def _literal(value: Any) -> Cell:
    return Cell(json.dumps(value), lambda v: type(v) is type(value) and v == value)


def _any_of(cells: list[Cell]) -> Cell:
    return Cell(", ".join(c.text for c in cells), lambda v: any(c.passes(v) for c in cells))


def _none_of(cell: Cell) -> Cell:
    return Cell(f"not({cell.text})", lambda v: not cell.passes(v))


ANYTHING = Cell("-", lambda v: True)


def cells(column: str) -> st.SearchStrategy[Cell]:
    if column == "n":
        simple = st.one_of(
            st.builds(_comparison, st.sampled_from(["<", "<=", ">", ">="]), NUMBERS),
            st.builds(_range, NUMBERS, st.integers(0, 4), st.sampled_from(["[]", "(]", "[)"])),
            st.builds(_literal, NUMBERS),
        )
    else:
        simple = st.builds(_literal, TEXTS if column == "t" else st.booleans())
    several = st.builds(_any_of, st.lists(simple, min_size=1, max_size=3))
    return st.just(ANYTHING) | several | st.builds(_none_of, several)


@dataclass(frozen=True)
class Table:
    """A table, and the points it is asked at."""

    policy: str
    aggregation: str
    columns: list[str]
    rules: list[tuple[list[Cell], int]]
    points: list[dict[str, Any]]


@st.composite
def tables(draw: st.DrawFn) -> Table:
    name, aggregation = draw(st.sampled_from(POLICIES))
    columns = draw(st.lists(st.sampled_from(list(COLUMNS)), min_size=1, max_size=3, unique=True))
    rule = st.tuples(st.tuples(*map(cells, columns)).map(list), st.sampled_from(ORDER))
    rules = draw(st.lists(rule, min_size=1, max_size=6))
    point = st.fixed_dictionaries({column: VALUES[column] for column in columns})
    return Table(name, aggregation, columns, rules, draw(st.lists(point, min_size=6, max_size=12)))


def naive(table: Table, point: dict[str, Any]) -> tuple[Any, bool]:
    """Return what the table gives, and whether its hit policy is kept."""
    fitting = [
        output
        for row, output in table.rules
        if all(cell.passes(point[name]) for cell, name in zip(row, table.columns, strict=True))
    ]
    if table.aggregation:
        if table.aggregation == "COUNT":
            return len(fitting), True
        build = {"SUM": sum, "MIN": min, "MAX": max}[table.aggregation]
        return (build(fitting) if fitting else None), True
    if table.policy in ("RULE ORDER", "COLLECT"):
        return fitting, True
    if table.policy == "OUTPUT ORDER":
        return sorted(fitting, key=ORDER.index), True
    if table.policy == "PRIORITY":
        return (min(fitting, key=ORDER.index) if fitting else None), True
    one = table.policy == "FIRST" or len(fitting) <= 1
    kept = one or (table.policy == "ANY" and len(set(fitting)) == 1)
    return (fitting[0] if kept and fitting else None), kept


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_a_table_gives_what_its_rules_say_here_and_in_the_sandbox(table: Table) -> None:
    # given
    written = [" | ".join([*(cell.text for cell in row), str(out)]) for row, out in table.rules]
    document = dmn(
        decision(
            rows(
                *written,
                policy=policy(table.policy, table.aggregation),
                inputs=" ".join(f"{name}:{COLUMNS[name]}" for name in table.columns),
                values=", ".join(map(str, ORDER)),
            )
        )
    )
    here, sandbox = Decisions.of([document]), Decisions.of([document])
    sandbox._plain["0#d"] = None  # what is not plain is made there

    for point in table.points:
        # when
        wanted, kept = naive(table, point)
        found, other = here.decide("0#d", point), sandbox.decide("0#d", point)

        # then
        assert found.outputs == wanted
        assert bool(found.failures) is not kept
        assert other == found
