"""Signed webhook: a system of yours tells us what customers wrote, and is told our replies.

Both ways speak Standard Webhooks 1.0 (:mod:`channels.signing`). **In**: the calls that
:mod:`channels.networks.webhook.calls` reads; ``data.id`` is the external id, so a call that is
repeated changes nothing. **Out**: each reply is told under its idempotency key as ``webhook-id``,
the same at every attempt. The specification has receivers take a repeat for the same, so what was
cut off is simply told again; by :data:`PLAN`, then a person decides.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from channels.calling import Caller, Line
from channels.errors import (
    CallNotGenuineError,
    CallRefusedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    GivenUpError,
    NotUnderstoodError,
    PlannedRetryError,
    PrivateAddressError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.fields import Field
from channels.giving_up import GONE, NOTICES
from channels.model import ChannelAccount, Page, Reply
from channels.networks.webhook.calls import page_of
from channels.posted import Posted
from channels.protocol import Call, Checked, Received
from channels.public_addresses import PRIVATE_NETWORK, public_address
from channels.signing import secrets_in, sign, verify

#: Seconds from one attempt to the next, as the specification advises: 32 hours together.
PLAN = (5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0)
#: Bytes of one call.
LARGEST = 256 * 1024
#: Bytes of an answer to ours, of which nothing but the beginning is read by anybody.
_LARGEST_ANSWER = 64 * 1024
FIELDS = (
    Field(
        "secrets",
        "Signing secret",
        'What its calls are signed with. Make one: echo "whsec_$(openssl rand -base64 32)". '
        "While you replace it, write both with a blank between, the new one first.",
        secret=True,
    ),
    Field(
        "address",
        "Address for replies",
        "Where we tell what was answered. Without one, nobody can answer.",
        required=False,
        kind="address",
    ),
    Field(
        "reply_secrets",
        "Secret for replies",
        "What we sign with. Left empty: the signing secret above.",
        secret=True,
        required=False,
    ),
    PRIVATE_NETWORK,
)


class WebhookNetwork:
    """Systems that call us. Keeps no connection between calls; safe to use from threads."""

    name = "webhook"
    title = "Signed webhook"
    reply_limit = 20_000
    can_reply_privately = True
    fields = FIELDS

    def __init__(
        self, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, silence: float = 15.0
    ) -> None:
        """Take a clock in UTC, and the seconds after which silence is no answer."""
        self._now = now
        self._silence = silence
        self._posted = Posted()

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield nothing: it calls us. An address that was changed is not the one that is gone."""
        if after and GONE in after and after[GONE] != account.settings.get("address"):
            kept = {key: value for key, value in after.items() if key not in (GONE, NOTICES)}
            yield Page(position=kept)

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        """Take a call that is signed: 202. A repeat is answered in the same way."""
        if call.method != "POST":
            return Received(405, b"Call it with POST.", headers={"Allow": "POST"})
        if len(call.body) > LARGEST:
            return Received(413, f"A call has {LARGEST} bytes at most.".encode())
        try:
            secrets = secrets_in(account.secrets.get("secrets", ""))
            id = verify(secrets, call.headers, call.body, call.at)
        except CallNotGenuineError as error:
            return Received(401, str(error).encode())
        try:
            page = page_of(call.body, call.at)
        except NotUnderstoodError as error:
            raise NotUnderstoodError(str(error), id=id) from None
        return Received(202, b"Taken.", page=page, id=id)

    def reread(self, account: ChannelAccount, body: bytes, at: datetime) -> Page:
        """Return what a call brings that was not understood when it came."""
        return page_of(body, at)

    def measure(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Tell ``reply``; its external id is its idempotency key, which the receiver knows too."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        address = account.settings.get("address")
        if not address:
            raise ReplyRefusedError(
                f"{account.handle} has no address for replies. Give it one, and answer again."
            )
        if (account.position or {}).get(GONE) == address:
            raise GivenUpError(_gone(address))
        key = reply.idempotency_key
        body = told(reply)
        headers = sign(_own_secrets(account), key, self._now(), body)
        headers["Content-Type"] = "application/json"
        try:
            # A repeat is nothing new to the receiver, so it may be told again, whatever broke.
            self._caller(account, address).call(
                "POST", "", data=body, headers=headers, writes=False
            )
        except PrivateAddressError as error:
            raise GivenUpError(str(error)) from None
        except CallRefusedError as error:
            if error.status == 410:
                notice = {"gone": _gone(address)}
                raise GivenUpError(
                    _gone(address), remember={GONE: address, NOTICES: notice}
                ) from None
            raise _later(reply, str(error)) from None
        except ChannelUnavailableError as error:
            raise _later(reply, str(error), error.retry_after) from None
        except ChannelRefusedError as error:
            raise _later(reply, str(error)) from None
        return self._posted.note((account.id, key), key)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of a reply if this process told it; nobody else can be asked.

        What an earlier process told is told again, which the receiver takes for the same.
        """
        return self._posted.id_of((account.id, reply.idempotency_key))

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Look at the secrets and where the address leads; nothing is sent there."""
        secrets = secrets_in(account.secrets.get("secrets", ""))
        count = "1 secret" if len(secrets) == 1 else f"{len(secrets)} secrets"
        found = [Checked("signatures", f"{count}, each of which may sign its calls")]
        address = account.settings.get("address")
        if not address:
            return [*found, Checked("replies", "no address, so nobody can answer")]
        _own_secrets(account)
        if (account.position or {}).get(GONE) == address:
            raise ChannelRefusedError(_gone(address))
        parts = urlsplit(address)
        if account.settings.get(PRIVATE_NETWORK.name):
            where = "may lie in your own network"
        else:
            try:
                where = f"leads to {public_address(parts.hostname or '', parts.port)}"
            except OSError:
                raise ChannelUnavailableError(f"{parts.hostname} leads nowhere.") from None
        plain = "" if parts.scheme == "https" else "; without https, others can read along"
        return [*found, Checked("replies", f"{address} {where}; nothing was sent there{plain}")]

    def _caller(self, account: ChannelAccount, address: str) -> Caller:
        public = not account.settings.get(PRIVATE_NETWORK.name)
        line = Line(read=self._silence, largest=_LARGEST_ANSWER, public=public)
        return Caller(address, line=line)


def told(reply: Reply) -> bytes:
    """Return the body that tells a reply, the same at every attempt."""
    data = {
        "id": reply.idempotency_key,
        "conversation": reply.thread,
        "in_reply_to": reply.in_reply_to,
        "to": reply.recipient,
        "text": reply.text,
        "private": reply.private,
        "created_at": reply.created_at.isoformat(),
        "part": reply.part,
        "parts": reply.parts,
    }
    whole = {"type": "reply.created", "timestamp": reply.created_at.isoformat(), "data": data}
    return json.dumps(whole, ensure_ascii=False).encode("utf-8", "replace")


def _own_secrets(account: ChannelAccount) -> tuple[str, ...]:
    secrets = account.secrets
    return secrets_in(secrets.get("reply_secrets") or secrets.get("secrets", ""))


def _later(
    reply: Reply, why: str, wait: float | None = None
) -> ChannelRefusedError | PlannedRetryError:
    """Return when a reply is told again; that nobody tells it again when the plan is over."""
    if reply.attempts >= len(PLAN):
        return GivenUpError(why)
    return PlannedRetryError(why, retry_after=max(PLAN[reply.attempts], wait or 0.0))


def _gone(address: str) -> str:
    return (
        f"{address} has answered that it is gone (410), so it is told nothing any more. Change the "
        "address, or have a dead letter sent again when it is back."
    )


channel = WebhookNetwork
