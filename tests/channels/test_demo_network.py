"""The simulated network, seen through the channel protocol."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import ChannelAccount, Mention, Reply, ReplyStatus
from channels.networks.demo import DemoNetwork

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Time:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.present = START

    def __call__(self) -> datetime:
        return self.present

    def passes(self, **span: float) -> None:
        self.present += timedelta(**span)


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def network(time: Time) -> DemoNetwork:
    return DemoNetwork(time)


def account(position: Mapping[str, Any] | None = None, **settings: Any) -> ChannelAccount:
    return ChannelAccount(1, "demo", "acme_care", position=position, settings=settings)


def mentions(
    network: DemoNetwork, account: ChannelAccount, after: Mapping[str, Any] | None = None
) -> list[Mention]:
    return [mention for page in network.fetch(account, after) for mention in page.mentions]


def answer(to: Mention, text: str = "We have put it right.", key: str = "job-1") -> Reply:
    return Reply(
        id=1,
        conversation_id=1,
        text=text,
        private=False,
        status=ReplyStatus.SENDING,
        idempotency_key=key,
        created_at=START,
        in_reply_to=to.external_id,
        thread=to.thread,
        recipient=to.author.handle,
    )


def test_a_first_complaint_is_there_at_once_and_more_within_seconds(
    network: DemoNetwork, time: Time
) -> None:
    # given
    first = mentions(network, account())

    # when
    time.passes(seconds=10)

    # then
    assert len(first) == 1
    assert "@acme_care" in first[0].text
    assert len(mentions(network, account())) >= 3


def test_the_same_seed_clock_and_replies_give_the_same_posts() -> None:
    # given
    def an_hour() -> list[Mention]:
        time = Time()
        network = DemoNetwork(time)
        network.send(account(), answer(mentions(network, account())[0]))
        time.passes(hours=1)
        return mentions(network, account())

    # then
    assert an_hour() == an_hour()


def test_reading_from_any_position_brings_exactly_the_rest(
    network: DemoNetwork, time: Time
) -> None:
    # given
    busy = account(mentions_per_minute=60, max_open=1_000)
    mentions(network, busy)
    time.passes(minutes=5)
    pages = list(network.fetch(busy, None))

    # when
    rests = [mentions(network, busy, page.position) for page in pages]

    # then
    assert len(pages) > 3
    for number, rest in enumerate(rests):
        assert rest == [m for page in pages[number + 1 :] for m in page.mentions]


def test_a_page_that_was_not_committed_comes_again(network: DemoNetwork, time: Time) -> None:
    # given
    first = mentions(network, account())

    # when
    time.passes(minutes=3)

    # then
    assert mentions(network, account())[: len(first)] == first


def test_external_ids_are_never_given_twice(network: DemoNetwork, time: Time) -> None:
    # given
    busy = account(mentions_per_minute=30, max_open=1_000)
    mentions(network, busy)

    # when
    time.passes(minutes=20)
    ids = [mention.external_id for mention in mentions(network, busy)]

    # then
    assert len(ids) > 300
    assert len(set(ids)) == len(ids)


def test_moments_never_run_backwards_nor_ahead_of_the_clock(
    network: DemoNetwork, time: Time
) -> None:
    # given
    mentions(network, account())
    time.passes(minutes=30)

    # when
    moments = [mention.created_at for mention in mentions(network, account())]

    # then
    assert moments == sorted(moments)
    assert START <= moments[0] <= moments[-1] <= time.present


def test_after_a_restart_nothing_is_delivered_twice(network: DemoNetwork, time: Time) -> None:
    # given
    mentions(network, account())
    time.passes(minutes=10)
    pages = list(network.fetch(account(), None))
    before = {mention.external_id for page in pages for mention in page.mentions}

    # when
    restarted = DemoNetwork(time)
    committed = account(position=pages[-1].position)
    time.passes(minutes=10)
    mentions(restarted, committed, committed.position)
    time.passes(minutes=10)
    after = {m.external_id for m in mentions(restarted, committed, committed.position)}

    # then
    assert after
    assert not after & before


def test_a_reply_sent_after_a_restart_before_anything_is_read_takes_no_old_number(
    network: DemoNetwork, time: Time
) -> None:
    # given
    opening = mentions(network, account())[0]
    time.passes(minutes=10)
    position = list(network.fetch(account(), None))[-1].position
    restarted = DemoNetwork(time)

    # when
    for turn in range(5):
        reply = answer(opening, f"Sorry, we mend it, part {turn}.", key=f"job-{turn}")
        restarted.send(account(position=position), reply)
    time.passes(minutes=5)
    found = mentions(restarted, account(position=position), position)

    # then
    assert any(mention.thread == opening.thread for mention in found)
    assert all(mention.external_id != opening.external_id for mention in found)


def test_customers_answer_our_replies_in_their_conversation(
    network: DemoNetwork, time: Time
) -> None:
    # given
    mentions(network, account())
    time.passes(minutes=5)
    openings = [m for m in mentions(network, account()) if m.external_id == m.thread]

    # when
    for number, opening in enumerate(openings):
        network.send(account(), answer(opening, "Sorry! Mended.", key=f"job-{number}"))
    time.passes(minutes=2)
    answers = [m for m in mentions(network, account()) if m.in_reply_to]

    # then
    assert answers
    for mention in answers:
        opening = next(m for m in openings if m.thread == mention.thread)
        assert mention.author.handle == opening.author.handle


def test_an_acknowledgement_provokes_no_answer_but_the_answer_does(time: Time) -> None:
    # given: a seed whose first customer answers
    lonely = account(mentions_per_minute=1e-9, seed=1)
    network = DemoNetwork(time)
    opening = mentions(network, lonely)[0]

    # when
    network.send(lonely, answer(opening, "Thank you for telling us.", key="acknowledgement"))
    time.passes(seconds=45)
    waiting = [m for m in mentions(network, lonely) if m.thread == opening.thread]

    # then
    assert waiting == [opening]


def test_an_unanswered_complaint_goes_viral_and_others_join(
    network: DemoNetwork, time: Time
) -> None:
    # given
    mentions(network, account())

    # when
    time.passes(minutes=15)
    seen = mentions(network, account())

    # then
    reach: dict[str, list[int]] = {}
    for mention in seen:
        reach.setdefault(mention.thread, []).append(mention.author.reach)
    assert any(values[-1] >= 10 * values[0] for values in reach.values())
    assert sum(mention.thread.endswith("j") for mention in seen) >= 2


def test_nobody_new_writes_while_too_many_wait(network: DemoNetwork, time: Time) -> None:
    # given
    small = account(mentions_per_minute=60, max_open=5)
    mentions(network, small)

    # when
    time.passes(minutes=30)
    waiting = {m.thread for m in mentions(network, small) if not m.thread.endswith("j")}

    # then
    assert len(waiting) <= 5 + 5  # spam does not wait, so it does not count


def test_the_same_key_sent_twice_is_one_post(network: DemoNetwork) -> None:
    # given
    reply = answer(mentions(network, account())[0])

    # when
    ids = {network.send(account(), reply), network.send(account(), reply)}

    # then
    assert len(ids) == 1
    assert network.find(account(), reply) in ids


def test_a_reply_that_was_never_sent_is_not_found(network: DemoNetwork) -> None:
    assert network.find(account(), answer(mentions(network, account())[0])) is None


def test_a_reply_over_the_limit_is_refused(network: DemoNetwork) -> None:
    # given
    reply = answer(mentions(network, account())[0], "x" * 281)

    # when
    with pytest.raises(ReplyTooLongError) as refusal:
        network.send(account(), reply)

    # then
    assert "Shorten it by 1" in str(refusal.value)


def test_an_empty_reply_is_refused(network: DemoNetwork) -> None:
    with pytest.raises(ReplyRefusedError):
        network.send(account(), answer(mentions(network, account())[0], "  "))


def test_with_trouble_the_same_text_twice_in_a_conversation_is_refused(
    network: DemoNetwork,
) -> None:
    # given
    strict = account(trouble=1e-9)
    opening = mentions(network, strict)[0]
    network.send(strict, answer(opening, key="one"))

    # when
    with pytest.raises(ReplyRefusedError) as refusal:
        network.send(strict, answer(opening, key="two"))

    # then
    assert "Word it differently" in str(refusal.value)


def test_every_kind_of_trouble_passes_and_find_tells_the_truth(network: DemoNetwork) -> None:
    # given
    troubled = account(trouble=1)
    opening = mentions(network, troubled)[0]
    met: set[tuple[str, bool]] = set()

    # when
    for number in range(40):
        reply = answer(opening, f"Answer {number}.", key=f"job-{number}")
        with pytest.raises((ChannelUnavailableError, DeliveryUnknownError)) as trouble:
            network.send(troubled, reply)
        posted = network.find(troubled, reply)
        met.add((trouble.type.__name__, posted is not None))
        assert network.send(troubled, reply) == (posted or network.find(troubled, reply))

    # then
    assert met == {
        ("ChannelUnavailableError", False),
        ("DeliveryUnknownError", False),
        ("DeliveryUnknownError", True),
    }


@pytest.mark.parametrize(
    ("settings", "cure"),
    [
        ({"mentions_per_minute": "many"}, "a number from 0 to 600"),
        ({"mentions_per_minute": -1}, "a number from 0 to 600"),
        ({"pace": True}, "a number from 0.01"),
        ({"trouble": 2}, "a number from 0 to 1"),
        ({"industry": "fishing"}, "one of parcel, energy, bank"),
    ],
)
def test_a_wrong_setting_refuses_the_account_and_says_what_is_right(
    network: DemoNetwork, settings: dict[str, Any], cure: str
) -> None:
    # when
    with pytest.raises(ChannelRefusedError) as refusal:
        mentions(network, account(**settings))

    # then
    assert cure in str(refusal.value)
    assert "acme_care" in str(refusal.value)


def test_a_rate_of_zero_brings_no_new_conversation(network: DemoNetwork, time: Time) -> None:
    # given
    silent = account(mentions_per_minute=0)

    # when
    time.passes(hours=1)

    # then
    assert mentions(network, silent) == []
