"""Complaints about one trouble find each other, and others do not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.clustering import LASTING
from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Mention, Page
from channels.signals import Reading
from channels.similar import WINDOW, Recent, gist_of
from tests.channels.conftest import FakeClock, FakeNetwork, mention

DOWN = "@acme the app is down again since this morning, cannot log in at all"


@pytest.mark.parametrize(
    "other",
    [
        "The app is down again since this morning!! Cannot log in at all @acme_help",
        "cannot log in at all, the app is down again since this morning https://t.co/x1",
        "@acme your app is down again since this morning, I cannot log in at all",
    ],
)
def test_told_again_in_nearly_the_same_words_is_alike(other: str) -> None:
    assert _like(DOWN, other)


@pytest.mark.parametrize(
    "other",
    [
        "the app is down",  # all its words are in the other, but it says much less
        "@acme the parcel came late again this morning, nobody rang at all",
        "the app is great since the update this morning, thank you all",
        "down down down down",
    ],
)
def test_what_only_shares_words_is_not_alike(other: str) -> None:
    assert not _like(DOWN, other)


@pytest.mark.parametrize("text", ["", "@acme help!", "it is broken", "https://t.co/abc 123 456"])
def test_a_text_of_few_words_says_too_little(text: str) -> None:
    assert gist_of(text) is None


def test_no_more_than_the_latest_are_kept_and_what_is_forgotten_is_not_found() -> None:
    # given
    recent = Recent()
    for id in range(WINDOW + 20):
        gist = gist_of(f"complaint about trouble{chr(97 + id % 26)}{'x' * (id // 26)} of today")
        assert gist is not None
        recent.add(id, gist)

    # when
    dropped = recent.trim()
    recent.forget(500)

    # then
    assert dropped == list(range(20))
    assert len(recent) == WINDOW - 1
    assert 500 not in recent


def test_complaints_alike_become_one_cluster_across_accounts_and_pages(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    other = conversations.ensure_account("fake", "acme_help")

    # when
    first = intake.take(account, Page((_says(1, DOWN), _says(2, "where is my parcel number 5"))))
    second = intake.take(other, Page((_says(3, f"{DOWN}!"), _says(4, f"{DOWN}?"))))

    # then
    assert (first.clustered, second.clustered) == (0, 2)
    (cluster,) = conversations.clusters()
    assert (cluster.size, cluster.text) == (3, DOWN)
    assert [c.id for c in conversations.of_cluster(cluster.id)] == [1, 3, 4]
    assert conversations.conversation(2).cluster_id is None


def test_another_worker_that_knows_nothing_finds_the_same_cluster(
    intake: Intake, account: ChannelAccount, conversations: Conversations, network: FakeNetwork
) -> None:
    # given
    for number in (1, 2):
        intake.take(account, Page((_says(number, DOWN),)))

    # when
    fresh = Intake(conversations._engine, _Plain(), {"fake": network})
    fresh.take(account, Page((_says(3, DOWN),)))
    intake.take(account, Page((_says(4, DOWN),)))

    # then
    assert [cluster.size for cluster in conversations.clusters()] == [4]


def test_a_complaint_of_last_week_is_no_part_of_todays_trouble(
    intake: Intake, account: ChannelAccount, conversations: Conversations, clock: FakeClock
) -> None:
    intake.take(account, Page((_says(1, DOWN),)))
    clock.passes(seconds=(LASTING + timedelta(hours=1)).total_seconds())

    assert intake.take(account, Page((_says(2, DOWN),))).clustered == 0
    assert intake.take(account, Page((_says(3, DOWN),))).clustered == 1


def test_praise_and_what_a_customer_writes_later_are_not_compared(
    conversations: Conversations, account: ChannelAccount, network: FakeNetwork
) -> None:
    # given
    class Glad(_Plain):
        def read(self, text: str) -> Reading:
            return Reading(0.9, "en", ())

    happy = Intake(conversations._engine, Glad(), {"fake": network})

    # then
    assert happy.take(account, Page((_says(1, DOWN), _says(2, DOWN)))).clustered == 0
    plain = Intake(conversations._engine, _Plain(), {"fake": network})
    page = Page((_says(3, DOWN), mention(4, thread="t3", text=DOWN)))
    assert plain.take(account, page).clustered == 0


class _Plain:
    def read(self, text: str) -> Reading:
        return Reading(0.0, "en", ())


def _says(number: int, text: str) -> Mention:
    return mention(number, thread=f"t{number}", author=f"a{number}", text=text)


def _like(one: str, other: str) -> bool:
    recent = Recent()
    known, new = gist_of(one), gist_of(other)
    assert known is not None
    recent.add(1, known)
    return new is not None and recent.like(new) == 1
