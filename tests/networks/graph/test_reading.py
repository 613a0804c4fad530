"""Comments and messages in: nothing lost, nothing twice, each where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.graph import changes, comments, messages
from tests.networks.graph.conftest import Stage
from tests.networks.graph_server import refusal
from tests.networks.stand_in import Told


def test_comments_and_messages_are_read_once(stage: Stage) -> None:
    # given
    stage.says("where is my parcel?")
    stage.writes("and my money?")

    # when
    first, again = stage.mentions(), stage.mentions()
    stage.says("hello?", "eve")
    later = stage.mentions()

    # then
    assert sorted(one.text for one in first) == ["and my money?", "where is my parcel?"]
    assert {one.text: one.private for one in first}["and my money?"]
    assert again == []
    assert [one.text for one in later] == ["hello?"]
    assert {one.author.external_id for one in first} == {stage.server.id_of("bob")}


def test_what_comes_between_two_pages_is_not_lost(stage: Stage) -> None:
    # given
    old = stage.server.post("An older one", at=stage.clock.now() - timedelta(days=3))
    for number in range(150):
        stage.says(f"number {number}")

    # when: whoever reads dies after the first page
    first = [one.text for page in stage.look(pages=1) for one in page.mentions]
    stage.says("late", post=old)
    stage.restarts()
    rest = stage.texts()

    # then
    assert len(first) == 100
    assert len(rest) == 51
    assert {*first, *rest} == {*(f"number {number}" for number in range(150)), "late"}


def test_a_new_answer_below_an_old_comment_is_found(stage: Stage) -> None:
    # given
    first = stage.says("where is my parcel?")
    for number in range(120):
        stage.says(f"number {number}")
    stage.look()

    # when
    stage.says("still nothing", to=first)
    (found,) = stage.mentions()

    # then
    assert (found.text, found.thread, found.in_reply_to) == ("still nothing", first, first)


def test_everybody_below_a_comment_of_ours_has_a_conversation_of_their_own(stage: Stage) -> None:
    # given
    stage.look()
    ours = stage.says("Any questions?", "acme")
    theirs = stage.says("Here is one of mine")
    stage.says("yes", to=ours)
    stage.says("me too", "eve", to=ours)
    stage.says("and me", "eve", to=theirs)
    stage.says("answered elsewhere", "acme", to=theirs)

    # when
    (page,) = stage.look()

    # then
    bob, eve = stage.server.id_of("bob"), stage.server.id_of("eve")
    assert {one.text: one.thread for one in page.mentions} == {
        "Here is one of mine": theirs, "yes": f"{ours}/{bob}", "me too": f"{ours}/{eve}",
        "and me": theirs,
    }  # fmt: skip
    own = {one.text: one for one in page.own_posts}
    assert own["answered elsewhere"].thread == theirs


def test_a_post_that_somebody_leaves_with_us_is_a_mention_and_begins_a_conversation(
    facebook: Stage,
) -> None:
    # given
    post = facebook.server.post("You lost my parcel", "bob")
    facebook.says("mine too", "eve", post=post)

    # when
    found = facebook.mentions()

    # then
    assert [(one.text, one.thread) for one in found] == [
        ("You lost my parcel", post), ("mine too", post),
    ]  # fmt: skip


def test_messages_name_what_was_said_before_and_ours_are_told_apart(stage: Stage) -> None:
    # given
    ours = stage.writes("How may we help?", ours=True)
    first = stage.writes("where is my parcel?")

    # when
    page = stage.look()[0]

    # then
    (mention,), (own,) = page.mentions, page.own_posts
    assert (mention.external_id, mention.in_reply_to) == (first, ours)
    assert mention.thread == own.thread == f"dm/{stage.server.id_of('bob')}"


@pytest.mark.parametrize("shows_all", [True, False])
def test_more_messages_than_the_network_shows_are_a_gap(facebook: Stage, shows_all: bool) -> None:
    # given
    facebook.server.shows_all = shows_all
    facebook.writes("hello", "eve")
    facebook.clock.passes(minutes=20)
    facebook.writes("hello")
    facebook.look()
    facebook.clock.passes(minutes=20)

    # when
    for number in range(50):
        facebook.writes(f"number {number}")
    page = facebook.look()[0]

    # then
    assert len(page.mentions) == (50 if shows_all else 20)
    assert (page.gap is None) is shows_all
    if page.gap:
        assert page.gap.since < page.gap.until == page.mentions[0].created_at


def test_more_comments_than_are_read_back_are_a_gap(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    stage.says("first")
    stage.look()
    monkeypatch.setattr(comments, "PAGES", 1)
    stage.clock.passes(minutes=20)

    # when
    for number in range(130):
        stage.says(f"number {number}")
    pages = stage.look()

    # then
    (gap,) = [page.gap for page in pages if page.gap]
    assert gap.until == pages[0].mentions[0].created_at
    assert pages[0].mentions[0].text != "number 0"


def test_what_does_not_change_is_not_asked_for_again(stage: Stage) -> None:
    # given
    for number in range(3):
        stage.says("hello", post=stage.server.post(f"News {number}"))
    stage.look()
    stage.server.heard.clear()

    # when
    stage.look(seconds=10)

    # then: conversations and posts, and nothing else
    assert len(stage.server.heard) == 2


def test_comments_from_before_the_account_was_added_are_not_wanted(stage: Stage) -> None:
    # given
    stage.says("last week", at=stage.clock.now() - timedelta(days=7))
    stage.writes("last week", at=stage.clock.now() - timedelta(days=7))
    stage.says("today")

    # then
    assert stage.texts() == ["today"]


@pytest.mark.parametrize("part", ["comments", "messages"])
def test_what_an_account_is_not_to_read_is_not_asked_for(
    stage_on: Callable[..., Stage], part: str
) -> None:
    # given
    stage = stage_on("facebook", **{part: "no"})
    stage.says("a comment")
    stage.writes("a message")

    # then
    assert stage.texts() == ["a message" if part == "comments" else "a comment"]


def test_messages_that_cannot_be_read_keep_no_comments_out(stage: Stage) -> None:
    # given
    stage.says("where is my parcel?")
    stage.server.fails(refusal(10, "Requires pages_messaging permission"), "conversations", times=1)

    # then
    with pytest.raises(ChannelRefusedError, match="lacks a permission"):
        stage.look()
    assert [one.text for one in stage.read] == ["where is my parcel?"]


def test_a_list_that_is_too_much_at_once_is_asked_for_in_smaller_ones(facebook: Stage) -> None:
    # given
    for number in range(6):
        facebook.writes("hello", f"person {number}")
    too_much = refusal(1, "Please reduce the amount of data you're asking for", status=500)
    facebook.server.fails(too_much, "conversations")

    # then
    assert len(facebook.mentions()) == 6
    assert facebook.server.heard[-1].one("limit") != "4"
    assert [one.one("limit") for one in facebook.server.heard if "conv" in one.path][1:] == [
        "4", "4",
    ]  # fmt: skip


def test_edits_and_deletions_are_seen_by_turn(facebook: Stage) -> None:
    # given
    edited, gone, kept = (facebook.says(text) for text in ("one", "two", "three"))
    facebook.look()

    # when: nothing tells of it
    facebook.server.comments[edited].text = "uno"
    facebook.server.removes(gone)
    facebook.server.posts[facebook.post].changed_at -= timedelta(days=1)
    pages = facebook.look()

    # then
    assert [(one.external_id, one.text) for page in pages for one in page.edits] == [
        (edited, "uno")
    ]
    assert [id for page in pages for id in page.deletions] == [gone]
    assert kept in facebook.server.comments
    assert not [one for page in facebook.look() for one in (*page.edits, *page.deletions)]


def test_what_is_missing_from_a_list_and_still_there_is_not_taken_for_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    id = stage.says("one")
    stage.look()
    hidden = stage.server.comments[id]
    hidden.post = stage.server.post("elsewhere")

    # then
    assert not [gone for page in stage.look() for gone in page.deletions]
    monkeypatch.setattr(changes, "ONE_BY_ONE", 0)


def test_comments_of_a_post_that_was_deleted_are_deleted(stage: Stage) -> None:
    # given
    id = stage.says("one")
    stage.look()

    # when
    stage.server.removes(id)
    del stage.server.posts[stage.post]

    # then
    assert [gone for page in stage.look() for gone in page.deletions] == [id]


def test_a_comment_that_is_shown_late_is_read(stage: Stage) -> None:
    # given
    stage.says("one")
    early = stage.clock.now() - timedelta(hours=1)
    stage.look()

    # when: somebody shows what was hidden, and it is older than what was read
    stage.server.comment(stage.post, "eve", "held back", at=early)

    # then
    assert "held back" in [*stage.texts(), *stage.texts()]


def test_a_comment_without_a_name_is_of_somebody(facebook: Stage) -> None:
    # given
    id = facebook.says("who am I?", nameless=True)

    # then
    (found,) = facebook.mentions()
    assert (found.author.name, found.author.external_id) == ("Somebody", f"unknown/{id}")


def test_a_hidden_comment_cannot_be_answered_in_public(instagram: Stage) -> None:
    instagram.says("rude words", hidden=True)
    assert [one.answerable for one in instagram.mentions()] == [False]


@pytest.mark.parametrize("fault", ["429", "429 bare", "500 before", "gone before", "cut"])
def test_a_fault_while_reading_loses_nothing(stage: Stage, fault: str) -> None:
    # given
    for number in range(3):
        stage.says(f"number {number}")
    # A kept connection that ends is asked over once more at once.
    times = 2 if "gone" in fault else 1
    stage.server.fails(fault, f"{stage.post}/comments", times)

    # when
    with pytest.raises(ChannelUnavailableError) as failed:
        stage.look()
    rest = stage.texts()

    # then
    assert rest == [f"number {number}" for number in range(3)]
    assert failed.value.retry_after == (120.0 if "429" in fault else None)


@pytest.mark.parametrize("fault", ["500 before", refusal(100, "Cannot be shown")])
def test_one_post_that_cannot_be_read_keeps_the_others_not_out(
    stage: Stage, fault: str | Told
) -> None:
    # given
    stage.says("never read")
    other = stage.server.post("Another one")
    stage.says("hello", post=other)
    stage.server.fails(fault, f"{stage.post}/comments", times=9)

    # when
    skipped = []
    for _ in range(3):
        with suppress(ChannelUnavailableError):
            skipped += [one for page in stage.look() for one in page.skipped]

    # then
    assert [one.text for one in stage.read] == ["hello"]
    assert stage.post in skipped[0].reason


def test_a_permission_that_is_missing_is_told_of_the_account(stage: Stage) -> None:
    # given
    stage.says("hello")
    stage.server.fails(refusal(10, "Requires pages_read_user_content"), f"{stage.post}/comments")

    # then
    with pytest.raises(ChannelRefusedError, match="lacks a permission"):
        stage.look()
    assert stage.texts() == ["hello"]


def test_more_conversations_than_can_be_listed_are_a_gap(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(messages, "PAGES", 1)
    for number in range(30):
        stage.writes(f"number {number}", f"person {number}")

    # when
    page = stage.look()[0]

    # then
    assert len(page.mentions) == 20
    assert page.gap is not None
    assert page.gap.until == page.mentions[0].created_at


def test_a_token_that_is_none_is_told(facebook: Stage) -> None:
    facebook.server.fails(refusal(190, "Error validating access token: expired", 463), "me")
    with pytest.raises(ChannelRefusedError, match="does not accept the access token"):
        facebook.look()
