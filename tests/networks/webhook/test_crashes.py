"""The crash matrix of the webhook: whatever dies and whenever, nothing is told or taken as two."""

from __future__ import annotations

import pytest

from channels.model import ReplyStatus
from engine import Engine
from tests.channels.conftest import lapse
from tests.networks.webhook.house import House, created


def told_once(house: House) -> bool:
    """Tell whether the receiver has the reply once, and the reply knows it."""
    reply = house.conversations.reply(1)
    return reply.status is ReplyStatus.SENT and list(house.server.taken) == [reply.external_id]


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_call(mortal: House, when: str) -> None:
    # given
    mortal.network.dies = when
    mortal.answers()
    with pytest.raises(KeyboardInterrupt):
        mortal.outbox.work()

    # when
    mortal.is_killed()
    mortal.lives(3)

    # then: it was told again where nobody knew, under the same id
    assert told_once(mortal)
    assert set(mortal.server.ids()) == {mortal.conversations.reply(1).external_id}


def test_killed_after_the_call_and_not_begun_again_for_hours(mortal: House) -> None:
    # given
    mortal.network.dies = "after"
    mortal.answers()
    with pytest.raises(KeyboardInterrupt):
        mortal.outbox.work()

    # when
    mortal.clock.passes(hours=5)
    mortal.is_killed()
    mortal.lives(3)

    # then
    assert told_once(mortal)


def test_away_for_ten_minutes_while_a_reply_waits(mortal: House) -> None:
    # given
    mortal.server.down()
    mortal.answers()
    mortal.lives(10)
    waiting = mortal.conversations.reply(1).status

    # when
    mortal.server.up()
    mortal.clock.passes(minutes=30)
    mortal.lives(1)

    # then
    assert waiting is ReplyStatus.RETRYABLE
    assert told_once(mortal)


def test_killed_while_a_reply_waits_for_its_next_attempt(mortal: House) -> None:
    # given
    mortal.server.fails("gone after")
    mortal.answers()
    mortal.outbox.work()

    # when
    mortal.is_killed()
    mortal.lives(1)

    # then
    assert told_once(mortal)


def test_the_database_is_away_right_after_the_call(
    mortal: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    with monkeypatch.context() as away:
        away.setattr("channels.verdicts.replies.change_all", _fails)
        mortal.answers()
        with pytest.raises(OSError, match="away"):
            mortal.outbox.work()

    # when: the same process goes on
    mortal.clock.passes(minutes=10)
    mortal.outbox.begin()
    lapse(mortal.engine)
    mortal.lives(1)

    # then: it knows that the receiver took it
    assert told_once(mortal)
    assert len(mortal.server.heard) == 1


def test_killed_before_a_call_is_committed(mortal: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    def killed(_engine: Engine, *_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as at_work:
        at_work.setattr(Engine, "correlate_all", killed)
        with pytest.raises(KeyboardInterrupt):
            mortal.hears(created("m-2", "Hello?"), "msg_2")

    # when: nobody answered, so the caller comes again
    mortal.is_killed()
    for _ in range(2):
        mortal.hears(created("m-2", "Hello?"), "msg_2")

    # then
    assert mortal.posts(2) == ["Hello?"]
    assert len(mortal.engine.instances()) == 2


def _fails(*_: object) -> None:
    raise OSError("away")
