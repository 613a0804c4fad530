"""Mentions in: each once, whatever the server does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from channels import budgets
from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.networks.mastodon import MastodonNetwork
from channels.networks.mastodon.looking import MANY
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, PLEROMA, TAKAHE, Make

MAKES = [MASTODON, GOTOSOCIAL, TAKAHE, PLEROMA]


@pytest.mark.parametrize("make", MAKES, ids=lambda make: make.name)
def test_every_mention_is_read_once_and_in_order(
    stage_on: Callable[..., Stage], make: Make
) -> None:
    # given: more than a page, and ids that get longer on the way
    stage = stage_on(make)
    wanted = [stage.says(f"number {n}") for n in range(130)]

    # when
    first = [one.external_id for one in stage.mentions()]
    wanted += [stage.says(f"number {n}") for n in range(130, 250)]
    second = [one.external_id for one in stage.mentions()]

    # then
    assert first + second == wanted
    assert stage.mentions() == []


def test_a_quiet_look_is_one_call(stage: Stage) -> None:
    # given
    stage.says("hello")
    stage.look()
    before = len(stage.server.calls)

    # when
    pages = stage.look()

    # then
    assert pages == []
    assert len(stage.server.calls) == before + 1


def test_a_mention_is_told_in_our_words(stage: Stage) -> None:
    # given
    id = stage.says("where is my parcel?\n\nhttps://acme.example/orders/12345?full=yes",
                    "Maya", spoiler_text="angry", visibility="direct")  # fmt: skip

    # when
    (mention,) = stage.mentions()

    # then
    assert mention.external_id == id
    assert mention.text == (
        "angry\n\n@acme where is my parcel?\n\nhttps://acme.example/orders/12345?full=yes"
    )
    assert (mention.author.handle, mention.author.name, mention.author.reach) == (
        "Maya@social.example", "Maya", 7,
    )  # fmt: skip
    assert mention.author.external_id == "maya@social.example"
    assert mention.private
    assert mention.created_at == stage.clock.now()
    assert mention.url == f"https://social.example/@Maya/{id}"


def test_pictures_are_told_with_their_description(stage: Stage) -> None:
    picture = {"type": "image", "url": "https://files.example/1.jpg", "description": "broken cup"}
    stage.says("look at this", media_attachments=[picture])
    (mention,) = stage.mentions()
    assert mention.text == "@acme look at this\n\n[image: broken cup] https://files.example/1.jpg"


def test_a_robot_that_answers_us_is_not_answered_for_ever(stage: Stage) -> None:
    # given
    robot = stage.world.account("robot@other.example") | {"bot": True}
    ours = stage.world.post("acme", "Thank you!")
    stage.says("hello", account=robot)
    stage.says("I am away", to=ours, account=robot)

    # then
    assert [one.automatic for one in stage.mentions()] == [False, True]


def test_a_server_that_does_not_go_forward_is_not_asked_for_ever(stage: Stage) -> None:
    # given
    for n in range(30):
        stage.says(f"number {n}")
    stage.look()
    stage.world.page = lambda things, _asked: things[::-1]  # type: ignore[method-assign]

    # then
    assert len(stage.look()) < 3


def test_a_notification_without_a_moment_has_that_of_its_post(stage: Stage) -> None:
    wanted = stage.says("hello")
    del stage.world.notifications[0]["created_at"]
    assert [one.external_id for one in stage.mentions()] == [wanted]


def test_mentions_that_the_server_holds_back_are_read_in_their_turn(stage: Stage) -> None:
    # given
    wanted = [stage.says("first"), stage.says("of a stranger", filtered=True), stage.says("last")]

    # when
    read = [one.external_id for one in stage.mentions()]

    # then
    assert read == wanted


def test_a_quote_of_a_post_of_ours_is_a_mention(stage: Stage) -> None:
    # given
    ours = stage.world.post("acme", "We are great")
    quote = {"state": "accepted", "quoted_status": {"id": ours}}
    stage.world.notify("quote", stage.world.post("bob@other.example", "Are they?", quote=quote))

    # when
    (mention,) = stage.mentions()

    # then
    assert (mention.text, mention.quotes) == ("Are they?", ours)


def test_a_notification_that_appears_behind_the_newest_is_not_lost(stage: Stage) -> None:
    # given: the server has numbered it, and commits it late
    stage.says("first of all")
    stage.look()
    early = stage.says("committed late")
    late = stage.world.notifications.pop()
    newest = stage.says("committed at once")
    first = [one.external_id for one in stage.mentions()]

    # when
    stage.world.notifications.insert(0, late)
    second = [one.external_id for one in stage.mentions()]

    # then
    assert (first, second) == ([newest], [early])


@pytest.mark.parametrize("kind", ["twice", "shuffled"])
def test_a_server_that_repeats_itself_or_mixes_things_up_loses_nothing(
    stage: Stage, kind: str
) -> None:
    # given
    stage.says("first of all")
    stage.look()
    wanted = [stage.says(f"number {n}") for n in range(100)]
    stage.server.fail(kind, path="/api/v1/notifications", times=9)

    # when
    read = [one.external_id for one in stage.mentions() + stage.mentions()]

    # then
    assert list(dict.fromkeys(read)) == wanted


def test_a_look_that_was_broken_off_goes_on_where_it_stopped(stage: Stage) -> None:
    # given
    stage.says("first of all")
    stage.look()
    wanted = [stage.says(f"number {n}") for n in range(MANY * 2)]

    # when
    (page,) = stage.look(pages=1)
    stage.restarted()
    rest = stage.mentions()

    # then
    assert [one.external_id for one in (*page.mentions, *rest)] == wanted


def test_a_page_that_is_not_committed_is_read_again(stage: Stage) -> None:
    stage.says("hello")
    before = stage.account
    first = stage.mentions()
    stage.account = before
    assert stage.mentions() == first


def test_what_was_there_before_the_account_is_read_for_a_day(stage: Stage) -> None:
    # given
    stage.says("long ago")
    stage.clock.passes(days=2)
    recent = stage.says("this morning")

    # when
    first = [one.external_id for one in stage.mentions()]
    later = stage.says("now")

    # then
    assert first == [recent]
    assert [one.external_id for one in stage.mentions()] == [later]


def test_an_account_with_no_mention_reads_its_first_one(
    stage_on: Callable[..., Stage],
) -> None:
    # given
    stage = stage_on(backlog_days=0)
    assert stage.mentions() == []
    stage.clock.passes(days=3)
    wanted = stage.says("at last")
    stage.clock.passes(hours=1)

    # then
    assert [one.external_id for one in stage.mentions()] == [wanted]


def test_more_from_before_than_is_read_back_is_a_gap(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("channels.networks.mastodon.looking.FIRST_PAGES", 2)
    for n in range(MANY * 3):
        stage.says(f"number {n}")

    # when
    pages = stage.look()

    # then
    gaps = [page.gap for page in pages if page.gap]
    assert len(gaps) == 1
    assert gaps[0].until == pages[0].mentions[0].created_at
    assert sum(len(page.mentions) for page in pages) == MANY * 2


def test_a_notification_nobody_can_read_is_skipped_and_the_rest_goes_on(stage: Stage) -> None:
    # given
    stage.says("one")
    stage.world.notifications.append({"type": "mention"})
    stage.world.notifications[-1] |= {"id": "2000", "created_at": "yesterday"}
    wanted = stage.says("two")
    deleted = stage.says("three")
    stage.world.notifications[-1] |= {"status": None}

    # when
    pages = stage.look()

    # then
    read = [one.external_id for page in pages for one in page.mentions]
    assert read[-1] == wanted
    assert deleted not in read
    assert [one.reason for page in pages for one in page.skipped] == [
        "Has no moment but 'yesterday'."
    ]


@pytest.mark.parametrize(
    ("kind", "wait"), [("429", 90), ("429 bare", None), ("500", None), ("reset", None),
                       ("no json", None), ("truncated", None), ("cut", None)]
)  # fmt: skip
def test_a_server_in_trouble_is_asked_again_and_nothing_is_lost(
    stage: Stage, kind: str, wait: float | None
) -> None:
    # given
    stage.says("first")
    stage.look()
    wanted = stage.says("second")
    # A kept connection that ends is asked over once more at once.
    times = 2 if kind == "reset" else 1
    stage.server.fail(kind, path="/api/v1/notifications", times=times)

    # when
    with pytest.raises(ChannelUnavailableError) as refused:
        stage.look()

    # then
    assert refused.value.retry_after == wait
    assert [one.external_id for one in stage.mentions()] == [wanted]


def test_a_server_that_answers_too_late_is_asked_again(stage: Stage) -> None:
    wanted = stage.says("hello")
    stage.network = MastodonNetwork(stage.clock.now, silence=0.5)
    stage.server.fail("silence", path="/api/v1/notifications")
    with pytest.raises(ChannelUnavailableError, match="broke before it answered"):
        stage.look()
    assert [one.external_id for one in stage.mentions()] == [wanted]


def test_a_server_that_is_not_there_is_asked_again(stage: Stage) -> None:
    wanted = stage.says("hello")
    stage.server.down()
    with pytest.raises(ChannelUnavailableError, match="cannot be reached"):
        stage.look()
    stage.server.up()
    assert [one.external_id for one in stage.mentions()] == [wanted]


@pytest.mark.parametrize("make", [MASTODON, TAKAHE], ids=lambda make: make.name)
def test_a_token_that_is_none_is_for_an_operator(
    stage_on: Callable[..., Stage], make: Make
) -> None:
    stage = stage_on(make)
    stage.account.secrets["access_token"] = "wrong"  # type: ignore[index]
    with pytest.raises(ChannelRefusedError, match="access token with the scopes"):
        stage.look()


def test_a_token_with_a_line_end_is_refused_and_not_shown(stage: Stage) -> None:
    stage.account.secrets["access_token"] = "secret\nX-More: 1"  # type: ignore[index]
    with pytest.raises(ChannelRefusedError) as refused:
        stage.look()
    assert "secret" not in str(refused.value)


def test_a_reply_limit_is_read_from_the_server_and_kept(stage_on: Callable[..., Stage]) -> None:
    # given
    stage = stage_on(GOTOSOCIAL)

    # when
    stage.look()

    # then
    position = stage.account.position or {}
    assert position["reply_limit"] == 5_000 - 32
    assert position["terms"]["url_length"] == 25


def test_what_the_server_says_about_its_limits_is_told(stage: Stage) -> None:
    # given
    stage.look()
    reply = stage.reply(in_reply_to=stage.says("hello"))

    # when
    with budgets.listening() as heard:
        stage.look()
        stage.network.send(stage.account, reply)

    # then
    reading, answering = budgets.latest(heard)
    assert (reading.bucket, reading.remaining, reading.most) == ("calls", 299, 300)
    assert reading.resets_at == stage.clock.now() + timedelta(minutes=5)
    assert (answering.bucket, answering.purpose) == ("posts", budgets.Purpose.ANSWERING)


@pytest.mark.parametrize("make", [MASTODON, GOTOSOCIAL, TAKAHE], ids=lambda make: make.name)
def test_who_boosts_an_answer_of_ours_is_read_once_and_nobody_waits_for_an_answer(
    stage_on: Callable[..., Stage], make: Make
) -> None:
    # given
    stage = stage_on(make)
    ours = stage.world.post("acme", "So sorry!")
    stage.world.notify("reblog", ours, by="carol@third.example")

    # when
    (boost,) = stage.mentions()

    # then
    assert (boost.reposts, boost.thread, boost.text) == (ours, ours, "")
    assert boost.author.external_id == "carol@third.example"
    assert stage.mentions() == []
