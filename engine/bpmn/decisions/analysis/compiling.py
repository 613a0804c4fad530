"""Compiles the texts of decisions, each different one once, for the names it reads or its fault.

Simple cells and the plain part of FEEL need no sandbox. Names of several words change what a text
means, so where a text may hold a part of one, it is compiled with the names that it may mean.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set

from engine.bpmn.decisions.analysis.cells import read_cell
from engine.bpmn.decisions.analysis.literals import literal
from engine.bpmn.decisions.analysis.scopes import Scope
from engine.bpmn.decisions.analysis.spelling import Spelling
from engine.bpmn.decisions.analysis.texts import Occurrence
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression
from engine.bpmn.expressions.friendly.cells import parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.bpmn.expressions.friendly.parsing import parse
from engine.bpmn.expressions.protocol import Place
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH
from engine.bpmn.expressions.sandbox.syntax import Meant, Names, names_read
from engine.bpmn.problems import MOST

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_WORD = re.compile(r"\w+")
#: Tests that a word joins are a slip, which the plain part of FEEL takes for an expression.
_JOINED = re.compile(r"and\b|or\b")


class _Names:
    """Names that are known somewhere, found by their words."""

    def __init__(self, shape: Names) -> None:
        self._shape = shape
        words = {name: frozenset(_WORD.findall(name)) or frozenset({""}) for name in shape}
        often = Counter(word for each in words.values() for word in each)
        #: By the rarest word of each, as thousands may begin alike.
        self._by_word: dict[str, list[tuple[str, frozenset[str]]]] = {}
        for name, each in words.items():
            self._by_word.setdefault(min(each, key=often.__getitem__), []).append((name, each))
        #: First words of the names that are not one plain word, those inside of others too.
        self.odd = frozenset(map(_first_word, _odd_in(shape)))

    def within(self, words: Set[str]) -> Names:
        """Return those that a text with such words, ``""`` among them, may mean.

        Fewer names let more texts share what the sandbox reads them with.
        """
        return {
            name: self._shape[name]
            for word in words
            for name, each in self._by_word.get(word, ())
            if each <= words
        }


class Compiler:
    """Compiles the texts of one file."""

    def __init__(self, declared: Iterable[str]) -> None:
        """``declared`` are names of the model, which may be meant though they are not seen."""
        self._spelling = Spelling(declared)
        self._declared = _Names(dict.fromkeys(self._spelling.names, 0))
        self._plain: dict[tuple[object, ...], frozenset[str]] = {}
        self._found: dict[tuple[object, ...], frozenset[str] | ExpressionError] = {}
        self._faulty = 0
        #: By the identity of a scope, which is kept so that no other one gets it.
        self._scopes: dict[int, tuple[Scope, _Names]] = {}

    def reads(self, found: Occurrence) -> frozenset[str]:
        """Return the names that a text reads.

        Raises:
            ExpressionError: it does not compile.
        """
        text, seen = found.text, self._names_at(found.scope)
        words = {*_WORD.findall(text.text), ""}
        mixed = not (words.isdisjoint(seen.odd) and words.isdisjoint(self._declared.odd))
        same = (found.kind, found.listed, text.text, text.language)
        if not mixed and same in self._plain:
            return self._plain[same]
        plain = _plain(found) if not mixed and text.language is None else None
        if plain is not None:
            self._plain[same] = plain
            return plain
        names = {**self._declared.within(words), **seen.within(words)}
        return self._asked(found, (*same, id(found.scope)), names)

    @property
    def gave_up(self) -> bool:
        """Whether more texts are faulty than are told, so that no others are looked at."""
        return self._faulty > MOST

    def meant(self, name: str, scope: Scope) -> str | None:
        """Return the name that may be meant by one that nothing has; None where none is like it."""
        return self._spelling.meant(name, scope)

    def _asked(self, found: Occurrence, key: tuple[object, ...], names: Names) -> frozenset[str]:
        known = self._found.get(key)
        if known is None:
            if self.gave_up:
                return frozenset()
            try:
                known = _compiled(found, names, lambda name: self.meant(name, found.scope))
            except ExpressionError as error:
                known = error
                self._faulty += 1
            self._found[key] = known
        if isinstance(known, ExpressionError):
            raise known
        return known

    def _names_at(self, scope: Scope) -> _Names:
        known = self._scopes.get(id(scope))
        if known is None:
            known = self._scopes[id(scope)] = (scope, _Names(scope.shape))
        return known[1]


def _first_word(name: str) -> str:
    found = _WORD.search(name)
    return found[0] if found else ""


def _odd_in(names: Names) -> Iterable[str]:
    for name, inside in names.items():
        if _PLAIN_NAME.fullmatch(name) is None:
            yield name
        if isinstance(inside, Mapping):
            yield from _odd_in(inside)


def _compiled(found: Occurrence, names: Names, meant: Meant) -> frozenset[str]:
    text = found.text
    if text.language is not None:
        return compile_expression(
            text.text, element=text.element, line=text.line, language=text.language
        ).reads
    place = Place(_written(found), text.element, text.line)
    if len(place.text) > EXPRESSION_LENGTH:
        raise place.error(f"It has more than {EXPRESSION_LENGTH:,} characters.", "Make it shorter.")
    try:
        return names_read(place, found.kind, names, meant)
    except ExpressionError as error:
        # Brackets that were put around a list are not the writer's.
        column = error.column - found.listed if error.column else None
        raise Place(text.text, text.element, text.line).error(
            error.reason, error.cure, column=column
        ) from error


def _written(found: Occurrence) -> str:
    return f"[{found.text.text}]" if found.listed else found.text.text


def _plain(found: Occurrence) -> frozenset[str] | None:
    """Return the names that a text reads; None where the sandbox has to say."""
    text = _written(found)
    if len(text) > EXPRESSION_LENGTH:
        return None
    simple = read_cell(text) if found.kind == "tests" else literal(text)
    if simple is not None:
        return frozenset()
    if found.kind == "tests" and _JOINED.search(text):
        return None
    try:
        return parse_tests(text)[1] if found.kind == "tests" else parse(text)[1]
    except ElsewhereError:
        return None
