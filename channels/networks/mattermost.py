"""Mattermost, as the place where the team talks: notes go to a channel, answers come back.

A note is posted by a bot, with its key among the properties of the post. The server minds such a
key (``pending_post_id``) for 30 seconds and in one process only, so every post is looked for by
its properties before it is made. What is said in the thread of a note is read from the channel;
an outgoing webhook only says that there is something to read, and nothing of edits and deletions.
A question about a time brings these too: it lists what was changed since, and what was deleted.

Facts: the API of version 4 (posts, ``since``, ``edit_at``, ``delete_at``, threads), outgoing
webhooks; ``pending_post_id`` in mattermost/mattermost#10006.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote

from channels.calling import Caller
from channels.errors import (
    CallRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.fields import Field
from channels.model import ChannelAccount, Edit, Gap, Page, Remark, Reply
from channels.protocol import Call, Checked, Received
from channels.storable import clean
from channels.teams.network import TeamNetwork

#: Property of a post that holds the key of the note it is.
NOTE = "corral_note"
#: Posts that the server gives for one question about a time.
MOST = 1_000
#: What a server says of a post that it will never take: 400, 404, 413.
_REFUSED = {400, 404, 413}
#: Fields of a call at most; Mattermost sends about fifteen.
_MOST_FIELDS = 100
#: Thousandths of seconds until the year 2286; no moment is later.
_LAST = 10**13
#: Names that call everybody in the channel.
_EVERYBODY = re.compile(r"@(?=(?:all|channel|here)\b)", re.IGNORECASE)


class MattermostNetwork(TeamNetwork):
    """Channels of Mattermost servers. Safe to use from several threads."""

    name = "mattermost"
    title = "Mattermost (for your team)"
    place = "Mattermost channel"
    vouched_by = "hook_token"
    reply_limit = 16_000
    fields = (
        Field("server", "Server", "As https://chat.example.com", kind="address", leads=True),
        Field("channel", "Channel", "Its id, 26 characters: View info, at the bottom. Add the bot "
              "there"),
        Field("bot_token", "Bot token", "Integrations, Bot accounts", secret=True),
        Field("hook_token", "Token of an outgoing webhook", "Of one for this channel: with it "
              "answers come back at once", secret=True, required=False),
    )  # fmt: skip

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what was answered since ``after``; at first nothing of what was before."""
        if after is None:
            newest = self._posts(account, {"per_page": 1})
            read = max((one["create_at"] for one in newest), default=0)
            first = [one["id"] for one in newest]
            yield Page(position={"read": read, "ids": first, "changed": read})
            return
        read, known = int(after.get("read") or 0), set(after.get("ids") or ())
        changed = int(after.get("changed") or read)
        posts = self._posts(account, {"since": max(read, 1)})
        new = [one for one in posts if one["create_at"] >= read and one["id"] not in known]
        new.sort(key=lambda one: (one["create_at"], one["id"]))
        until = max((one["create_at"] for one in new), default=read)
        # Several may be made in one moment, and be seen in two looks.
        ids = {one["id"] for one in new if one["create_at"] == until}
        yield Page(
            remarks=tuple(self._remark(account, one) for one in new if _is_said(one)),
            # What changed at the very moment of the last look is told once more: that is no news.
            edits=tuple(
                Edit(one["id"], str(one.get("message") or ""), _at(one["edit_at"]))
                for one in posts
                if one["root_id"] and one["edit_at"] >= max(changed, 1) and not one["delete_at"]
            ),
            deletions=tuple(
                one["id"] for one in posts if one["root_id"] and one["delete_at"] >= max(changed, 1)
            ),
            position={
                "read": until,
                "ids": sorted(ids | (known if until == read else set())),
                "changed": max(
                    [changed, *(max(one["edit_at"], one["delete_at"]) for one in posts)]
                ),
            },
            gap=_gap(posts, read),
        )

    def measure(self, text: str) -> int:
        """Return the characters of ``text`` as it is posted."""
        return len(_worded(text))

    def _posted(self, account: ChannelAccount, reply: Reply) -> str:
        """Post a note and return its id."""
        post = {
            "channel_id": _channel(account), "message": _worded(reply.text),
            "root_id": reply.thread, "props": {NOTE: reply.idempotency_key},
            "pending_post_id": reply.idempotency_key,
        }  # fmt: skip
        try:
            made = self._caller(account).call("POST", "/posts", json=post).json()
        except CallRefusedError as refused:
            if refused.status in _REFUSED:
                why = f"Mattermost does not take the note: {refused.text[:300]}"
                raise ReplyRefusedError(why) from refused
            raise
        if not isinstance(made, dict) or not made.get("id"):
            raise DeliveryUnknownError("Mattermost did not say what it calls the note.")
        return str(made["id"])

    def _found(self, account: ChannelAccount, reply: Reply, since: datetime) -> str | None:
        if reply.thread:
            try:
                posts = self._listed(account, f"/posts/{quote(reply.thread, safe='')}/thread", {})
            except CallRefusedError as refused:
                if refused.status != 404:
                    raise
                return None
        else:
            oldest = int(since.timestamp() * 1000)
            posts = self._posts(account, {"since": oldest})
        for one in posts:
            if one["props"].get(NOTE) == reply.idempotency_key:
                return str(one["id"])
        if len(posts) >= MOST:
            raise ChannelUnavailableError("The channel says more than can be looked through.")
        return None

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Log in and read the channel; see :class:`channels.protocol.Adding`."""
        me = self._ask(account, "/users/me")
        where = self._ask(account, f"/channels/{quote(_channel(account), safe='')}")
        self._posts(account, {"per_page": 1})
        told = "at once, by a webhook" if account.secrets.get("hook_token") else "every minute"
        return [
            Checked("log in", f"@{me.get('username')}"),
            Checked("channel", f"{where.get('display_name')} can be read"),
            Checked("answers", f"are read {told}"),
        ]

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        """Look at the channel when its webhook says that somebody spoke."""
        meant = account.secrets.get("hook_token")
        if not meant:
            return Received(403, b"This account has no token of a webhook.")
        if not hmac.compare_digest(_token_in(call).encode(), meant.encode()):
            return Received(401, b"The token is not that of the webhook.")
        return Received(wake=True)

    def _remark(self, account: ChannelAccount, post: Mapping[str, Any]) -> Remark:
        return Remark(
            post["id"],
            self._name(account, str(post.get("user_id") or "")),
            str(post.get("message") or ""),
            _at(post["create_at"]),
            post["root_id"],
        )

    def _name(self, account: ChannelAccount, user: str) -> str:
        def asked() -> str:
            told = self._ask(account, f"/users/{quote(user, safe='')}")
            full = f"{told.get('first_name') or ''} {told.get('last_name') or ''}".strip()
            return str(told.get("nickname") or full or told.get("username") or "")

        return self._name_of(account, user, asked)

    def _posts(self, account: ChannelAccount, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        return self._listed(account, f"/channels/{quote(_channel(account), safe='')}/posts", asked)

    def _listed(
        self, account: ChannelAccount, path: str, asked: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        told = self._ask(account, path, asked).get("posts")
        posts = told.values() if isinstance(told, dict) else ()
        return [
            {
                **one,
                "props": one["props"] if isinstance(one.get("props"), dict) else {},
                "root_id": one["root_id"] if isinstance(one.get("root_id"), str) else "",
                **{name: _stamp(one.get(name)) for name in ("edit_at", "delete_at")},
            }
            for one in posts
            if isinstance(one, dict)
            and isinstance(one.get("id"), str)
            and _stamp(one.get("create_at"))
        ]

    def _ask(
        self, account: ChannelAccount, path: str, asked: Mapping[str, Any] | None = None
    ) -> Mapping[str, Any]:
        said = self._caller(account).call("GET", path, params=asked).json()
        if not isinstance(said, dict):
            raise ChannelUnavailableError("Mattermost answered with something that is no object.")
        return said

    def _caller(self, account: ChannelAccount) -> Caller:
        return self._calling(account, f"{account.settings.get('server') or ''}/api/v4")


def _channel(account: ChannelAccount) -> str:
    return str(account.settings.get("channel") or "")


def _is_said(post: Mapping[str, Any]) -> bool:
    """Tell whether a person says something in a thread, and has not taken it back."""
    props = post["props"]
    by_program = props.get(NOTE) or props.get("from_bot") or props.get("from_webhook")
    return bool(
        post.get("root_id")
        and not post.get("type")
        and not post.get("delete_at")
        and not by_program
    )


def _stamp(told: object) -> int:
    """Return a moment as the server writes it, in thousandths of seconds; 0: it is none."""
    return told if type(told) is int and 0 < told < _LAST else 0


def _at(stamp: int) -> datetime:
    return datetime.fromtimestamp(stamp / 1000, UTC)


def _gap(posts: Sequence[Mapping[str, Any]], read: int) -> Gap | None:
    """Return what may be missing: for one question about a time there are no further pages."""
    if len(posts) < MOST:
        return None
    oldest = min(one["create_at"] for one in posts)
    since, until = _at(read), _at(max(oldest, read))
    return Gap(since, until, f"More than {MOST} posts were made since the last look.")


def _worded(text: str) -> str:
    """Return a text that calls nobody who is not meant: a customer may be named ``@all``."""
    return _EVERYBODY.sub("@\u200b", text)


def _token_in(call: Call) -> str:
    """Return the token that a call bears; it comes as JSON or as a form."""
    try:
        if "json" in call.headers.get("content-type", ""):
            told = json.loads(call.body)
            token = told.get("token") if isinstance(told, dict) else None
        else:
            fields = parse_qs(call.body.decode("utf-8", "replace"), max_num_fields=_MOST_FIELDS)
            token = fields.get("token", [""])[0]
    except (ValueError, RecursionError):
        return ""
    return clean(token) if isinstance(token, str) else ""


channel = MattermostNetwork
