"""Signatures of Standard Webhooks, against the example that the specification prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from channels.errors import CallNotGenuineError, ChannelRefusedError
from channels.signing import TOLERANCE, secrets_in, sign, verify

OLD = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NEW = "whsec_" + "A" * 43 + "="
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNED = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNED}


def test_the_example_of_the_standard_is_signed_and_verified() -> None:
    assert sign([OLD], ID, AT, BODY) == HEADERS
    assert verify([OLD], HEADERS, BODY, AT) == ID


@pytest.mark.parametrize("of", [[OLD], [NEW], [NEW, OLD]])
def test_while_a_secret_is_replaced_either_end_may_have_the_old_one(of: list[str]) -> None:
    assert verify(of, sign([NEW, OLD], ID, AT, BODY), BODY, AT) == ID
    assert verify([NEW, OLD], sign(of, ID, AT, BODY), BODY, AT) == ID


@pytest.mark.parametrize("away", [TOLERANCE, -TOLERANCE])
def test_a_clock_may_be_five_minutes_off_and_no_more(away: timedelta) -> None:
    assert verify([OLD], HEADERS, BODY, AT + away) == ID
    with pytest.raises(CallNotGenuineError, match="5 minutes"):
        verify([OLD], HEADERS, BODY, AT + away * 1.01)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_other"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1614265331"},
        {"webhook-timestamp": "01614265330"},
        {"webhook-timestamp": "9" * 400},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,ä v2 , ,"},
        {"webhook-signature": SIGNED.replace("v1", "v2")},
    ],
)
def test_given_headers_that_were_tampered_with_then_the_call_is_not_genuine(
    changed: Mapping[str, str],
) -> None:
    with pytest.raises(CallNotGenuineError):
        verify([OLD], {**HEADERS, **changed}, BODY, AT)


@pytest.mark.parametrize("body", [b"", BODY + b" ", b"\xff"])
def test_given_another_body_then_the_call_is_not_genuine(body: bytes) -> None:
    with pytest.raises(CallNotGenuineError):
        verify([OLD], HEADERS, body, AT)


@pytest.mark.parametrize(
    "told", ["", "whsec_", "whsec_short", "secret", f"{OLD} whsec_x", "ä" * 40]
)
def test_what_is_no_secret_is_refused_without_quoting_it(told: str) -> None:
    with pytest.raises(ChannelRefusedError, match="openssl rand") as refused:
        secrets_in(told)
    assert "short" not in str(refused.value)


def test_secrets_are_told_newest_first() -> None:
    assert secrets_in(f" {NEW}\n{OLD}") == (NEW, OLD)
