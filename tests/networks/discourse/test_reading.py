"""What names us in a forum, answers us, or is written to us in private becomes a mention, once."""

from __future__ import annotations

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.model import Page
from tests.networks.discourse.conftest import Stage
from tests.networks.stand_in import Told


def own(pages: list[Page]) -> list[tuple[str, str]]:
    return [(one.text, one.thread) for page in pages for one in page.own_posts]


@pytest.mark.parametrize(
    "raw", ["the ACME bank lost it", "#acme again", "thanks @acme!",
            '[quote="acme, post:1, topic:5"]We care[/quote]\nreally?'],
)  # fmt: skip
def test_a_post_that_names_or_quotes_us_is_a_mention(stage: Stage, raw: str) -> None:
    stage.says("nothing of note", "eve")
    post = stage.says(raw)
    (page,) = [one for one in stage.look() if one.mentions]
    (mention,) = page.mentions
    assert mention.external_id == str(post.id)
    assert (mention.author.handle, mention.thread) == ("bob", f"{stage.topic.id}:bob")
    assert mention.url == f"{stage.forum.address}/t/where-is-my-parcel/500/2"


@pytest.mark.parametrize("raw", ['[quote="eve, post:1"]Acme Bank is great[/quote]\nno', "acmebank"])
def test_words_of_others_and_parts_of_words_are_no_mention(stage: Stage, raw: str) -> None:
    stage.says(raw)
    assert stage.texts() == []


def test_the_title_of_a_topic_names_us_for_its_first_post_alone(stage: Stage) -> None:
    topic = stage.forum.topic("Acme Bank lost my money")
    stage.says("What now?", topic=topic)
    stage.says("me too", "eve", topic)
    assert stage.texts() == ["Acme Bank lost my money\n\nWhat now?"]


def test_an_answer_to_us_and_whatever_its_author_writes_later_go_on_in_one_conversation(
    stage: Stage,
) -> None:
    # given
    first = stage.says("Acme Bank, hello?")
    ours = stage.says("What is it?", "acme", to=first)
    stage.look()

    # when
    stage.says("It is late.")
    stage.says("And mine!", "eve", to=ours)
    stage.says("Nobody asked you.", "zoe")
    found = [m for page in stage.look() for m in page.mentions]

    # then
    here = stage.topic.id
    assert [(m.text, m.thread) for m in found] == [
        ("It is late.", f"{here}:bob"),
        ("And mine!", f"{here}:eve"),
    ]


def test_answers_of_ours_that_were_given_in_the_forum_are_told(stage: Stage) -> None:
    post = stage.says("Acme Bank, hello?")
    second = stage.says("anybody?", "eve")
    stage.says("Yes.", "acme", to=post)
    stage.says("We are here.", "acme", to=second)
    here = stage.topic.id
    assert own(stage.look()) == [("Yes.", f"{here}:bob"), ("We are here.", f"{here}:eve")]


def test_what_the_forum_itself_writes_is_no_mention(stage: Stage) -> None:
    stage.says("@acme welcome to the forum", "system")
    assert stage.texts() == []


@pytest.mark.parametrize("old", [False, True])
def test_much_that_was_written_meanwhile_is_read_in_order(stage: Stage, old: bool) -> None:
    # given: most of it cannot be seen, as what is written in private
    stage.forum.old = old
    stage.says("Acme Bank 0")
    stage.look()
    for number in range(1, 400):
        hidden = number % 130 > 20
        stage.says(f"Acme Bank {number}", hidden_from_lists=hidden)

    # when
    texts = stage.texts()

    # then
    assert texts == [f"Acme Bank {n}" for n in range(1, 400) if n % 130 <= 20]
    assert stage.texts() == []


def test_a_post_that_appears_late_among_the_newest_is_read(stage: Stage) -> None:
    stage.says("hello", "eve")
    late = stage.says("Acme Bank is slow", hidden_from_lists=True)
    stage.says("Acme Bank again", "eve")
    assert stage.texts() == ["Acme Bank again"]
    late.hidden_from_lists = False
    assert stage.texts() == ["Acme Bank is slow"]


def test_more_than_is_read_back_is_told_as_a_gap_and_searched(stage: Stage) -> None:
    # given
    stage.says("hello")
    stage.look()
    missed = stage.says("Acme Bank, are you there?")
    for number in range(1_001):
        stage.says(f"so it goes {number}", "eve")

    # when
    pages = stage.look()

    # then
    (gap,) = [page.gap for page in pages if page.gap]
    assert gap.since < missed.at < gap.until
    stage.look()
    assert [m.external_id for m in stage.read] == [str(missed.id)]


def test_a_new_account_reads_a_day_back(stage: Stage) -> None:
    stage.says("Acme Bank long ago")
    stage.clock.passes(hours=30)
    stage.says("Acme Bank now")
    assert stage.texts() == ["Acme Bank now"]


def test_an_older_post_that_was_changed_to_name_us_is_found_by_the_search(stage: Stage) -> None:
    # given
    topic = stage.forum.topic("Parcels")
    post = stage.says("my parcel is late", topic=topic)
    stage.look()
    stage.forum.edits(post, "my parcel from Acme Bank is late")

    # when
    texts = stage.texts(seconds=20 * 60)

    # then
    assert texts == ["Parcels\n\nmy parcel from Acme Bank is late"]
    assert stage.texts(seconds=20 * 60) == []


def test_without_words_nothing_is_searched(stage: Stage) -> None:
    stage.tells(words="")
    stage.says("Acme Bank!")
    stage.says("@acme!")
    assert stage.texts() == ["@acme!"]
    assert not stage.forum.asked("/search.json")


def test_private_messages_are_private_mentions_of_one_conversation(stage: Stage) -> None:
    # given
    talk = stage.forum.topic("My account", members=("bob", "acme"))
    elsewhere = stage.forum.topic("Secret", members=("bob", "eve"))
    first = stage.says("It is locked.", topic=talk)
    stage.says("Acme Bank is bad", topic=elsewhere)
    stage.says("Let us see.", "acme", talk)
    stage.says("Hurry.", topic=talk)

    # when
    pages = stage.look()

    # then
    found = [m for page in pages for m in page.mentions]
    assert [(m.text, m.thread, m.in_reply_to) for m in found] == [
        ("My account\n\nIt is locked.", f"pm:{talk.id}", None),
        ("Hurry.", f"pm:{talk.id}", f"pm:{first.id}"),
    ]
    assert all(m.private for m in found)
    assert own(pages) == [("Let us see.", f"pm:{talk.id}")]


def test_private_messages_are_left_alone_where_the_account_says_so(stage: Stage) -> None:
    stage.tells(messages=False)
    stage.says("hello", topic=stage.forum.topic("Hi", members=("bob", "acme")))
    assert stage.texts() == []


def test_what_changes_slowly_is_not_asked_for_at_each_look(stage: Stage) -> None:
    for _ in range(4):
        stage.look(seconds=10)
    assert stage.forum.asked("GET /posts.json") == 4
    assert stage.forum.asked("/private-posts.json") == 2
    assert stage.forum.asked("/search.json") == 2  # once for each word


@pytest.mark.parametrize("unheard", ["", "/notifications.json", "/pending.json"])
def test_an_answer_that_has_waited_tells_what_waits_still_where_the_forum_does(
    stage: Stage, unheard: str
) -> None:
    # given
    post = stage.says("#acme")
    stage.look()
    stage.forum.moderated = True
    for number in range(2):
        stage.send(stage.reply(str(post.id), f"Sorry, {number}!", idempotency_key=f"key-{number}"))
    stage.forum.approve("We are.")
    if unheard:
        stage.forum.fails(Told(404, {"errors": ["Not found."]}), unheard)

    # when
    (answer,) = [one for page in stage.look() for one in page.own_posts]

    # then
    assert answer.text == "We are."
    assert answer.waiting == (None if unheard else {"queued:901"})


def test_what_a_forum_took_at_once_is_not_asked_about(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.send(stage.reply(str(post.id)))
    stage.look()
    assert stage.forum.asked("/notifications.json") == 0


def test_private_messages_that_are_refused_hold_nothing_else_up(stage: Stage) -> None:
    # given
    no = Told(403, {"errors": ["You are not permitted."], "error_type": "invalid_access"})
    stage.forum.fails(no, "/private-posts.json")
    stage.says("hello", "eve")
    stage.says("#acme")

    # when
    texts = stage.texts()
    notices = (stage.account.position or {})["notices"]
    stage.look()

    # then
    assert texts == ["#acme"]
    assert "does not show the private messages: You are not permitted." in notices["messages"]
    assert (stage.account.position or {})["notices"] == {}


def test_edits_and_deletions_of_mentions_are_noticed(stage: Stage) -> None:
    # given
    topic = stage.forum.topic("Acme Bank")
    posts = [stage.says("I am angry", topic=topic), stage.says("#acme two"), stage.says("#acme 3"),
             stage.says("#acme 4")]  # fmt: skip
    stage.look()

    # when
    stage.forum.edits(posts[0], "I am calm")
    posts[1].deleted = posts[2].emptied = True
    pages = stage.look()

    # then
    edits = [(one.external_id, one.text) for page in pages for one in page.edits]
    assert edits == [(str(posts[0].id), "Acme Bank\n\nI am calm")]
    gone = [id for page in pages for id in page.deletions]
    assert gone == [str(posts[1].id), str(posts[2].id)]
    assert [page for page in stage.look() if page.edits or page.deletions] == []


def test_a_proxy_that_is_out_of_order_deletes_nothing(stage: Stage) -> None:
    post = stage.says("#acme")
    stage.look()
    stage.forum.fails(Told(404, b"<html>not here</html>"), f"GET /posts/{post.id}.json")
    assert [page for page in stage.look() if page.deletions] == []


def test_a_post_that_cannot_be_read_holds_no_other_up(stage: Stage) -> None:
    post = stage.says("#acme one")
    listed = [{"id": 9, "topic_id": 500}, stage.forum.told(post, listed=True)]
    stage.forum.fails(Told(200, {"latest_posts": listed}), "/posts.json")
    (page,) = [one for one in stage.look() if one.mentions]
    assert [m.text for m in page.mentions] == ["Where is my parcel?\n\n#acme one"]
    assert [one.reason for one in page.skipped] == ["A post has no post_number."]


@pytest.mark.parametrize(("fault", "wait"), [("429", 90), ("429 bare", None), ("500 before", None)])
def test_a_forum_that_asks_to_wait_is_left_alone(
    stage: Stage, fault: str, wait: float | None
) -> None:
    stage.forum.fails(fault)
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.look()
    assert caught.value.retry_after == wait


def test_a_wrong_key_says_what_to_do(stage: Stage) -> None:
    stage.has(api_key="wrong")
    with pytest.raises(ChannelRefusedError, match="Make an API key for this member"):
        stage.look()
    with pytest.raises(ChannelRefusedError, match="Make an API key for this member"):
        stage.network.check(stage.account)


def test_the_trial_of_an_account_reads_and_writes_nothing(stage: Stage) -> None:
    stage.says("#acme")
    found = stage.network.check(stage.account)
    assert [(one.what, one.found) for one in found] == [
        ("log in", "as acme"), ("read posts", "1 of the newest"), ("words", "Acme Bank, #acme"),
        ("read private messages", "0 of the newest"),
    ]  # fmt: skip
    assert not stage.forum.asked("POST")


def test_an_account_with_the_name_of_another_member_is_refused(stage: Stage) -> None:
    stage.forum.fails(
        Told(200, {"current_user": {"username": "system"}}), "GET /session/current.json"
    )
    with pytest.raises(ChannelRefusedError, match="knows this key as system"):
        stage.network.check(stage.account)
