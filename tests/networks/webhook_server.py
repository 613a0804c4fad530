"""A system that is told our replies, for tests: it verifies each call, and takes each id once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from channels.signing import verify
from tests.networks.stand_in import Heard, StandIn, Told

SECRET = "whsec_" + "QUJD" * 11
OTHER = "whsec_" + "eHl6" * 11


class WebhookServer(StandIn):
    """The system, and what it took."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.taken: dict[str, dict[str, Any]] = {}
        super().__init__()

    def answer(self, call: Heard) -> Told:
        headers = {name.lower(): value for name, value in call.headers.items()}
        id = verify([SECRET], headers, call.body, self.clock())
        self.taken.setdefault(id, json.loads(call.body))
        return Told(200, {"ok": True})

    def ids(self) -> list[str]:
        """Return the ``webhook-id`` of every call that came, repeats too."""
        return [call.headers["webhook-id"] for call in self.heard]

    def texts(self) -> list[str]:
        """Return what it was told, in the order in which it took it."""
        return [one["data"]["text"] for one in self.taken.values()]
