"""What a text lets us guess before a person has read it: mood, language, topics.

These are hints for triage, never the sole ground of a decision: sarcasm reads as praise, and a
topic is nothing but a word that occurs. :class:`OfflineSignals` asks no network. It uses VADER
for English sentiment, word lists for some other languages (VADER knows English alone and reads
the German article ``die`` as a death), and ``py3langid`` for the language. The word lists are
data, in ``signals_words.json``.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any, Protocol

#: Languages that are told apart. A short text among 97 candidates is a lottery; among those our
#: customers are known to write, it is right often enough to choose a queue by.
LANGUAGES = (
    *("en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "fi", "pl", "cs", "tr", "ru", "uk"),
    *("el", "ar", "he", "fa", "ur", "hi", "id", "vi", "th", "ja", "zh", "ko"),
)
#: Below this probability the language counts as not recognised.
SURE = 0.55
#: Characters that are looked at. Longer texts repeat themselves; this bounds the time of one.
LONGEST = 2_000

_NOISE = re.compile(r"https?://\S+|[@#]\w+|&\w+;")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one text shows."""

    sentiment: float  #: -1 (bad) to 1 (good); 0 when nothing speaks for either
    language: str  #: ISO 639-1
    topics: tuple[str, ...]  #: in the order of the alphabet
    pressing: bool = False  #: says itself that it cannot wait

    def payload(self) -> dict[str, Any]:
        """Return the reading as variables of a process."""
        return {
            "sentiment": self.sentiment,
            "language": self.language,
            "topics": list(self.topics),
        }


class Signals(Protocol):
    """Reads texts. Anything with this one method can replace :class:`OfflineSignals`."""

    def read(self, text: str) -> Reading:
        """Return what ``text`` shows. Never raises for what a person may write."""
        ...


class OfflineSignals:
    """Reads texts on this machine, in well under a millisecond each.

    The models are loaded at the first text (about one second), once for each object; make one
    and keep it. Several threads may read at the same time.
    """

    def __init__(self, *, fallback: str = "en") -> None:
        """Take ``fallback`` for the language of texts that are too short to tell."""
        self._fallback = fallback
        self._loading = threading.RLock()

    def read(self, text: str) -> Reading:
        """Return what ``text`` shows; see :class:`Signals`."""
        with self._loading:
            models = self._models
        plain = _NOISE.sub(" ", text[:LONGEST])
        language = models.language(plain) or self._fallback
        return Reading(
            models.sentiment(plain, language),
            language,
            models.topics(plain),
            models.pressing(plain),
        )

    @cached_property
    def _models(self) -> _Models:
        source = resources.files("channels").joinpath("signals_words.json")
        return _Models(json.loads(source.read_text(encoding="utf-8")))


class _Models:
    """The loaded word lists and models; read only once made, so that threads may share it."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._topics = {name: _pattern(phrases) for name, phrases in words["topics"].items()}
        self._pressing = _pattern(words["pressing"])
        # Loaded with the models: they bring NumPy, and every command starts with this module.
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

        english = SentimentIntensityAnalyzer()
        english.lexicon.update(words["sentiment"]["en"])
        self._english = english
        self._foreign = {
            language: _Lexicon(values, words["negations"].get(language, ()))
            for language, values in words["sentiment"].items()
            if language != "en"
        }
        self._identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._identifier.set_languages(LANGUAGES)

    def topics(self, text: str) -> tuple[str, ...]:
        # People type the typographic apostrophe on telephones; the lists hold the plain one.
        plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").lower()
        return tuple(sorted(t for t, pattern in self._topics.items() if pattern.search(plain)))

    def pressing(self, text: str) -> bool:
        return self._pressing.search(text.lower()) is not None

    def language(self, text: str) -> str | None:
        if not _WORD.search(text):
            return None
        language, probability = self._identifier.classify(text)
        if probability >= SURE:
            return str(language)
        # «Danke!» is too short for letter statistics, but no other list holds it.
        known = [name for name, lexicon in self._foreign.items() if lexicon.knows(text)]
        return known[0] if len(known) == 1 else None

    def sentiment(self, text: str, language: str) -> float:
        lexicon = self._foreign.get(language)
        if lexicon is not None:
            text = lexicon.as_english(text)
        elif language != "en":
            text = _emoji_alone(text)
        return float(self._english.polarity_scores(text)["compound"])


class _Lexicon:
    """The words of one language that carry a mood, and those that turn it round."""

    #: English stand-ins by strength. VADER adds its own grammar (emphasis, exclamation marks,
    #: emoji) to them, so that a score means the same in every language.
    _STAND_INS = ((-2.4, "horrible"), (-1.6, "bad"), (-0.4, "problem"), (0.4, "fine"))
    _STRONGEST = ((1.4, "good"), (2.4, "excellent"))

    def __init__(self, values: Mapping[str, float], negations: Iterable[str]) -> None:
        self._words = {word: self._stand_in(value) for word, value in values.items()}
        self._words |= dict.fromkeys(negations, "not")
        self._moods = frozenset(values)

    def knows(self, text: str) -> bool:
        """Say whether a word of this language's list occurs."""
        return any(word in self._moods for word in _WORD.findall(text.lower()))

    def as_english(self, text: str) -> str:
        """Replace every word by its stand-in, or by one that means nothing; keep the rest."""

        def replace(match: re.Match[str]) -> str:
            word = match.group()
            stand_in = self._words.get(word.lower(), "word")
            return stand_in.upper() if len(word) > 3 and word.isupper() else stand_in

        return _WORD.sub(replace, text)

    @classmethod
    def _stand_in(cls, value: float) -> str:
        if value <= 0:
            return next((word for limit, word in cls._STAND_INS[:3] if value <= limit), "word")
        return next((word for limit, word in reversed(cls._STRONGEST) if value >= limit), "fine")


def _emoji_alone(text: str) -> str:
    """Return what is left of a text without its words: emoji and punctuation."""
    return _WORD.sub("word", text)


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of ``phrases`` between word borders; ``*`` ends a beginning."""
    words, signs = [], []
    for phrase in phrases:
        if not _WORD.search(phrase) or _unspaced(phrase):
            signs.append(re.escape(phrase.rstrip("*")))  # a sign, or a script without spaces
        elif phrase.endswith("*"):
            words.append(re.escape(phrase[:-1]))
        else:
            words.append(rf"{re.escape(phrase)}\b")
    # The border stands before the group, not in it: looked for once a place, not once a phrase,
    # which is ten times faster.
    return re.compile("|".join([rf"\b(?:{'|'.join(words)})", *signs]))


def _unspaced(phrase: str) -> bool:
    """Say whether a phrase is written in Chinese or Japanese script."""
    return any("\u3040" <= letter <= "\u9fff" for letter in phrase)
