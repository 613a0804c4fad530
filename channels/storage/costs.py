"""Rows of what calls of networks cost: booked where the call is recorded, added up when asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select
from sqlalchemy.dialects import postgresql, sqlite

from channels.model import Cost
from channels.storage.tables import CostRow
from engine.storage.ready import Ready

_TABLE = CostRow.__table__


def book(
    connection: Connection,
    workspace_id: int,
    account_id: int,
    day: date,
    costs: Iterable[tuple[int, Cost]],
) -> None:
    """Add costs, each with the id of the conversation it was for (0: none), to those of a day."""
    sums: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for conversation_id, cost in costs:
        both = sums[cost.kind, conversation_id]
        both[0] += cost.units
        both[1] += cost.micro_dollars
    rows = [
        {
            "workspace_id": workspace_id,
            "account_id": account_id,
            "day": day,
            "kind": kind,
            "conversation_id": conversation_id,
            "units": units,
            "micro_dollars": micro,
        }
        # In one order for all, so that two workers never wait for each other.
        for (kind, conversation_id), (units, micro) in sorted(sums.items())
    ]
    if rows:
        connection.execute(_added(connection), rows)


def by_account(
    connection: Connection, workspace_id: int, day: date
) -> dict[int, tuple[int, dict[str, int]]]:
    """Return by account what it cost on ``day``, and in its month by kind, in micro-dollars."""
    return _sums(connection, day, CostRow.workspace_id == workspace_id)


def of_account(connection: Connection, account_id: int, day: date) -> tuple[int, dict[str, int]]:
    """Return what one account cost on ``day``, and in its month by kind, in micro-dollars."""
    return _sums(connection, day, CostRow.account_id == account_id).get(account_id, (0, {}))


def _sums(
    connection: Connection, day: date, which: ColumnElement[bool]
) -> dict[int, tuple[int, dict[str, int]]]:
    found = connection.execute(
        select(
            CostRow.account_id,
            CostRow.kind,
            func.sum(case((CostRow.day == day, CostRow.micro_dollars), else_=0)),
            func.sum(CostRow.micro_dollars),
        )
        .where(which, CostRow.day >= day.replace(day=1), CostRow.day <= day)
        .group_by(CostRow.account_id, CostRow.kind)
    )
    sums: dict[int, tuple[int, dict[str, int]]] = {}
    for account, kind, today, month in found:
        before, by_kind = sums.get(account, (0, {}))
        sums[account] = (before + int(today), by_kind | {kind: int(month)})
    return sums


def of_accounts(
    connection: Connection, accounts: Collection[int], day: date
) -> dict[int, tuple[int, dict[str, int]]]:
    """Return the same as :func:`by_account`, of accounts of any workspace."""
    return _sums(connection, day, CostRow.account_id.in_(accounts)) if accounts else {}


#: Asked with every user task that is shown.
_OF_CONVERSATION = Ready(
    select(CostRow.kind, func.sum(CostRow.micro_dollars).label("micro"))
    .where(
        CostRow.conversation_id == bindparam("conversation"),
        CostRow.workspace_id == bindparam("workspace"),
    )
    .group_by(CostRow.kind)
)


def of_conversation(
    connection: Connection, workspace_id: int, conversation_id: int
) -> Mapping[str, int]:
    """Return by kind what calls for one conversation have cost, in micro-dollars."""
    asked = {"workspace": workspace_id, "conversation": conversation_id}
    return {kind: int(micro) for kind, micro in _OF_CONVERSATION.all(connection, asked)}


def _added(connection: Connection) -> Any:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(CostRow)
    return statement.on_conflict_do_update(
        index_elements=["account_id", "day", "kind", "conversation_id"],
        set_={
            "units": _TABLE.c.units + statement.excluded.units,
            "micro_dollars": _TABLE.c.micro_dollars + statement.excluded.micro_dollars,
        },
    )
