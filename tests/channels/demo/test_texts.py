"""The sentences of the simulated customers are complete and well formed."""

import random
import string

import pytest

from channels.demo.texts import Opening, load
from channels.networks.demo import DemoNetwork

KNOWN = {"handle", "number", "days", "amount", "time", "city"}
EVERY_TEXT = [opening.text for opening in load().openings] + [
    text for moods in load().answers.values() for texts in moods.values() for text in texts
]


def test_there_is_enough_to_say() -> None:
    # given
    texts = load()

    # then
    assert len(texts.openings) >= 80
    assert len(EVERY_TEXT) - len(texts.openings) >= 40
    assert set(texts.industries()) == {"parcel", "energy", "bank", "telecom", "travel"}
    assert {opening.kind for opening in texts.openings} == {
        *("complaint", "question", "praise", "lead", "spam")
    }


def test_no_text_occurs_twice() -> None:
    assert len(set(EVERY_TEXT)) == len(EVERY_TEXT)


def test_several_languages_are_written_two_of_them_from_right_to_left() -> None:
    # when
    languages = {opening.language for opening in load().openings}

    # then
    assert len(languages) >= 10
    assert {"ar", "he"} <= languages


@pytest.mark.parametrize("text", EVERY_TEXT)
def test_every_text_addresses_the_account_and_fits_a_post(text: str) -> None:
    # given
    fields = {name for _, name, _, _ in string.Formatter().parse(text) if name}

    # when
    filled = load().fill(text, "acme_care", random.Random(1))

    # then
    assert fields <= KNOWN
    assert "{" not in filled
    assert len(filled) <= DemoNetwork.reply_limit


@pytest.mark.parametrize("opening", load().openings, ids=lambda opening: opening.text[:30])
def test_every_opening_has_people_who_write_its_language(opening: Opening) -> None:
    # then
    assert load().people[opening.language]
    assert "{handle}" in opening.text


@pytest.mark.parametrize("mood", ["angry", "content", "asking", "impatient", "viral", "joining"])
def test_every_mood_can_be_expressed_at_least_in_english(mood: str) -> None:
    assert load().in_mood(mood, "xx") == load().in_mood(mood, "en")
