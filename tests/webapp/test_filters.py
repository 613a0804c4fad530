"""How moments, people and states are written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp import filters

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (-20, "just now"),
        (20, "in under a minute"),
        (60, "in 1 min"),
        (-150, "3 min ago"),
        (89 * 60, "in 89 min"),
        (-2 * 3600, "2 h ago"),
        (35 * 3600, "in 35 h"),
        (-36 * 3600, "2 days ago"),
        (9 * 86400, "in 9 days"),
    ],
)
def test_a_distance_is_told_in_the_largest_unit_that_helps(seconds: int, text: str) -> None:
    assert filters.distance(NOON + timedelta(seconds=seconds), NOON) == text


@pytest.mark.parametrize(
    ("minutes", "text", "state"),
    [(120, "in 2 h", "calm"), (60, "in 60 min", "soon"), (-5, "5 min late", "late")],
)
def test_a_due_date_is_calm_soon_or_late(minutes: int, text: str, state: str) -> None:
    # given
    due = NOON + timedelta(minutes=minutes)

    # then
    assert filters.lateness(due, NOON) == text
    assert filters.urgency(due, NOON) == state


def test_what_has_no_due_date_is_calm() -> None:
    assert filters.urgency(None, NOON) == "calm"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Ruiz", "AR"), ("mia", "M"), ("🦄 Sparkle", "S"), ("محمد العلي", "ما"), ("🦄", "🦄")],
)
def test_initials_are_letters_where_there_are_any(name: str, letters: str) -> None:
    assert filters.initials(name) == letters


def test_an_id_reads_as_words_whichever_way_it_was_written() -> None:
    assert filters.words("answer_complaint") == "Answer complaint"
    assert filters.words("answerComplaint") == "Answer complaint"


def test_a_sentiment_is_a_word_and_a_sign() -> None:
    assert filters.mood(-0.8) == ("mood-sad", "angry")
    assert filters.mood(0.0) == ("mood-neutral", "neutral")
    assert filters.mood(None) == ("mood-neutral", "not measured")


def test_values_read_as_people_write_them() -> None:
    assert filters.value_text(None) == "none"
    assert filters.value_text(True) == "yes"
    assert filters.value_text({"a": 1}) == '{"a": 1}'
    assert filters.thousands(12_400) == "12.4 k"


@pytest.mark.parametrize(
    ("handle", "channel", "written"),
    [
        ("maya", "x", "@maya"),
        ("+49301234567", "phone", "+49301234567"),
        ("complaints", "form", "complaints"),
        ("maya@example.test", "email", "maya@example.test"),
        ("maya@mastodon.example", "mastodon", "maya@mastodon.example"),
    ],
)
def test_a_handle_is_written_as_people_of_its_network_write_it(
    handle: str, channel: str, written: str
) -> None:
    assert filters.addressed(handle, channel) == written
