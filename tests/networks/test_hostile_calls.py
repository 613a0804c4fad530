"""Genuine calls in which nothing is what it should be: taken for nothing, never a fault of ours.

A key that leaks, or a system with a fault, must not fill the log, nor be asked to come again.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.errors import NotUnderstoodError
from channels.intake import Intake
from channels.model import ChannelAccount
from channels.networks.facebook import channel as facebook
from channels.networks.instagram import channel as instagram
from channels.networks.mattermost import MattermostNetwork
from channels.networks.phone import PhoneNetwork
from channels.networks.slack import SlackNetwork
from channels.networks.webhook import WebhookNetwork
from channels.protocol import Call
from channels.signing import sign
from channels.storage import prepare
from engine import Engine
from tests.channels.conftest import FakeClock
from tests.networks import slack_server
from tests.networks.mattermost_server import HOOK
from tests.networks.slack_server import CHANNEL, SlackServer
from tests.networks.webhook_server import SECRET

DEEP: Any = "end"
for _ in range(200):
    DEEP = [DEEP]
#: Instead of any value of a call.
ODD: list[Any] = [
    None, True, 0, -1, 10**30, float("inf"), "", "\ud800\x00", "9" * 12, "9" * 400, "x" * 5_000,
    [], {}, [None], [[1]], {"id": []}, DEEP, "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59Z",
]  # fmt: skip
#: Instead of a whole call.
BODIES = [b"", b"null", b"[]", b"1", b'"x"', b"NaN", b"\xff", b"[" * 100_000, b'{"a":' * 50_000,
          b"9" * 5_000]  # fmt: skip
SAID = {"type": "message", "channel": CHANNEL, "user": "U1", "text": "I do.", "ts": "1772442001.1",
        "thread_ts": "1772442000.1"}  # fmt: skip


@dataclass
class Line:
    """A network that calls, as whoever has its secret does."""

    network: Any
    account: ChannelAccount
    signed: Callable[[bytes], dict[str, str]]
    calls: list[dict[str, Any]]


def account(name: str, slack: SlackServer, **secrets: str) -> ChannelAccount:
    """Return an account of any of these networks."""
    settings = {"channel": CHANNEL, "address": slack.address, "region": "DE"}
    return ChannelAccount(1, name, "acme", settings=settings, secrets=secrets)


def teams(clock: FakeClock, slack: SlackServer) -> dict[str, Line]:
    """Return the networks on which our people talk."""
    edited = {"user": "U1", "text": "so", "ts": "1772442001.1", "edited": {"ts": "1772442002.1"}}
    event: dict[str, Any] = {"type": "message", "channel": CHANNEL}
    changed = event | {"subtype": "message_changed", "message": edited}
    gone = event | {"subtype": "message_deleted", "deleted_ts": "1772442001.1"}
    events: list[dict[str, Any]] = [
        {"type": "event_callback", "event": each} for each in (SAID, changed, gone)
    ]
    secrets = {"bot_token": slack_server.TOKEN, "signing_secret": slack_server.SECRET}
    return {
        "slack": Line(
            SlackNetwork(clock.now), account("slack", slack, **secrets),
            lambda body: slack_server.signed(body, clock.now()),
            [*events, {"type": "url_verification", "challenge": "x"}],
        ),
        "mattermost": Line(
            MattermostNetwork(clock.now), account("mattermost", slack, hook_token=HOOK),
            lambda _: {"content-type": "application/json"},
            [{"token": HOOK, "text": "hm", "channel_id": "c"}],
        ),
    }  # fmt: skip


def graphs(clock: FakeClock, slack: SlackServer) -> dict[str, Line]:
    """Return the networks of Meta."""

    def signed(body: bytes) -> dict[str, str]:
        told = hmac.new(b"app", body, hashlib.sha256).hexdigest()
        return {"x-hub-signature-256": f"sha256={told}"}

    comment = {"item": "comment", "verb": "edited", "comment_id": "1_2", "message": "so"}
    sender, edit = {"id": "7"}, {"mid": "m1", "text": "so"}
    gone = {"mid": "m1", "is_deleted": True}
    news = [
        {"entry": [{"id": "1", "time": 1772442000, "changes": [{"field": "feed", "value": comment}],
                    "messaging": [{"sender": sender, "message_edit": edit}]}]},
        {"entry": [{"id": "1", "changes": [{"field": "comments", "value": {"id": "5"}}],
                    "messaging": [{"sender": sender, "message": gone}]}]},
    ]  # fmt: skip
    return {
        name: Line(network(clock.now), account(name, slack, app_secret="app"), signed, news)
        for name, network in (("facebook", facebook), ("instagram", instagram))
    }


def systems(clock: FakeClock, slack: SlackServer) -> dict[str, Line]:
    """Return the systems of the customer's own."""

    def signed(body: bytes) -> dict[str, str]:
        return sign([SECRET], "msg_1", clock.now(), body)

    mention = {"id": "a", "text": "It broke", "author": {"id": "7", "name": "Bob", "reach": 1},
               "url": "https://a.example", "private": True,
               "created_at": "2026-03-02T08:00:00Z"}  # fmt: skip
    told = {"timestamp": "2026-03-02T09:00:00Z", "data": mention}
    rung = {"id": "a", "number": "+4930123456", "text": "It broke", "at": "2026-03-02T08:00:00Z",
            "name": "Bob", "language": "de", "call_back_until": "2026-03-02T12:00:00Z"}  # fmt: skip
    return {
        "webhook": Line(
            WebhookNetwork(clock.now), account("webhook", slack, secrets=SECRET), signed,
            [{"type": f"mention.{what}", **told} for what in ("created", "edited", "deleted")],
        ),
        "phone": Line(
            PhoneNetwork(), account("phone", slack, signing_secret=SECRET), signed,
            [{"type": "call.logged", "data": rung}],
        ),
    }  # fmt: skip


def distorted(call: Any) -> Iterator[Any]:
    """Yield a call with each of its values replaced by each odd one."""
    for path in _paths(call):
        for odd in ODD:
            whole = copy.deepcopy(call)
            place = whole
            for step in path[:-1]:
                place = place[step]
            place[path[-1]] = odd
            yield whole


def _paths(value: Any) -> Iterator[list[Any]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, inner in steps:
        yield [step]
        if isinstance(inner, dict | list):
            yield from ([step, *rest] for rest in _paths(inner))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def slack(clock: FakeClock) -> Iterator[SlackServer]:
    server = SlackServer(clock.now)
    yield server
    server.close()


@pytest.mark.parametrize(
    "name", ["slack", "mattermost", "facebook", "instagram", "webhook", "phone"]
)
def test_a_genuine_call_that_says_nonsense_is_no_fault(
    name: str, clock: FakeClock, slack: SlackServer
) -> None:
    # given
    there = teams(clock, slack) | graphs(clock, slack) | systems(clock, slack)
    line = there[name]
    engine = Engine.open("sqlite://", clock=clock)
    prepare(engine)
    kept = Conversations(engine).ensure_account(name, "acme")
    intake = Intake(engine, channels={name: line.network})
    whole = [json.dumps(odd).encode() for call in line.calls for odd in distorted(call)]

    # when
    answers, moments = [], []
    for body in (*whole, *BODIES):
        try:
            headers = line.signed(body)
        except UnicodeDecodeError:
            continue  # nobody can sign it
        call = Call("POST", "", {}, headers, body, "192.0.2.1", clock.now())
        try:
            answer = line.network.receive(line.account, call)
        except NotUnderstoodError:
            continue  # kept for people
        if answer.page is not None:
            intake.take(kept, answer.page)
            told = answer.page.mentions
            moments += [at for one in told for at in (one.created_at, one.due) if at is not None]
        answers.append(answer.status)

    # then
    assert set(answers) <= {200, 201, 202, 204, 400, 401}
    assert all(2000 < at.year < 2100 for at in moments)
    engine.close()
