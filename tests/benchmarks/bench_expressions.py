"""What one evaluation of a condition costs, language by language, and what compiling 500 costs.

The floor of a condition is the same comparison in plain Python; of the sandbox an empty question to
it; of compiling what Python needs to parse as many expressions.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Mapping

from engine.bpmn.expressions import compile_expression
from engine.bpmn.expressions.feel import FeelExpression, evaluate_together
from engine.bpmn.expressions.sandbox.process import SANDBOX
from tools.bench import Figure, Run

CALLS = 20_000
ASKED = 1_000
TOGETHER = 20
COMPILED = 500
VARIABLES = {"followers": 12_000, "sentiment": -0.4, "priority": "high"}
PLAIN = 'followers >= 10000 and sentiment < 0 and priority = "high"'
IN_PYTHON = PLAIN.replace(" = ", " == ")
#: The same, and a function that the fast path does not know.
IN_SANDBOX = f"{PLAIN} and count(distinct values([followers])) = 1"


def microseconds(
    call: Callable[[], object], times: int, clock: Callable[[], float] = time.process_time
) -> float:
    """Return what one call costs, the best of three rounds."""
    rounds = []
    for _ in range(3):
        began = clock()
        for _ in range(times):
            call()
        rounds.append((clock() - began) / times * 1e6)
    return min(rounds)


def measure(run: Run) -> Mapping[str, Figure]:
    """Evaluate the same condition in every language, then compile many."""
    calls, asked = CALLS // run.shrink, max(ASKED // run.shrink, 1)
    values = list(VARIABLES.values())
    floor = microseconds(
        lambda: values[0] >= 10_000 and values[1] < 0 and values[2] == "high", calls
    )
    run.say("conditions")
    figures = {
        f"condition_{name}": Figure(
            microseconds(lambda e=compiled: e.evaluate(VARIABLES), calls), "us", floor, bar, False
        )
        for name, bar, compiled in (
            ("python", 5.0, compile_expression(IN_PYTHON)),
            ("feel", 10.0, compile_expression(PLAIN, language="feel")),
            ("juel", 10.0, compile_expression(f"${{{IN_PYTHON.replace('and', '&&')}}}")),
        )
    }
    figures.update(_in_sandbox(run, asked))
    figures["compile_500"] = _compiling(run, max(COMPILED // run.shrink, 1))
    return figures


def _in_sandbox(run: Run, asked: int) -> Mapping[str, Figure]:
    run.say("the sandbox")
    nothing = '{"run": [], "variables": {}, "now": null}'
    SANDBOX.ask("F", nothing)
    floor = microseconds(lambda: SANDBOX.ask("F", nothing), asked, time.perf_counter)
    expression = compile_expression(IN_SANDBOX, language="feel")
    assert isinstance(expression, FeelExpression)
    alone = microseconds(lambda: expression.evaluate(VARIABLES), asked, time.perf_counter)
    batch = [expression] * TOGETHER
    together = microseconds(lambda: evaluate_together(batch, VARIABLES), max(asked // TOGETHER, 1))
    return {
        "sandbox_alone": Figure(alone, "us", floor, 500.0, False),
        "sandbox_together": Figure(together / TOGETHER, "us", floor / TOGETHER, 150.0, False),
    }


def _compiling(run: Run, count: int) -> Figure:
    """Compile expressions that are all new, a third of them for the sandbox."""
    run.say("compiling")
    began = time.perf_counter()
    for number in range(count):
        ast.parse(f"followers > {number} and len(priority) > 2", mode="eval")
    floor = time.perf_counter() - began
    began = time.perf_counter()
    for number in range(count):
        kind = number % 3
        if kind == 0:
            compile_expression(
                f"followers > {number} and count(distinct values([priority])) > 2", language="feel"
            )
        elif kind == 1:
            compile_expression(f"${{followers > {number} && priority.length() > 2}}")
        else:
            compile_expression(f"followers > {number} and len(priority) > 2")
    return Figure(time.perf_counter() - began, "s", floor, 1.0, False)
