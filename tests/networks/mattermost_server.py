"""A stand-in for a Mattermost server: one channel, a bot, and what people say there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.networks.stand_in import Heard, StandIn, Told

TOKEN, HOOK, CHANNEL = "bot-token", "hook-token", "c" * 26
USERS = {
    "u-sam": {"username": "sam", "first_name": "Sam", "last_name": "Gamgee"},
    "u-kim": {"username": "kim"},
    "u-bot": {"username": "corral"},
}


class MattermostServer(StandIn):
    """The server. Posts that ``since`` lists are at most ``most``, the newest."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.posts: list[dict[str, Any]] = []
        self.most = 1_000
        super().__init__()

    # ---- what people do

    def says(self, text: str, thread: str | None = None, user: str = "u-sam", **more: Any) -> str:
        """Have a member of the team write, and return the id of the post."""
        with self.lock:
            at = int(self.now().timestamp() * 1000) + len(self.posts)
            post = {
                "id": f"p{len(self.posts):025d}", "create_at": at, "update_at": at, "delete_at": 0,
                "user_id": user, "channel_id": CHANNEL, "root_id": thread or "", "message": text,
                "type": "", "props": {},
            }  # fmt: skip
            self.posts.append(post | more)
            return str(post["id"])

    def changes(self, id: str, **more: Any) -> None:
        """Have somebody change a post (``message``), or delete it (``delete_at``), now."""
        with self.lock:
            post = next(one for one in self.posts if one["id"] == id)
            at = int(self.now().timestamp() * 1000)
            post |= {
                "update_at": at,
                **({"delete_at": at} if not more else {"edit_at": at}),
                **more,
            }

    def notes(self) -> list[str]:
        """Return the ids of what the bot posted."""
        return [one["id"] for one in self.posts if one["user_id"] == "u-bot"]

    # ---- calls

    def answer(self, call: Heard) -> Told:
        path = call.path.removeprefix("/api/v4")
        if call.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refusal(401, "Invalid or expired session, please login again.")
        if path == "/users/me":
            return Told(200, {"id": "u-bot"} | USERS["u-bot"])
        if named := re.fullmatch(r"/users/([^/]+)", path):
            user = USERS.get(named[1])
            return Told(200, user) if user else _refusal(404, "Unable to find the user.")
        if (call.method, path) == ("POST", "/posts"):
            return self._posted(json.loads(call.body))
        if named := re.fullmatch(r"/posts/([^/]+)/thread", path):
            there = [one for one in self.posts if named[1] in (one["id"], one["root_id"])]
            return _listed(there) if there else _refusal(404, "Unable to get the post.")
        if path.startswith(f"/channels/{CHANNEL}"):
            return self._channel(call, path)
        return _refusal(404, "Unable to find the existing channel.")

    def _channel(self, call: Heard, path: str) -> Told:
        if not path.endswith("/posts"):
            return Told(200, {"id": CHANNEL, "display_name": "Care"})
        if (since := call.one("since")) is not None:
            there = [one for one in self.posts if one["update_at"] > int(since)]
            return _listed(there[-self.most :])
        return _listed(self.posts[-int(call.one("per_page") or 60) :])

    def _posted(self, post: dict[str, Any]) -> Told:
        if post["channel_id"] != CHANNEL:
            return _refusal(403, "You do not have the appropriate permissions.")
        if post["root_id"] and not any(one["id"] == post["root_id"] for one in self.posts):
            return _refusal(400, "Invalid RootId parameter.")
        id = self.says(post["message"], post["root_id"], "u-bot",
                       props={"from_bot": "true"} | post["props"])  # fmt: skip
        return Told(201, next(one for one in self.posts if one["id"] == id))


def _listed(posts: list[dict[str, Any]]) -> Told:
    ids = [one["id"] for one in reversed(posts)]
    return Told(200, {"order": ids, "posts": {one["id"]: one for one in posts}})


def _refusal(status: int, message: str) -> Told:
    return Told(status, {"id": "some.app_error", "message": message, "status_code": status})
