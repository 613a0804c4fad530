"""Signed calls by Standard Webhooks 1.0, both ways: the calls we take, and those we make.

The signature covers the id, the moment and the body. The library makes it; what a call bears is
compared here, because the library asks the clock of the machine and fails on a header that is no
list of signatures. Several secrets may be given, the newest first: all verify, all sign. That is
how a secret is replaced.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from channels.errors import CallNotGenuineError, ChannelRefusedError

#: How far the moment of a call may be from now, either way.
TOLERANCE = timedelta(minutes=5)
#: Characters of the id of a call: it is kept and looked up.
LONGEST_ID = 200
_PREFIX = "whsec_"
#: Bytes of a secret, by the specification.
_SHORTEST, _LONGEST = 24, 64


def secrets_in(text: str) -> tuple[str, ...]:
    """Return the secrets that an account was told, separated by blanks: the newest first.

    Raises:
        ChannelRefusedError: there is none, or one of them is no secret; it is not quoted.
    """
    secrets = tuple(text.split())
    if not secrets or not all(_usable(secret) for secret in secrets):
        raise ChannelRefusedError(
            f"The signing secret is not usable: write {_PREFIX} and the base64 form of "
            f"{_SHORTEST} to {_LONGEST} bytes. Make one: "
            f'echo "{_PREFIX}$(openssl rand -base64 32)"'
        )
    return secrets


def sign(secrets: Sequence[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that go with ``body``, which is UTF-8.

    Args:
        secrets: as :func:`secrets_in` returns them.
        id: of what is told; the same however often it is told.
        at: UTC; when it is told this time.
        body: exactly as it is sent.
    """
    text = body.decode()
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(id, at, text) for one in secrets),
    }


def verify(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """Return the id of a genuine call; a repeat has the same.

    Args:
        secrets: as :func:`secrets_in` returns them; any of them may have signed.
        headers: of the call, names in lower case.
        body: exactly as it came.
        now: UTC.

    Raises:
        CallNotGenuineError: it bears no signature of ours, or one of another time.
    """
    id, signatures = headers.get("webhook-id", ""), headers.get("webhook-signature", "")
    if not id or not signatures:
        raise CallNotGenuineError("It bears no signature: webhook-id, webhook-signature.")
    if len(id) > LONGEST_ID or not id.isprintable():
        raise CallNotGenuineError(f"Its webhook-id has more than {LONGEST_ID} characters.")
    at = _moment(headers.get("webhook-timestamp", ""))
    if at is None or abs(now - at) > TOLERANCE:
        raise CallNotGenuineError("Its webhook-timestamp is more than 5 minutes from our clock.")
    try:
        meant = sign(secrets, id, at, body)["webhook-signature"].split()
    except UnicodeError:
        raise CallNotGenuineError("Its body is not UTF-8.") from None
    borne = [one.encode() for one in signatures.split()]
    if not any(hmac.compare_digest(one.encode(), other) for one in meant for other in borne):
        raise CallNotGenuineError("Its signature is none of ours.")
    return id


def _usable(secret: str) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return False
    return _SHORTEST <= len(key) <= _LONGEST


def _moment(told: str) -> datetime | None:
    """Return the moment a call names: whole seconds, written as they are signed."""
    if not (told.isascii() and told.isdigit() and len(told) < 12) or told != str(int(told)):
        return None
    return datetime.fromtimestamp(int(told), UTC)
