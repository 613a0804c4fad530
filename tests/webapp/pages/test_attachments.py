"""Files of conversations, to be saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Attachment, Author, Mention, Page
from engine import Engine

HOSTILE = Attachment("naïve \u2713.html", "text/html", b"<script>alert(1)</script>")


@pytest.fixture
def stored(engine: Engine) -> Engine:
    """An engine with a conversation whose mention brought a file."""
    account = Conversations(engine).ensure_account("email", "care@acme.example")
    author = Author("ana@home.example", "ana@home.example", "Ana")
    mention = Mention(
        "<1@home.example>", author, "See the file.", datetime(2026, 3, 1, 8, tzinfo=UTC), "t1",
        private=True, attachments=(HOSTILE,),
    )  # fmt: skip
    Intake(engine, channels={}).take(account, Page(mentions=(mention,)))
    return engine


def test_a_conversation_lists_its_files(browser: Any, stored: Engine) -> None:
    # given
    browser.log_in("ana")

    # when
    page = browser.get("/conversations/1").get_data(as_text=True)

    # then
    assert 'href="/attachments/1"' in page
    assert "naïve ✓.html" in page
    assert "<script>alert" not in page


def test_a_file_is_saved_and_never_shown(browser: Any, stored: Engine) -> None:
    # given
    browser.log_in("ana")

    # when
    saved = browser.get("/attachments/1")

    # then
    assert saved.data == HOSTILE.content
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert saved.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''na%C3%AFve%20%E2%9C%93.html" in saved.headers["Content-Disposition"]
    assert saved.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("login", "status"), [("dan", 403), ("mia", 200), ("oli", 200)])
def test_only_those_who_see_conversations_save_their_files(
    browser: Any, stored: Engine, login: str, status: int
) -> None:
    # given
    browser.log_in(login)

    # then
    assert browser.get("/attachments/1").status_code == status


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999999"])
def test_a_file_that_is_not_there_is_not_found(browser: Any, stored: Engine, number: str) -> None:
    # given
    browser.log_in("ana")

    # then
    assert browser.get(f"/attachments/{number}").status_code == 404


def test_a_stranger_is_asked_to_log_in(browser: Any, stored: Engine) -> None:
    assert browser.get("/attachments/1").status_code == 302
