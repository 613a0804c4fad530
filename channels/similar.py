"""Which texts say nearly the same: complaints about one trouble, copied or told again.

A new text is compared with the few that share its rarest words, not with all: of the words of
each text the longest are its keys, and whoever shares two of them is looked at more closely. What
decides is how many words two texts have in common whatever their order (rapidfuzz), together with
their lengths: a short text whose words all occur in a long one is not the same complaint.
"""

from __future__ import annotations

import re
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from rapidfuzz import fuzz

#: Words in common, in percent of the words of both, and how much shorter the shorter one may be.
ALIKE, SHORTER = 86.0, 0.6
#: Texts of fewer words say too little: «it does not work» is no common trouble.
FEWEST = 4
#: Texts that are kept for comparison, the latest.
WINDOW = 500
#: Words by which a text is found, how many of them have to be shared, and how many texts that
#: share them are compared, those that share most first.
KEYS, SHARED, COMPARED = 6, 2, 8
#: Characters that are looked at.
LONGEST = 600

_NOISE = re.compile(r"https?://\S+|@[\w.@-]+|\d+")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Gist:
    """What of a text is compared."""

    text: str  #: its words in lower case, without addresses, handles and numbers
    words: int
    keys: tuple[str, ...]


@lru_cache(maxsize=2 * WINDOW)
def gist_of(text: str) -> Gist | None:
    """Return what is compared of a text; None when it is too short to say."""
    words = _WORD.findall(_NOISE.sub(" ", text[:LONGEST].lower()))
    if len(words) < FEWEST:
        return None
    distinct = sorted(set(words), key=lambda word: (-len(word), word))
    return Gist(" ".join(words), len(words), tuple(distinct[:KEYS]))


class Recent:
    """The latest texts of one workspace, to compare a new one with. Not for several threads."""

    def __init__(self) -> None:
        """Begin with none."""
        self._gists: OrderedDict[int, Gist] = OrderedDict()
        self._by_key: dict[str, list[int]] = {}

    def __len__(self) -> int:
        """Return how many texts are kept."""
        return len(self._gists)

    def __contains__(self, id: int) -> bool:
        """Tell whether the text of an id is kept."""
        return id in self._gists

    def add(self, id: int, gist: Gist) -> None:
        """Keep a text under an id that is new."""
        self._gists[id] = gist
        for key in gist.keys:
            self._by_key.setdefault(key, []).append(id)

    def trim(self) -> list[int]:
        """Drop the oldest texts, until no more than :data:`WINDOW` are kept; return their ids."""
        dropped = list(islice(self._gists, max(len(self._gists) - WINDOW, 0)))
        for id in dropped:
            self.forget(id)
        return dropped

    def forget(self, id: int) -> None:
        """Keep a text no longer; one that is not there is no error."""
        gist = self._gists.pop(id, None)
        for key in gist.keys if gist else ():
            left = [each for each in self._by_key[key] if each != id]
            if left:
                self._by_key[key] = left
            else:
                del self._by_key[key]

    def like(self, gist: Gist) -> int | None:
        """Return the id of the text most like this one, the oldest of several; None: none is."""
        shared: Counter[int] = Counter()
        for key in gist.keys:
            shared.update(self._by_key.get(key, ()))
        close = [id for id, count in shared.items() if count >= SHARED]
        close.sort(key=lambda id: (-shared[id], id))
        best, found = ALIKE, None
        for id in close[:COMPARED]:
            score = _likeness(gist, self._gists[id], best)
            if score > best or (found is None and score >= best):
                best, found = score, id
        return found


def nearest(text: str, others: Sequence[str]) -> int:
    """Return which of some texts, at least one, has most in common with ``text``, letter by letter.

    Of several it is the first.
    """
    return max(range(len(others)), key=lambda at: fuzz.ratio(text, others[at]))


def _likeness(one: Gist, other: Gist, least: float) -> float:
    """Return in percent how much two texts have in common; 0 when that is less than ``least``."""
    if min(one.words, other.words) < SHORTER * max(one.words, other.words):
        return 0.0
    return fuzz.token_set_ratio(one.text, other.text, score_cutoff=least)
