"""Makes many instances out of one, by SQL: what is measured comes after."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text

from engine import Engine, Source

ERRAND = Path(__file__).with_name("errand.bpmn")
#: Where an instance that waits at its user task, with a reminder, has rows.
_TABLES = {"instance": "id", "user_task": "instance_id", "timer": "instance_id"}


def errands(engine: Engine, count: int) -> None:
    """Let instances wait at a user task with a reminder that is due in thirty days."""
    engine.deploy([Source(ERRAND.name, ERRAND.read_bytes())])
    first = engine.start("errand").id
    with engine.transaction() as uow:
        for table, owner in _TABLES.items():
            _copy(uow.connection, table, f"{owner} = {first}", count - 1, ("id", "instance_id"))
        if uow.connection.dialect.name == "postgresql":
            uow.connection.execute(text("ANALYZE"))


def timers(engine: Engine, count: int) -> None:
    """Give the instance of the first timer so many more of them: rows, and nothing else."""
    with engine.transaction() as uow:
        first = uow.connection.execute(text("SELECT min(id) FROM timer")).scalar_one()
        _copy(uow.connection, "timer", f"id = {first}", count, ("id", "token"), {"id": count})
        if uow.connection.dialect.name == "postgresql":
            uow.connection.execute(text("ANALYZE timer"))


def _copy(
    connection: Any,
    table: str,
    which: str,
    count: int,
    counted: tuple[str, ...],
    besides: Mapping[str, int] | None = None,
) -> None:
    """Insert copies of one row; in the columns ``counted`` they count on from it."""
    names = [column["name"] for column in inspect(connection).get_columns(table)]
    more = besides or {}
    values = [f'"{n}" + n.k + {more.get(n, 0)}' if n in counted else f'"{n}"' for n in names]
    columns = ", ".join(f'"{name}"' for name in names)
    numbers = "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < :count)"
    connection.execute(
        text(
            f"{numbers} INSERT INTO {table} ({columns}) "
            f"SELECT {', '.join(values)} FROM {table}, n WHERE {which}"
        ),
        {"count": count},
    )
