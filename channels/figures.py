"""Figures an operator watches of the channels, of all workspaces together. They cost little."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from channels.costs import spent_by
from channels.model import ReplyStatus, Spent
from channels.rhythm import silent_hours
from channels.storage import costs, dead_letters
from channels.storage import figures as stored
from engine import Engine

HOUR = 3600.0
#: States a reply does not stay in. Of the others there are more every day: nothing to watch.
UNFINISHED = (
    ReplyStatus.APPROVED,
    ReplyStatus.SENDING,
    ReplyStatus.RETRYABLE,
    ReplyStatus.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class Silence:
    """For how many seconds an account that is read brought nothing; None is never yet."""

    workspace: str
    channel: str
    handle: str
    success: float | None  #: since the network answered last, with news or without
    mention: float | None  #: since a mention came in last
    #: How much of that is unusual for it by its own weeks; 0 while it is not.
    unusual: float = 0.0
    gap: bool = False  #: mentions may be missing, and nobody has acknowledged it


@dataclass(frozen=True, slots=True)
class Expense:
    """What an account that is read has cost, where it costs anything."""

    workspace: str
    channel: str
    handle: str
    spent: Spent


@dataclass(frozen=True, slots=True)
class ChannelFigures:
    """What waits in the outboxes, and how silent the accounts are."""

    replies: Mapping[ReplyStatus, int]  #: of the unfinished states; counts end at ``figures.MOST``
    reply_delay: float  #: seconds since a reply could have been sent; 0 when none could
    accounts: tuple[Silence, ...]
    dead_letters: Mapping[str, int]  #: that wait for somebody, by direction


def figures(engine: Engine) -> ChannelFigures:
    """Return the figures of all workspaces on the database of ``engine``."""
    now = engine.clock.now()
    with engine.reading() as view:
        counts = stored.replies(view.connection, UNFINISHED)
        due = stored.earliest_due(view.connection)
        rows = stored.accounts(view.connection)
        letters = dead_letters.count(view.connection)
    return ChannelFigures(
        replies=counts,
        reply_delay=0.0 if due is None else max(0.0, (now - due).total_seconds()),
        accounts=tuple(
            Silence(
                row.workspace,
                row.channel,
                row.handle,
                _since(row.last_success_at, now),
                _since(row.last_mention_at, now),
                HOUR * (silent_hours(row.rhythm, row.last_mention_at, now) or 0),
                row.gap is not None,
            )
            for row in rows
        ),
        dead_letters=letters,
    )


def expenses(engine: Engine) -> tuple[Expense, ...]:
    """Return what accounts of all workspaces have cost. It adds up a month: ask now and then."""
    today = engine.clock.now().date()
    with engine.reading() as view:
        rows = {row.id: row for row in stored.accounts(view.connection)}
        booked = costs.of_accounts(view.connection, rows.keys(), today)
    return tuple(
        Expense(row.workspace, row.channel, row.handle, spent_by(row.settings, *booked[id]))
        for id, row in rows.items()
        if id in booked
    )


def _since(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else max(0.0, (now - moment).total_seconds())
