"""What is read, once and in order, whatever the list of notifications looks like."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.errors import ChannelUnavailableError
from channels.networks.bluesky import tracks
from tests.networks.bluesky.conftest import NOW, Stage
from tests.networks.bluesky_world import POST, did


def test_a_mention_is_read_with_its_author_place_and_moment(stage: Stage) -> None:
    # given
    uri = stage.says("where is my parcel? é✓")

    # when
    mention = stage.look()[0].mentions[0]

    # then
    assert (mention.external_id, mention.thread, mention.in_reply_to) == (uri, uri, None)
    assert (mention.author.external_id, mention.author.handle) == (did("bob"), "bob.test")
    assert (mention.author.name, mention.author.reach) == ("Bob", 7)
    assert mention.text == "where is my parcel? é✓"
    assert mention.created_at == NOW + timedelta(seconds=1)
    assert mention.url == f"https://bsky.app/profile/did:plc:bob/post/{uri.rpartition('/')[2]}"
    assert not mention.private


def test_mentions_replies_and_quotes_are_read_and_likes_are_not(stage: Stage) -> None:
    for reason in ("mention", "like", "reply", "quote"):
        stage.says(reason, reason=reason)
    assert stage.texts() == ["mention", "reply", "quote"]


def test_who_spreads_an_answer_of_ours_is_read_and_nobody_waits_for_an_answer(
    stage: Stage,
) -> None:
    # given
    ours = stage.says("So sorry!", by="acme", reason=None)
    spread = stage.world.spreads(ours)

    # when
    (mention,) = [one for page in stage.look() for one in page.mentions]

    # then
    assert (mention.external_id, mention.reposts, mention.thread) == (spread, ours, ours)
    assert (mention.author.handle, mention.text) == ("bob.test", "")
    assert stage.texts() == []


def test_nothing_is_read_twice_and_nothing_is_missed_over_many_looks(stage: Stage) -> None:
    # given
    read: list[str] = []

    # when
    for look in range(5):
        for number in range(130):
            stage.says(f"{look}-{number}")
        read += stage.texts()
        stage.restarted()

    # then
    assert read == [f"{look}-{number}" for look in range(5) for number in range(130)]
    assert stage.texts() == []


def test_a_look_that_ends_half_way_goes_on_behind_the_last_page_that_was_kept(
    stage: Stage,
) -> None:
    # given
    for number in range(170):
        stage.says(str(number))

    # when
    stage.look(1)
    stage.restarted()
    stage.look()

    # then
    assert [one.text for one in stage.read] == [str(number) for number in range(170)]


def test_quiet_looks_ask_for_one_page(stage: Stage) -> None:
    # given
    for number in range(300):
        stage.clock.passes(minutes=1)
        stage.says(str(number))
    stage.look()
    stage.server.calls.clear()

    # when
    stage.look()

    # then
    assert stage.server.heard("listNotifications") == 1


def test_a_post_that_its_author_dated_back_is_read_all_the_same(stage: Stage) -> None:
    # given
    stage.says("in time")
    stage.look()

    # when
    stage.says("from a slow clock", at=NOW - timedelta(hours=5))

    # then
    assert stage.texts() == ["from a slow clock"]
    assert stage.texts() == []


def test_posts_of_the_same_moment_are_told_apart(stage: Stage) -> None:
    for number in range(3):
        stage.says(str(number), at=NOW)
    stage.look()
    stage.says("another", at=NOW)
    assert stage.texts() == ["another"]


def test_a_new_account_reads_as_far_back_as_it_is_told(stage: Stage) -> None:
    stage.says("old", at=NOW - timedelta(days=3))
    stage.says("older", at=NOW - timedelta(days=9))
    stage.told(backlog_days=5)
    assert stage.texts() == ["old"]


def test_more_than_can_be_read_back_is_told_as_a_gap(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    stage.says("known")
    stage.look()
    known = stage.clock.now()
    monkeypatch.setattr(tracks, "PAGES", 2)
    for number in range(250):
        stage.says(str(number))

    # when
    pages = stage.look()

    # then
    gaps = [page.gap for page in pages if page.gap]
    assert [gap.since for gap in gaps] == [known]
    assert gaps[0].until == pages[0].mentions[0].created_at
    assert [one.text for one in stage.read[1:]] == [str(number) for number in range(50, 250)]
    assert not any(page.gap for page in stage.look())


def test_a_cursor_that_vanishes_is_told_as_a_gap(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    stage.says("known")
    stage.look()
    for number in range(150):
        stage.says(str(number))
    paged = stage.world._paged

    def without_cursor(*args: object) -> object:
        return {k: v for k, v in paged(*args).items() if k != "cursor"}  # type: ignore[arg-type]

    # when
    monkeypatch.setattr(stage.world, "_paged", without_cursor)
    pages = stage.look()

    # then
    assert [bool(page.gap) for page in pages] == [True, *[False] * (len(pages) - 1)]


@pytest.mark.parametrize("kind", ["500", "429", "truncated", "cut", "nothing"])
def test_a_fault_while_reading_loses_nothing(stage: Stage, kind: str) -> None:
    # given
    stage.says("hello")
    stage.server.fail(kind, "listNotifications")

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.look()

    # then
    assert stage.texts() == ["hello"]


def test_a_list_that_cannot_be_had_to_its_end_is_read_anew(stage: Stage) -> None:
    # given
    for number in range(130):
        stage.says(str(number))
    ask = stage.world.on_listNotifications
    stage.world.on_listNotifications = lambda asked: (  # type: ignore[method-assign]
        stage.server.fail("500", "listNotifications") or ask(asked)
    )
    with pytest.raises(ChannelUnavailableError):
        stage.look()

    # when
    stage.world.on_listNotifications = ask  # type: ignore[method-assign]
    stage.server.faults.clear()

    # then
    assert len(stage.texts()) == 130


def test_what_cannot_be_understood_is_skipped_with_a_reason(stage: Stage) -> None:
    # given
    stage.says("first")
    broken = stage.says("broken")
    stage.says("last")
    view = stage.world.view
    stage.world.view = lambda uri: (  # type: ignore[method-assign]
        view(uri) | ({"record": None} if uri == broken else {})
    )

    # when
    page = stage.look()[0]

    # then
    assert [one.text for one in page.mentions] == ["first", "last"]
    assert [broken in one.reason for one in page.skipped] == [True]


def test_people_who_cannot_be_looked_up_do_not_hold_up_their_mentions(stage: Stage) -> None:
    stage.says("hello")
    stage.server.fail("500", "getProfiles")
    assert stage.look()[0].mentions[0].author.reach == 0


def test_our_own_posts_are_no_mentions(stage: Stage) -> None:
    stage.says("we name ourselves", by="acme")
    assert stage.texts() == []


# ---- conversations


def test_whoever_answers_an_announcement_of_ours_has_a_conversation_of_their_own(
    stage: Stage,
) -> None:
    # given
    news = stage.says("our news", by="acme", reason=None)
    bobs = stage.says("bad news", under=news, reason="reply")
    answer = stage.says("why?", by="acme", under=bobs, reason=None)
    more = stage.says("because", under=answer, reason="reply")
    cids = stage.says("good news", by="cid", under=news, reason="reply")

    # when
    threads = {one.external_id: one.thread for one in stage.look()[0].mentions}

    # then
    assert threads == {bobs: bobs, more: bobs, cids: cids}


def test_a_thread_somebody_else_began_is_one_conversation(stage: Stage) -> None:
    # given
    first = stage.says("look at @acme.test", reason=None)
    second = stage.says("@acme.test they are right", by="cid", under=first)

    # when
    mention = stage.look()[0].mentions[0]

    # then
    assert (mention.external_id, mention.thread, mention.in_reply_to) == (second, first, first)


def test_a_conversation_keeps_its_name_when_its_first_post_is_deleted(stage: Stage) -> None:
    # given
    news = stage.says("our news", by="acme", reason=None)
    bobs = stage.says("bad news", under=news, reason="reply")
    answer = stage.says("why?", by="acme", under=bobs, reason=None)
    del stage.world.posts[bobs]

    # when
    stage.says("because", under=answer, reason="reply")

    # then
    assert [one.thread for one in stage.look()[0].mentions] == [bobs]


def test_answers_given_elsewhere_come_with_their_conversation(stage: Stage) -> None:
    # given
    asked = stage.says("where is it?")
    stage.says("our news", by="acme", reason=None)
    answer = stage.says("on its way", by="acme", under=asked, reason=None)

    # when
    own = [post for page in stage.look() for post in page.own_posts]
    stage.clock.passes(minutes=2)
    again = [post for page in stage.look() for post in page.own_posts]

    # then
    assert [(one.external_id, one.thread, one.author) for one in own] == [
        (answer, asked, "acme.test")
    ]
    assert again == []


# ---- what is not told


def test_edits_and_deletions_are_seen_when_posts_are_read_again(stage: Stage) -> None:
    # given
    changed, gone, hidden = stage.says("one"), stage.says("two"), stage.says("three")
    stage.look()
    stage.clock.passes(minutes=2)
    stage.world.keep(changed, {"$type": POST, "text": "one, and more"})
    del stage.world.posts[gone]
    stage.world.hidden.add(hidden)

    # when
    pages = stage.look()
    stage.clock.passes(minutes=2)
    later = stage.look()

    # then
    edits = [(one.external_id, one.text) for page in pages for one in page.edits]
    assert edits == [(changed, "one, and more")]
    assert [one for page in pages for one in page.deletions] == [gone]
    assert not any(page.edits or page.deletions for page in later)


def test_every_watched_post_has_its_turn(stage: Stage) -> None:
    # given
    uris = [stage.says(str(number)) for number in range(60)]
    stage.look()
    del stage.world.posts[uris[55]]

    # when
    found = []
    for _ in range(4):
        stage.clock.passes(minutes=2)
        found += [one for page in stage.look() for one in page.deletions]

    # then
    assert found == [uris[55]]


# ---- listening


def test_what_a_search_finds_is_read_once_beside_the_mentions(stage: Stage) -> None:
    # given
    stage.told(search="acme")
    stage.says("Acme is slow", reason=None)
    stage.says("what else is new", reason=None)

    # when
    first, second = stage.texts(), stage.texts()
    stage.says("ACME again", reason=None)

    # then
    assert (first, second, stage.texts()) == (["Acme is slow"], [], ["ACME again"])
