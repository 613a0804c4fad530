"""What an account has heard: its rhythm, its gaps, and who listens to its stream."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from channels.gaps import Kept, open_gap
from channels.model import ChannelAccount
from channels.storage.accounts import account_of
from channels.storage.clock import moment
from channels.storage.tables import AccountRow


def remembered(connection: Connection, account_id: int) -> tuple[Kept | None, Kept | None]:
    """Return the gap and the rhythm of an account, as they are kept."""
    found = connection.execute(
        select(AccountRow.gap, AccountRow.rhythm).where(AccountRow.id == account_id)
    ).one()
    return found.gap, found.rhythm


def acknowledge_gap(
    connection: Connection, workspace_id: int, account_id: int, *, by: str, now: datetime
) -> bool:
    """Write who has seen the gap of an account; False when there is none to be seen."""
    where = (AccountRow.id == account_id, AccountRow.workspace_id == workspace_id)
    kept = connection.scalar(select(AccountRow.gap).where(*where).with_for_update(key_share=True))
    if kept is None or open_gap(kept) is None:
        return False
    seen = {**kept, "acknowledged_by": by, "acknowledged_at": now.isoformat()}
    connection.execute(update(AccountRow).where(*where).values(gap=seen))
    return True


def wake(connection: Connection, account_id: int, now: datetime) -> bool:
    """Have an account read at ``now``, UTC; False when it is to be left alone.

    One that fails has its pause: news is no reason to call a network that asked us to wait.
    """
    woken = connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.failures == 0, AccountRow.enabled.is_(True))
        .values(next_poll_at=now)
    )
    return woken.rowcount > 0


def unheard(connection: Connection, workspace_id: int) -> list[ChannelAccount]:
    """Return the accounts that are read and to whose stream nobody listens."""
    found = connection.execute(
        select(AccountRow.__table__)
        .where(
            AccountRow.workspace_id == workspace_id,
            AccountRow.enabled.is_(True),
            or_(AccountRow.heard_until.is_(None), AccountRow.heard_until <= moment(connection)),
        )
        .order_by(AccountRow.id)
    )
    return [account_of(row) for row in found]


def hear(connection: Connection, account_id: int, *, lease: str, seconds: float) -> bool:
    """Lease the stream of an account, or lease it again; False when it is somebody else's."""
    taken = connection.execute(
        update(AccountRow)
        .where(
            AccountRow.id == account_id,
            AccountRow.enabled.is_(True),
            or_(
                AccountRow.heard_by == lease,
                AccountRow.heard_until.is_(None),
                AccountRow.heard_until <= moment(connection),
            ),
        )
        .values(heard_by=lease, heard_until=moment(connection, seconds))
    )
    return taken.rowcount > 0


def hear_no_more(connection: Connection, account_id: int, *, lease: str) -> None:
    """Give the stream of an account back."""
    connection.execute(
        update(AccountRow)
        .where(AccountRow.id == account_id, AccountRow.heard_by == lease)
        .values(heard_by=None, heard_until=None)
    )
