"""``corral channels dead-letters``: listed, taken again and dropped without a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from channels.conversations import Conversations
from channels.storage import dead_letters
from webapp.bootstrap import opened
from webapp.settings import Settings

Run = Callable[..., Result]


@pytest.fixture
def letters(data: Path) -> None:
    """Two calls that nobody understood."""
    with opened(Settings(data=data, database_url=None)) as installation:
        engine = installation.engine
        Conversations(engine).ensure_account("webhook", "shop")
        for id in ("msg_1", "msg_2"):
            letter = {"account_id": 1, "direction": "in", "external_id": id, "reply_id": None}
            letter |= {"body": b"{", "why": "The body is no JSON."}
            with engine.transaction() as uow:
                now = engine.clock.now()
                dead_letters.keep(uow.connection, uow.workspace_id, letter, now)


def test_they_are_listed_and_dropped(run: Run, letters: None) -> None:
    # when
    shown = run("channels", "dead-letters").output
    dropped = run("channels", "dead-letters", "--drop", "1", "--format", "json")

    # then
    assert "webhook/shop" in shown
    assert "The body is no JSON." in shown
    assert [one["id"] for one in json.loads(dropped.stdout)["dead_letters"]] == [2]


def test_what_is_not_understood_still_is_told(run: Run, letters: None) -> None:
    refused = run("channels", "dead-letters", "--again", "2")
    assert refused.exit_code == 2
    assert "The body is no JSON." in refused.stderr
