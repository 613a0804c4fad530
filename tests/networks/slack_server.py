"""A stand-in for Slack: one workspace with one channel, an app, and the calls it makes."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.networks.stand_in import Heard, StandIn, Told

TOKEN, SECRET, CHANNEL = "xoxb-1", "signing-secret", "C0CARE"
SCOPES = "chat:write,channels:history,users:read"
NAMES = {"U1": {"name": "sam", "profile": {"display_name": "Sam"}}, "U2": {"name": "kim"}}


class SlackServer(StandIn):
    """Slack. ``error`` is said to the next calls of a method instead of anything else."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.messages: list[dict[str, Any]] = []
        self.scopes = SCOPES
        self.errors: dict[str, str] = {}
        super().__init__()

    # ---- what people do

    def says(self, text: str, thread: str | None = None, user: str = "U1", **more: Any) -> str:
        """Have a member of the team write, and return the moment that names the message."""
        with self.lock:
            message = {"type": "message", "user": user, "text": text, "ts": self._ts()} | more
            if thread:
                message["thread_ts"] = thread
                for root in self.messages:
                    if root["ts"] == thread:
                        root |= {"latest_reply": message["ts"], "thread_ts": thread,
                                 "reply_count": root.get("reply_count", 0) + 1}  # fmt: skip
            self.messages.append(message)
            return str(message["ts"])

    def edits(self, ts: str, text: str) -> bytes:
        """Have somebody change a message, and return the event that tells of it."""
        with self.lock:
            message = next(one for one in self.messages if one["ts"] == ts)
            at = f"{self.now().timestamp():.6f}"
            message |= {"text": text, "edited": {"user": message["user"], "ts": at}}
        return _event(subtype="message_changed", message=message, ts=at, hidden=True)

    def deletes(self, ts: str) -> bytes:
        """Have somebody delete a message, and return the event that tells of it."""
        with self.lock:
            (gone,) = [one for one in self.messages if one["ts"] == ts]
            self.messages.remove(gone)
        return _event(subtype="message_deleted", deleted_ts=ts, previous_message=gone, hidden=True)

    def notes(self) -> list[str]:
        """Return the ids of what the app posted."""
        return [one["ts"] for one in self.messages if one.get("bot_id")]

    def told(self, ts: str, **more: Any) -> bytes:
        """Return the event that tells of a message."""
        message = next(one for one in self.messages if one["ts"] == ts)
        event = {key: value for key, value in message.items() if key != "latest_reply"}
        return _event(**event | more)

    # ---- calls

    def answer(self, call: Heard) -> Told:
        method = call.path.removeprefix("/")
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            return Told(200, {"ok": False, "error": "invalid_auth"})
        if error := self.errors.pop(method, None):
            return Told(200, {"ok": False, "error": error})
        if method == "auth.test":
            said = {"ok": True, "user": "corral", "team": "Acme", "bot_id": "B1"}
            return Told(200, said, {"x-oauth-scopes": self.scopes})
        if method == "users.info":
            user = NAMES.get(call.one("user") or "")
            return Told(200, {"ok": bool(user), "user": user, "error": "user_not_found"})
        if method == "chat.postMessage":
            return self._posted(json.loads(call.body))
        if call.one("channel") != CHANNEL:
            return Told(200, {"ok": False, "error": "channel_not_found"})
        if method == "conversations.history":
            there = [one for one in self.messages if one.get("thread_ts", one["ts"]) == one["ts"]]
            return self._listed(call, there[::-1])
        if method == "conversations.replies":
            thread = call.one("ts")
            there = [one for one in self.messages if thread in (one["ts"], one.get("thread_ts"))]
            if not there:
                return Told(200, {"ok": False, "error": "thread_not_found"})
            return self._listed(call, there)
        return Told(200, {"ok": False, "error": "unknown_method"})

    def _posted(self, message: dict[str, Any]) -> Told:
        thread = message.get("thread_ts")
        if message["channel"] != CHANNEL:
            return Told(200, {"ok": False, "error": "channel_not_found"})
        if thread and not any(one["ts"] == thread for one in self.messages):
            return Told(200, {"ok": False, "error": "thread_not_found"})
        ts = self.says(
            message["text"], thread, "U0", bot_id="B1", metadata=message["metadata"]
        )  # fmt: skip
        return Told(200, {"ok": True, "channel": CHANNEL, "ts": ts})

    def _listed(self, call: Heard, there: list[dict[str, Any]]) -> Told:
        """Return messages after ``oldest``, page by page; a thread always begins with its first."""
        oldest = float(call.one("oldest") or 0)
        there = [
            one for one in there if float(one["ts"]) > oldest or one["ts"] == call.one("ts")
        ]  # fmt: skip
        begin, most = int(call.one("cursor") or 0), int(call.one("limit") or 100)
        more = str(begin + most) if len(there) > begin + most else ""
        shown = there[begin : begin + most]
        if call.one("include_all_metadata") != "true":
            shown = [{k: v for k, v in one.items() if k != "metadata"} for one in shown]
        said = {"ok": True, "messages": shown, "response_metadata": {"next_cursor": more}}
        return Told(200, said)

    def _ts(self) -> str:
        return f"{int(self.now().timestamp())}.{len(self.messages) + 1:06d}"


def _event(**told: Any) -> bytes:
    event = {"type": "message", "channel": CHANNEL} | told
    return json.dumps({"type": "event_callback", "event": event}).encode()


def signed(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a call of Slack."""
    moment = str(int(at.timestamp()))
    told = f"v0:{moment}:".encode() + body
    signature = "v0=" + hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": moment, "x-slack-signature": signature}
