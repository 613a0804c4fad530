"""What an account that is new finds on its server: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from channels.errors import CallRefusedError, ChannelRefusedError, ChannelUnavailableError
from channels.model import ChannelAccount
from channels.moments import moment_of
from channels.networks.bluesky.session import Session, words_of
from channels.protocol import Checked


def trial(session: Session, account: ChannelAccount) -> list[Checked]:
    """Log in and read; return what was found.

    Raises:
        ChannelUnavailableError: the server does not answer now.
        ChannelRefusedError: the account cannot be used as it is.
    """
    session.begin()
    session.log_in()
    if session.handle.lower() != account.handle.lower():
        raise ChannelRefusedError(
            f"The password belongs to {session.handle}, not to {account.handle}. Call the account "
            f"{session.handle}, or give it a password of its own."
        )
    told = session.ask("app.bsky.notification.listNotifications", limit=1, reasons=["mention"])
    return [
        Checked("log in", f"as {session.handle}"),
        Checked("read mentions", _newest(told.get("notifications"))),
        Checked("filters", _filters(session)),
        Checked("direct messages", _messages(session)),
    ]


def _newest(told: Any) -> str:
    if isinstance(told, list) and told and isinstance(told[0], Mapping):
        with suppress(ValueError):
            at = moment_of(told[0].get("indexedAt"))
            return f"the newest is of {at:%d %B %Y, %H:%M} UTC"
    return "none yet"


def _filters(session: Session) -> str:
    """Return which mentions the account has asked not to be told of, which nobody can read then."""
    try:
        told = session.ask("app.bsky.notification.getPreferences").get("preferences")
    except (CallRefusedError, ChannelUnavailableError):
        return "the server does not say"
    kinds = {kind: told.get(kind) for kind in ("mention", "reply", "quote")} if isinstance(
        told, Mapping
    ) else {}  # fmt: skip
    off = [
        kind
        for kind, wish in kinds.items()
        if isinstance(wish, Mapping)
        and (wish.get("list") is False or wish.get("include") == "follows")
    ]
    if not off:
        return "every mention, reply and quote is told"
    return (
        f"a {' and a '.join(off)} is not told of everybody, and never reaches Corral; choose "
        "Everyone, in the app, under Notifications in the settings of Bluesky"
    )


def _messages(session: Session) -> str:
    try:
        session.ask("chat.bsky.convo.listConvos", chat=True, limit=1)
    except CallRefusedError as refused:
        return (
            f"cannot be read ({words_of(refused)}); an app password has to be made with access to "
            "them"
        )
    except ChannelUnavailableError:
        return "their server does not answer now"
    return "are read, and answered in private"
