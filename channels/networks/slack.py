"""Slack, as the place where the team talks: notes go to a channel, answers in threads come back.

A note is posted by ``chat.postMessage`` with its key in the metadata of the message: Slack knows
no keys, so every message is looked for by it before it is posted. What is said in the thread of a
note is told by the Events API at once; a look at the channel finds what was not told.

Facts: https://docs.slack.dev (chat.postMessage, conversations.history, conversations.replies,
message metadata, verifying requests).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape
from typing import Any

from channels.calling import Caller
from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.fields import Field
from channels.model import ChannelAccount, Page, Remark, Reply
from channels.protocol import Call, Checked, Received
from channels.teams.network import TeamNetwork

#: Under which the key of a note stands in the metadata of its message.
NOTE = "corral_note"
#: Threads of notes that are younger are looked at; of older ones the Events API tells alone.
LOOKED_AT = timedelta(days=3)
#: Messages asked for at once, and how often for one thing.
LISTED, PAGES = 200, 10
#: How old a call may be.
TOLERANCE = timedelta(minutes=5)
#: Seconds for a name: Slack waits 3 for the answer to an event.
HURRY = 2.0
_SCOPES = ("chat:write", "users:read")
#: Kinds of messages that a person writes; the others tell of joins, topics, edits and the like.
_SAID = {None, "file_share", "me_message", "thread_broadcast"}
_AGAIN = {
    "ratelimited",
    "rate_limited",
    "service_unavailable",
    "accesslimited",
    "team_added_to_org",
}
#: After these, Slack says, something may have been done all the same.
_UNSURE = {"internal_error", "fatal_error", "request_timeout"}
_REFUSED = {"msg_too_long", "no_text", "thread_not_found", "cannot_reply_to_message",
            "invalid_thread_ts", "message_not_found"}  # fmt: skip
_MARK = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")


class SlackNetwork(TeamNetwork):
    """Channels of Slack. Safe to use from several threads."""

    name = "slack"
    title = "Slack (for your team)"
    place = "Slack channel"
    reply_limit = 30_000
    fields = (
        Field("channel", "Channel", "Its id, such as C0123ABCDEF: at the end of its details. "
              "Invite the app there"),
        Field("bot_token", "Bot token", "Of your Slack app, xoxb-...; scopes: chat:write, "
              "channels:history (private channels: groups:history), users:read", secret=True),
        Field("signing_secret", "Signing secret", "Of the app, under Basic Information: with it "
              "answers come back at once", secret=True, required=False),
        Field("address", "Address of Slack", "Only for GovSlack", required=False,
              default="https://slack.com/api", kind="address"),
    )  # fmt: skip

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what was answered to notes since ``after``; at first nothing of what was before."""
        ask = self._asking(account)
        if after is None:
            newest = ask("conversations.history", channel=_channel(account), limit=1)
            read = max((str(one.get("ts")) for one in _messages(newest)), default="0")
            yield Page(position={"read": read})
            return
        read = str(after.get("read") or "0")
        since = (self._now() - LOOKED_AT).timestamp()
        threads = {
            str(one["ts"]): str(one["latest_reply"])
            # The newest come first: in a busy channel the threads that are looked at are younger.
            for one in self._listed(ask, "conversations.history", account, all=False, oldest=since)
            if _key_in(one) and one.get("latest_reply") and _later(one["latest_reply"], read)
        }
        # What is said after the list was made is left for the next look: by then other threads may
        # have something older.
        until = max(threads.values(), key=float, default=read)
        remarks: list[Remark] = []
        for thread in threads:
            # Deleted meanwhile.
            with suppress(ReplyRefusedError):
                remarks += [
                    self._remark(account, one)
                    for one in self._listed(
                        ask, "conversations.replies", account, ts=thread, oldest=read
                    )
                    if _is_said(one) and _later(one["ts"], read) and not _later(one["ts"], until)
                ]
        remarks.sort(key=lambda one: float(one.external_id))
        yield Page(remarks=tuple(remarks), position={"read": until})

    def measure(self, text: str) -> int:
        """Return the characters of ``text`` with what stands for ``&``, ``<`` and ``>``."""
        return len(_escaped(text))

    def _posted(self, account: ChannelAccount, reply: Reply) -> str:
        """Post a note and return its moment, which is its id."""
        message: dict[str, Any] = {
            "channel": _channel(account), "text": _escaped(reply.text),
            "unfurl_links": False, "unfurl_media": False,
            "metadata": {"event_type": NOTE, "event_payload": {"key": reply.idempotency_key}},
        }  # fmt: skip
        if reply.thread:
            message["thread_ts"] = reply.thread
        said = self._caller(account).call("POST", "/chat.postMessage", json=message).json()
        ts = _good(said, writes=True).get("ts")
        if not isinstance(ts, str):
            raise DeliveryUnknownError("Slack took the note and did not say how it is called.")
        return ts

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of a note if it is in the channel, or in its thread there."""
        try:
            return super().find(account, reply)
        except ReplyRefusedError:
            return None  # its thread was deleted

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Log in and read the channel; see :class:`channels.protocol.Adding`."""
        answer = self._caller(account).call("POST", "/auth.test", writes=False)
        who = _good(answer.json())
        scopes = {one.strip() for one in answer.headers.get("x-oauth-scopes", "").split(",")}
        if missing := [one for one in _SCOPES if scopes != {""} and one not in scopes]:
            raise ChannelRefusedError(
                f"The token lacks the scope {' and '.join(missing)}. Add it to the app, install "
                "the app again, and give the account the new token."
            )
        self._asking(account)("conversations.history", channel=_channel(account), limit=1)
        told = (
            "tell of answers at once" if account.secrets.get("signing_secret") else "not verified"
        )
        return [
            Checked("log in", f"{who.get('user')} in {who.get('team')}"),
            Checked("channel", f"{_channel(account)} can be read"),
            Checked("events", f"{told}; without them answers are read every minute"),
        ]

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        """Take an event; a repeat tells of the same message. See :class:`channels.protocol`."""
        secret = account.secrets.get("signing_secret")
        if not secret:
            return Received(403, b"This account has no signing secret.")
        if not _is_signed(secret, call):
            return Received(401, b"The signature is not that of Slack, or older than 5 minutes.")
        try:
            told = json.loads(call.body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            return Received(400, b"No JSON.")
        if told.get("type") == "url_verification":
            return Received(body=str(told.get("challenge", "")).encode())
        event = told.get("event")
        if not isinstance(event, dict) or event.get("type") != "message":
            return Received()
        if event.get("channel") != _channel(account) or not _is_said(event):
            return Received()
        return Received(page=Page(remarks=(self._remark(account, event, hurry=True),)))

    def _found(self, account: ChannelAccount, reply: Reply, since: datetime) -> str | None:
        method = "conversations.replies" if reply.thread else "conversations.history"
        where: dict[str, Any] = {"ts": reply.thread} if reply.thread else {}
        oldest = since.timestamp()
        for one in self._listed(self._asking(account), method, account, oldest=oldest, **where):
            if _key_in(one) == reply.idempotency_key:
                return str(one["ts"])
        return None

    def _remark(
        self, account: ChannelAccount, message: Mapping[str, Any], *, hurry: bool = False
    ) -> Remark:
        ask = self._asking(account, hurry=hurry)
        name = partial(self._name, ask, account)
        return Remark(
            str(message["ts"]),
            name(str(message.get("user") or "")),
            _plain(str(message.get("text") or ""), name),
            datetime.fromtimestamp(float(message["ts"]), UTC),
            str(message["thread_ts"]),
        )

    def _name(self, ask: Callable[..., Any], account: ChannelAccount, user: str) -> str:
        def asked() -> str:
            told = ask("users.info", user=user).get("user") or {}
            profile = told.get("profile") or {}
            return str(
                profile.get("display_name") or told.get("real_name") or told.get("name") or ""
            )

        return self._name_of(account, user, asked)

    def _listed(
        self,
        ask: Callable[..., Any],
        method: str,
        account: ChannelAccount,
        *,
        all: bool = True,
        **more: Any,
    ) -> Iterator[Mapping[str, Any]]:
        """Yield the messages that a method lists, page by page.

        Raises:
            ChannelUnavailableError: there are too many to look through, and ``all`` are wanted.
        """
        cursor = ""
        for _ in range(PAGES):
            asked = {"include_all_metadata": "true", "limit": LISTED, "cursor": cursor or None}
            said = ask(method, channel=_channel(account), **(asked | more))
            yield from _messages(said)
            cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
        if all:
            raise ChannelUnavailableError("The Slack channel says more than can be looked through.")

    def _asking(self, account: ChannelAccount, *, hurry: bool = False) -> Callable[..., Any]:
        caller = self._caller(account, hurry=hurry)

        def ask(method: str, **params: Any) -> Mapping[str, Any]:
            return _good(caller.call("GET", f"/{method}", params=params).json())

        return ask

    def _caller(self, account: ChannelAccount, *, hurry: bool = False) -> Caller:
        address = str(account.settings.get("address") or "https://slack.com/api")
        return self._calling(account, address, silence=HURRY if hurry else None)


def _channel(account: ChannelAccount) -> str:
    return str(account.settings.get("channel") or "")


def _good(said: Any, *, writes: bool = False) -> Mapping[str, Any]:
    """Return an answer that is well; Slack says no with the status 200 too.

    Raises:
        ReplyRefusedError: it does not take this note.
        ChannelUnavailableError: not now.
        DeliveryUnknownError: it failed, and may have posted.
        ChannelRefusedError: something about the account has to be mended.
    """
    if isinstance(said, dict) and said.get("ok") is True:
        return said
    error = said.get("error") if isinstance(said, dict) else None
    if not isinstance(error, str) or error in _UNSURE:
        why = f"Slack failed: {error or 'its answer is none'}."
        raise DeliveryUnknownError(why) if writes else ChannelUnavailableError(why)
    if error in _AGAIN:
        raise ChannelUnavailableError(f"Slack asks us to wait: {error}.")
    if error in _REFUSED:
        raise ReplyRefusedError(f"Slack does not take the note: {error}.")
    raise ChannelRefusedError(
        f"Slack says no: {error}. Look at the token, the scopes of the app, and whether it was "
        "invited to the channel."
    )


def _messages(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    listed = said.get("messages")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _key_in(message: Mapping[str, Any]) -> str | None:
    """Return the key of the note that a message is; None where it is none of ours."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != NOTE:
        return None
    payload = metadata.get("event_payload")
    return str(payload.get("key")) if isinstance(payload, dict) else None


def _is_said(message: Mapping[str, Any]) -> bool:
    """Tell whether a person says something in a thread."""
    thread, ts = message.get("thread_ts"), message.get("ts")
    by_person = not message.get("bot_id") and message.get("subtype") in _SAID
    return bool(thread and ts and thread != ts and by_person and _is_moment(ts))


def _is_moment(ts: object) -> bool:
    return isinstance(ts, str) and re.fullmatch(r"\d{1,12}(\.\d{1,6})?", ts) is not None


def _later(ts: object, than: str) -> bool:
    return _is_moment(ts) and float(str(ts)) > float(than)


def _is_signed(secret: str, call: Call) -> bool:
    told = call.headers.get("x-slack-request-timestamp", "")
    if not _is_moment(told) or abs(call.at.timestamp() - float(told)) > TOLERANCE.total_seconds():
        return False
    signed = b"v0:" + told.encode() + b":" + call.body
    meant = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(meant.encode(), call.headers.get("x-slack-signature", "").encode())


def _escaped(text: str) -> str:
    """Return a text in which nothing is a command: no ``<!channel>``, no link with another name."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(text: str, name: Callable[[str], str]) -> str:
    """Return a text of Slack as people read it."""

    def read(mark: re.Match[str]) -> str:
        kind, what, label = mark.groups()
        if kind == "@":
            return f"@{label or name(what)}"
        if kind:
            return f"{'#' if kind == '#' else '@'}{(label or what).lstrip('@#')}"
        return f"{label} ({what})" if label and label != what else what

    return unescape(_MARK.sub(read, text))


channel = SlackNetwork
