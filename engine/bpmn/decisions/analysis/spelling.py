"""Finds the name of a model that somebody meant who wrote another one."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable

#: How much a name has to be like another one, from 0 to 1.
_ALIKE = 0.8
#: Letters by which it may be longer or shorter.
_LETTERS = 3
#: Names that are looked for in one file, and how many others each is compared with at most.
_MOST, _COMPARED = 100, 300


class Spelling:
    """The names of the elements of a model."""

    def __init__(self, names: Iterable[str]) -> None:
        """``names`` may be meant anywhere, as somebody may have forgotten a requirement."""
        self.names = tuple(dict.fromkeys(names))
        self._left = _MOST

    def meant(self, name: str, seen: Iterable[str]) -> str | None:
        """Return the name most like ``name``, among those that are ``seen`` where it stands first.

        None where none is like it, and after very many questions.
        """
        self._left -= 1
        if self._left < 0:
            return None
        near = (
            other
            for other in itertools.chain(seen, self.names)
            if abs(len(other) - len(name)) <= _LETTERS
        )
        by_letters: dict[str, str] = {}
        for other in itertools.islice(near, _COMPARED):
            by_letters.setdefault(other.casefold(), other)
        found = difflib.get_close_matches(name.casefold(), by_letters, n=1, cutoff=_ALIKE)
        return by_letters[found[0]] if found else None
