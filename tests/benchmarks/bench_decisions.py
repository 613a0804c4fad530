"""What a decision costs: a table of triage made here, the same in the sandbox, and reading it.

The floor of a table is the same choice written as plain Python; of the sandbox an empty question
to it; of reading what the XML alone takes.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from engine.bpmn.decisions import Decisions
from engine.bpmn.expressions.sandbox.process import SANDBOX
from engine.bpmn.reader import read
from engine.definitions import Source
from tests.benchmarks.bench_expressions import microseconds
from tools.bench import Figure, Run

CALLS = 5_000
ASKED = 500
#: Followers, sentiment, urgency, topic and whether we know the customer; the last rule takes all.
RULES = [
    (">= 100000", "< -0.5", ">= 60", "-", "-", '"press"', "5"),
    (">= 10000", "< 0", ">= 60", '"outage", "security"', "-", '"incidents"', "5"),
    (">= 10000", "< 0", "-", "-", "true", '"key accounts"', "4"),
    (">= 10000", "-", "-", '"press"', "-", '"press"', "4"),
    ("-", "< -0.6", ">= 80", '"billing"', "-", '"billing"', "4"),
    ("-", "-", ">= 80", "-", "-", '"care"', "4"),
    ("-", "-", "[40..80)", '"billing", "refund"', "true", '"billing"', "3"),
    ("-", "-", "[40..80)", '"delivery"', "-", '"delivery"', "3"),
    ("-", ">= 0.5", "< 40", '"praise"', "-", '"care"', "1"),
    ("< 1000", "[-0.2..0.2]", "< 40", 'not("billing", "refund")', "false", '"care"', "2"),
    ("-", "-", "-", '"sales"', "-", '"sales"', "2"),
    ("-", "-", "-", "-", "-", '"care"', "2"),
]
INPUTS = {
    "followers": "number",
    "sentiment": "number",
    "urgency": "number",
    "topic": "string",
    "known": "boolean",
}
#: A mention that passes most rules by and ends in the eleventh.
VARIABLES = {
    "followers": 1_200,
    "sentiment": 0.1,
    "urgency": 30,
    "topic": "sales",
    "known": False,
}


def document() -> bytes:
    """Return the table as DMN."""
    columns = "".join(
        f'<input><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for name, kind in INPUTS.items()
    )
    columns += '<output name="queue" typeRef="string"/><output name="level" typeRef="number"/>'
    rules = ""
    for number, cells in enumerate(RULES):
        entries = "".join(
            f"<{tag}><text>{cell.replace('<', '&lt;')}</text></{tag}>"
            for cell, tag in zip(cells, ["inputEntry"] * 5 + ["outputEntry"] * 2, strict=True)
        )
        rules += f'<rule id="r{number}">{entries}</rule>'
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="urn:bench">'
        f'<decision id="triage"><decisionTable hitPolicy="FIRST">{columns}{rules}</decisionTable>'
        "</decision></definitions>"
    ).encode()


def by_hand(values: Mapping[str, object]) -> tuple[str, int]:
    """Choose as the table does, for the mention that is measured."""
    followers, urgency, topic = values["followers"], values["urgency"], values["topic"]
    assert isinstance(followers, int)
    assert isinstance(urgency, int)
    if followers >= 10_000 or urgency >= 40:
        return "care", 4
    return ("sales", 2) if topic == "sales" else ("care", 2)


def measure(run: Run) -> Mapping[str, Figure]:
    """Ask the table in both ways, and read it."""
    calls, asked = max(CALLS // run.shrink, 1), max(ASKED // run.shrink, 1)
    source = Source("triage.dmn", document())
    run.say("decisions")
    parsing = microseconds(lambda: read(source), 20) / 1e3
    reading = microseconds(lambda: Decisions.of([read(source)]), 20) / 1e3
    here = Decisions.of([read(source)])
    key = here.find("triage")
    assert key is not None
    assert here.decide(key, VARIABLES).outputs == {"queue": "sales", "level": 2}
    floor = microseconds(lambda: by_hand(VARIABLES), calls)
    fast = microseconds(lambda: here.decide(key, VARIABLES), calls)
    there = Decisions.of([read(source)])
    there._plain[key] = None  # as if one cell were for the sandbox
    nothing = '{"run": [], "variables": {}, "now": null}'
    empty = microseconds(lambda: SANDBOX.ask("F", nothing), asked, time.perf_counter)
    slow = microseconds(lambda: there.decide(key, VARIABLES), asked, time.perf_counter)
    return {
        "table_12x5": Figure(fast, "us", floor, 150.0, False),
        "table_12x5_sandbox": Figure(slow, "us", empty, 1_500.0, False),
        "table_12x5_read": Figure(reading, "ms", parsing, 50.0, False),
    }
