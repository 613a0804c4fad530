"""What age costs: completing a user task in an instance with 10,000 past loops, and its state.

The value is the old instance's figure divided by that of fresh ones. CPU time, because a commit
waits for the disk and would hide the difference. Old and fresh take turns, so that a busy machine
slows both. The floor of the cost divides one half of the fresh ones by the other: how far from 1
the machine alone moves the figure. The floor of the bytes is 1: the same rows.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from pathlib import Path

from engine import Engine
from tools.bench import Figure, Run

LOOPS = 10_000
SAMPLES = 200
COST_BAR, BYTES_BAR = 1.1, 1.2
DIAGRAM = Path(__file__).with_name("loop.bpmn")


def complete(engine: Engine, instance: int) -> float:
    """Complete the open user task of an instance and return the CPU seconds of it alone."""
    (task,) = engine.user_tasks(instance)
    begin = time.process_time()
    engine.complete(task.id, {"answer": "We are on it."}, by="ana")
    return time.process_time() - begin


def state_bytes(engine: Engine, instance: int) -> int:
    """Return the length of what is stored of a running instance."""
    query = "SELECT length(state) FROM instance WHERE id = ?"
    with engine.transaction() as transaction:
        size: int = transaction.connection.exec_driver_sql(query, (instance,)).scalar_one()
    return size


def measure(run: Run) -> Mapping[str, Figure]:
    """Bring one instance to its age, then complete in it and in fresh ones by turns."""
    engine = Engine.open(f"sqlite:///{run.folder / 'age.sqlite'}")
    try:
        engine.deploy([DIAGRAM])
        old = engine.start("loop").id
        for _ in range(LOOPS // run.shrink):
            complete(engine, old)
        run.say(f"age: an instance with {engine.variables(old)['rounds']} loops behind it")
        return compare(engine, old, SAMPLES // run.shrink)
    finally:
        engine.close()


def compare(engine: Engine, old: int, samples: int) -> dict[str, Figure]:
    """Return cost and bytes of the old instance, divided by those of fresh ones."""
    aged, fresh, sizes = [], [], []
    for _ in range(samples):
        new = engine.start("loop").id
        complete(engine, new)  # so that both have been through the loop
        sizes.append(state_bytes(engine, new))
        fresh.append(complete(engine, new))
        aged.append(complete(engine, old))
    middle = statistics.median(fresh)
    cost = statistics.median(aged) / middle
    noise = statistics.median(fresh[::2]) / statistics.median(fresh[1::2])
    size = state_bytes(engine, old) / statistics.median(sizes)
    return {
        "age_cost": Figure(cost, "x fresh (CPU)", noise, COST_BAR, more_is_better=False),
        "age_bytes": Figure(size, "x fresh (bytes)", 1.0, BYTES_BAR, more_is_better=False),
    }
