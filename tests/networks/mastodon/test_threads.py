"""Which conversation a post belongs to."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from channels.errors import ChannelUnavailableError
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon_world import GOTOSOCIAL


def threads(stage: Stage) -> list[str]:
    return [mention.thread for mention in stage.mentions()]


def test_a_post_that_answers_nothing_begins_a_conversation(stage: Stage) -> None:
    first, second = stage.says("one"), stage.says("two")
    assert threads(stage) == [first, second]


def test_an_answer_to_our_answer_goes_on_with_the_conversation(
    stage_on: Callable[..., Stage],
) -> None:
    # given
    stage = stage_on(GOTOSOCIAL)
    first = stage.says("where is it?")
    assert threads(stage) == [first]
    ours = stage.network.send(stage.account, stage.reply(in_reply_to=first))

    # when
    before = stage.server.heard("GET", "/api/v1/statuses")
    stage.says("thanks", to=ours)

    # then
    assert threads(stage) == [first]
    assert stage.server.heard("GET", "/api/v1/statuses") == before


def test_another_process_asks_the_server_once(stage: Stage) -> None:
    # given
    first = stage.says("where is it?")
    ours = stage.network.send(stage.account, stage.reply(in_reply_to=first))
    stage.mentions()
    stage.restarted()

    # when
    second = stage.says("hello?", to=ours)
    stage.says("hello??", to=second)

    # then
    assert threads(stage) == [first, first]
    assert stage.server.heard("GET", f"/api/v1/statuses/{second}/context") == 1


def test_those_who_answer_an_announcement_of_ours_have_a_conversation_each(stage: Stage) -> None:
    # given
    news = stage.world.post("acme", "We have moved")
    more = stage.world.post("acme", "... to the sea", to=news)

    # when
    bob = stage.says("where to?", "bob@other.example", to=news)
    carol = stage.says("why?", "carol@third.example", to=more)
    again = stage.says("and when?", "bob@other.example", to=bob)

    # then
    assert threads(stage) == [bob, carol, bob]
    assert again not in threads(stage)


def test_a_mention_below_the_post_of_somebody_else_belongs_to_that(stage: Stage) -> None:
    # given
    root = stage.world.post("press@news.example", "Parcels are late")
    below = stage.world.post("dan@other.example", "As ever", to=root)

    # when
    stage.says("say something", to=below)

    # then
    assert threads(stage) == [root]


def test_answers_to_a_post_the_server_never_saw_stay_together(stage: Stage) -> None:
    stage.says("one", to="unseen-1")
    stage.says("two", to="unseen-1")
    assert threads(stage) == ["unseen-1", "unseen-1"]


def test_posts_that_answer_each_other_in_a_ring_end_somewhere(stage: Stage) -> None:
    first = stage.says("one")
    second = stage.says("two", to=first)
    ring = [stage.world.statuses[first], stage.world.statuses[second]]
    stage.world.give_context = lambda _asked, _id: (200, {"ancestors": ring})  # type: ignore[method-assign]
    stage.world.statuses[first]["in_reply_to_id"] = second
    assert len(set(threads(stage))) == 1


def test_what_was_understood_before_the_server_failed_is_kept(stage: Stage) -> None:
    # given
    stage.says("first of all")
    stage.look()
    stage.read.clear()
    first = stage.says("one")
    second = stage.says("two", to=stage.world.post("dan@other.example", "hm"))
    stage.server.fail("429", path=f"/api/v1/statuses/{second}/context")

    # when
    with pytest.raises(ChannelUnavailableError, match="less often"):
        stage.look()

    # then
    assert [one.external_id for one in stage.read] == [first]
    assert [one.external_id for one in stage.mentions()] == [second]


def test_a_thread_the_server_always_fails_at_keeps_nothing_out(stage: Stage) -> None:
    # given
    stage.says("first of all")
    stage.look()
    above = stage.world.post("dan@other.example", "hm")
    broken = stage.says("one", to=above)
    after = stage.says("two")
    stage.server.fail("500", path=f"/api/v1/statuses/{broken}/context", times=100)

    # when
    for _ in range(2):
        with pytest.raises(ChannelUnavailableError):
            stage.look()

    # then
    assert [(one.external_id, one.thread) for one in stage.mentions()] == [
        (broken, above), (after, after),
    ]  # fmt: skip


# ---- answers given elsewhere


def test_an_answer_given_elsewhere_is_shown_in_its_conversation(stage: Stage) -> None:
    # given
    mention = stage.says("where is it?")
    stage.look()
    stage.clock.passes(minutes=2)
    elsewhere = stage.world.post("acme", "@bob On its way", to=mention)
    stage.world.post("acme", "Good morning, all!")

    # when
    own = [post for page in stage.look() for post in page.own_posts]

    # then
    (post,) = own
    assert (post.external_id, post.thread, post.text) == (elsewhere, mention, "@bob On its way")
    assert post.author == "acme@social.example"
    stage.clock.passes(minutes=2)
    assert [post for page in stage.look() for post in page.own_posts] == []


def test_answers_given_before_the_first_look_are_shown_too(stage: Stage) -> None:
    mention = stage.says("where is it?")
    stage.world.post("acme", "@bob On its way", to=mention)
    assert [post.in_reply_to for page in stage.look() for post in page.own_posts] == [mention]


def test_our_own_posts_are_never_mentions(stage: Stage) -> None:
    stage.world.notify("mention", stage.world.post("acme", "@acme to ourselves"))
    assert stage.mentions() == []


def test_mentions_do_not_wait_until_the_rest_goes_well(stage: Stage) -> None:
    # given
    stage.look()
    wanted = stage.says("hello")
    stage.clock.passes(days=2)
    stage.server.fail("500", path="/api/v1/accounts/100/statuses")
    stage.server.fail("500", path="/api/v2/instance")

    # when
    with pytest.raises(ChannelUnavailableError):
        stage.look()

    # then
    assert [one.external_id for one in stage.read] == [wanted]
    assert stage.look()[-1].position["tended_at"] == stage.clock.now().isoformat()  # type: ignore[index]
