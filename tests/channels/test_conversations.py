"""What pages are shown."""

from __future__ import annotations

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Page
from engine import Engine
from engine.errors import NotFoundError
from tests.channels.conftest import mention, own_post


@pytest.fixture(autouse=True)
def _page(intake: Intake, account: ChannelAccount) -> None:
    intake.take(
        account,
        Page(
            (mention(1), mention(3, author="eve_50%"), mention(2, thread="t2", author="Zoë")),
            (own_post(2),),
        ),
    )


def test_a_conversation_shows_its_posts_in_order(conversations: Conversations) -> None:
    found = conversations.conversation(1)
    assert [post.external_id for post in found.posts] == ["m1", "o2", "m3"]
    assert (found.customer.name, found.last_text) == ("bob", "text 3")
    assert found.correlation_key == "conversation:1"


def test_lists_get_a_line_for_each_conversation_key_and_pass_over_others(
    conversations: Conversations,
) -> None:
    keys = ["conversation:1", "conversation:77", "order:1", "conversation:x", "conversation:9" * 9]
    found = conversations.by_correlation_keys(keys)
    assert {key: (s.customer, s.text, s.channel) for key, s in found.items()} == {
        "conversation:1": ("bob", "text 3", "fake")
    }
    assert conversations.by_correlation_keys([]) == {}


@pytest.mark.parametrize(
    ("key", "thread"),
    [("conversation:1", "t1"), ("conversation:77", None), ("conversation:01", None),
     ("conversation:" + "9" * 30, None), ("order:1", None), (None, None)],
)  # fmt: skip
def test_a_correlation_key_leads_to_its_conversation_and_no_other_key_does(
    conversations: Conversations, key: str | None, thread: str | None
) -> None:
    found = conversations.by_correlation_key(key)
    assert (found.thread if found else None) == thread


@pytest.mark.parametrize(
    ("search", "names"),
    [("", ["Zoë", "eve_50%", "bob"]), ("BO", ["bob"]), ("@eve", ["eve_50%"]), ("%", ["eve_50%"]),
     ("_", ["eve_50%"]), ("nobody", [])],
)  # fmt: skip
def test_customers_are_found_by_name_and_handle_newest_first(
    conversations: Conversations, search: str, names: list[str]
) -> None:
    found = {customer.name for customer in conversations.customers(search)}
    assert found == set(names)


def test_customers_come_in_pages(conversations: Conversations) -> None:
    first = conversations.customers(limit=2)
    rest = conversations.customers(before=first[-1].id, limit=2)
    assert [c.id for c in first + rest] == [3, 2, 1]


def test_a_customer_has_every_conversation_they_wrote_in(conversations: Conversations) -> None:
    eve = conversations.customers("eve")[0]
    assert [c.id for c in conversations.of_customer(eve.id)] == [1]


def test_tier_and_notes_of_a_customer_can_be_changed(conversations: Conversations) -> None:
    changed = conversations.change_customer(1, tier="vip", notes="Owns the shop.")
    assert (changed.tier, changed.notes) == ("vip", "Owns the shop.")
    with pytest.raises(ValueError, match="not a tier"):
        conversations.change_customer(1, tier="gold")


def test_an_account_is_ensured_once(conversations: Conversations, account: ChannelAccount) -> None:
    assert conversations.ensure_account("fake", "acme", settings={"other": 1}) == account
    assert len(conversations.accounts()) == 1


def test_nothing_of_one_workspace_is_seen_in_another(
    engine: Engine, conversations: Conversations, account: ChannelAccount
) -> None:
    other = Conversations(engine.create_workspace("other", "Other"))
    for ask in (
        lambda: other.conversation(1),
        lambda: other.customer(1),
        lambda: other.change_customer(1, notes="seen"),
        lambda: other.account(account.id),
        lambda: other.change_account(account.id, enabled=False),
        lambda: other.reply(1),
    ):
        with pytest.raises(NotFoundError):
            ask()
    assert other.by_correlation_keys(["conversation:1"]) == {}
    assert (other.customers(), other.accounts(), other.unsettled_replies()) == ([], [], [])
    assert other.of_customer(1) == []
    assert conversations.customer(1).notes == ""
    assert conversations.account(account.id).account.enabled
