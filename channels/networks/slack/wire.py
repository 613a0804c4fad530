"""Messages of Slack as they come: which are a person's, what they say, and whose a call is.

What comes through the public address is signed by Slack and told by people: nothing is taken for
a text or a moment that is none.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.protocol import Call
from channels.storable import clean

#: Under which the key of a note stands in the metadata of its message.
NOTE = "corral_note"
#: How old a call may be.
TOLERANCE = timedelta(minutes=5)
#: Kinds of messages that a person writes; the others tell of joins, topics, edits and the like.
_SAID = {"file_share", "me_message", "thread_broadcast"}
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
#: Seconds, until 2286, and what follows them.
_MOMENT = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?")
_MARK = re.compile(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>")


def good(said: Any, *, writes: bool = False) -> Mapping[str, Any]:
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


def messages(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the messages of an answer that lists some."""
    listed = said.get("messages")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def key_in(message: Mapping[str, Any]) -> str | None:
    """Return the key of the note that a message is; None where it is none of ours."""
    metadata = message.get("metadata")
    if not isinstance(metadata, dict) or metadata.get("event_type") != NOTE:
        return None
    payload = metadata.get("event_payload")
    return str(payload.get("key")) if isinstance(payload, dict) else None


def is_said(message: Mapping[str, Any]) -> bool:
    """Tell whether a person says something in a thread."""
    thread, ts, kind = (message.get(name) for name in ("thread_ts", "ts", "subtype"))
    by_person = not message.get("bot_id") and (kind is None or text_in(message, "subtype") in _SAID)
    return by_person and is_moment(ts) and is_moment(thread) and thread != ts


def text_in(told: Mapping[str, Any], name: str) -> str:
    """Return a text of a message; an empty one for anything else."""
    text = told.get(name)
    return clean(text) if isinstance(text, str) else ""


def is_moment(ts: object) -> bool:
    """Tell whether something is a moment, by which Slack names messages too."""
    return isinstance(ts, str) and _MOMENT.fullmatch(ts) is not None


def moment(ts: str) -> datetime:
    """Return a moment in UTC."""
    return datetime.fromtimestamp(float(ts), UTC)


def later(ts: object, than: str) -> bool:
    """Tell whether something is a moment after another one."""
    return is_moment(ts) and float(str(ts)) > float(than)


def digest(message: Mapping[str, Any]) -> str:
    """Return what tells whether the words of a message were changed."""
    return f"{zlib.crc32(text_in(message, 'text').encode('utf-8', 'replace')):08x}"


def edited_at(message: Mapping[str, Any]) -> str:
    """Return the moment at which a person changed the words of a message; empty: nobody did.

    Slack itself changes messages too: it adds previews, and counts answers.
    """
    edited = message.get("edited")
    at = text_in(edited, "ts") if isinstance(edited, dict) else ""
    return at if is_moment(at) else ""


def edited_in(event: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the message that an event says was changed, as it is now; None: it does not."""
    message = event.get("message")
    if event.get("subtype") != "message_changed" or not isinstance(message, dict):
        return None
    by_person = edited_at(message) and is_moment(message.get("ts")) and not is_deleted(message)
    return message if by_person else None


def deleted_in(event: Mapping[str, Any]) -> str | None:
    """Return the name of the message that an event says was deleted; None: it does not."""
    message, gone = event.get("message"), event.get("deleted_ts")
    if event.get("subtype") == "message_changed" and isinstance(message, dict):
        gone = message.get("ts") if is_deleted(message) else None
    elif event.get("subtype") != "message_deleted":
        return None
    return str(gone) if is_moment(gone) else None


def is_deleted(message: Mapping[str, Any]) -> bool:
    """Tell whether a message is what is left of one that others have answered."""
    return message.get("subtype") == "tombstone"


def is_signed(secret: str, call: Call) -> bool:
    """Tell whether Slack makes a call, and made it within the last minutes."""
    told = call.headers.get("x-slack-request-timestamp", "")
    if not is_moment(told) or abs(call.at.timestamp() - float(told)) > TOLERANCE.total_seconds():
        return False
    signed = b"v0:" + told.encode() + b":" + call.body
    meant = "v0=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return hmac.compare_digest(meant.encode(), call.headers.get("x-slack-signature", "").encode())


def escaped(text: str) -> str:
    """Return a text in which nothing is a command: no ``<!channel>``, no link with another name."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, name: Callable[[str], str]) -> str:
    """Return a text of Slack as people read it."""

    def read(mark: re.Match[str]) -> str:
        kind, what, label = mark.groups()
        if kind == "@":
            return f"@{label or name(what)}"
        if kind:
            return f"{'#' if kind == '#' else '@'}{(label or what).lstrip('@#')}"
        return f"{label} ({what})" if label and label != what else what

    return unescape(_MARK.sub(read, text))
