"""Mentions that are changed or deleted at the source."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from channels.errors import ChannelUnavailableError
from tests.networks.mastodon.conftest import Stage
from tests.networks.mastodon_world import GOTOSOCIAL, MASTODON, PLEROMA, Make


def later(stage: Stage, looks: int = 1) -> tuple[list[str], list[str]]:
    """Look so often, a minute apart; return the texts of edits, and what is gone."""
    edits: list[str] = []
    gone: list[str] = []
    for _ in range(looks):
        stage.clock.passes(minutes=1)
        for page in stage.look():
            edits += [edit.text for edit in page.edits]
            gone += page.deletions
    return edits, gone


@pytest.mark.parametrize("make", [MASTODON, GOTOSOCIAL, PLEROMA], ids=lambda make: make.name)
def test_an_edit_and_a_deletion_are_seen_once(stage_on: Callable[..., Stage], make: Make) -> None:
    # given
    stage = stage_on(make)
    first, second = stage.says("angry"), stage.says("regret")
    stage.says("as it was")
    stage.look()

    # when
    stage.clock.passes(seconds=30)
    stage.world.edit(first, "@acme calm")
    stage.world.delete(second)

    # then
    assert later(stage, looks=2) == (["@acme calm"], [second])
    assert later(stage, looks=3) == ([], [])


def test_an_edit_has_the_moment_it_was_made(stage: Stage) -> None:
    id = stage.says("angry")
    stage.look()
    stage.clock.passes(seconds=10)
    made = stage.clock.now()
    stage.world.edit(id, "@acme calm")
    stage.clock.passes(minutes=5)
    (edit,) = [edit for page in stage.look() for edit in page.edits]
    assert (edit.external_id, edit.at) == (id, made)


def test_a_mention_that_was_changed_before_it_was_read_is_no_edit(stage: Stage) -> None:
    id = stage.says("angry")
    stage.world.edit(id, "@acme calm")
    assert [one.text for one in stage.mentions()] == ["@acme calm"]
    assert later(stage) == ([], [])


def test_a_hundred_mentions_take_turns(stage: Stage) -> None:
    # given
    ids = [stage.says(f"number {n}") for n in range(100)]
    stage.look()

    # when
    for id in ids:
        stage.world.delete(id)
    gone = later(stage, looks=25)[1]

    # then: five are made sure of at a look
    assert sorted(gone, key=int) == ids


def test_nothing_is_asked_more_than_once_a_minute(stage: Stage) -> None:
    stage.says("hello")
    stage.look()
    before = len(stage.server.calls)
    for _ in range(5):
        stage.clock.passes(seconds=10)
        stage.look()
    assert len(stage.server.calls) == before + 5


@pytest.mark.parametrize("kind", ["500", "no json"])
def test_a_server_in_trouble_has_deleted_nothing(stage: Stage, kind: str) -> None:
    # given
    stage.says("hello")
    stage.look()
    stage.server.fail(kind, path="/api/v1/statuses")

    # when
    stage.clock.passes(minutes=2)
    with pytest.raises(ChannelUnavailableError):
        stage.look()

    # then
    assert later(stage) == ([], [])


def test_a_proxy_that_knows_no_page_has_deleted_nothing(stage_on: Callable[..., Stage]) -> None:
    # given
    stage = stage_on(GOTOSOCIAL)
    id = stage.says("hello")
    stage.look()

    # when
    stage.clock.passes(minutes=2)
    stage.server.fail("status", path=f"/api/v1/statuses/{id}", code=404, told="no such page")

    # then
    assert later(stage, looks=2) == ([], [])
