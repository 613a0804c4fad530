"""Mentions, searches, messages and own posts of X: nothing lost, nothing twice, oldest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.errors import ChannelUnavailableError
from channels.model import Edit
from tests.networks import x_spec
from tests.networks.x.conftest import Stage
from tests.networks.x_server import SECRETS


@pytest.mark.skipif(not x_spec.FILE.exists(), reason=x_spec.MISSING)
def test_what_is_no_call_of_x_would_be_noticed() -> None:
    target = "/2/users/100/mentions?max_results=3"
    headers = {"authorization": "OAuth x"}
    assert x_spec.violations("GET", target, headers, b"", 200, "application/json", b"{}")


def test_a_mention_comes_with_its_author_its_thread_and_whole_links(stage: Stage) -> None:
    # given
    first = stage.says("my parcel is late & wet: https://acme.example/track?id=7")
    answer = stage.world.post("eve", "Mine too", answers=first)

    # when
    stage.look()

    # then
    one, other = stage.read
    assert (one.external_id, one.author.handle, one.author.reach) == (first, "bob", 7)
    assert one.text == "@acme my parcel is late & wet: https://acme.example/track?id=7"
    assert one.url == f"https://x.com/bob/status/{first}"
    assert (one.thread, one.created_at, one.answerable) == (first, stage.clock.now(), True)
    assert (other.external_id, other.thread, other.in_reply_to) == (answer, first, first)


def test_all_pages_are_gathered_before_the_oldest_is_handed_out(stage: Stage) -> None:
    # given
    ids = [stage.says(f"complaint {number}") for number in range(250)]

    # when
    first = stage.look(pages=1)
    stage.restarts()
    stage.look()

    # then
    assert [one.external_id for one in first[0].mentions] == ids[:100]
    assert [one.external_id for one in stage.read] == ids


def test_repeated_and_disordered_answers_change_nothing(stage: Stage) -> None:
    # given
    ids = [stage.says(f"complaint {number}") for number in range(220)]
    for fault in ("repeat", "shuffle", "repeat"):
        stage.server.fails(fault, "/mentions")

    # when
    stage.look()

    # then
    assert [one.external_id for one in stage.read] == ids


@pytest.mark.parametrize("fault", ["429", "429 bare", "500 before", "gone before", "gone after",
                                   "cut", "garbled"])  # fmt: skip
def test_a_look_that_breaks_loses_nothing_and_pays_nothing_twice(stage: Stage, fault: str) -> None:
    # given
    stage.look()
    ids = [stage.says(f"complaint {number}") for number in range(150)]
    stage.paid = []
    # A kept connection that ends is asked over once more at once.
    times = 2 if "gone" in fault else 1
    stage.server.fails(fault, "pagination_token", times)

    # when
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.look()
    assert stage.read == []
    stage.look()

    # then
    assert (caught.value.retry_after is not None) is (fault == "429")
    assert [one.external_id for one in stage.read] == ids
    assert len(stage.server.asked("/mentions")) == 3 + times
    assert stage.bill() == {"mention": 150_000}


def test_more_than_x_lists_are_searched_for_and_told_as_a_gap(stage: Stage) -> None:
    # given
    stage.look()
    known = stage.says("seen")
    stage.look()
    ids = [stage.says(f"complaint {number}") for number in range(1_005)]

    # when
    pages = stage.look()

    # then
    assert [one.external_id for one in stage.read] == [known, *ids]
    [gap] = [page.gap for page in pages if page.gap]
    assert gap.since < gap.until < stage.clock.now()
    assert "brought 205 of the others" in gap.why


def test_what_a_search_cannot_see_either_is_told_all_the_same(stage: Stage) -> None:
    # given
    stage.look()
    for number in range(900):
        stage.says(f"complaint {number}")
    stage.clock.passes(days=9)

    # when
    gaps = [page.gap for page in stage.look() if page.gap]

    # then
    assert len(stage.read) == 800
    assert "brought 0 of the others" in gaps[0].why


def test_our_own_posts_are_no_mentions(stage: Stage) -> None:
    # given
    theirs = stage.says("help")
    stage.tells(own_posts=True)

    # when
    elsewhere = stage.world.post("acme", "We are on it", answers=theirs)
    pages = stage.look()

    # then
    assert [one.external_id for one in stage.read] == [theirs]
    [own] = [one for page in pages for one in page.own_posts]
    assert (own.external_id, own.in_reply_to, own.thread) == (elsewhere, theirs, theirs)


def test_quotes_and_reposts_are_told_as_what_they_are(stage: Stage) -> None:
    # given
    first = stage.says("help")
    quote = stage.world.post("eve", "@acme look at this", quotes=first)
    spread = stage.world.post("zoe", "RT @bob: @acme help", reposts=first)

    # when
    stage.look()

    # then
    told = {one.external_id: (one.quotes, one.reposts) for one in stage.read}
    assert told == {first: (None, None), quote: (first, None), spread: (None, first)}


def test_an_edited_mention_keeps_its_id_and_tells_its_new_words(stage: Stage) -> None:
    # given
    first = stage.says("help")
    stage.look()
    stage.clock.passes(minutes=1)
    stage.world.edit(first, "@acme please help")

    # when
    [page] = stage.look()

    # then
    assert [one.external_id for one in stage.read] == [first, first]
    assert page.edits == (Edit(first, "@acme please help", stage.clock.now()),)


def test_a_mention_deleted_at_the_source_is_told_of_within_a_day(stage: Stage) -> None:
    # given
    kept, edited, gone = (stage.says(text) for text in ("one", "two", "three"))
    stage.look()
    stage.world.delete(gone)
    stage.world.edit(edited, "@acme 2")

    # when
    at_once = [id for page in stage.look() for id in page.deletions]
    stage.clock.passes(hours=25)
    later = [id for page in stage.look() for id in page.deletions]
    stage.clock.passes(hours=25)
    again = [id for page in stage.look() for id in page.deletions]

    # then
    assert (at_once, later, again) == ([], [gone], [])
    assert stage.account.position is not None
    assert stage.account.position["recent"] == [kept, edited]


def test_a_long_post_is_read_whole(stage: Stage) -> None:
    # given
    whole = "@acme " + "very " * 100 + "late"
    stage.says("very very", note=whole)

    # when
    stage.look()

    # then
    assert stage.read[0].text == whole


def test_a_search_finds_complaints_that_name_nobody_and_marks_them(stage: Stage) -> None:
    # given
    stage.tells(search='"acme bank" OR #acmefail')
    found = stage.world.post("bob", "Acme Bank lost my money")
    named = stage.says("acme bank lost my money too")
    quoting = stage.world.post("zoe", "#acmefail", quotes=stage.world.post("acme", "All is well"))
    stage.world.post("acme", "Acme Bank is sorry")

    # when
    stage.look()

    # then
    answerable = {one.external_id: one.answerable for one in stage.read}
    assert answerable == {named: True, found: False, quoting: True}


def test_an_enterprise_plan_may_answer_everybody(stage: Stage) -> None:
    stage.tells(search="acme", plan="enterprise")
    stage.world.post("bob", "acme lost my money")
    stage.look()
    assert [one.answerable for one in stage.read] == [True]


def test_a_search_goes_on_where_it_stopped_and_tells_of_more_than_a_week(stage: Stage) -> None:
    # given
    stage.tells(search="acme bank")
    stage.look()
    ids = []
    for day in range(10):
        stage.clock.passes(days=1)
        ids.append(stage.world.post("bob", f"acme bank, day {day}"))

    # when
    pages = stage.look()
    quiet = []
    for _ in range(9):
        stage.clock.passes(days=1)
        quiet += stage.look()

    # then
    assert [one.external_id for one in stage.read] == ids[-7:]
    assert ["more than seven days" in (page.gap.why if page.gap else "") for page in pages[:1]]
    assert [page.gap for page in quiet if page.gap] == []


def test_direct_messages_come_in_private_and_once(stage: Stage) -> None:
    # given
    ids = []
    for number in range(25):
        stage.clock.passes(seconds=1)
        ids.append(stage.world.message("bob", f"message {number}"))
    stage.world.message("acme", "We look into it", stage.world.person("bob"))

    # when
    pages = stage.look()
    stage.clock.passes(minutes=2)
    ids.append(stage.world.message("bob", "Thanks"))
    pages += stage.look()

    # then
    assert [one.external_id for one in stage.read] == [f"dm-{id}" for id in ids]
    assert {(one.thread, one.private, one.author.handle) for one in stage.read} == {
        (f"dm-100-{stage.world.person('bob')}", True, "bob")
    }
    assert [one.text for page in pages for one in page.own_posts] == ["We look into it"]


def test_messages_are_asked_for_once_a_minute_and_paid_for_once_a_day(stage: Stage) -> None:
    # given
    for number in range(3):
        stage.world.message("bob", f"message {number}")

    # when
    for _ in range(5):
        stage.look()
        stage.clock.passes(seconds=31)

    # then
    assert len(stage.server.asked("/dm_events")) == 3
    assert stage.bill()["message_read"] == 30_000


def test_an_app_that_may_not_read_messages_says_so_and_reads_mentions(stage: Stage) -> None:
    # given
    stage.server.fails("no write", "/dm_events")
    mention = stage.says("help")

    # when
    stage.look()
    refused = stage.notices()
    stage.clock.passes(hours=2)
    stage.look()

    # then
    assert [one.external_id for one in stage.read] == [mention]
    assert "X does not show the direct messages" in refused["messages"]
    assert stage.notices() == {}


def test_a_spike_is_told_on_the_account_until_it_is_over(stage: Stage) -> None:
    # given
    stage.tells(search="acme", count_minutes=15)
    stage.server.counts = [4, 5, 3, 4, 42, 1]

    # when
    stage.look()
    high = stage.notices()
    stage.clock.passes(minutes=16)
    stage.server.counts = [4, 5, 3, 42, 4, 1]
    stage.look()

    # then
    assert high == {"count": "Posts that match 'acme': 42 in the last hour, usually 4."}
    assert stage.notices() == {}
    assert stage.bill()["count"] == 10_000


def test_a_post_nobody_understands_holds_no_other_up(stage: Stage) -> None:
    # given
    first, odd, last = (stage.says(text) for text in ("one", "two", "three"))
    broken = replace(stage.world.posts[int(odd)], history=(7,))
    stage.world.posts[int(odd)] = broken
    object.__setattr__(
        broken, "told", lambda: {"id": odd, "edit_history_tweet_ids": {"no": "list"}}
    )

    # when
    [page] = [page for page in stage.look() if page.mentions]

    # then
    assert [one.external_id for one in page.mentions] == [first, last]
    assert [one.reason for one in page.skipped] == [f"{odd}: KeyError"]
    assert stage.server.exchanges.pop(-2)[1].startswith("/2/users/100/mentions")


def test_a_search_that_x_refuses_or_counts_without_a_bearer_hold_no_mention_up(
    stage: Stage,
) -> None:
    # given
    stage.tells(search="acme", count_minutes=15)
    stage.account = replace(
        stage.account, secrets={k: v for k, v in SECRETS.items() if k != "bearer_token"}
    )
    stage.server.fails("no write", "/search/")
    mention = stage.says("help")

    # when
    stage.look()
    refused = stage.notices()
    stage.look()

    # then
    assert [one.external_id for one in stage.read] == [mention, mention]
    assert refused["search"].startswith("X refuses the keyword search")
    assert "wants a bearer token" in refused["count"]
    assert stage.notices().keys() == {"count"}


def test_other_credentials_of_an_account_begin_with_no_memory(stage: Stage) -> None:
    other = replace(stage.account, secrets={**SECRETS, "access_token": "another"})

    # then
    memory = stage.network._memory
    assert memory(stage.account) is memory(stage.account)
    assert memory(stage.account) is not memory(other)
