"""Slack, as the place where the team talks: notes go to a channel, answers in threads come back.

A note is posted by ``chat.postMessage`` with its key in the metadata of the message: Slack knows
no keys, so every message is looked for by it before it is posted. What is said in the thread of a
note is told by the Events API at once; a look at the channel finds what was not told. So it is
with what is changed or deleted there later. Of the files here ``wire.py`` reads what comes, and
``watching.py`` knows which answers may still change.

Facts: https://docs.slack.dev (chat.postMessage, conversations.history, conversations.replies,
message metadata, verifying requests).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from channels.calling import Caller
from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.fields import Field
from channels.model import ChannelAccount, Edit, Page, Remark, Reply
from channels.networks.slack.watching import Watch
from channels.networks.slack.wire import (
    NOTE,
    deleted_in,
    edited_at,
    edited_in,
    escaped,
    good,
    is_said,
    is_signed,
    key_in,
    later,
    messages,
    moment,
    plain,
    text_in,
)
from channels.protocol import Call, Checked, Received
from channels.teams.network import TeamNetwork

#: Threads of notes that are younger are looked at; of older ones the Events API tells alone.
LOOKED_AT = timedelta(days=3)
#: Messages asked for at once, and how often for one thing.
LISTED, PAGES = 200, 10
#: Seconds for a name: Slack waits 3 for the answer to an event.
HURRY = 2.0
_SCOPES = ("chat:write", "users:read")


class SlackNetwork(TeamNetwork):
    """Channels of Slack. Safe to use from several threads."""

    name = "slack"
    title = "Slack (for your team)"
    place = "Slack channel"
    vouched_by = "signing_secret"
    reply_limit = 30_000
    fields = (
        Field("channel", "Channel", "Its id, such as C0123ABCDEF: at the end of its details. "
              "Invite the app there"),
        Field("bot_token", "Bot token", "Of your Slack app, xoxb-...; scopes: chat:write, "
              "channels:history (private channels: groups:history), users:read", secret=True),
        Field("signing_secret", "Signing secret", "Of the app, under Basic Information: with it "
              "answers come back at once", secret=True, required=False),
        Field("address", "Address of Slack", "Only for GovSlack", required=False,
              default="https://slack.com/api", kind="address", leads=True),
    )  # fmt: skip

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what was answered to notes since ``after``; at first nothing of what was before."""
        ask = self._asking(account)
        if after is None:
            newest = ask("conversations.history", channel=_channel(account), limit=1)
            read = max((str(one.get("ts")) for one in messages(newest)), default="0")
            yield Page(position={"read": read})
            return
        read = str(after.get("read") or "0")
        threads = self._with_news(ask, account, read)
        # What is said after the list was made is left for the next look: by then other threads may
        # have something older.
        until = max(threads.values(), key=float, default=read)
        said = [one for thread in threads for one in self._said(ask, account, thread, read, until)]
        said.sort(key=lambda one: float(one["ts"]))
        watch = Watch.of(after)
        changed, gone = self._tended(ask, account, watch)
        watch.add(said)
        yield Page(
            remarks=tuple(self._remark(account, one) for one in said),
            # One that is read late may be known by an event, with the words of then.
            edits=tuple(self._edit(account, one) for one in (*said, *changed) if edited_at(one)),
            deletions=tuple(gone),
            position={"read": until, **watch.kept()},
        )

    def _with_news(
        self, ask: Callable[..., Any], account: ChannelAccount, read: str
    ) -> dict[str, str]:
        """Return the threads of notes in which something was said since, and when last."""
        since = (self._now() - LOOKED_AT).timestamp()
        return {
            str(one["ts"]): str(one["latest_reply"])
            # The newest come first: in a busy channel the threads that are looked at are younger.
            for one in self._listed(ask, "conversations.history", account, all=False, oldest=since)
            if key_in(one) and later(one.get("latest_reply"), read)
        }

    def _said(
        self, ask: Callable[..., Any], account: ChannelAccount, thread: str, read: str, until: str
    ) -> list[Mapping[str, Any]]:
        """Return what people said in a thread between two moments; nothing if it is gone."""
        try:
            listed = list(
                self._listed(ask, "conversations.replies", account, ts=thread, oldest=read)
            )
        except ReplyRefusedError:
            return []
        there = (one for one in listed if is_said(one) and later(one["ts"], read))
        return [one for one in there if not later(one["ts"], until)]

    def _tended(
        self, ask: Callable[..., Any], account: ChannelAccount, watch: Watch
    ) -> tuple[list[Mapping[str, Any]], list[str]]:
        """Return what was changed, and what was deleted, in the thread whose turn it is."""
        turn = watch.next_thread(self._now())
        if turn is None:
            return [], []
        thread, oldest = turn
        try:
            there = list(
                self._listed(ask, "conversations.replies", account, ts=thread, oldest=oldest)
            )
        except ReplyRefusedError:
            return watch.compare(thread, [])  # all of it was deleted
        except ChannelUnavailableError:
            return [], []  # as after a thread too long to be read: the others have their turn
        # Slack lists the note itself in any case; a list of nothing says nothing.
        return watch.compare(thread, there) if there else ([], [])

    def measure(self, text: str) -> int:
        """Return the characters of ``text`` with what stands for ``&``, ``<`` and ``>``."""
        return len(escaped(text))

    def _posted(self, account: ChannelAccount, reply: Reply) -> str:
        """Post a note and return its moment, which is its id."""
        message: dict[str, Any] = {
            "channel": _channel(account), "text": escaped(reply.text),
            "unfurl_links": False, "unfurl_media": False,
            "metadata": {"event_type": NOTE, "event_payload": {"key": reply.idempotency_key}},
        }  # fmt: skip
        if reply.thread:
            message["thread_ts"] = reply.thread
        said = self._caller(account).call("POST", "/chat.postMessage", json=message).json()
        ts = good(said, writes=True).get("ts")
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
        who = good(answer.json())
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
        if not is_signed(secret, call):
            return Received(401, b"The signature is not that of Slack, or older than 5 minutes.")
        try:
            told = json.loads(call.body)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            return Received(400, b"No JSON.")
        if told.get("type") == "url_verification":
            return Received(body=text_in(told, "challenge").encode("utf-8", "replace"))
        event = told.get("event")
        if not isinstance(event, dict) or event.get("type") != "message":
            return Received()
        if event.get("channel") != _channel(account):
            return Received()
        return Received(page=self._page(account, event))

    def _page(self, account: ChannelAccount, event: Mapping[str, Any]) -> Page | None:
        """Return what an event of our channel tells; None: nothing of interest."""
        if is_said(event):
            return Page(remarks=(self._remark(account, event, hurry=True),))
        if (changed := edited_in(event)) is not None:
            return Page(edits=(self._edit(account, changed, hurry=True),))
        if (gone := deleted_in(event)) is not None:
            return Page(deletions=(gone,))
        return None

    def _found(self, account: ChannelAccount, reply: Reply, since: datetime) -> str | None:
        method = "conversations.replies" if reply.thread else "conversations.history"
        where: dict[str, Any] = {"ts": reply.thread} if reply.thread else {}
        oldest = since.timestamp()
        for one in self._listed(self._asking(account), method, account, oldest=oldest, **where):
            if key_in(one) == reply.idempotency_key:
                return str(one["ts"])
        return None

    def _remark(
        self, account: ChannelAccount, message: Mapping[str, Any], *, hurry: bool = False
    ) -> Remark:
        name = self._naming(account, hurry=hurry)
        return Remark(
            str(message["ts"]),
            name(text_in(message, "user")),
            plain(text_in(message, "text"), name),
            moment(message["ts"]),
            str(message["thread_ts"]),
        )

    def _edit(
        self, account: ChannelAccount, message: Mapping[str, Any], *, hurry: bool = False
    ) -> Edit:
        text = plain(text_in(message, "text"), self._naming(account, hurry=hurry))
        return Edit(str(message["ts"]), text, moment(edited_at(message)))

    def _naming(self, account: ChannelAccount, *, hurry: bool) -> Callable[[str], str]:
        """Return what tells the name of a member by its id."""
        return partial(self._name, self._asking(account, hurry=hurry), account)

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
            yield from messages(said)
            cursor = str((said.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return
        if all:
            raise ChannelUnavailableError("The Slack channel says more than can be looked through.")

    def _asking(self, account: ChannelAccount, *, hurry: bool = False) -> Callable[..., Any]:
        caller = self._caller(account, hurry=hurry)

        def ask(method: str, **params: Any) -> Mapping[str, Any]:
            return good(caller.call("GET", f"/{method}", params=params).json())

        return ask

    def _caller(self, account: ChannelAccount, *, hurry: bool = False) -> Caller:
        address = str(account.settings.get("address") or "https://slack.com/api")
        return self._calling(account, address, silence=HURRY if hurry else None)


def _channel(account: ChannelAccount) -> str:
    return str(account.settings.get("channel") or "")


channel = SlackNetwork
