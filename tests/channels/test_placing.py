"""Quotes, reposts and replies of threads land in the right conversation; ours start nothing."""

from __future__ import annotations

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import ChannelAccount, Page
from engine import Engine
from tests.channels.conftest import mention, own_post


def threads(conversations: Conversations, customer: int = 1) -> dict[str, list[str | None]]:
    """Return the external ids of the posts of a customer's conversations, by thread."""
    return {
        found.thread: [post.external_id for post in conversations.conversation(found.id).posts]
        for found in conversations.of_customer(customer)
    }


def test_a_reply_whose_thread_nobody_knows_lands_where_the_post_is_that_it_answers(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when
    intake.take(account, Page((mention(1), mention(2, thread="x", in_reply_to="m1"))))
    intake.take(account, Page((mention(3, thread="y", in_reply_to="m2"),)))

    # then
    assert threads(conversations) == {"t1": ["m1", "m2", "m3"]}


def test_a_reply_to_our_answer_lands_where_the_answer_is(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when: the answer was given elsewhere, and is on the same page
    intake.take(account, Page((mention(1),)))
    intake.take(
        account,
        Page((mention(3, thread="x", in_reply_to="o2"),), (own_post(2, in_reply_to="m1"),)),
    )

    # then
    assert threads(conversations) == {"t1": ["m1", "o2", "m3"]}


def test_a_thread_named_after_a_post_we_have_is_that_posts_conversation(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given: the quote lands in the conversation that its author began
    intake.take(account, Page((mention(1), mention(2, thread="m2", quotes="m1"))))

    # when: somebody answers deep under the quote
    intake.take(account, Page((mention(3, thread="m2", in_reply_to="unseen", author="eve"),)))

    # then
    assert threads(conversations) == {"t1": ["m1", "m2", "m3"]}


def test_a_quote_by_somebody_else_is_a_conversation_of_its_own(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when
    quote = mention(2, thread="m2", quotes="m1", author="eve")
    intake.take(account, Page((mention(1), quote)))

    # then
    assert threads(conversations, 1) == {"t1": ["m1"]}
    assert threads(conversations, 2) == {"m2": ["m2"]}


def test_a_repost_is_shown_where_the_post_is_and_starts_and_continues_nothing(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    intake.take(account, Page((mention(1),)))
    repost = mention(2, thread="m2", author="eve", reposts="m1", text="RT text 1")

    # when
    taken = intake.take(account, Page((repost,)))
    again = intake.take(account, Page((repost,)))

    # then
    assert (taken.stored, taken.reposts, taken.started, taken.correlated) == (0, 1, 0, 0)
    assert (again.reposts, again.duplicates) == (0, 1)
    conversation = conversations.conversation(1)
    assert [(post.kind, post.text) for post in conversation.posts] == [
        ("mention", "text 1"), ("repost", ""),
    ]  # fmt: skip
    assert conversation.last_text == "text 1"
    assert listening.variables(listening.instances()[0].id)["mention"]["external_id"] == "m1"


def test_a_repost_of_what_we_do_not_have_is_left_out(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    taken = intake.take(account, Page((mention(1, reposts="elsewhere"),)))

    assert (taken.stored, taken.reposts, conversations.customers()) == (0, 0, [])


def test_posts_of_any_account_of_ours_start_nothing(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    conversations.ensure_account("fake", "Ärzte_Help", enabled=False)

    # when
    taken = intake.take(
        account,
        Page(
            (
                mention(1),
                mention(2, author="@ärzte_help"),
                mention(3, thread="t3", author="ärzte_HELP"),
                mention(4, thread="t4", author="acme", reposts="m1"),
            )
        ),
    )

    # then
    assert (taken.stored, taken.started, taken.own_posts, taken.reposts) == (1, 1, 1, 0)


def test_what_we_sent_is_ours_though_the_account_has_another_handle_by_now(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # given
    intake.take(account, Page((mention(1),), (own_post(2),)))

    # when: a network that shows our own post among the mentions
    shown = mention(2, author="acme_renamed")
    taken = intake.take(account, Page((type(shown)("o2", shown.author, "answer 2",
                                                   shown.created_at, "t9"),)))  # fmt: skip

    # then
    assert (taken.stored, taken.started) == (0, 0)
