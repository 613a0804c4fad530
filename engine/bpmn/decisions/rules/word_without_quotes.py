"""A word in a table is read as a variable, and is probably meant as a text.

A text stands in double quotes: `"gold"`. A word without them is the name of a variable, which is
null if nothing has that name, so a cell never fits and an output stays empty. Names that the
model has, or that another text of it reads, are left alone; a variable of the process that is only
named in a cell is better declared as input data. `true`, `false` and `null` are written in small
letters; other spellings of them are refused.

Source: DMN 1.5, 10.3.1.2 (names and literals).
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from engine.bpmn.decisions import model
from engine.bpmn.decisions.analysis.compiling import Compiler
from engine.bpmn.decisions.analysis.examined import Examined, spot_of
from engine.bpmn.decisions.analysis.kinds import OTHER
from engine.bpmn.decisions.analysis.literals import BOOLEAN, DAYS, MONTHS, TEXT, literal
from engine.bpmn.decisions.analysis.texts import Occurrence
from engine.bpmn.decisions.analysis.unquoted import WORDS, bare_words, kind_at, names_in_use
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.slips.spans import shortly
from engine.bpmn.problems import Findings
from engine.definitions import Severity

_SIGN = re.compile(r"[-/]")


def check(file: Examined, findings: Findings) -> None:
    """Find words that nothing has for a name; all of a text at once."""
    texts = [found for _, found in file.texts if found.text.language is None]
    elements = {node.name for node in file.linked.plan.elements.values()}
    known = elements | names_in_use(texts, file.compiler)
    for found in texts:
        try:
            reads = file.compiler.reads(found)
        except ExpressionError:
            continue  # told by the rule for texts that do not compile
        _check_values(found, reads - elements, findings)
        names = {found.column.variable} if isinstance(found.column, model.Input) else set()
        spans = _unknown(found, known | names)
        if spans and kind_at(found).sort != OTHER:
            _tell_words(found, spans, file.compiler, findings)


def _check_values(found: Occurrence, reads: frozenset[str], findings: Findings) -> None:
    for name in sorted(reads - set(found.scope)):
        if name.lower() in WORDS:
            message, cure = f"{name} is read as a variable.", f"Write {name.lower()}."
            _tell(found, Severity.ERROR, message, cure, findings)


def _unknown(found: Occurrence, known: Set[str]) -> list[tuple[int, int]]:
    """Return where the words stand that are no names."""
    text = found.text.text
    return [
        (start, end)
        for start, end in bare_words(found)
        if text[start:end].lower() not in WORDS
        and not any(
            part.strip() in known or part.strip() in found.scope
            for part in _SIGN.split(text[start:end])
        )
    ]


def _tell_words(
    found: Occurrence, spans: Sequence[tuple[int, int]], compiler: Compiler, findings: Findings
) -> None:
    words = list(dict.fromkeys(found.text.text[start:end] for start, end in spans))
    if len(words) > 1:
        message = f"{', '.join(words[:-1])} and {words[-1]} are read as variables."
    else:
        what = "arithmetic" if _SIGN.search(words[0]) else "a variable"
        message = f"{words[0]} is read as {what}."
    near = compiler.meant(words[0], found.scope) if len(words) == 1 else None
    cure = f"Did you mean '{near}'? " if near is not None else ""
    cure += _cure(found, spans, words)
    _tell(found, Severity.WARNING, message, cure, findings)


def _tell(
    found: Occurrence, severity: Severity, message: str, cure: str, findings: Findings
) -> None:
    where = f"{found.at}: " if found.at else ""
    problem = spot_of(found.text).problem(findings.rule, severity, f"{where}{message}", cure)
    findings.add(problem)


def _cure(found: Occurrence, spans: Sequence[tuple[int, int]], words: Sequence[str]) -> str:
    kind, one = kind_at(found), len(words) == 1
    it = "it is a" if one else "they are"
    meant = f"If {it} variable{'' if one else 's'}, declare input data."
    if kind.sort not in (None, TEXT):
        return f"Write {_example(kind.sort, kind.name, words[0])}. {meant}"
    quoted = shortly(_with_quotes(found.text.text, spans), "each")
    return f"Write {quoted} in double quotes if {it} text{'' if one else 's'}. {meant}"


def _with_quotes(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in reversed(spans):
        text = f'{text[:start]}"{text[start:end]}"{text[end:]}'
    return text


def _example(sort: str | None, name: str, word: str) -> str:
    """Return what the values of a type look like."""
    called = f'duration("{word}")'
    if sort in (DAYS, MONTHS) and literal(called) is not None:
        return called
    return "true or false" if sort == BOOLEAN else f"a {name}"
