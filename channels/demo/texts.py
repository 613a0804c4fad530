"""The sentences the simulated customers use, written for Corral and kept in ``texts.json``.

Every text may hold the placeholders ``{handle}`` (our account), ``{number}``, ``{days}``,
``{amount}``, ``{time}`` and ``{city}``. Braces are not used for anything else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random

#: Used where a mood has no sentence in somebody's language.
FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Opening:
    """The first post of a conversation."""

    industry: str  #: ``any`` fits every industry
    kind: str  #: ``complaint``, ``question``, ``praise``, ``lead`` or ``spam``
    language: str  #: ISO 639-1
    text: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes."""

    name: str
    handle: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything in ``texts.json``."""

    openings: tuple[Opening, ...]
    #: By mood, then by language.
    answers: Mapping[str, Mapping[str, tuple[str, ...]]]
    #: Lower-case parts of replies that ask for patience; nobody answers those.
    holding: tuple[str, ...]
    people: Mapping[str, tuple[Person, ...]]  #: by language
    cities: tuple[str, ...]

    def industries(self) -> tuple[str, ...]:
        """Return the industries one can ask for, in the order of the file."""
        return tuple(dict.fromkeys(o.industry for o in self.openings if o.industry != "any"))

    def about(self, industry: str | None) -> tuple[Opening, ...]:
        """Return the openings that fit ``industry``; all of them for None."""
        return tuple(o for o in self.openings if industry in (None, o.industry) or _fits_all(o))

    def in_mood(self, mood: str, language: str) -> tuple[str, ...]:
        """Return what people say in ``mood``, in their language where there is something."""
        by_language = self.answers[mood]
        return by_language.get(language) or by_language[FALLBACK]

    def fill(self, text: str, handle: str, rng: Random) -> str:
        """Return ``text`` with its placeholders filled: the same for the same ``rng``."""
        return text.format(
            handle=handle,
            number=f"{rng.choice('ABKRTX')}{rng.randrange(10_000, 99_999)}",
            days=rng.randrange(3, 9),
            amount=f"{rng.choice('€$£')}{rng.randrange(19, 480)}",
            time=f"{rng.randrange(5, 23)}:{rng.choice(('00', '15', '30', '40'))}",
            city=rng.choice(self.cities),
        )


@cache
def load() -> Texts:
    """Return the texts that ship with Corral, read once."""
    source = resources.files(__package__).joinpath("texts.json")
    data = json.loads(source.read_text(encoding="utf-8"))
    return Texts(
        openings=tuple(Opening(**opening) for opening in data["openings"]),
        answers={mood: _by_language(rows) for mood, rows in data["answers"].items()},
        holding=tuple(data["holding"]),
        people={
            language: tuple(Person(**person) for person in people)
            for language, people in data["people"].items()
        },
        cities=tuple(data["cities"]),
    )


def _by_language(rows: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["language"], []).append(row["text"])
    return {language: tuple(texts) for language, texts in found.items()}


def _fits_all(opening: Opening) -> bool:
    return opening.industry == "any"
