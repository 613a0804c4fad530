"""Words in tables that are no texts: what stands there without quotes is a name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.cells import read_cell
from engine.bpmn.decisions.analysis.compiling import Compiler
from engine.bpmn.decisions.analysis.kinds import Kind, kind_of_input, kind_of_output
from engine.bpmn.decisions.analysis.literals import TEXT, literal
from engine.bpmn.decisions.analysis.texts import Occurrence
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH
from engine.bpmn.expressions.slips.spans import blanked, inside_not, parts

#: Words that are values only in small letters.
WORDS = ("true", "false", "null")
_BARE = re.compile(r"(?:!?=\s*)?(?P<word>[^\W\d]\w*)")
#: Names that are computed with, as in ``e-mail`` and ``n/a``; in a column of texts it is none.
_JOINED = re.compile(r"[^\W\d]\w*(?:\s*[-/]\s*\w+)+")


def kind_at(found: Occurrence) -> Kind:
    """Return what the values of the column are that a text stands in."""
    if isinstance(found.column, model.Input):
        return kind_of_input(found.column, found.scope)
    if isinstance(found.column, model.Output):
        return kind_of_output(found.column, found.scope)
    return Kind()


def bare_words(found: Occurrence) -> list[tuple[int, int]]:
    """Return where in a text of a table words stand that are a whole test or value each."""
    text = found.text.text
    if found.column is None or found.text.language is not None or len(text) > EXPRESSION_LENGTH:
        return []
    listed = found.kind == "tests" or found.listed
    if (read_cell(text) if listed else literal(text)) is not None:
        return []  # as most are
    bare = blanked(text)
    spans = parts(bare, *inside_not(bare)) if listed else parts(bare)
    if not listed and len(spans) > 1:
        return []
    return [*_among(bare, spans, found)]


def _among(
    bare: str, spans: Iterable[tuple[int, int]], found: Occurrence
) -> Iterator[tuple[int, int]]:
    for start, end in spans:
        word = _BARE.fullmatch(bare, start, end)
        if word is not None and literal(word["word"]) is None:
            yield word.span("word")
        elif _JOINED.fullmatch(bare, start, end) and kind_at(found).sort == TEXT:
            yield start, end


def names_in_use(texts: Iterable[Occurrence], compiler: Compiler) -> Set[str]:
    """Return the names that texts read where a word alone would be no text by mistake.

    The expression of an input is such a place, and so are comparisons: ``> limit``.
    """
    found: set[str] = set()
    for text in texts:
        if not bare_words(text):
            try:
                found |= compiler.reads(text)
            except ExpressionError:
                continue  # told by the rule for texts that do not compile
    return found
