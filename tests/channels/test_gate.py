"""The gate before anything is said: when a reply is approved, and again before it is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.composing import Composing
from channels.conversations import Conversations
from channels.errors import ChannelRefusedError, PolicyRejectedError
from channels.intake import Intake
from channels.model import Chance, ChannelAccount, Page, Reply, ReplyStatus
from channels.outbox import Outbox
from channels.policy import Rules
from engine import Engine, Source
from tests.channels.answering import waits_at
from tests.channels.conftest import FakeClock, FakeNetwork, mention
from tests.channels.wishing import WISHING, all_replies, states, wish

PHONE = "Call 0171 1234567, please."
ALIKE = "A colleague looks after your parcel now."


class Charging(FakeNetwork):
    """A network that charges for links."""

    def link_price(self, account: ChannelAccount, text: str) -> str | None:
        if "broken" in text:
            raise ChannelRefusedError("The prices of this account are no numbers.")
        return "$0.20" if "https://" in text else None

    def reply_price(self, account: ChannelAccount, reply: Reply) -> int:
        if "broken" in reply.text:
            raise ChannelRefusedError("The prices of this account are no numbers.")
        return 200_000 if "https://" in reply.text else 10_000


@pytest.fixture
def network() -> FakeNetwork:
    return Charging()


@pytest.fixture
def outbox(engine: Engine, network: FakeNetwork) -> Outbox:
    engine.deploy([Source("answering.bpmn", WISHING.encode())])
    return Outbox(engine, {"fake": network})


@pytest.fixture(autouse=True)
def _conversation(intake: Intake, account: ChannelAccount) -> None:
    intake.take(account, Page((mention(1), mention(2, thread="t2"))))


@pytest.fixture
def composing(outbox: Outbox) -> Composing:
    return outbox.composing


@pytest.mark.parametrize("by", [None, "ana"])
@pytest.mark.parametrize("send_at", ["", "2026-03-09T09:00"])
def test_what_must_not_be_said_is_refused_at_once_even_if_it_was_meant_for_later(
    engine: Engine, outbox: Outbox, network: FakeNetwork, by: str | None, send_at: str
) -> None:
    # given
    instance = wish(engine, PHONE, by=by, send_at=send_at)

    # when
    outbox.work()

    # then
    assert network.calls == []
    assert waits_at(engine, instance) == ["rewrite"]
    assert "the reply holds a phone number" in engine.variables(instance)["error"]["message"]
    assert "0171" not in str(all_replies(engine)[0].error)


def test_to_the_customer_alone_it_may_be_said(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    wish(engine, PHONE, private=True)
    outbox.work()
    assert list(network.posted.values()) == [PHONE]


def test_given_rules_that_change_while_a_reply_waits_then_it_is_held_against_the_new_ones(
    engine: Engine, outbox: Outbox, composing: Composing, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    instance = wish(engine, "We guarantee it.", send_at="2026-03-02T12:00")
    outbox.work()

    # when
    composing.change_rules(replace(Rules(), banned=("we guarantee",)), by="oli")
    clock.passes(hours=4)
    outbox.work()

    # then
    assert network.calls == []
    assert waits_at(engine, instance) == ["rewrite"]


def test_data_that_a_part_would_cut_in_two_is_found_in_the_whole(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # given
    text = "Our colleague will be glad to help you: 0171 1234567 or so. " + "And more. " * 4
    wish(engine, text, split=True)

    # when
    outbox.work()

    # then
    assert network.calls == []
    assert states(engine) == [ReplyStatus.REFUSED]


def test_a_warning_that_a_person_has_seen_is_written_down_and_keeps_nothing_back(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # when
    wish(engine, "See https://a.example")
    wish(engine, "See https://b.example", by=None, conversation=2)
    outbox.work()

    # then
    assert len(network.calls) == 2
    told = outbox.withholding.acts([1, 2])
    assert [(act.act, act.by, act.detail) for act in told.get(1, [])] == [
        ("confirmed", "ana", "link")
    ]
    assert 2 not in told


def test_while_writing_length_price_and_findings_are_known(
    composing: Composing, account: ChannelAccount
) -> None:
    # when
    short = composing.look(account, "See https://a.example")
    long = composing.look(account, "x" * 51)
    parts = composing.look(account, "One sentence is here. " * 5, split=True)

    # then
    assert (short.length, short.limit, short.too_long, short.blocked) == (21, 50, False, False)
    assert [one.rule for one in short.findings] == ["link"]
    assert (long.too_long, len(parts.parts)) == (True, 3)
    assert composing.look(account, PHONE).blocked
    assert not composing.look(account, PHONE, private=True).findings
    assert (short.price, long.price, parts.price) == (200_000, None, 30_000)
    assert composing.look(account, "broken").price is None


def test_what_the_network_will_not_take_in_public_is_known_while_writing(
    composing: Composing, network: FakeNetwork
) -> None:
    # given: a network that looks at what the reply would answer
    def chance(_account: ChannelAccount, reply: Reply) -> Chance:
        said = f"{reply.in_reply_to} in {reply.thread} by {reply.recipient}: only in private."
        return Chance(None if reply.private else said)

    network.chance = chance  # type: ignore[attr-defined]
    to = composing.addressee(1)
    assert to is not None

    # when
    public = composing.look(to.account, "So sorry.", to=to)
    private = composing.look(to.account, "So sorry.", to=to, private=True)

    # then
    assert public.chance.refusal == "m1 in t1 by bob: only in private."
    assert private.chance.refusal is None
    assert composing.addressee(999) is None


def test_the_same_words_from_another_brand_warn_where_the_network_holds_it_against_both(
    engine: Engine, outbox: Outbox, composing: Composing, network: FakeNetwork, clock: FakeClock
) -> None:
    # given: the other client's account, in a workspace of its own, said it yesterday
    engine.create_workspace("globex", "Globex")
    globex = engine.in_workspace("globex")
    globex.deploy([Source("answering.bpmn", WISHING.encode())])
    theirs = Outbox(globex, {"fake": network})
    account = Conversations(globex).ensure_account("fake", "globex")
    Intake(globex, channels={"fake": network}).take(account, Page((mention(9, thread="t9"),)))
    wish(globex, ALIKE, conversation=3)
    theirs.work()
    ours = Conversations(engine).accounts()[0].account
    usual = composing.look(ours, ALIKE).findings
    composing.change_rules(replace(Rules(), alike_on=("fake",)), by="oli")

    # when
    (found,) = composing.look(ours, "a colleague looks after your PARCEL now").findings

    # then
    assert usual == ()
    assert found.rule == "same_text"
    assert "globex" not in f"{found.message}{found.cure}".lower()
    clock.passes(days=31)
    assert composing.look(ours, ALIKE).findings == ()


def test_our_own_account_may_say_the_same_again(
    engine: Engine, outbox: Outbox, composing: Composing, account: ChannelAccount
) -> None:
    composing.change_rules(replace(Rules(), alike_on=("fake",)), by="oli")
    wish(engine, ALIKE)
    outbox.work()
    assert composing.look(account, ALIKE).findings == ()


def test_with_a_grace_the_replies_of_people_wait_and_those_of_processes_do_not(
    engine: Engine, outbox: Outbox, composing: Composing, network: FakeNetwork, clock: FakeClock
) -> None:
    # given
    composing.change_rules(replace(Rules(), grace=30), by="oli")
    wish(engine, "from ana")
    wish(engine, "from a process", by=None, conversation=2)

    # when
    outbox.work()
    at_once = list(network.posted.values())
    clock.passes(seconds=31)
    outbox.work()

    # then
    assert at_once == ["from a process"]
    assert list(network.posted.values()) == ["from a process", "from ana"]


def test_rules_are_of_one_workspace_and_replaced_as_a_whole(
    engine: Engine, composing: Composing
) -> None:
    # given
    composing.change_rules(replace(Rules(), banned=("never",)), by="oli")
    composing.change_rules(replace(Rules(), own=("a.example",)), by="oli")
    engine.create_workspace("other", "Other")

    # then
    assert (composing.rules().banned, composing.rules().own) == ((), ("a.example",))
    assert Composing(engine.in_workspace("other"), {}).rules() == Rules()
    with pytest.raises(PolicyRejectedError):
        composing.change_rules(replace(Rules(), regions=("Mars",)), by="oli")
    assert composing.rules().own == ("a.example",)


def test_an_account_with_bad_prices_holds_no_process_up_and_lets_nothing_through(
    engine: Engine, outbox: Outbox, network: FakeNetwork
) -> None:
    # when
    wish(engine, f"broken: {PHONE}")
    wish(engine, "broken", conversation=2)
    outbox.work()

    # then
    assert list(network.posted.values()) == ["broken"]
