"""Calls by Meta. They wake; only what is gone, or says something else now, is taken from them.

All accounts of one app are told of at one address. So a call may be about another Page: that one
is read in its own rhythm.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from channels.graph.dialect import Dialect
from channels.graph.posts import Told, each, mapped, named
from channels.model import ChannelAccount, Edit, Page
from channels.protocol import Call, Received

_SIGNATURE = "x-hub-signature-256"
_NOT_GENUINE = Received(403, b"This call is not from Meta, or not for this account.")


def receive(account: ChannelAccount, call: Call, dialect: Dialect) -> Received:
    """Answer a call: the question whether the address is ours, or news."""
    if call.method == "GET":
        return _confirmed(account, call)
    if call.method != "POST":
        return Received(405, b"", headers={"Allow": "GET, POST"})
    if not _is_genuine(account, call):
        return _NOT_GENUINE
    entries = list(_entries(call.body))
    mine = (account.position or {}).get("me")
    ours = [one for one in entries if not mine or str(one.get("id")) == mine]
    if entries and not ours:
        return Received()
    edits: list[Edit] = []
    deletions: list[str] = []
    for entry in ours:
        at = _moment(entry.get("time"), call.at)
        for gone, name, text in (*_comments(entry, dialect), *_messages(entry)):
            if gone:
                deletions.append(name)
            elif text:
                edits.append(Edit(name, text, at))
    page = Page(edits=tuple(edits), deletions=tuple(deletions)) if edits or deletions else None
    return Received(page=page, wake=True)


def _confirmed(account: ChannelAccount, call: Call) -> Received:
    """Return what Meta wants to hear from whoever has been told the same word as itself."""
    wanted = account.secrets.get("verify_token") or ""
    given = call.query.get("hub.verify_token") or ""
    same = hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
    if not wanted or not same or call.query.get("hub.mode") != "subscribe":
        return _NOT_GENUINE
    return Received(body=(call.query.get("hub.challenge") or "").encode("utf-8", "replace"))


def _is_genuine(account: ChannelAccount, call: Call) -> bool:
    secret = account.secrets.get("app_secret") or ""
    given = call.headers.get(_SIGNATURE) or ""
    wanted = "sha256=" + hmac.new(secret.encode(), call.body, hashlib.sha256).hexdigest()
    # Compared as bytes: a signature of other letters than ours is none, and no error.
    same = hmac.compare_digest(wanted.encode(), given.encode("utf-8", "replace"))
    return bool(secret) and same


def _entries(body: bytes) -> Iterator[Told]:
    with suppress(ValueError, RecursionError):
        told = json.loads(body)
        yield from each(told.get("entry") if isinstance(told, Mapping) else None)


def _comments(entry: Told, dialect: Dialect) -> Iterator[tuple[bool, str, str | None]]:
    """Yield which comments are gone, or were edited: name and new words."""
    for change in each(entry.get("changes")):
        told = dialect.comment_in(change)
        if told is not None and told[0] in ("remove", "edited"):
            verb, id, text = told
            yield verb == "remove", id, text


def _messages(entry: Told) -> Iterator[tuple[bool, str, str | None]]:
    """Yield which messages were taken back, or edited, by customers."""
    for one in each(entry.get("messaging")):
        person = mapped(one.get("sender")).get("id")
        message, edit = mapped(one.get("message")), mapped(one.get("message_edit"))
        if person and message.get("mid") and message.get("is_deleted") is True:
            yield True, named(str(person), str(message["mid"])), None
        elif person and edit.get("mid"):
            yield False, named(str(person), str(edit["mid"])), str(edit.get("text") or "") or None


def _moment(told: Any, otherwise: datetime) -> datetime:
    """Return a moment that is told in seconds or, as some are, in thousandths of them."""
    if type(told) is not int or told <= 0:
        return otherwise
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(told / 1000 if told > 10**11 else told, UTC)
    return otherwise
