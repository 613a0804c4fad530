"""The crash matrix of notes: none is told twice, no answer is lost."""

from __future__ import annotations

import pytest

from channels.model import ReplyStatus
from tests.networks.teams.conftest import Team

ONCE = [("ana", "Who knows him?")]


def is_told_once(team: Team) -> bool:
    return len(team.server.notes()) == 1 and team.told().status is ReplyStatus.SENT


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_the_call(team: Team, when: str) -> None:
    # given
    team.house.network.dies = when
    team.writes()
    with pytest.raises(KeyboardInterrupt):
        team.house.outbox.work()

    # when
    team.house.is_killed()
    team.house.lives(3)

    # then
    assert is_told_once(team)


@pytest.mark.parametrize(
    ("team", "fault"),
    [
        *(("slack", one) for one in ("late", "500 after", "gone before", "gone after", "429 bare")),
        *(("mattermost", one) for one in ("500 after", "cut", "garbled")),
    ],
    indirect=["team"],
)
def test_an_answer_of_the_network_that_is_late_or_lost(team: Team, fault: str) -> None:
    # given
    team.server.fails(fault, "POST")
    if fault == "late":
        team.house.engine.close()
        team.house.begin(silence=0.5)

    # when
    team.writes()
    team.house.lives(3)

    # then
    assert is_told_once(team)


def test_away_for_ten_minutes(team: Team) -> None:
    # given
    team.server.down()
    team.writes()
    team.house.lives(10)
    waiting = team.told().status

    # when
    team.server.up()
    team.house.lives(10)
    team.server.says("I do.", team.server.notes()[0])
    team.house.lives(2)

    # then
    assert waiting is ReplyStatus.RETRYABLE
    assert is_told_once(team)
    assert [text for _, text in team.shown()] == ["Who knows him?", "I do."]


@pytest.mark.parametrize("when", ["with a page", "after a page"])
def test_killed_while_answers_are_read(team: Team, when: str) -> None:
    # given: nobody told us of the answers
    team.writes()
    team.house.lives(1)
    for number in range(3):
        team.house.clock.passes(seconds=1)
        team.server.says(f"answer {number}", team.server.notes()[0])
    team.house.network.dies = when
    team.house.clock.passes(minutes=2)
    with pytest.raises(KeyboardInterrupt):
        team.house.poller.work()

    # when
    team.house.is_killed()
    team.house.lives(3)

    # then
    assert [text for _, text in team.shown()[1:]] == ["answer 0", "answer 1", "answer 2"]


def test_answered_while_nobody_knows_whether_the_note_arrived(team: Team) -> None:
    # given: it did, and somebody answers before we have found it
    team.server.fails("gone after", "POST")
    team.writes()
    team.house.outbox.work()
    team.server.says("I do.", team.server.notes()[0])

    # when
    team.house.clock.passes(minutes=1)
    team.house.poller.work()
    team.house.lives(3)

    # then
    assert is_told_once(team)
    assert [text for _, text in team.shown()] == ["Who knows him?", "I do."]
