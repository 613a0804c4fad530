"""Names of a brand are found in any spelling, and never in the middle of other words."""

from __future__ import annotations

import pytest

from channels.phrases import first_words, letters_of, listed, names_one


@pytest.mark.parametrize(
    "text",
    [
        "ACME lost it",
        "the acme  bank",
        "(Acme)",
        "what a #acme",
        "\uff21\uff23\uff2d\uff25",
        "Acme's way",
        "急送便です",
    ],
)
def test_a_name_is_found(text: str) -> None:
    assert names_one(text, ["acme", "急送"])


@pytest.mark.parametrize("text", ["acmes", "pacme", "", "ac me"])
def test_a_part_of_another_word_is_no_name(text: str) -> None:
    assert not names_one(text, ["acme", "", "  "])


def test_names_are_listed_with_commas_or_lines_between_them() -> None:
    assert listed(" Acme,Acme  Bank ,\n#acme, Acme,,") == ("Acme", "Acme Bank", "#acme")
    assert listed(None) == ()


def test_what_servers_make_of_a_text_changes_no_letter_of_it() -> None:
    assert letters_of("Sorry —  we\u2019ll *look*!\n") == letters_of("sorry... we'll look")
    assert letters_of("?!  …") == letters_of("?! …") != letters_of("!!")


def test_a_text_is_called_by_its_first_words() -> None:
    assert first_words("We  look\ninto it", 20) == "We look into it"
    assert first_words("We look into it", 10) == "We look i…"
