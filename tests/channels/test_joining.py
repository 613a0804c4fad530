"""One person on several networks: joined by an agent, split again, and suggested."""

from __future__ import annotations

import pytest

from channels.conversations import Conversations
from channels.errors import CustomersError
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page
from engine import Engine
from engine.errors import NotFoundError
from tests.channels.conftest import START, FakeNetwork, PlainSignals, mention


@pytest.fixture
def mail(conversations: Conversations) -> ChannelAccount:
    return conversations.ensure_account("email", "care@acme.example")


@pytest.fixture
def intake(engine: Engine, network: FakeNetwork) -> Intake:
    return Intake(engine, PlainSignals(), {"fake": network, "email": network})


@pytest.fixture
def two(
    intake: Intake, account: ChannelAccount, mail: ChannelAccount, conversations: Conversations
) -> tuple[int, int]:
    """Bob on one network and Bob by mail, with a conversation each."""
    intake.take(account, Page((mention(1),)))
    intake.take(mail, Page((_mail(2, "bob@example.org"),)))
    return 1, 2


def _mail(number: int, address: str, name: str = "Bob B.") -> Mention:
    return Mention(f"m{number}", Author(address, address, name), "hi", START, f"mail{number}")


def test_given_two_customers_when_joined_then_one_has_all_of_both(
    two: tuple[int, int], conversations: Conversations
) -> None:
    # given
    kept, other = two
    conversations.change_customer(kept, notes="likes tea")
    conversations.change_customer(other, tier="vip", notes="knows the boss")

    # when
    conversations.join_customers(kept, other, by="ana")
    conversations.join_customers(kept, other, by="ana")

    # then
    customer = conversations.customer(kept)
    assert [(one.channel, one.handle) for one in customer.identities] == [
        ("fake", "bob"), ("email", "bob@example.org"),
    ]  # fmt: skip
    assert (customer.tier, customer.notes) == ("vip", "likes tea\nknows the boss")
    assert len(conversations.of_customer(kept)) == 2
    assert [one.id for one in conversations.customers()] == [kept]
    assert [one.id for one in conversations.customers("bob")] == [kept]
    assert conversations.customer(other).joined_into == kept
    (move,) = conversations.joining.moves(kept)
    assert (move.by, move.handle, move.from_id, move.to_id) == ("ana", "bob@example.org", 2, 1)


def test_given_a_join_when_split_then_both_are_as_they_were_and_the_history_says_so(
    two: tuple[int, int], intake: Intake, mail: ChannelAccount, conversations: Conversations
) -> None:
    # given: joined, and the mail goes on
    kept, other = two
    conversations.join_customers(kept, other, by="ana")
    intake.take(mail, Page((_mail(3, "bob@example.org"),)))
    identity = conversations.customer(kept).identities[1]

    # when
    alone = conversations.split_identity(identity.id, by="ben")

    # then
    assert alone == other
    assert conversations.customer(other).joined_into is None
    assert [one.thread for one in conversations.of_customer(kept)] == ["t1"]
    assert sorted(one.thread for one in conversations.of_customer(other)) == ["mail2", "mail3"]
    assert [move.by for move in conversations.joining.moves(other)] == ["ben", "ana"]


def test_an_identity_that_was_never_joined_becomes_a_new_customer(
    two: tuple[int, int], conversations: Conversations
) -> None:
    # given
    kept, other = two
    conversations.join_customers(kept, other, by="ana")
    first = conversations.customer(kept).identities[0]

    # when
    alone = conversations.split_identity(first.id, by="ben")

    # then
    assert alone not in two
    assert conversations.customer(alone).name == "bob"
    assert [one.thread for one in conversations.of_customer(alone)] == ["t1"]


def test_what_makes_no_sense_is_refused_and_changes_nothing(
    two: tuple[int, int], engine: Engine, conversations: Conversations
) -> None:
    kept, other = two
    elsewhere = Conversations(engine.create_workspace("other", "Other"))

    with pytest.raises(CustomersError, match="one customer already"):
        conversations.join_customers(kept, kept, by="ana")
    with pytest.raises(CustomersError, match="nothing to split"):
        conversations.split_identity(conversations.customer(kept).identities[0].id, by="ana")
    with pytest.raises(NotFoundError):
        conversations.join_customers(kept, 99, by="ana")
    with pytest.raises(NotFoundError):
        elsewhere.join_customers(kept, other, by="eve")
    with pytest.raises(NotFoundError):
        elsewhere.split_identity(1, by="eve")
    conversations.join_customers(kept, other, by="ana")
    with pytest.raises(CustomersError, match="one customer already"):
        conversations.join_customers(other, kept, by="ana")


def test_suggested_are_the_same_address_and_told_as_weaker_the_same_handle_and_name(
    two: tuple[int, int],
    intake: Intake,
    account: ChannelAccount,
    mail: ChannelAccount,
    conversations: Conversations,
) -> None:
    # given: the network tells Bob's address, and a stranger on it is called as somebody by mail
    known = Author("id-bob", "bob", email="BOB@example.org")
    intake.take(account, Page((Mention("m5", known, "hi", START, "t1"),)))
    stranger = Author("id-eve", "eve@x.example", "Eve")
    intake.take(account, Page((Mention("m6", stranger, "hi", START, "t6"),)))
    intake.take(mail, Page((_mail(7, "eve@x.example", "EVE"), _mail(8, "bobby@example.org"))))

    # then
    (same,) = conversations.joining.suggestions(1)
    assert (same.customer_id, same.reason) == (2, "Same e-mail address")
    (named,) = conversations.joining.suggestions(3)
    assert (named.why, named.handle) == ("handle", "eve@x.example")
    assert "no proof" in named.reason
    assert conversations.joining.suggestions(4) == []
