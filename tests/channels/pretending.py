"""A pretend network that people add accounts of: it knows one token, and quotes what it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.fields import Field
from channels.model import ChannelAccount, Page, Reply
from channels.protocol import Checked

#: What it takes; and what tests look for wherever nothing of it may be.
TOKEN = "tok-s3cret/of+acme"
SIGNING = "sign-s3cret"
ASKED = (
    Field(
        "server",
        "Server",
        "Where it is, such as https://pretend.example.",
        kind="address",
        leads=True,
    ),
    Field("page", "Posts a page", required=False, default="40", kind="number"),
    Field("tone", "Tone", required=False, choices=("warm", "brief")),
    Field("boosts", "Read boosts", default="yes", kind="flag"),
    Field("token", "Access token", "Settings, Developers, New token.", secret=True),
    Field("signing", "Signing key", "Only if it signs.", secret=True, required=False),
)


class PretendNetwork:
    """Nothing is posted anywhere; each check is kept, with the secrets it came with."""

    name = "pretend"
    title = "Pretend"
    fields = ASKED
    reply_limit = 100
    can_reply_privately = False

    def __init__(self) -> None:
        self.checked: list[ChannelAccount] = []
        #: Raised by every call from now on; None: it answers.
        self.failure: Exception | None = None

    def check(self, account: ChannelAccount) -> list[Checked]:
        self.checked.append(account)
        if self.failure is not None:
            raise self.failure
        token = account.secrets.get("token")
        if token != TOKEN:
            # Real servers do quote what they were sent.
            raise ChannelRefusedError(f"The token {token!r} is not valid. Make a new one.")
        return [Checked("Log in", f"as {account.handle} with {token}"), Checked("Read", "3 posts")]

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        if self.failure is not None:
            raise self.failure
        yield Page(position={"last": 1})

    def measure(self, text: str) -> int:
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        if self.failure is not None:
            raise self.failure
        return f"out-{reply.idempotency_key}"

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        if self.failure is not None:
            raise self.failure
        return None


def away(account_token: str = TOKEN) -> Exception:
    """Return an outage that quotes a token."""
    return ChannelUnavailableError(f"GET https://pretend.example/?key={account_token} timed out.")
