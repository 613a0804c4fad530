"""Hostile decisions: they end in time, touch nothing, and leave nothing behind for the next one."""

from __future__ import annotations

import json
import resource
import time
from typing import Any

import pytest

from engine.bpmn.decisions import Decisions
from engine.bpmn.expressions.sandbox.process import SANDBOX, _cpu_seconds
from tests.engine.bpmn.decisions.drawing import (
    decided,
    decision,
    dmn,
    function,
    given,
    literal,
    policy,
    rows,
)

#: Seconds of work that a hostile decision may take, here and in the sandbox, and the patience with
#: a busy machine. Most are stopped after a tenth of the first; unbounded, they would take minutes.
LONGEST, PATIENCE = 5.0, 60.0


def worked() -> float:
    """Return the seconds of work of this process and of its sandboxes, also of those that ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    process = SANDBOX._process
    alive = _cpu_seconds(process.pid) if process is not None else 0.0
    return time.process_time() + ended.ru_utime + ended.ru_stime + alive


def chained(count: int, expression: str) -> str:
    """Return decisions that require each other; the first is ``expression``, the last called d."""
    first = decision(literal(expression), id="d0")
    others = (
        decision(literal(f"d{n - 1} + 1"), id=f"d{n}", needs=f"d{n - 1}") for n in range(1, count)
    )
    last = decision(literal(f"d{count - 1}"), needs=f"d{count - 1}")
    return first + "".join(others) + last


def entry(name: str, expression: str) -> str:
    return f'<contextEntry><variable name="{name}"/>{literal(expression)}</contextEntry>'


def doubling(count: int) -> str:
    """Return a context of which each entry is twice as long as the one before."""
    entries = (entry(f"e{n}", f"e{n - 1} + e{n - 1}") for n in range(1, count))
    return f"<context>{entry('e0', chr(34) + 'x' * 99 + chr(34))}{''.join(entries)}</context>"


def looped(variable: str, inside: str) -> str:
    counted = f"<in>{literal('1..99999')}</in>"
    return f'<for iteratorVariable="{variable}">{counted}<return>{inside}</return></for>'


def beside(count: int, expression: str) -> str:
    """Return decisions that are all the same, and one called d that requires them."""
    found = "".join(decision(literal(expression), id=f"d{n}") for n in range(count))
    return found + decision(literal("1"), needs=" ".join(f"d{n}" for n in range(count)))


def summed(count: int) -> str:
    """Return decisions that sum a long list, each hundreds of times."""
    ones = decision(literal(f"[{', '.join(['1'] * 1_300)}]"), id="ones")
    text = "+".join(["sum(ones)"] * 390)
    sums = (decision(literal(text), id=f"d{n}", needs="ones") for n in range(count))
    return (
        ones + "".join(sums) + decision(literal("1"), needs=" ".join(f"d{n}" for n in range(count)))
    )


def in_python(id: str, expression: str) -> str:
    written = literal(expression).replace(">", ' expressionLanguage="python">', 1)
    return decision(written, id=id)


def in_juel(id: str, expression: str, needs: str = "") -> str:
    written = literal(expression).replace(">", ' expressionLanguage="juel">', 1)
    return decision(written, id=id, needs=needs)


def diamonds(levels: int) -> str:
    """Return decisions in JUEL of which each requires the two of the level below."""
    found = in_juel("a0", "${1}") + in_juel("b0", "${1}")
    for n in range(1, levels):
        for side in "ab":
            found += in_juel(f"{side}{n}", f"${{a{n - 1} + b{n - 1}}}", f"a{n - 1} b{n - 1}")
    return found + in_juel("d", f"${{a{levels - 1}}}", f"a{levels - 1}")


def in_a_row(count: int) -> str:
    """Return decisions that require each other, in JUEL and in FEEL by turns."""
    found = in_juel("e0", "${1}")
    for n in range(1, count):
        needs, text = f"e{n - 1}", f"e{n - 1} + 1"
        feel = decision(literal(text), id=f"e{n}", needs=needs)
        found += feel if n % 2 else in_juel(f"e{n}", f"${{{text}}}", needs)
    return found + in_juel("d", f"${{e{count - 1}}}", f"e{count - 1}")


HOSTILE = {
    "a loop without end": decision(literal("for i in 1..1000000000 return i")),
    "a function that calls itself": function("f", "n", literal("f(n) + f(n)"), "f()")
    + decision(literal("f(1)"), needs="f()"),
    "a function given to itself": decision(literal("(function(f) f(f))(function(f) f(f))")),
    "a power": decision(literal("9 ** 999999999 ** 9")),
    "a regular expression": decision(literal(f'matches("{"a" * 40}!", "^(a+)+$")')),
    "a list that grows": decision(
        literal("for i in 1..30000 return if i = 1 then [1] else append(partial[-1], i)")
    ),
    "a text that doubles": decision(doubling(60)),
    "a boxed loop in a loop": decision(looped("a", looped("b", literal("a * b")))),
    "a long chain that is made here": chained(4_000, "1"),
    "a long chain for the sandbox": chained(4_000, "2 ** 0"),
    "diamonds in another language": diamonds(60),
    "a long row in two languages": in_a_row(1_500),
    "a circle in another language": in_juel("d", "${e}", "e") + in_juel("e", "${d}", "d"),
    "a table in another language": decision(
        rows(
            *(
                f"sum([x * y for x in range(200) for y in range(200)]) == {n} | {n}"
                for n in range(99)
            ),
            policy=policy("COLLECT"),
            language='expressionLanguage="python"',
        )
    ),
    "a list that is summed again and again": summed(20),
    "a list that every cell looks through": decision(
        literal(f"[{', '.join(['1'] * 1_300)}]"), id="ones"
    )
    + decision(
        rows(
            *(f"{' or '.join(['list contains(ones, ?)'] * 100)} | {n}" for n in range(100)),
            policy=policy("COLLECT"),
            inputs="x:",
        ),
        needs="ones",
    ),
    "a table that gives megabytes": decision(
        rows(
            *(f'- | "{"x" * 500}"' for _ in range(2_000)),
            policy=policy("COLLECT"),
            inputs="x:",
            outputs="y:string",
        )
    ),
    "lists of lists of lists": decision(literal(f'["{"a" * 1_000}"]'), id="d0")
    + "".join(
        decision(literal(f"[d{n - 1}, d{n - 1}]"), id=f"d{n}", needs=f"d{n - 1}")
        for n in range(1, 40)
    )
    + decision(literal("d39"), needs="d39"),
    "a type whose values are compared for long": '<itemDefinition name="T"><typeRef>number'
    f"</typeRef><allowedValues><text>{', '.join(['&lt; -1'] * 400)}, 5</text></allowedValues>"
    "</itemDefinition>"
    + decision(rows(*["- | 5"] * 4_000, policy=policy("COLLECT"), inputs="x:", outputs="y:T")),
    "more texts than are read here": beside(400, "+".join(["1"] * 1_900)),
    "a chain of operators": decision(literal("1" + "+1" * 1_900)),
    "a chain of names": decision(literal("x" + ".a" * 1_900)),
    "a text of megabytes": decision(literal(f"[{','.join(['1'] * 1_000_000)}]")),
    "a number of megabytes": decision(literal("1" * 1_000_000)),
    "output values of megabytes": decision(
        rows("- | 1", policy=policy("PRIORITY"), values=",".join(["1"] * 1_000_000))
    ),
    "large numbers in another language": in_python(
        "d", "[x[0] // x[1] for x in [[int('f' * 60000, 16), int('f' * 30000, 16)]] for i in [1]]"
    ),
    "a table of slow cells": decision(
        rows(
            *(f'matches(?, "^(a+)+{"b" * n}$") | {n}' for n in range(200)),
            policy=policy("COLLECT"),
            inputs="x:string",
        )
    ),
}


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_decision_ends_in_time(name: str) -> None:
    # given
    decisions = Decisions.of([dmn(HOSTILE[name])])
    SANDBOX.ask("S", "'awake'")
    began = worked(), time.monotonic()

    # when
    found = decisions.decide("0#d", {"x": "a" * 40 + "!"})

    # then
    assert len(json.dumps(found.outputs)) <= 64 * 1024
    assert worked() - began[0] < LONGEST
    assert time.monotonic() - began[1] < PATIENCE
    assert SANDBOX.ask("S", "'alive'") == "alive"


@pytest.mark.parametrize("size", [1_000, 60_000])
def test_a_value_that_hundreds_of_decisions_give_is_told_as_often_as_there_is_room(
    size: int,
) -> None:
    # given
    document = dmn(beside(900, "x"))

    # when
    found = Decisions.of([document]).decide("0#d", {"x": "a" * size})

    # then
    told = [each.outputs for each in found.evaluated]
    assert len(told) == 901
    assert 200_000 < len(json.dumps(told)) < 300_000
    assert (found.outputs, found.failures, told[-1]) == (1, (), 1)


def test_values_of_other_languages_are_told_as_often_as_there_is_room() -> None:
    # given
    count = 20
    found = "".join(in_python(f"d{n}", "x") for n in range(count))
    needs = " ".join(f"d{n}" for n in range(count))
    document = dmn(found + decision(literal("1"), needs=needs))

    # when
    decided_ = Decisions.of([document]).decide("0#d", {"x": "a" * 60_000})

    # then
    assert len(json.dumps([each.outputs for each in decided_.evaluated])) < 300_000
    assert (decided_.outputs, len(decided_.evaluated)) == (1, count + 1)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("2**70", "64 bits"),
        ("[{'a': [-2**64]}]", "64 bits"),
        ("float('nan')", "no number"),
        ("[" * 70 + "]" * 70, "nested"),
        ("x", "key that is no text"),
    ],
)
def test_what_no_variable_could_hold_is_no_value_of_a_decision(
    expression: str, reason: str
) -> None:
    # given / when
    found = decided(dmn(in_python("d", expression)), {"x": {1: 2}})

    # then
    assert found.outputs is None
    assert reason in found.failures[0].message


@pytest.mark.parametrize(
    "logic",
    [
        literal("1" + " + 1" * 1_000),
        rows(f"{'1, ' * 1_400} | 1"),
        rows(f"1 | {'1 + ' * 1_400} 1"),
        rows("1 | 1", values=f"{'1, ' * 1_400} 1", policy=policy("PRIORITY")),
    ],
    ids=["literal", "test", "output", "values"],
)
def test_a_text_of_more_than_4000_characters_fails(logic: str) -> None:
    # given / when
    found = decided(dmn(decision(logic)), {"x": 1})

    # then
    assert "more than 4,000 characters" in found.failures[0].message


@pytest.mark.parametrize("name", ["__proto__", "constructor", "toString", "hasOwnProperty"])
def test_names_that_javascript_knows_are_names(name: str) -> None:
    # given
    document = dmn(given(name) + decision(literal(f"[{name}]"), needs=f"i:{name}"))

    # when
    found = decided(document, {name: {"polluted": 1}})

    # then
    assert found.outputs in ([{"polluted": 1}], [None])
    assert decided(dmn(decision(literal("polluted")))).outputs is None


@pytest.mark.parametrize(
    "expression",
    [
        "{}.constructor",
        '"".constructor.constructor("return 1")()',
        "[].__proto__",
        "{}.__proto__.polluted",
        'get value({}, "__proto__")',
        'get value({}, "constructor")',
        "corral",
        "globalThis",
        "Object",
        "date.constructor",
        "item.constructor",
    ],
)
def test_nothing_of_the_host_is_in_reach(expression: str) -> None:
    # given / when
    found = decided(dmn(decision(literal(expression))))

    # then
    assert found.outputs in (None, [])


def test_one_decision_leaves_nothing_behind_for_the_next() -> None:
    # given
    spoils = '{"__proto__": {evil: 1}, a: context put({}, "__proto__", {evil: 2})}'
    decided(dmn(decision(literal(spoils))))

    # when
    found = decided(dmn(decision(literal("[evil, {}.evil, [].evil]"))))

    # then
    assert _flat(found.outputs) <= {None}


def _flat(value: Any) -> set[Any]:
    if isinstance(value, list):
        return {each for item in value for each in _flat(item)}
    return {value}


def test_a_long_table_for_the_sandbox_is_read_once_and_then_quick() -> None:
    # given
    slow = (f'< date("20{n % 90 + 10}-01-01"), > {n} | "a{n}" | {n}' for n in range(1_000))
    table = rows(*slow, "- | - | 9", policy=policy("FIRST"), inputs="x: t:string")
    decisions = Decisions.of([dmn(decision(table))])

    # when
    first = decisions.decide("0#d", {"x": -1, "t": "z"})
    second = decisions.decide("0#d", {"x": -1, "t": "z"})

    # then
    assert (first.outputs, first.failures) == (9, ())
    assert second == first
