"""Long answers in parts: each fits, nothing is lost, and people can read them."""

from __future__ import annotations

import re
from collections.abc import Callable

import grapheme
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.splitting import MOST_PARTS, split

ANSWER = (
    "Thank you for writing, Maya. We looked into it with the depot, and your parcel is held at "
    "customs since Tuesday. Dr. Smith of our team called them this morning! They will let it go "
    "today. If it is not with you by Friday, answer here and we send a new one at no cost."
)
MARK = re.compile(r" \((\d+)/(\d+)\)\Z")


def people_see(text: str) -> int:
    return sum(1 for _ in grapheme.graphemes(text))


def weighted(text: str) -> int:
    """Every address counts 23, as X has it, and signs of other scripts count twice."""
    plain = re.sub(r"https?://\S+", "x" * 23, text)
    return sum(1 if ord(sign) < 4352 else 2 for sign in plain)


def told(parts: list[str]) -> list[str]:
    return [MARK.sub("", part) for part in parts]


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert split("Sorry about that!", 280, len) == ["Sorry about that!"]


def test_parts_are_numbered_end_with_sentences_and_fit() -> None:
    # when
    parts = split(ANSWER, 120, len)

    # then
    assert [MARK.search(part).groups() for part in parts] == [  # type: ignore[union-attr]
        (str(number), str(len(parts))) for number in range(1, len(parts) + 1)
    ]
    assert all(len(part) <= 120 for part in parts)
    assert all(part.endswith((".", "!")) for part in told(parts))
    assert " ".join(told(parts)) == ANSWER


def test_a_title_does_not_end_a_sentence() -> None:
    parts = told(
        split("Please ask for the good old Dr. Smith when you come. Thank you a lot!", 50, len)
    )
    assert not any(part.endswith("Dr.") for part in parts)


def test_an_address_is_never_cut_though_it_counts_less_than_it_has_letters() -> None:
    # given
    link = "https://northwind.example/" + "claims/" * 12
    text = f"{'We are so sorry. ' * 12}All about it is at {link} and it takes a minute."

    # when
    parts = split(text, 140, weighted)

    # then
    assert sum(link in part for part in parts) == 1
    assert all(weighted(part) <= 140 for part in parts)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("あ" * 50 + "。" + "い" * 200, 100),
        ("x" * 500, 100),
        ("👩‍👩‍👧‍👦" * 30, 20),
        ("نحن آسفون جدا. " * 30, 90),
        ("Paragraph one.\n\nParagraph two is longer.\n\nThree." * 6, 80),
    ],
    ids=["japanese", "one word", "families", "arabic", "paragraphs"],
)
def test_scripts_without_spaces_and_giant_words_are_cut_between_characters(
    text: str, limit: int
) -> None:
    # when
    parts = split(text, limit, people_see)

    # then
    assert all(people_see(part) <= limit for part in parts)
    assert "".join("".join(told(parts)).split()) == "".join(text.split())


def test_more_parts_than_anybody_reads_are_none() -> None:
    assert split("word " * 2_000, 50, len) == []
    assert len(split("word " * 200, 50, len)) <= MOST_PARTS


def test_a_limit_in_which_not_even_the_number_fits_gives_none() -> None:
    assert split("one two three", 5, len) == []


@given(
    text=st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=600),
    limit=st.integers(30, 120),
    measure=st.sampled_from([len, people_see, weighted]),
)
def test_whatever_is_said_each_part_fits_and_no_word_is_lost(
    text: str, limit: int, measure: Callable[[str], int]
) -> None:
    # when
    parts = split(text, limit, measure)

    # then
    assert all(measure(part) <= limit for part in parts)
    assert len(parts) <= MOST_PARTS
    if len(parts) > 1:
        assert "".join("".join(told(parts)).split()) == "".join(text.split())
