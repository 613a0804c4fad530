"""What is kept of a reply that was tried for the last time, in the transaction that records it."""

from __future__ import annotations

from datetime import datetime

from channels.delivery import Attempt
from channels.storage import accounts
from channels.storage import dead_letters as stored
from channels.storage.outgoing import Outgoing
from engine.ports import UnitOfWork

#: Keys of an account's position: that it was sent away for good, and what its page says of that.
GONE, NOTICES = "gone", "notices"


def keep_reply(uow: UnitOfWork, out: Outgoing, attempt: Attempt, now: datetime) -> None:
    """Make a dead letter of a reply; let its account remember what the network's file wants."""
    if out.account is None:
        return
    letter = {
        "account_id": out.account.id, "direction": stored.OUT,
        "external_id": out.reply.idempotency_key, "reply_id": out.reply.id, "body": None,
        "why": attempt.why or "",
    }  # fmt: skip
    stored.keep(uow.connection, uow.workspace_id, letter, now, tries=out.reply.attempts + 1)
    if attempt.remember:
        account = accounts.lock(uow.connection, uow.workspace_id, out.account.id)
        position = {**((account.position if account else None) or {}), **attempt.remember}
        accounts.change(uow.connection, uow.workspace_id, out.account.id, {"position": position})


def let_go(uow: UnitOfWork, account_id: int) -> None:
    """Let an account be called that was sent away: somebody says that it is there again."""
    account = accounts.lock(uow.connection, uow.workspace_id, account_id)
    position = dict((account.position if account else None) or {})
    if position.pop(GONE, None) is not None:
        position.pop(NOTICES, None)
        accounts.change(uow.connection, uow.workspace_id, account_id, {"position": position})
