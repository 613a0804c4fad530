"""Calls by Meta: believed when signed, and no more than a wake-up but for what changed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from channels.protocol import Call, Received
from channels.receiving import Receiver
from tests.networks.crashing import SEALS, House
from tests.networks.graph.conftest import NETWORKS, WORD, Stage
from tests.networks.graph_server import SECRET

TIME = 1_772_442_000


def called(stage: Stage, told: Any, *, secret: str = SECRET, signed: str | None = None) -> Received:
    """Return what a call with a signed body is answered."""
    call = signed_call(stage, told, secret=secret, signed=signed)
    return stage.network.receive(stage.account, call)


def signed_call(
    stage: Stage, told: Any, *, secret: str = SECRET, signed: str | None = None
) -> Call:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": signed if signed is not None else f"sha256={signature}"}
    return Call("POST", "", {}, headers, body, "192.0.2.1", stage.clock.now())


def asked(stage: Stage, **query: str) -> Received:
    """Return what Meta's question, whether the address is ours, is answered."""
    named = {name.replace("_", ".", 1): value for name, value in query.items()}
    call = Call("GET", "", named, {}, b"", "192.0.2.1", stage.clock.now())
    return stage.network.receive(stage.account, call)


def test_the_address_is_confirmed_to_who_knows_the_word(stage: Stage) -> None:
    well = asked(stage, hub_mode="subscribe", hub_verify_token=WORD, hub_challenge="1158201444")
    assert (well.status, well.body) == (200, b"1158201444")
    for query in (
        {"hub_mode": "subscribe", "hub_verify_token": "guessed", "hub_challenge": "1"},
        {"hub_mode": "unsubscribe", "hub_verify_token": WORD, "hub_challenge": "1"},
        {},
    ):
        assert asked(stage, **query).status == 403
    secrets = {**stage.account.secrets, "verify_token": ""}
    stage.account = replace(stage.account, secrets=secrets)
    assert asked(stage, hub_mode="subscribe", hub_verify_token="").status == 403


def test_news_wake_and_bring_nothing_else(stage: Stage) -> None:
    news = {"object": "page", "entry": [{"id": stage.server.me, "time": TIME, "changes": [
        {"field": "feed", "value": {"item": "comment", "verb": "add", "comment_id": "1_2",
                                    "message": "hello"}}]}]}  # fmt: skip
    answer = called(stage, news)
    assert (answer.status, answer.wake, answer.page) == (200, True, None)


@pytest.mark.parametrize("signed", ["", "sha256=", "sha256=00", "sha1=00", "sha256=\u00e4"])
def test_what_is_not_signed_by_the_app_is_nothing(stage: Stage, signed: str) -> None:
    answer = called(stage, {"entry": []}, signed=signed)
    assert (answer.status, answer.wake, answer.page) == (403, False, None)
    assert called(stage, {"entry": []}, secret="of another app").status == 403


def test_what_is_gone_or_edited_is_taken(facebook: Stage) -> None:
    # given
    def change(verb: str, **more: str) -> dict[str, Any]:
        return {"field": "feed", "value": {"item": "comment", "verb": verb, **more}}

    told = {"object": "page", "entry": [{"id": facebook.server.me, "time": TIME, "changes": [
        change("remove", comment_id="1_2"),
        change("edited", comment_id="1_3", message="other words"),
        change("hide", comment_id="1_4"),
        {"field": "feed", "value": {"item": "post", "verb": "remove", "post_id": "1001_9"}},
        {"field": "ratings", "value": {"verb": "remove", "comment_id": "1_5"}},
    ]}]}  # fmt: skip

    # when
    page = called(facebook, told).page

    # then
    assert page is not None
    assert page.deletions == ("1_2", "1001_9")
    (edit,) = page.edits
    assert (edit.external_id, edit.text) == ("1_3", "other words")
    assert edit.at == datetime.fromtimestamp(TIME, UTC)
    assert page.position is None


def test_messages_that_were_taken_back_or_edited_are_taken(stage: Stage) -> None:
    # given
    sender = {"sender": {"id": "70"}, "recipient": {"id": stage.server.me}}
    told = {"entry": [{"id": stage.server.me, "time": TIME * 1000, "messaging": [
        {**sender, "message": {"mid": "m_1", "is_deleted": True}},
        {**sender, "message_edit": {"mid": "m_2", "text": "other words", "num_edit": 1}},
        {**sender, "message": {"mid": "m_3", "text": "hello"}},
    ]}]}  # fmt: skip

    # when
    page = called(stage, told).page

    # then
    assert page is not None
    assert page.deletions == ("dm/70/m_1",)
    assert [(one.external_id, one.text) for one in page.edits] == [("dm/70/m_2", "other words")]
    assert page.edits[0].at == datetime.fromtimestamp(TIME, UTC)


def test_news_of_another_page_of_the_same_app_do_not_wake(stage: Stage) -> None:
    stage.look()
    assert not called(stage, {"entry": [{"id": "somebody else", "changes": []}]}).wake
    assert called(stage, {"entry": [{"id": stage.server.me, "changes": []}]}).wake


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"entry": 7}', b'{"entry": [7, {"id": 1}]}'])
def test_a_body_of_any_kind_is_answered(stage: Stage, body: bytes) -> None:
    assert called(stage, body).status == 200
    assert (
        stage.network.receive(
            stage.account, Call("PUT", "", {}, {}, body, "", stage.clock.now())
        ).status
        == 405
    )


def test_a_comment_that_its_author_deletes_is_blanked_at_once(
    facebook: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    network: Any = NETWORKS["facebook"]
    house = House(database_of("file"), facebook.clock, facebook.account, network)
    gone = facebook.says("my card is 4111")
    facebook.says("still there", "eve", to=gone)
    house.lives(1)
    receiver = Receiver(house.engine, {"facebook": network(facebook.clock.now)}, SEALS)
    removed = {"item": "comment", "verb": "remove", "comment_id": gone}
    change = {"field": "feed", "value": removed}
    told = {"entry": [{"id": facebook.server.me, "time": TIME, "changes": [change]}]}

    # when
    answers = [receiver.receive(house.account_id, signed_call(facebook, told)) for _ in "12"]

    # then
    assert [one.status for one in answers] == [200, 200]
    assert house.mentions() == ["", "still there"]
    house.engine.close()
