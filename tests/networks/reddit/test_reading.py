"""What names or answers us on Reddit, or is written to us in private, becomes a mention, once."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from channels import budgets, networks
from channels.errors import ChannelRefusedError, ChannelUnavailableError
from tests.networks.reddit.conftest import Stage
from tests.networks.stand_in import Told


def test_mentions_and_answers_in_the_inbox_are_mentions(stage: Stage) -> None:
    # given
    named = stage.says("Hello u/Acme!")
    ours = stage.says("What is it?", "Acme", named)
    stage.says("It is late.", "bob", ours)
    stage.says("And mine!", "eve", ours)
    stage.says("nothing of note", "zoe")

    # when
    found = stage.mentions()

    # then: each author has a conversation of their own below a post
    post = stage.post.name.removeprefix("t3_")
    assert [(m.text, m.thread, m.private) for m in found] == [
        ("Hello u/Acme!", f"{post}:bob", False),
        ("It is late.", f"{post}:bob", False),
        ("And mine!", f"{post}:eve", False),
    ]
    assert (found[0].external_id, found[0].author.handle) == (named.name, "bob")
    assert (found[0].url or "").startswith(f"https://www.reddit.com/r/parcels/comments/{post}/")
    assert stage.mentions() == []


def test_messages_are_private_mentions_of_one_conversation(stage: Stage) -> None:
    first = stage.writes("It is locked.", title="My account")
    stage.writes("Hurry.", parent=first.name, first=first.name, title="re: My account")
    stage.server.message(None, "Welcome", "Acme")  # type: ignore[arg-type]
    assert [(m.text, m.thread, m.in_reply_to, m.private) for m in stage.mentions()] == [
        ("My account\n\nIt is locked.", first.name, None, True),
        ("Hurry.", first.name, first.name, True),
    ]


def test_messages_are_left_alone_where_the_account_says_so(stage: Stage) -> None:
    stage.tells(messages=False)
    stage.writes("hello")
    assert stage.mentions() == []


def test_subreddits_are_listened_to_for_the_words(stage: Stage) -> None:
    # given
    stage.tells(subreddits="r/parcels, banks")
    post = stage.server.post("bob", "ACME bank?", "Where is it?")
    comment = stage.says("acme bank is bad", "eve")
    stage.says("acmebank", "zoe")
    stage.says("Acme Bank cares", "Acme")
    both = stage.says("u/acme and Acme Bank", "kim")

    # when
    found = stage.mentions()

    # then: what is in the inbox as well has one name, so it is stored once
    assert {(m.text, m.external_id) for m in found} == {
        ("ACME bank?\n\nWhere is it?", post.name),
        ("acme bank is bad", comment.name),
        ("u/acme and Acme Bank", both.name),
    }
    assert stage.mentions() == []


def test_subreddits_are_not_asked_for_at_each_look(stage: Stage) -> None:
    stage.tells(subreddits="parcels, banks")
    for _ in range(4):
        stage.look(seconds=10)
    assert stage.server.asked("/message/inbox") == 4
    assert stage.server.asked("/r/parcels+banks/") == 4  # posts and comments, twice


def test_what_cannot_be_commented_on_is_not_answerable(stage: Stage) -> None:
    stage.tells(subreddits="parcels, banks")
    stage.says("Acme Bank", locked=True)
    assert [m.answerable for m in stage.mentions()] == [False]


def test_much_that_was_written_meanwhile_is_read_in_order(stage: Stage) -> None:
    stage.look()
    for number in range(250):
        stage.says(f"u/acme {number}")
    assert stage.texts() == [f"u/acme {number}" for number in range(250)]


def test_more_than_reddit_lists_is_told_as_a_gap(stage: Stage) -> None:
    stage.says("u/acme first")
    stage.look()
    for number in range(1_050):
        stage.server.comment("bob", f"u/acme {number}", stage.post)
    stage.clock.passes(minutes=10)
    for number in range(1_000):
        stage.server.comment("bob", f"u/acme again {number}", stage.post)
    pages = stage.look()
    assert [page.gap.why for page in pages if page.gap]
    assert sum(len(page.mentions) for page in pages) == 1_000


def test_what_appears_late_is_read_and_nothing_twice(stage: Stage) -> None:
    late = stage.says("u/acme late", unlisted=True)
    stage.says("u/acme soon", "eve")
    assert stage.texts() == ["u/acme soon"]
    late.unlisted = False
    assert stage.texts() == ["u/acme late"]
    assert stage.texts() == []


def test_a_new_account_reads_a_day_back(stage: Stage) -> None:
    stage.says("u/acme long ago")
    stage.clock.passes(hours=30)
    stage.says("u/acme now")
    assert stage.texts() == ["u/acme now"]


def test_edits_and_deletions_of_mentions_are_noticed(stage: Stage) -> None:
    # given
    changed, gone, removed = (stage.says(f"u/acme {n}") for n in range(3))
    stage.look()

    # when
    changed.body, changed.edited = "u/acme is good", stage.clock.now().timestamp()
    gone.author, gone.body = None, "[deleted]"
    removed.body = "[removed]"
    (page,) = [page for page in stage.look() if page.edits]

    # then
    (edit,) = page.edits
    assert (edit.external_id, edit.text) == (changed.name, "u/acme is good")
    assert edit.at == datetime.fromtimestamp(changed.edited, UTC)
    assert set(page.deletions) == {gone.name, removed.name}
    assert not [page for page in stage.look() if page.edits or page.deletions]


def test_a_thing_that_cannot_be_read_holds_no_other_up(stage: Stage) -> None:
    comment = stage.says("u/acme")
    children = [{"kind": "t1", "data": {}}, {"kind": "t1", "data": stage.server.told(comment)}]
    listing = Told(200, {"kind": "Listing", "data": {"after": None, "children": children}})
    stage.server.fails(listing, "/message/inbox")
    (page,) = [page for page in stage.look() if page.mentions]
    assert [one.reason for one in page.skipped] == ["A thing has no name."]


def test_reddit_tells_how_often_it_may_be_called(stage: Stage) -> None:
    with budgets.listening() as heard:
        stage.look()
    (told,) = budgets.latest(heard)
    assert (told.bucket, told.remaining, told.most) == ("calls", 595, 600)


def test_nothing_waits_inside_a_call_though_nothing_is_left(stage: Stage) -> None:
    # given: left alone, praw would sleep for five minutes before its next call
    spent = {"x-ratelimit-remaining": "0", "x-ratelimit-used": "600", "x-ratelimit-reset": "300"}
    listing = {"kind": "Listing", "data": {"after": None, "children": []}}
    stage.server.fails(Told(200, listing, spent), "/message/inbox")
    stage.look()
    stage.says("u/acme")
    assert stage.texts() == ["u/acme"]


@pytest.mark.parametrize(
    ("fault", "wait"), [("429", 120), ("429 bare", None), ("500 before", None)]
)
def test_a_fault_is_met_once_and_tells_how_long_to_wait(
    stage: Stage, fault: str, wait: float | None
) -> None:
    stage.look()
    stage.server.fails(fault, "/message/inbox")
    before = stage.server.asked("/message/inbox")
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.look()
    assert caught.value.retry_after == wait
    assert stage.server.asked("/message/inbox") == before + 1


def test_a_token_that_is_over_is_replaced_at_once(stage: Stage) -> None:
    stage.look()
    stage.server.tokens.clear()
    stage.says("u/acme")
    assert stage.texts() == ["u/acme"]


def test_a_refresh_token_does_instead_of_a_password(stage: Stage) -> None:
    stage.has(client_secret="secret-of-app", refresh_token="token-for-ever")
    stage.says("u/acme")
    assert stage.texts() == ["u/acme"]


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ({"client_secret": "wrong", "password": "x"}, "does not accept the app"),
        ({"client_secret": "secret-of-app", "password": "wrong"}, "two-factor"),
        ({"client_secret": "secret-of-app"}, "lacks credentials"),
    ],
)
def test_wrong_credentials_say_what_to_do(stage: Stage, secrets: dict[str, str], said: str) -> None:
    stage.has(**secrets)
    with pytest.raises(ChannelRefusedError, match=said):
        stage.look()


@pytest.mark.parametrize(
    ("subreddits", "said"), [("no sub!", "is no subreddit"), ("closed", "does not show r/closed")]
)
def test_subreddits_that_are_none_or_closed_say_so_and_the_inbox_is_read(
    stage: Stage, subreddits: str, said: str
) -> None:
    stage.tells(subreddits=subreddits)
    stage.says("u/acme")
    assert stage.texts() == ["u/acme"]
    assert said in (stage.account.position or {})["notices"]["subreddits"]
    stage.tells(subreddits="parcels, banks")
    stage.look()
    assert (stage.account.position or {})["notices"] == {}


def test_the_trial_of_an_account_reads_and_writes_nothing(stage: Stage) -> None:
    stage.tells(subreddits="parcels, banks")
    found = stage.network.check(stage.account)
    assert [one.found for one in found] == [
        "as Acme", "it is empty", "to r/parcels+banks, which is silent",
    ]  # fmt: skip
    assert not stage.server.asked("POST /api/co")


def test_credentials_of_another_account_are_refused(stage: Stage) -> None:
    stage.server.fails(Told(200, {"name": "eve"}), "GET /api/v1/me")
    with pytest.raises(ChannelRefusedError, match="those of eve"):
        stage.network.check(stage.account)


def test_without_the_library_the_account_says_how_to_install_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "praw", None)
    with pytest.raises(ChannelRefusedError, match=r"pip install 'corral\[reddit\]'"):
        stage.network.check(stage.account)


def test_the_network_is_found_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("channels.networks.reddit")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "praw", None)
    monkeypatch.setitem(sys.modules, "prawcore", None)
    assert networks.found()["reddit"].name == "reddit"
