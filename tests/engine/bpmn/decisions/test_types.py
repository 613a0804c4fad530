"""Types that name each other: trees, circles, and more of them than anybody has the time for."""

from __future__ import annotations

import time
from typing import Any

import pytest

from engine.bpmn.decisions import Decisions
from engine.bpmn.decisions.reporting import decision_reports
from engine.bpmn.decisions.showing import view
from tests.engine.bpmn.decisions.drawing import decision, dmn, given, literal, rows, text


def named(name: str, *parts: str, base: str = "", allowed: str = "", attributes: str = "") -> str:
    """Return an item definition; its parts are ``name:type``."""
    inside = f"<typeRef>{base}</typeRef>" if base else ""
    for part in parts:
        component, _, kind = part.partition(":")
        inside += f'<itemComponent name="{component}"><typeRef>{kind}</typeRef></itemComponent>'
    inside += text("allowedValues", allowed)
    return f'<itemDefinition name="{name}" {attributes}>{inside}</itemDefinition>'


def seen(kind: str, expression: str, types: str) -> Decisions:
    """Return a decision that looks at ``x``, which is of that type."""
    logic = decision(literal(expression), needs="i:x")
    return Decisions.of([dmn(types + given("x", kind) + logic)])


TREE = named("tNode", "name:string", "left:tNode", "right:tNode")


def tree(depth: int, name: Any = "leaf") -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "left": None, "right": None}
    for level in range(depth):
        found = {"name": f"level {level}", "left": found, "right": None}
    return found


def test_a_tree_is_of_a_type_that_holds_itself() -> None:
    # given
    decisions = seen("tNode", "x.left.left.name", TREE)

    # when
    found = decisions.decide("0#d", {"x": tree(2)})
    spoiled = decisions.decide("0#d", {"x": tree(2, name=5)})

    # then
    assert (found.outputs, found.failures) == ("leaf", ())
    assert spoiled.outputs is None
    assert spoiled.warnings or spoiled.failures


@pytest.mark.parametrize("depth", [64, 500])
def test_a_deep_tree_is_decided_or_fails_in_words(depth: int) -> None:
    # given
    decisions = seen("tNode", "x.name", TREE)

    # when
    found = decisions.decide("0#d", {"x": tree(depth)})

    # then
    assert found.failures or found.outputs == f"level {depth - 1}"


@pytest.mark.usefixtures("uncollected")
def test_thirty_types_of_ten_parts_each_are_ready_at_once() -> None:
    # given
    wide = (named(f"t{n}", *(f"f{part}:t{n + 1}" for part in range(10))) for n in range(30))
    types = "".join(wide) + named("t30", base="number")
    decisions = seen("t0", "x", types)
    began = time.process_time()

    # when
    found = decisions.decide("0#d", {"x": dict.fromkeys(f"f{part}" for part in range(10))})

    # then
    assert not found.failures
    assert time.process_time() - began < 15


@pytest.mark.usefixtures("uncollected")
def test_a_type_is_made_ready_once_however_many_columns_name_it() -> None:
    # given
    parts = (f"f{n}:number" for n in range(5_000))
    columns = " ".join(f"x{n}:tWide" for n in range(300))
    table = rows(" | ".join(["-"] * 300) + " | 1", inputs=columns)
    decisions = Decisions.of([dmn(named("tWide", *parts) + decision(table))])
    began = time.process_time()

    # when
    found = decisions.decide("0#d", {})

    # then
    assert (found.outputs, found.failures) == (1, ())
    assert time.process_time() - began < 15


@pytest.mark.parametrize(
    ("types", "value"),
    [
        (named("t", base="t"), "anything"),
        (named("t", base="u") + named("u", base="t"), 5),
        (named("t", base="nobody"), 5),
        (named("t", base="u", allowed="1, 2") + named("u", base="number", allowed="3, 4"), 1),
        (named("t", base="u", allowed="1, 2") + named("u", base="number", allowed="3, 4"), 3),
        (named("t", base="u", allowed="1, 2") + named("u", "a:number"), {"a": 1}),
        (named("t", "a:u") + named("u", "b:t"), {"a": {"b": {"a": None}}}),
        (named("t", "a:u") + named("u", "b:t"), {"a": {"b": 5}}),
        *(
            ("".join(named(f"t{n}" if n else "t", base=f"t{n + 1}") for n in range(count)), "text")
            for count in (49, 50, 51, 52)
        ),
        (named("t", base="t1") + named("t1", base="number"), "text"),
    ],
)
def test_types_mean_the_same_here_and_in_the_sandbox(types: str, value: Any) -> None:
    # given
    last = named("t49", base="number") + named("t50", base="number") + named("t51", base="number")
    here = seen("t", "x", last + types)
    there = seen("t", "x", last + types)
    there._plain["0#d"] = None

    # when / then
    assert here.decide("0#d", {"x": value}) == there.decide("0#d", {"x": value})


@pytest.mark.parametrize("depth", [1, 20, 21, 1_200, 20_000])
def test_lists_in_lists_without_end_are_any_type(depth: int) -> None:
    # given
    reference = "list<" * depth + "number" + ">" * depth
    document = dmn(given("x", reference) + decision(literal("x"), needs="i:x", type=reference))

    # when
    (report,) = decision_reports([document]).values()
    found = Decisions.of([document]).decide("0#d", {"x": 1})

    # then
    assert not report.problems
    assert not found.failures


def test_what_can_be_chosen_is_what_stands_nearest_to_the_value() -> None:
    # given
    types = named("t", base="u", allowed='"a", "b"') + named("u", base="string", allowed='"c"')
    others = named("w", base="u") + given("y", "w") + named("z", base="z") + given("z", "z")
    logic = decision(literal("[x, y, z]"), needs="i:x i:y i:z")
    decisions = Decisions.of([dmn(types + others + given("x", "t") + logic)])

    # when
    found = {each.name: each.choices for each in view(decisions, "0#d").inputs}

    # then
    assert found == {"x": ("a", "b"), "y": ("c",), "z": ()}
