"""The phone: callers are known by their number; nobody is rung by a program."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import CallRejectedError, NotUnderstoodError, ReplyRefusedError
from channels.model import ChannelAccount, Mention, Reply, ReplyStatus
from channels.networks.phone import PhoneNetwork
from channels.protocol import Call, Received
from channels.signing import sign
from channels.telephone import PhoneCall

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "whsec_" + "A" * 43 + "="
ACCOUNT = ChannelAccount(
    1, "phone", "hotline", settings={"region": "DE"}, secrets={"signing_secret": SECRET}
)
SAID = Reply(
    1, 1, "I told him it comes tomorrow.", private=True, status=ReplyStatus.SENDING,
    idempotency_key="k1", created_at=NOW, by="ana",
)  # fmt: skip


def heard(number: str, text: str = "Where is it?", **more: Any) -> Mention:
    return PhoneNetwork().mention(ACCOUNT, PhoneCall("c1", number, text, NOW, **more))


def rung(account: ChannelAccount = ACCOUNT, *, method: str = "POST", id: str = "msg_1",
         secret: str = SECRET, body: bytes | None = None, **data: Any) -> Received:  # fmt: skip
    """Have a telephony system tell of a call."""
    told = {"type": "call.logged", "data": data} if body is None else None
    body = json.dumps(told).encode() if body is None else body
    call = Call(method, "", {}, sign([secret], id, NOW, body), body, "192.0.2.1", NOW)
    return PhoneNetwork().receive(account, call)


def only(received: Received) -> Mention:
    assert received.page is not None
    (mention,) = received.page.mentions
    return mention


@pytest.mark.parametrize("number", ["030 901820", "+49 30 901820", "0049-30-901820", "030/901820"])
def test_however_a_number_is_written_it_is_the_same_caller(number: str) -> None:
    mention = heard(number)
    assert (mention.author.external_id, mention.thread) == ("+4930901820", "+4930901820")
    assert (mention.private, mention.answerable) == (True, True)


@pytest.mark.parametrize("number", ["7", "call me", "+999 1234", "0" * 40])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(CallRejectedError, match="number: Is no phone number"):
        heard(number)


@pytest.mark.parametrize("number", ["", " Anonymous", "withheld"])
def test_a_caller_without_a_number_is_somebody_new_each_time(number: str) -> None:
    mention = heard(number, name="Bob")
    assert mention.author.external_id == mention.thread == "call:c1"
    assert (mention.author.handle, mention.author.name) == ("number withheld", "Bob")


@pytest.mark.parametrize("wrong", [{"text": "x" * 10_001}, {"name": "x" * 201}, {"language": "?"}])
def test_what_cannot_be_kept_is_named(wrong: dict[str, str]) -> None:
    with pytest.raises(CallRejectedError) as refused:
        heard("030 901820", **wrong)
    assert refused.value.errors.keys() == wrong.keys()


@pytest.mark.parametrize(
    ("told", "kept"), [("de", "de"), ("de-AT", "de"), ("PT_br", "pt"), ("", None)]
)
def test_the_language_of_the_caller_is_kept(told: str, kept: str | None) -> None:
    assert heard("030 901820", language=told).language == kept


# ---- a telephony system


def test_a_signed_call_becomes_a_mention_with_a_due_time() -> None:
    # when
    mention = only(
        rung(id="msg_7", number="030 901820", name="Bob", text="It is broken", language="de",
             at="2026-03-02T09:59:00+01:00", call_back_until="2026-03-02T12:00:00+01:00")
    )  # fmt: skip

    # then
    assert (mention.external_id, mention.text, mention.language) == (
        "call:msg_7", "It is broken", "de",
    )  # fmt: skip
    assert mention.created_at == datetime(2026, 3, 2, 8, 59, tzinfo=UTC)
    assert mention.due == datetime(2026, 3, 2, 11, tzinfo=UTC)


def test_a_repeat_has_the_same_id_and_a_call_that_is_named_keeps_its_name() -> None:
    repeats = [only(rung(id="m1", number="030 901820")) for _ in range(2)]
    named = [only(rung_named(id)) for id in ("m1", "m2")]
    assert repeats[0].external_id == repeats[1].external_id == "call:m1"
    assert named[0].external_id == named[1].external_id == "call:call-9"


def rung_named(id: str) -> Received:
    """Have a telephony system tell of its call number 9, in a letter of that id."""
    told = {"type": "call.logged", "data": {"id": "call-9", "number": "030 901820"}}
    return rung(id=id, body=json.dumps(told).encode())


def test_a_call_that_nobody_answered_says_so() -> None:
    assert only(rung(number="030 901820")).text == "Called, and nobody answered."


@pytest.mark.parametrize(
    ("account", "how", "status"),
    [
        (ACCOUNT, {"secret": "whsec_" + "B" * 43 + "="}, 401),
        (replace(ACCOUNT, secrets={}), {}, 403),
        (ACCOUNT, {"method": "GET"}, 405),
        (ACCOUNT, {"body": b'{"type": "call.ringing"}'}, 204),
    ],
)
def test_what_is_not_for_us_brings_nothing(
    account: ChannelAccount, how: dict[str, Any], status: int
) -> None:
    answer = rung(account, **how)
    assert (answer.status, answer.page) == (status, None)


@pytest.mark.parametrize(
    "body",
    [
        b"no json", b"[]", b"{}", b'{"type": "call.logged"}',
        b'{"type": "call.logged", "data": {"number": 30901820}}',
        b'{"type": "call.logged", "data": {"number": "7"}}',
        b'{"type": "call.logged", "data": {"number": "030 901820", "at": "noon"}}',
        b'{"type": "call.logged", "data": {"number": "030 901820", "at": "2026-03-02T09:00"}}',
    ],
)  # fmt: skip
def test_a_genuine_call_that_cannot_be_read_is_left_to_people(body: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        rung(body=body)
    with pytest.raises(NotUnderstoodError):
        PhoneNetwork().reread(ACCOUNT, body, NOW)


# ---- answers


def test_a_call_bears_its_id_that_is_not_endless() -> None:
    """By it a dead letter is kept, and is over once the same call is understood."""
    assert rung(number="030 901820", id="msg_1").id == "msg_1"
    assert rung(number="nobody", id="x" * 201).status == 401


def test_what_an_agent_said_is_kept_once() -> None:
    network = PhoneNetwork()
    ids = {network.send(ACCOUNT, SAID), network.send(ACCOUNT, SAID), network.find(ACCOUNT, SAID)}
    assert ids == {"said:k1"}


def test_a_process_cannot_call_anybody() -> None:
    nobody = replace(SAID, by=None)
    with pytest.raises(ReplyRefusedError, match="a process cannot call"):
        PhoneNetwork().send(ACCOUNT, nobody)
    assert PhoneNetwork().find(ACCOUNT, nobody) is None


def test_an_account_is_looked_at_without_calling_anybody() -> None:
    told = [f"{one.what}: {one.found}" for one in PhoneNetwork().check(ACCOUNT)]
    assert told == ["numbers: without a country code they are +49 (DE)",
                    "signing: 1 secret to verify by"]  # fmt: skip
    bare = replace(ACCOUNT, secrets={})
    assert "no secret" in PhoneNetwork().check(bare)[1].found
    assert list(PhoneNetwork().fetch(ACCOUNT, None)) == []


def test_a_signature_from_another_hour_is_none() -> None:
    body = b'{"type": "call.logged", "data": {"number": "030 901820"}}'
    headers = sign([SECRET], "m1", NOW - timedelta(hours=1), body)
    answer = PhoneNetwork().receive(ACCOUNT, Call("POST", "", {}, headers, body, "", NOW))
    assert answer.status == 401
