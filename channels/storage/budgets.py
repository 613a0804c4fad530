"""Rows of budgets: what networks allow, as all workers see it, by the clock of the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, case, literal, select, type_coerce, update
from sqlalchemy.dialects import postgresql, sqlite

from channels.budgets import Budget, Purpose
from channels.storage.clock import moment
from channels.storage.tables import BudgetRow
from engine.storage.bulk import among
from engine.storage.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many answers an account may send, and in how long it may send more."""

    remaining: int
    wait: timedelta


def now_of(connection: Connection) -> datetime:
    """Return the present by the clock of the database."""
    told: datetime = connection.execute(
        select(type_coerce(moment(connection), UtcDateTime))
    ).scalar_one()
    return told


def keep(
    connection: Connection, workspace_id: int, account_id: int, heard: Sequence[Budget]
) -> None:
    """Keep what a network told of an account.

    Of a window that is known already the smaller number counts: several workers call, and their
    answers may come in another order. What is told of a window that is over says nothing.
    """
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    for one in sorted(heard, key=lambda budget: budget.bucket):
        new = insert(BudgetRow).values(
            workspace_id=workspace_id, account_id=account_id, bucket=one.bucket,
            purpose=one.purpose.value, remaining=one.remaining, most=one.most,
            resets_at=one.resets_at,
        )  # fmt: skip
        told, known = new.excluded, BudgetRow
        connection.execute(
            new.on_conflict_do_update(
                index_elements=["account_id", "bucket"],
                set_={
                    "remaining": case(
                        (told.resets_at > known.resets_at, told.remaining),
                        (told.remaining < known.remaining, told.remaining),
                        else_=known.remaining,
                    ),
                    "purpose": told.purpose,
                    "most": told.most,
                    "resets_at": told.resets_at,
                },
                where=told.resets_at >= known.resets_at,
            )
        )


def of_account(connection: Connection, account_id: int) -> list[Budget]:
    """Return the budgets of an account whose windows are not over."""
    found = connection.execute(
        select(BudgetRow.__table__).where(
            BudgetRow.account_id == account_id, BudgetRow.resets_at > moment(connection)
        )
    )
    return [_budget(row) for row in found]


def of_workspace(connection: Connection, workspace_id: int) -> dict[int, list[Budget]]:
    """Return by account the budgets whose windows are not over, those that end first first."""
    found = connection.execute(
        select(BudgetRow.__table__)
        .where(BudgetRow.workspace_id == workspace_id, BudgetRow.resets_at > moment(connection))
        .order_by(BudgetRow.resets_at, BudgetRow.bucket)
    )
    budgets: dict[int, list[Budget]] = defaultdict(list)
    for row in found:
        budgets[row.account_id].append(_budget(row))
    return budgets


def allowances(connection: Connection, accounts: Collection[int]) -> dict[int, Allowance]:
    """Return what is left for answers of accounts; nobody spends of it meanwhile.

    An account of which nothing is known is left out: it may send.
    """
    found = connection.execute(
        select(BudgetRow.account_id, BudgetRow.remaining, BudgetRow.resets_at)
        .where(
            among(BudgetRow.account_id),
            BudgetRow.purpose != Purpose.READING.value,
            BudgetRow.resets_at > moment(connection),
        )
        .order_by(BudgetRow.account_id, BudgetRow.bucket)
        .with_for_update(),
        {"ids": sorted(accounts)},
    ).all()
    if not found:
        return {}
    now = now_of(connection)
    left: dict[int, Allowance] = {}
    for row in found:
        known = left.get(row.account_id)
        one = Allowance(row.remaining, max(row.resets_at - now, timedelta(seconds=1)))
        if known is None or one.remaining < known.remaining:
            left[row.account_id] = one
    return left


def spend(connection: Connection, counts: Mapping[int, int]) -> None:
    """Count answers that are about to be sent, by account, before the network does."""
    for account_id, count in sorted(counts.items()):
        connection.execute(
            update(BudgetRow)
            .where(
                BudgetRow.account_id == account_id,
                BudgetRow.purpose != Purpose.READING.value,
                BudgetRow.resets_at > moment(connection),
            )
            .values(
                remaining=case(
                    (BudgetRow.remaining > count, BudgetRow.remaining - count), else_=literal(0)
                )
            )
        )


def _budget(row: Row[Any]) -> Budget:
    return Budget(row.bucket, row.remaining, row.resets_at, Purpose(row.purpose), row.most)


__all__ = ["Allowance", "allowances", "keep", "now_of", "of_account", "of_workspace", "spend"]
