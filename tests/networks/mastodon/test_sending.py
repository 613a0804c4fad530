"""Replies out: to whom, how long, and what every answer of a server means."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from channels.errors import (
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.networks.mastodon import MastodonNetwork
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, TAKAHE, Make

STATUSES = "/api/v1/statuses"


def last_post(stage: Stage) -> dict[str, Any]:
    return stage.world.by_us()[-1]


def test_a_reply_names_its_customer_and_stands_under_the_mention(stage: Stage) -> None:
    # given
    mention = stage.says("where is it?")

    # when
    id = stage.network.send(stage.account, stage.reply("On its way.", in_reply_to=mention))

    # then
    post = last_post(stage)
    assert (post["id"], post["in_reply_to_id"], post["visibility"]) == (id, mention, "public")
    assert "@<span>bob</span>" in post["content"]
    assert post["content"].endswith(" On its way.</p>")


def test_a_customer_who_is_named_already_is_not_named_twice(stage: Stage) -> None:
    mention = stage.says("where is it?")
    stage.network.send(stage.account, stage.reply("Dear @bob, soon!", in_reply_to=mention))
    content = last_post(stage)["content"]
    assert content.count("bob</span>") == 1
    # The full name: another bob may be on our own server.
    assert "@bob@other.example" in content


def test_a_private_reply_is_seen_by_the_customer_alone(stage: Stage) -> None:
    mention = stage.says("where is it?")
    reply = stage.reply("Your code is 4711, write to help@acme.example", in_reply_to=mention,
                        private=True)  # fmt: skip
    stage.network.send(stage.account, reply)
    assert last_post(stage)["visibility"] == "direct"


@pytest.mark.parametrize("text", ["Ask @carol@third.example about it", "@carol knows", "a @x.y z"])
def test_a_private_reply_names_nobody_else(stage: Stage, text: str) -> None:
    mention = stage.says("where is it?")
    with pytest.raises(ReplyRefusedError, match="take out @"):
        stage.network.send(stage.account, stage.reply(text, in_reply_to=mention, private=True))
    assert stage.posted() == []


def test_a_private_reply_to_nobody_is_refused(stage: Stage) -> None:
    with pytest.raises(ReplyRefusedError, match="Answer in public"):
        stage.network.send(stage.account, stage.reply(private=True, recipient=""))


def test_public_replies_are_as_visible_as_the_account_says(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on(visibility="unlisted")
    mention = stage.says("where is it?")
    stage.network.send(stage.account, stage.reply(in_reply_to=mention))
    assert last_post(stage)["visibility"] == "unlisted"


def test_links_and_names_are_measured_at_their_flat_rate(stage: Stage) -> None:
    measure = stage.network.measure
    assert measure("x" * 468) == 468
    assert measure(f"see https://acme.com/{'x' * 300}") == 4 + 23
    assert measure("@bob@a-very-long-name-of-a-server.example hi") == len("@bob hi")
    assert measure("👩‍👩‍👧 hi") == 4


def test_a_reply_that_fits_without_the_name_but_not_with_it_is_refused(stage: Stage) -> None:
    # given
    stage.look()
    mention = stage.says("hello")
    name = "a" * 60

    # when
    with pytest.raises(ReplyTooLongError) as refused:
        reply = stage.reply("x" * 460, in_reply_to=mention, recipient=f"{name}@other.example")
        stage.network.send(stage.account, reply)

    # then
    assert refused.value.length - refused.value.limit == 22
    assert stage.posted() == []


def test_a_server_that_counts_links_as_longer_is_believed(stage_on: Callable[..., Stage]) -> None:
    stage = stage_on(GOTOSOCIAL)
    stage.look()
    mention = stage.says("hello")
    text = "https://acme.com/1 " * 200  # 200 * 26 characters there, 200 * 24 elsewhere
    with pytest.raises(ReplyTooLongError):
        stage.network.send(stage.account, stage.reply(text, in_reply_to=mention))


def fails(stage: Stage, kind: str, **more: Any) -> tuple[type[ChannelError], ChannelError, int]:
    """Send one reply over a fault; return what was raised and how many posts there are."""
    mention = stage.says("hello")
    stage.look()
    stage.server.fail(kind, "POST", STATUSES, **more)
    with pytest.raises(ChannelError) as raised:
        stage.network.send(stage.account, stage.reply(in_reply_to=mention))
    return raised.type, raised.value, len(stage.posted())


@pytest.mark.parametrize(
    ("kind", "posts"),
    [("500", 0), ("500 after", 1), ("reset", 0), ("reset after", 1), ("truncated", 1), ("cut", 1),
     ("no json", 0)],
)  # fmt: skip
def test_what_may_have_arrived_is_unknown(stage: Stage, kind: str, posts: int) -> None:
    what, _, count = fails(stage, kind)
    assert what is DeliveryUnknownError
    assert count == posts


def test_a_server_that_falls_silent_after_it_posted_leaves_it_unknown(stage: Stage) -> None:
    stage.network = MastodonNetwork(stage.clock.now, silence=0.5)
    what, _, count = fails(stage, "silence")
    assert (what, count) == (DeliveryUnknownError, 1)


@pytest.mark.parametrize(("kind", "wait"), [("429", 90), ("429 bare", None)])
def test_a_rate_limit_is_waited_for(stage: Stage, kind: str, wait: float | None) -> None:
    what, error, count = fails(stage, kind)
    assert (what, count) == (ChannelUnavailableError, 0)
    assert isinstance(error, ChannelUnavailableError)
    assert error.retry_after == wait


def test_a_server_that_is_not_there_has_posted_nothing(stage: Stage) -> None:
    stage.server.down()
    with pytest.raises(ChannelUnavailableError):
        stage.network.send(stage.account, stage.reply())


def test_a_good_answer_with_headers_nobody_can_read_is_a_good_answer(stage: Stage) -> None:
    # given: Mastodon.py would raise over them, as if the server had refused the call
    mention = stage.says("hello")
    stage.server.fail("odd headers", "POST", STATUSES)

    # when
    id = stage.network.send(stage.account, stage.reply(in_reply_to=mention))

    # then
    assert id == last_post(stage)["id"]


@pytest.mark.parametrize(
    ("code", "said", "what"),
    [
        (401, "The access token was revoked", ChannelRefusedError),
        (403, "This action is outside the authorized scopes", ChannelRefusedError),
        (403, "Your login is currently disabled", ChannelRefusedError),
        (403, "This action is not allowed", ReplyRefusedError),
        (404, "Record not found", ReplyRefusedError),
        (422, "Validation failed: Text can't be blank", ReplyRefusedError),
        (400, "Bad Request: status too long", ReplyRefusedError),
        (408, "Request timeout", DeliveryUnknownError),
    ],
)
def test_what_a_refusal_means(stage: Stage, code: int, said: str, what: type[ChannelError]) -> None:
    raised, error, count = fails(stage, "status", code=code, error=said)
    assert (raised, count) == (what, 0)
    if what is ReplyRefusedError and code != 404:
        assert said in str(error)


def test_a_page_of_something_else_is_no_server(stage: Stage) -> None:
    raised, _, _ = fails(stage, "status", code=404, told="not here")
    assert raised is ChannelRefusedError


@pytest.mark.parametrize("make", [MASTODON, TAKAHE], ids=lambda make: make.name)
def test_a_bad_token_is_no_fault_of_the_reply(stage_on: Callable[..., Stage], make: Make) -> None:
    stage = stage_on(make)
    stage.account.secrets["access_token"] = "revoked"  # type: ignore[index]
    with pytest.raises(ChannelRefusedError):
        stage.network.send(stage.account, stage.reply())


def test_a_token_that_is_the_name_of_a_file_is_a_token(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: Mastodon.py reads such a file, and sends its first line to the server
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secrets.txt").write_text("password")
    stage.account.secrets["access_token"] = "secrets.txt"  # type: ignore[index]

    # then
    with pytest.raises(ChannelRefusedError, match="does not let the account in"):
        stage.network.send(stage.account, stage.reply())


def test_a_repeat_within_the_hour_is_the_same_post(stage: Stage) -> None:
    # given: another process posted it, and died
    mention = stage.says("hello")
    reply = stage.reply(in_reply_to=mention)
    first = stage.network.send(stage.account, reply)
    stage.restarted()

    # when
    stage.clock.passes(minutes=59)
    second = stage.network.send(stage.account, reply)

    # then
    assert first == second
    assert len(stage.posted()) == 1
