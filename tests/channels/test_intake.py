"""Taking pages: stored once, correlated, all or nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Edit, Mention, Page, ReplyStatus
from channels.storage import prepare
from engine import Engine, Source
from engine.errors import NotFoundError
from engine.messages import Message
from tests.channels.conftest import (
    LISTENING,
    START,
    FakeNetwork,
    PlainSignals,
    mention,
    own_post,
)


def test_given_a_new_mention_when_taken_then_it_starts_an_instance_that_knows_it(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # when
    taken = intake.take(account, Page((mention(1, private=True),), position={"page": 1}))

    # then
    assert (taken.stored, taken.started, taken.correlated) == (1, 1, 0)
    (task,) = listening.user_tasks()
    variables = listening.variables(task.instance_id)
    assert variables["mention"] == {
        "id": 1, "external_id": "m1", "text": "text 1", "at": "2026-03-02T09:01:00+00:00",
        "private": True, "url": None, "answerable": True, "can_reply_publicly": True, "due": None,
    }  # fmt: skip
    assert variables["conversation"] == {
        "id": 1, "channel": "fake", "account": "acme", "reply_limit": 50,
        "can_reply_privately": True,
        "can_reply_automatically": True,
        "can_hand_off": False,
    }  # fmt: skip
    assert variables["customer"] == {
        "id": 1, "name": "bob", "handle": "bob", "reach": 10, "tier": "standard",
    }  # fmt: skip
    assert variables["signals"] == {
        "sentiment": 0.0, "language": "en", "topics": [], "urgency": 0, "reach": 10,
    }  # fmt: skip
    assert variables["pace"] == "PT1S"
    assert (task.business_key, task.correlation_key) == ("fake:1", "conversation:1")


def test_given_a_conversation_when_the_customer_writes_again_then_the_instance_goes_on(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # given
    intake.take(account, Page((mention(1),)))

    # when
    taken = intake.take(account, Page((mention(2),)))

    # then
    assert (taken.started, taken.correlated) == (0, 1)
    (instance,) = listening.instances()
    assert listening.variables(instance.id)["mention"]["external_id"] == "m2"


def test_two_mentions_of_one_conversation_on_one_page_mean_one_instance(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # when
    taken = intake.take(account, Page((mention(1), mention(2))))

    # then
    assert (taken.stored, taken.started, taken.correlated) == (2, 1, 1)
    assert len(listening.instances()) == 1


def test_given_a_page_when_delivered_again_then_nothing_changes(
    listening: Engine, intake: Intake, account: ChannelAccount
) -> None:
    # given
    page = Page((mention(1), mention(1), mention(2, thread="t2")), (own_post(3),))
    first = intake.take(account, page)

    # when
    again = intake.take(account, page)

    # then
    assert (first.stored, first.duplicates, first.own_posts) == (2, 1, 1)
    assert (again.stored, again.duplicates, again.own_posts) == (0, 3, 0)
    assert len(listening.instances()) == 2


def test_what_our_own_accounts_write_is_shown_and_starts_nothing(
    listening: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when
    taken = intake.take(account, Page((mention(1), mention(2, author="ACME"))))

    # then
    assert (taken.stored, taken.own_posts, taken.started) == (1, 1, 1)
    posts = conversations.conversation(1).posts
    assert [(post.kind, post.author) for post in posts] == [("mention", "bob"), ("reply", "ACME")]
    assert posts[1].status is ReplyStatus.SENT


def test_an_own_post_of_a_thread_without_a_customer_is_passed_over(
    intake: Intake, account: ChannelAccount
) -> None:
    assert intake.take(account, Page(own_posts=(own_post(1),))).own_posts == 0


def test_given_no_process_when_taken_then_mentions_are_kept_for_the_one_that_comes(
    engine: Engine, intake: Intake, account: ChannelAccount
) -> None:
    taken = intake.take(account, Page((mention(1),)))

    assert (taken.stored, taken.started, taken.buffered) == (1, 0, 1)


def test_one_person_on_two_accounts_of_a_channel_is_one_customer(
    engine: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    other = conversations.ensure_account("fake", "acme_help")

    # when
    intake.take(account, Page((mention(1),)))
    intake.take(other, Page((mention(1),)))

    # then
    (customer,) = conversations.customers()
    assert len(conversations.of_customer(customer.id)) == 2


def test_handle_name_and_reach_follow_what_the_network_says(
    engine: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    intake.take(account, Page((mention(1),)))
    later = mention(2)
    grown = type(later.author)(later.author.external_id, "bobby", "Bob B.", 5_000)

    # when
    intake.take(account, Page((type(later)("m2", grown, "hi", later.created_at, "t1"),)))

    # then
    (identity,) = conversations.customers()[0].identities
    assert (identity.handle, identity.name, identity.reach) == ("bobby", "Bob B.", 5_000)


def test_texts_that_a_database_refuses_are_made_fit_for_it(
    engine: Engine, intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # when
    intake.take(account, Page((mention(1, text="a\x00b \ud83d ok"),)))

    # then
    assert conversations.conversation(1).posts[0].text == "ab ? ok"


def test_a_hostile_post_keeps_no_other_out_and_a_long_name_is_cut(
    intake: Intake, account: ChannelAccount, conversations: Conversations
) -> None:
    # given
    odd = "\x00\ud83d"
    author = Author(f"id{odd}", f"bob{odd}", f"{odd}B" * 20_000)
    hostile = Mention(f"m0{odd}", author, odd, START, f"t0{odd}", in_reply_to=f"m{odd}")

    # when
    taken = intake.take(account, Page((hostile, mention(1)), own_posts=(own_post(1, author=odd),)))

    # then
    assert taken.stored == 2
    names = [each.name or "" for one in conversations.customers() for each in one.identities]
    assert max(map(len, names)) == 500


def test_given_a_failure_in_the_transaction_then_nothing_of_the_page_is_stored(
    listening: Engine,
    intake: Intake,
    account: ChannelAccount,
    conversations: Conversations,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # given
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as patch:
        patch.setattr(listening, "correlate_all", broken)

        # when
        with pytest.raises(RuntimeError):
            intake.take(account, Page((mention(1),), position={"page": 1}))

    # then
    assert conversations.customers() == []
    assert conversations.accounts()[0].account.position is None
    assert intake.take(account, Page((mention(1),))).stored == 1


def test_an_account_of_another_workspace_takes_nothing(
    engine: Engine, account: ChannelAccount, network: FakeNetwork
) -> None:
    # given
    elsewhere = engine.create_workspace("other", "Other")
    intake = Intake(elsewhere, PlainSignals(), {"fake": network})

    # then
    with pytest.raises(NotFoundError):
        intake.take(account, Page((mention(1),)))


_SAME = "my order never arrived and nobody answers the telephone"
_POSTS = [
    *(mention(n, thread=f"t{n % 4}", author=f"a{n % 3}", text=f"{_SAME} {n}") for n in range(8)),
    Edit("m1", "it arrived", START + timedelta(minutes=8)),
    mention(9, thread="elsewhere", author="a0", in_reply_to="m3"),
    "m2",  # its author takes it back
    Edit("m1", "it arrived, broken", START + timedelta(minutes=10)),
    mention(10, thread="m10", author="a9", reposts="m0"),
    Edit("m2", "too late", START + timedelta(minutes=11)),
    mention(11, thread="t3", author="a2"),
    "m9",
]


def _page(happened: list[Mention | Edit | str], position: int) -> Page:
    """Return a page of what happened: mentions, edits, and deletions by the mention's id."""
    return Page(
        tuple(each for each in happened if isinstance(each, Mention)),
        edits=tuple(each for each in happened if isinstance(each, Edit)),
        deletions=tuple(each for each in happened if isinstance(each, str)),
        position={"row": position},
    )


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_split_any_repeat_and_any_crash_end_with_the_same_rows(data: st.DataObject) -> None:
    # given
    engine = Engine.in_memory()
    prepare(engine)
    engine.deploy([Source("listening.bpmn", LISTENING.encode())])
    conversations = Conversations(engine)
    account = conversations.ensure_account("fake", "acme")
    intake = Intake(engine, PlainSignals(), {"fake": FakeNetwork()})
    real = engine.correlate_all

    def crashing(messages: list[Message], **more: object) -> object:
        real(messages, **more)  # type: ignore[arg-type]
        raise RuntimeError("crash before the commit")

    # when
    done = 0
    while done < len(_POSTS):
        back = data.draw(st.integers(0, done), label="from")
        end = data.draw(st.integers(done + 1, len(_POSTS)), label="to")
        page = _page(_POSTS[back:end], end)
        if data.draw(st.booleans(), label="crash"):
            engine.correlate_all = crashing  # type: ignore[method-assign, assignment]
            with pytest.raises(RuntimeError):
                intake.take(account, page)
            engine.correlate_all = real  # type: ignore[method-assign]
            continue_from_start = data.draw(st.booleans(), label="again")
            if not continue_from_start:
                continue
        intake.take(account, page)
        done = end

    # then
    assert len(engine.instances()) == 4
    shown = [conversations.conversation(i + 1) for i in range(4)]
    posts = {c.thread: [post.external_id for post in c.posts] for c in shown}
    assert posts == {
        "t0": ["m0", "m4", "m10"], "t1": ["m1", "m5"], "t2": ["m2", "m6"],
        "t3": ["m3", "m7", "m9", "m11"],
    }  # fmt: skip
    changed, deleted = shown[1].posts[0], shown[2].posts[0]
    assert (changed.text, deleted.text) == ("it arrived, broken", "")
    assert [each.text for each in changed.earlier] == [f"{_SAME} 1", "it arrived"]
    assert [c.last_text for c in shown] == [f"{_SAME} {n}" for n in (4, 5, 6)] + ["text 11"]
    (cluster,) = conversations.clusters()
    assert (cluster.size, {c.cluster_id for c in shown}) == (4, {cluster.id})
    assert conversations.accounts()[0].account.position == {"row": len(_POSTS)}
    engine.close()
