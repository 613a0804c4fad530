"""Replies on Reddit, in public and in private, and how one is found of which nobody knows.

Reddit keeps no keys that tell a repeat from a new comment, and takes the same words twice. Whether
a reply went out is read back from our own comments, or messages, and from nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import quote

from channels.errors import (
    CallRefusedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import ChannelAccount, Reply
from channels.moments import DOUBT
from channels.networks.reddit.looking import MANY, MOST_ANSWERS, REACH
from channels.networks.reddit.things import Thing, read
from channels.networks.reddit.wire import Wire
from channels.phrases import first_words, letters_of
from channels.posted import Posted

#: Characters of a comment, and of a message.
LONGEST = 10_000
#: Seconds that a time is long, as Reddit tells how long to wait.
_TIMES = {"second": 1, "minute": 60, "hour": 3_600}
_WAIT = re.compile(r"(\d+) (second|minute|hour)")
_SUBJECT = 100


class Answering:
    """Sends, or finds, one reply of an account."""

    def __init__(self, posted: Posted, wire: Wire, account: ChannelAccount) -> None:
        """Begin for ``account``."""
        self._posted = posted
        self._wire = wire
        self._me = account.handle

    def send(self, reply: Reply) -> str:
        """Post ``reply`` and return its id; see :meth:`channels.protocol.Channel.send`."""
        if (length := len(reply.text)) > LONGEST:
            raise ReplyTooLongError("Reddit", length=length, limit=LONGEST)
        if (known := self._posted.id_of(reply.idempotency_key)) is not None:
            return known
        if (refusal := refusal_of(reply)) is not None:
            raise ReplyRefusedError(refusal)
        try:
            told = self._post(reply)
        except CallRefusedError as error:
            raise self._meant(error) from error
        _check(told)
        id = _id_in(told) or self._looked_up(reply)
        return self._posted.note(reply.idempotency_key, id)

    def find(self, reply: Reply) -> str | None:
        """Return the id of ``reply``, or None; see :meth:`channels.protocol.Channel.find`."""
        if (known := self._posted.id_of(reply.idempotency_key)) is not None:
            return known
        words = letters_of(reply.text)
        others = self._posted.by_others(reply.idempotency_key)
        found: str | None = None
        path = "/message/sent" if reply.private else f"/user/{quote(self._me, safe='')}/comments"
        try:
            for thing in self._newest(path, reply):
                same = letters_of(str(thing.told.get("body") or "")) == words
                if same and thing.name not in others and self._is_to(reply, thing):
                    # Of several that look alike the first is meant: the others came later.
                    found = thing.name
        except CallRefusedError as error:
            raise ChannelUnavailableError("Reddit does not show what we wrote.") from error
        return found

    def _post(self, reply: Reply) -> Mapping[str, Any]:
        """Have Reddit post a reply, and return what it says."""
        to = reply.in_reply_to or ""
        if reply.private and not _is_message(to):
            if not reply.recipient:
                raise ReplyRefusedError("Nobody knows the name of the customer. Answer in public.")
            return self._wire.post(
                "/api/compose",
                to=reply.recipient,
                subject=first_words(reply.text, _SUBJECT),
                text=reply.text,
            )
        return self._wire.post("/api/comment", thing_id=to, text=reply.text)

    def _looked_up(self, reply: Reply) -> str:
        """Return the id of a message that Reddit took; it does not say which."""
        with suppress(ChannelUnavailableError, ChannelRefusedError):
            if (id := self.find(reply)) is not None:
                return id
        raise DeliveryUnknownError("Reddit took the reply, and does not show it yet.")

    def _meant(self, error: CallRefusedError) -> Exception:
        """Return what it means that Reddit refused a call: the reply, or the account."""
        try:
            self._wire.get("/api/v1/me")
        except CallRefusedError as refused:
            return ChannelRefusedError(
                f"Reddit does not let the account in (status {refused.status}). Its app needs the "
                "scopes identity, read, submit, privatemessages and history."
            )
        return ReplyRefusedError(
            f"Reddit does not take the reply (status {error.status}): the account may not write "
            "there. Answer in private, or ask the moderators."
        )

    def _newest(self, path: str, reply: Reply) -> Iterator[Thing]:
        """Yield what we wrote since the reply was made, newest first.

        Raises:
            ChannelUnavailableError: there is more than can be read, or something unreadable.
        """
        after: str | None = None
        count = 0
        for _ in range(MOST_ANSWERS):
            told, after = self._wire.children(path, limit=MANY, after=after, sort="new")
            count += len(told)
            try:
                things = [read(one) for one in told]
            except ValueError as error:
                raise ChannelUnavailableError(
                    f"Something of ours cannot be read: {error}"
                ) from error
            recent = [one for one in things if one.at >= reply.created_at - DOUBT]
            yield from recent
            if len(recent) < len(things) or (after is None and count < REACH):
                return
            if after is None:
                break
        raise ChannelUnavailableError("There is more of ours since than Reddit lists.")

    def _is_to(self, reply: Reply, thing: Thing) -> bool:
        """Tell whether a thing of ours went where the reply has to go."""
        if not reply.private or _is_message(reply.in_reply_to):
            return thing.parent == reply.in_reply_to
        return str(thing.told.get("dest") or "").lower() == reply.recipient.lower()


def refusal_of(reply: Reply) -> str | None:
    """Return why a reply will not be sent, as far as it can be known without asking Reddit."""
    if not reply.private and _is_message(reply.in_reply_to):
        return "A message cannot be answered in public on Reddit. Answer in private."
    if not reply.private and not reply.answerable:
        return "The thread is locked or archived: it takes no comments. Answer in private."
    return None


def _is_message(name: str | None) -> bool:
    return (name or "").startswith("t4_")


def _check(told: Mapping[str, Any]) -> None:
    """Raise what Reddit says against a reply in an answer that looks good: nothing was posted."""
    errors = told.get("errors")
    if not isinstance(errors, list) or not errors:
        return
    code, said = [*(str(part) for part in errors[0]), "", ""][:2]
    if code == "RATELIMIT":
        raise ChannelUnavailableError(f"Reddit: {said}", retry_after=_wait_in(told, said))
    if code in {"USER_REQUIRED", "USER_SUSPENDED"}:
        raise ChannelRefusedError(f"Reddit does not let the account write: {said}")
    raise ReplyRefusedError(f"Reddit does not take the reply: {said or code}")


def _wait_in(told: Mapping[str, Any], said: str) -> float | None:
    """Return the seconds that Reddit asks us to wait."""
    if isinstance(seconds := told.get("ratelimit"), int | float):
        return float(seconds)
    found = _WAIT.search(said)
    return float(found[1]) * _TIMES[found[2]] if found else None


def _id_in(told: Mapping[str, Any]) -> str | None:
    """Return under which name Reddit has taken a reply, if it says so."""
    data = told.get("data")
    things = data.get("things") if isinstance(data, Mapping) else None
    first = things[0] if isinstance(things, list) and things else None
    inner = first.get("data") if isinstance(first, Mapping) else None
    name = inner.get("name") if isinstance(inner, Mapping) else None
    return str(name) if name else None
