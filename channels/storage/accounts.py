"""Rows of channel accounts: what they are, and how reading them goes."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, or_, select, update

from channels.errors import LeaseLostError
from channels.gaps import open_gap
from channels.model import AccountState, ChannelAccount
from channels.storage.clock import moment
from channels.storage.tables import AccountRow
from engine.storage.bulk import among, insert_unless_there
from engine.storage.ready import Ready
from engine.storage.tables.definitions import WorkspaceRow

#: Seconds between two looks at a new account.
FIRST_POLL_SECONDS = 15.0


#: The columns that :func:`account_of` reads.
COLUMNS = (
    AccountRow.id, AccountRow.channel, AccountRow.handle, AccountRow.enabled,
    AccountRow.position, AccountRow.settings, AccountRow.sealed, AccountRow.hook,
)  # fmt: skip


def account_of(row: Row[Any]) -> ChannelAccount:
    """Return the account that a row of ``channel_account`` holds."""
    return ChannelAccount(
        id=row.id,
        channel=row.channel,
        handle=row.handle,
        enabled=row.enabled,
        position=row.position,
        settings=row.settings,
        sealed=row.sealed,
        hook=row.hook,
    )


def add(
    connection: Connection,
    workspace_id: int,
    channel: str,
    handle: str,
    *,
    enabled: bool,
    settings: Mapping[str, Any],
    sealed: bytes | None = None,
) -> ChannelAccount | None:
    """Return the new account; None when there is one of that handle already."""
    row = {
        "workspace_id": workspace_id, "channel": channel, "handle": handle, "enabled": enabled,
        "position": None, "settings": dict(settings), "sealed": sealed,
        "poll_seconds": FIRST_POLL_SECONDS, "failures": 0, "hook": secrets.token_urlsafe(32),
    }  # fmt: skip
    added = insert_unless_there(connection, AccountRow, [row], ["id"])
    return by_handle(connection, workspace_id, channel, handle) if added else None


def by_handle(
    connection: Connection, workspace_id: int, channel: str, handle: str
) -> ChannelAccount:
    """Return the account of that handle, which is there."""
    found = connection.execute(
        select(AccountRow.__table__).where(
            AccountRow.workspace_id == workspace_id,
            AccountRow.channel == channel,
            AccountRow.handle == handle,
        )
    )
    return account_of(found.one())


def called_at(connection: Connection, hook: str) -> tuple[str, int] | None:
    """Return the key of the workspace, and the id, of the account that is called at an address."""
    workspace = WorkspaceRow.__table__
    found = connection.execute(
        select(workspace.c.key, AccountRow.id)
        .join(workspace, workspace.c.id == AccountRow.workspace_id)
        .where(AccountRow.hook == hook)
    ).first()
    return (found.key, found.id) if found else None


def change(
    connection: Connection,
    workspace_id: int,
    account_id: int,
    values: Mapping[str, Any],
) -> ChannelAccount | None:
    """Set columns of an account and return it as it is now; None when there is none."""
    changed = connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.workspace_id == workspace_id)
        .values(**values)
        .returning(AccountRow.__table__)
    ).first()
    return account_of(changed) if changed else None


def reseal(connection: Connection, workspace_id: int, account: ChannelAccount, anew: bytes) -> int:
    """Put the same credentials in another seal; return 0 if they were changed meanwhile, else 1."""
    changed = connection.execute(
        update(AccountRow)
        .where(
            AccountRow.id == account.id,
            AccountRow.workspace_id == workspace_id,
            AccountRow.sealed == account.sealed,
        )
        .values(sealed=anew)
    )
    return changed.rowcount


def lock(
    connection: Connection, workspace_id: int, account_id: int, lease: str | None = None
) -> ChannelAccount | None:
    """Return the account, and let nobody else take pages of it until the transaction ends.

    Raises:
        LeaseLostError: ``lease`` is not the one under which the account is read now.
    """
    found = connection.execute(
        select(AccountRow.__table__)
        .where(AccountRow.id == account_id, AccountRow.workspace_id == workspace_id)
        # Rows that name the account may be written meanwhile: those of replies, say.
        .with_for_update(key_share=True)
    ).first()
    if found is None:
        return None
    if lease is not None and found.leased_by != lease:
        raise LeaseLostError(found.handle)
    return account_of(found)


def due(connection: Connection, workspace_id: int, now: datetime) -> list[int]:
    """Return ids of the accounts to be read that nobody reads, the longest overdue first."""
    found = connection.scalars(
        select(AccountRow.id)
        .where(AccountRow.workspace_id == workspace_id, *_free(connection, now))
        .order_by(AccountRow.next_poll_at.asc().nulls_first(), AccountRow.id)
    )
    return list(found)


def take(
    connection: Connection, account_id: int, now: datetime, *, lease: str, seconds: float
) -> ChannelAccount | None:
    """Lease an account for a look that is due at ``now``, UTC, and return it as it is.

    None when somebody else was quicker, or is storing a page of it at this moment.
    """
    free = (
        select(AccountRow.id)
        .where(AccountRow.id == account_id, *_free(connection, now))
        .with_for_update(key_share=True, skip_locked=True)
    )
    taken = connection.execute(
        update(AccountRow)
        .where(AccountRow.id == free.scalar_subquery())
        .values(leased_by=lease, leased_until=moment(connection, seconds))
        .returning(AccountRow.__table__)
    ).first()
    return account_of(taken) if taken else None


def renew(connection: Connection, account_id: int, *, lease: str, seconds: float) -> bool:
    """Let a lease last so many seconds from now; False when it is another's by now."""
    renewed = connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.leased_by == lease)
        .values(leased_until=moment(connection, seconds))
    )
    return renewed.rowcount > 0


def give_back(
    connection: Connection, account_id: int, values: Mapping[str, Any], *, lease: str
) -> None:
    """Write how a look went and end its lease; nothing is written if it is another's by now."""
    connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.leased_by == lease)
        .values(leased_by=None, leased_until=None, **values)
    )


def states(connection: Connection, workspace_id: int) -> list[AccountState]:
    """Return all accounts and how reading them goes, by channel and handle."""
    found = connection.execute(
        select(AccountRow.__table__)
        .where(AccountRow.workspace_id == workspace_id)
        .order_by(AccountRow.channel, AccountRow.handle)
    )
    return [_state(row) for row in found]


def state(connection: Connection, workspace_id: int, account_id: int) -> AccountState | None:
    """Return one account and how reading it goes."""
    found = connection.execute(
        select(AccountRow.__table__).where(
            AccountRow.id == account_id, AccountRow.workspace_id == workspace_id
        )
    ).first()
    return _state(found) if found else None


#: Asked with every user task and conversation that is shown.
_SWITCHED_ON = Ready(
    select(*COLUMNS)
    .where(
        AccountRow.workspace_id == bindparam("workspace"),
        among(AccountRow.channel),
        AccountRow.enabled,
    )
    .order_by(AccountRow.id)
)


def switched_on(
    connection: Connection, workspace_id: int, channels: Collection[str]
) -> list[ChannelAccount]:
    """Return the accounts on some channels that are on, the oldest first."""
    if not channels:
        return []
    asked = {"workspace": workspace_id, "ids": sorted(channels)}
    return [account_of(row) for row in _SWITCHED_ON.all(connection, asked)]


def _state(row: Row[Any]) -> AccountState:
    return AccountState(
        account=account_of(row),
        last_success_at=row.last_success_at,
        last_mention_at=row.last_mention_at,
        next_poll_at=row.next_poll_at,
        poll_seconds=row.poll_seconds,
        failures=row.failures,
        last_error=row.last_error,
        gap=open_gap(row.gap),
        rhythm=row.rhythm,
    )


def _free(connection: Connection, now: datetime) -> list[ColumnElement[bool]]:
    """Return what holds for an account that is to be read at ``now``, and that nobody reads."""
    return [
        AccountRow.enabled.is_(True),
        or_(AccountRow.next_poll_at.is_(None), AccountRow.next_poll_at <= now),
        or_(AccountRow.leased_until.is_(None), AccountRow.leased_until <= moment(connection)),
    ]
