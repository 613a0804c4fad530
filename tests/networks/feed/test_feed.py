"""Entries of a feed that name the brand become mentions, once, and cannot be answered."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

import processes
from channels import feed_reader
from channels.errors import ChannelRefusedError, ChannelUnavailableError, ReplyRefusedError
from channels.model import ReplyStatus
from channels.networks.feed import FeedNetwork
from tests.networks.crashing import House
from tests.networks.feed.conftest import Stage
from tests.networks.stand_in import Told


@pytest.mark.parametrize("atom", [False, True])
def test_entries_that_name_the_brand_are_mentions(stage: Stage, atom: bool) -> None:
    # given
    stage.blog.atom = atom
    stage.writes("<p>nothing of note</p>")
    entry = stage.writes(
        '<p>My parcel, by ACME &amp; co:</p><script>x</script><ul><li>late</li></ul>',
        title="Where is it?", author="Bob",
    )  # fmt: skip
    stage.writes("why?", title="Acme again")

    # when
    first, second = stage.mentions()

    # then
    assert first.text == "Where is it?\n\nMy parcel, by ACME & co:\n\n- late"
    assert (first.external_id, first.thread, first.url) == (entry.id, entry.id, entry.link)
    assert (first.author.name, first.answerable, first.created_at) == ("Bob", False, entry.at)
    assert second.text == "Acme again\n\nwhy?"
    assert second.author.name == ("Ann" if atom else "The Blog")


def test_nothing_is_read_twice(stage: Stage) -> None:
    stage.writes("Acme 1")
    assert len(stage.mentions()) == 1
    assert stage.mentions() == []
    stage.writes("Acme 2")
    stage.restarts()
    assert [one.text for one in stage.mentions()] == ["News\n\nAcme 2"]


def test_a_feed_that_has_not_changed_says_so_and_is_not_asked_too_often(stage: Stage) -> None:
    stage.writes("Acme 1")
    stage.look()
    assert stage.look(seconds=60) == []
    stage.look()
    assert stage.blog.asked("GET") == 2
    assert stage.blog.heard[-1].headers.get("If-None-Match")


def test_without_words_every_entry_is_a_mention(stage: Stage) -> None:
    stage.tells(words="")
    stage.writes("whatever")
    assert len(stage.mentions()) == 1


def test_an_entry_that_is_changed_is_an_edit_or_becomes_a_mention(stage: Stage) -> None:
    # given
    stage.blog.atom = True
    named = stage.writes("Acme is bad")
    other = stage.writes("nobody is bad")
    stage.look()

    # when
    named.html, other.html = "They are good", "Acme is bad"
    named.changed_at = stage.clock.now()
    (page,) = stage.look()

    # then
    assert [(one.external_id, one.text, one.at) for one in page.edits] == [
        (named.id, "News\n\nThey are good", named.changed_at)
    ]
    assert [one.external_id for one in page.mentions] == [other.id]


def test_an_entry_that_is_old_and_comes_back_is_known(stage: Stage) -> None:
    stage.blog.shown = 2
    stage.writes("Acme 1")
    stage.look()
    stage.writes("Acme 2")
    stage.writes("Acme 3")
    assert len(stage.mentions()) == 2
    stage.blog.shown = 3
    assert stage.mentions() == []


def test_entries_without_ids_are_known_by_their_links_or_words(stage: Stage) -> None:
    # given
    stage.writes("Acme 1", id="", link="https://blog.example/a#top")
    stage.writes("Acme 2", id="", link="")
    stage.writes("Acme 3", id="same")
    stage.writes("Acme 4", id="same")
    stage.writes("Acme 5", id="x" * 300)

    # when
    ids = [one.external_id for one in stage.mentions()]

    # then
    assert ids[0] == "https://blog.example/a"
    assert ids[2:4] == ["https://blog.example/3", "https://blog.example/4"]
    assert len(set(ids)) == 5
    assert max(map(len, ids)) <= 200
    stage.writes("another")
    assert stage.mentions() == []


def test_a_new_account_reads_a_week_back_and_what_is_published_late_all_the_same(
    stage: Stage,
) -> None:
    long_ago = stage.clock.now()
    stage.writes("Acme, long ago")
    stage.clock.passes(days=8)
    stage.writes("Acme, now")
    assert [one.text for one in stage.mentions()] == ["News\n\nAcme, now"]
    stage.blog.writes("Acme, from a drawer", long_ago)
    assert [one.text for one in stage.mentions()] == ["News\n\nAcme, from a drawer"]


def test_an_entry_without_a_date_is_of_now_and_none_is_of_the_future(stage: Stage) -> None:
    stage.blog.writes("Acme 1", None)
    future = stage.clock.now().replace(year=2090)
    stage.blog.writes("Acme 2", future)
    assert [one.created_at for one in stage.mentions()] == [stage.clock.now()] * 2


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (Told(200, b"<html><body>a page</body></html>"), ChannelRefusedError, "is no feed"),
        (Told(200, b"/etc/hosts>"), ChannelRefusedError, "is no feed"),
        (Told(200, b""), ChannelRefusedError, "is no feed"),
        (Told(410), ChannelRefusedError, "switch the account off"),
        (Told(404), ChannelRefusedError, "correct it"),
        ("cut", ChannelUnavailableError, "broke"),
        (Told(200, b"<rss version='2.0'><channel><item><ti"), ChannelUnavailableError, "cut off"),
        ("429", ChannelUnavailableError, "less often"),
        ("500 before", ChannelUnavailableError, "failed"),
    ],
)
def test_what_is_no_feed_or_no_answer_says_what_to_do(
    stage: Stage, answer: Told | str, error: type[Exception], said: str
) -> None:
    stage.writes("Acme 1")
    stage.blog.fails(answer)
    with pytest.raises(error, match=said):
        stage.look()
    assert len(stage.mentions()) == 1


def test_an_address_in_our_own_network_is_not_called_unless_that_is_meant(stage: Stage) -> None:
    # given: a name may lead there from one day to the next
    stage.writes("Acme 1")
    stage.tells(private_network=False)

    # when
    with pytest.raises(ChannelRefusedError, match="not on the public internet"):
        stage.look()
    with pytest.raises(ChannelRefusedError, match="not on the public internet"):
        stage.network.check(stage.account)

    # then
    assert stage.blog.heard == []
    stage.tells(private_network=True)
    assert len(stage.mentions()) == 1


def test_a_mark_of_the_feed_that_cannot_be_said_again_stops_nothing(stage: Stage) -> None:
    # given
    feed = b"<rss version='2.0'><channel><item><title>Acme 1</title></item></channel></rss>"
    stage.blog.fails(Told(200, feed, {"ETag": '"a\r\n b"', "Last-Modified": "\x01"}))
    assert len(stage.mentions()) == 1

    # when
    stage.writes("Acme 2")

    # then
    assert [one.text for one in stage.mentions()] == ["News\n\nAcme 2"]


def test_a_feed_with_bad_xml_is_read_as_far_as_it_goes(stage: Stage) -> None:
    bad = (
        b"<rss version='2.0'><channel><item><title>Acme & co</title><guid>1</guid></item></channel>"
    )
    stage.blog.fails(Told(200, bad))
    assert [one.text for one in stage.mentions()] == ["Acme & co"]


def test_an_entry_of_no_likely_moment_was_written_when_it_was_found(stage: Stage) -> None:
    # given: what a program writes that knows none
    stage.blog.writes("Acme", datetime(1, 1, 1, tzinfo=UTC))

    # when
    (found,) = stage.mentions()

    # then
    assert found.created_at == stage.clock.now()


#: The library that reads feeds fails at a point that lies in no place.
NOWHERE = "<gml:pos>1 2</gml:pos>"


def feed_of(*broken: int, head: str = "") -> Told:
    """Return a feed of twenty entries, some of which are broken."""
    items = (
        f"<item><title>Acme {n}</title><guid>{n}</guid>{NOWHERE if n in broken else ''}</item>"
        for n in range(20)
    )
    begin = '<rss version="2.0" xmlns:gml="http://www.opengis.net/gml"><channel>'
    return Told(200, f"{begin}{head}{''.join(items)}</channel></rss>".encode())


def test_an_entry_that_is_broken_keeps_no_other_out(stage: Stage) -> None:
    # given
    stage.blog.fails(feed_of(7, 8, 19), times=2)

    # when
    found = stage.network.check(stage.account)
    (page,) = stage.look()

    # then
    assert found[0].found == "17 entries, 3 that cannot be read"
    assert {one.text for one in page.mentions} == {
        f"Acme {n}" for n in range(20) if n not in (7, 8, 19)
    }  # fmt: skip
    assert [one.line for one in page.skipped] == [8, 9, 20]


@pytest.mark.parametrize("feed", [feed_of(head=NOWHERE), feed_of(*range(20))])
def test_a_feed_of_which_nothing_can_be_read_says_so(stage: Stage, feed: Told) -> None:
    stage.blog.fails(feed)
    with pytest.raises(ChannelRefusedError, match=r"cannot be read: .* take another feed"):
        stage.look()


def test_a_feed_that_is_made_to_keep_us_busy_is_given_up(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: a reader that is given one second instead of ten, so that nobody waits here either
    patient = Path(feed_reader.__file__).read_text()
    hasty = tmp_path / "reader.py"
    hasty.write_text(patient.replace("SECONDS, MEMORY = 10,", "SECONDS, MEMORY = 1,"))
    monkeypatch.setattr(feed_reader, "__file__", str(hasty))
    letters = f"<item><title>Acme</title><author>{'a' * 1_000_000}@</author></item>"
    stage.blog.fails(Told(200, f"<rss version='2.0'><channel>{letters}</channel></rss>".encode()))

    # when, then
    with pytest.raises(ChannelRefusedError, match="takes more than 10 seconds"):
        stage.look()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_reader_that_is_stopped_with_us_is_not_the_fault_of_the_feed(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sign: signal.Signals
) -> None:
    # given
    stopped = tmp_path / "reader.py"
    stopped.write_text(f"import os, signal\nsignal.signal({sign}, signal.SIG_DFL)\n"
                       f"os.kill(os.getpid(), {sign})")  # fmt: skip
    monkeypatch.setattr(feed_reader, "__file__", str(stopped))
    stage.writes("Acme")

    # when, then
    with pytest.raises(ChannelUnavailableError, match="stopped"):
        stage.look()


def test_a_reply_is_refused_before_and_after_it_is_written(stage: Stage) -> None:
    reply = stage.reply("urn:entry:1")
    refusal = stage.network.chance(stage.account, reply).refusal
    assert refusal is not None
    with pytest.raises(ReplyRefusedError, match="Write to the author"):
        stage.send(reply)


def test_the_trial_of_an_account_tells_how_many_entries_name_the_brand(stage: Stage) -> None:
    stage.writes("Acme 1")
    stage.writes("nothing")
    found = stage.network.check(stage.account)
    assert [one.found for one in found] == ["2 entries", "1 of them are mentions"]


@pytest.mark.parametrize("when", ["with a page", "after a page"])
def test_killed_while_reading(stage: Stage, database_of: Callable[[str], str], when: str) -> None:
    # given
    house = House(database_of("file"), stage.clock, stage.account, FeedNetwork)
    for number in range(130):
        stage.writes(f"Acme {number}")
    house.network.dies = when
    with pytest.raises(KeyboardInterrupt):
        house.poller.work()

    # when
    house.is_killed()
    house.lives(1)

    # then
    found = house.conversations.of_customer(1, limit=1_000)
    assert sorted(one.last_text for one in found) == sorted(
        f"News\n\nAcme {number}" for number in range(130)
    )
    house.engine.close()


def test_away_for_ten_minutes(stage: Stage, database_of: Callable[[str], str]) -> None:
    # given
    house = House(database_of("file"), stage.clock, stage.account, FeedNetwork)
    stage.blog.down()
    stage.writes("Acme 1")
    house.lives(10)

    # when
    stage.blog.up()
    house.lives(10)

    # then
    assert house.mentions() == ["News\n\nAcme 1"]
    house.engine.close()


def test_a_complaint_in_a_blog_becomes_a_user_task_whose_answer_is_refused_with_the_cure(
    stage: Stage, database_of: Callable[[str], str]
) -> None:
    # given
    sources = processes.files("complaint")
    house = House(database_of("file"), stage.clock, stage.account, FeedNetwork, *sources)
    stage.writes("Acme lost my parcel. Terrible!")
    house.lives(1)
    (task,) = house.engine.user_tasks(1)

    # when
    house.engine.complete(task.id, {"answer": "We are sorry."}, by="ana")
    house.lives(1)

    # then: the agent gets it back, and knows why
    (again,) = house.engine.user_tasks(1)
    assert again.id != task.id
    refused = [one for one in house.conversations.conversation(1).posts if one.kind == "reply"]
    assert {one.status for one in refused} == {ReplyStatus.REFUSED}
    assert all("Write to the author" in (one.error or "") for one in refused)
    house.engine.close()
