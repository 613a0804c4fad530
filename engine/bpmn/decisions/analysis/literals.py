"""Values that a text of FEEL writes down: numbers, texts, booleans, null, dates and durations.

Clauses of DMN 1.5: 10.3.1.2 (literals) and 10.3.4.1 (``date("2026-01-31")`` and its like). What has
an order can be asked for by a comparison.
"""

from __future__ import annotations

import functools
import re
from datetime import date, datetime
from typing import Any, NamedTuple

from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH

NUMBER, TEXT, BOOLEAN, NOTHING = "number", "text", "boolean", "null"
DATE, MOMENT = "date", "date and time"
DAYS, MONTHS = "days and time duration", "years and months duration"
#: Sorts whose values have an order that is known here; that of texts is the sandbox's.
ORDERED = frozenset({NUMBER, DATE, MOMENT, DAYS, MONTHS})

#: As feelin reads numbers; 1e5 it reads as 1. Larger ones JavaScript does not have exactly.
_NUMBER = r"-?(?:\d{1,15}(?:\.\d{1,12})?|\.\d{1,12})(?!\w|\.\w)"
_TEXT = r'"(?:[^"\\\n\r]|\\["\\])*"'
_CALLED = rf"(?:date|date and time|duration)\( *{_TEXT} *\)|@{_TEXT}"
#: A literal, for use in larger patterns; it has no groups.
LITERAL = rf"(?:{_NUMBER}|{_TEXT}|(?:true|false|null)(?!\w)|{_CALLED})"
_WHOLE = re.compile(
    rf"\s*(?:(?P<number>{_NUMBER})|(?P<text>{_TEXT})|(?P<word>true|false|null)"
    rf"|(?P<called>date|date and time|duration)\( *(?P<inner>{_TEXT}) *\)|@(?P<at>{_TEXT}))\s*",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAYS = re.compile(
    r"(?P<minus>-)?P(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_MONTHS = re.compile(r"(?P<minus>-)?P(?:(?P<years>\d{1,5})Y)?(?:(?P<months>\d{1,5})M)?", re.ASCII)
_WORDS = {"true": (BOOLEAN, True), "false": (BOOLEAN, False), "null": (NOTHING, None)}


class Literal(NamedTuple):
    """A value, comparable with others of its sort, and how it was written."""

    sort: str
    value: Any
    text: str

    def same_as(self, other: Literal) -> bool:
        """Say whether both stand for one value, however they are written."""
        return (self.sort, self.value) == (other.sort, other.value)


#: Characters of a text up to which is kept what it was read as: the longer, the fewer are alike.
SHORT = 100


def literal(text: str) -> Literal | None:
    """Return what a text writes down; None where it is something else, or not known here.

    Texts that are too long to be evaluated are not known.
    """
    if len(text) > SHORT:
        return _read(text) if len(text) <= EXPRESSION_LENGTH else None
    return _read_once(text)


def _read(text: str) -> Literal | None:
    found = _WHOLE.fullmatch(text)
    if found is None:
        return None
    written = text.strip()
    if found["number"]:
        value = float(written)
        return Literal(NUMBER, int(value) if value.is_integer() else value, written)
    if found["text"]:
        return Literal(TEXT, _unquoted(written), written)
    if found["word"]:
        return Literal(*_WORDS[written], written)
    return _called(found["called"], _unquoted(found["inner"] or found["at"]), written)


_read_once = functools.lru_cache(maxsize=4096)(_read)


def _unquoted(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1])


def _called(function: str | None, text: str, written: str) -> Literal | None:
    """Return a date or the like; ``function`` is None where its text says what it is."""
    try:
        if function in ("date", None) and _DATE.fullmatch(text):
            return Literal(DATE, date.fromisoformat(text), written)
        if function in ("date and time", None) and _MOMENT.fullmatch(text):
            return Literal(MOMENT, datetime.fromisoformat(text), written)
    except ValueError:
        return None  # there is no such day
    return _duration(text, written) if function in ("duration", None) else None


def _duration(text: str, written: str) -> Literal | None:
    for sort, pattern, weights in (
        (DAYS, _DAYS, {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}),
        (MONTHS, _MONTHS, {"years": 12, "months": 1}),
    ):
        found = pattern.fullmatch(text)
        if found and any(found[part] for part in weights) and not text.endswith("T"):
            whole = sum(weight * int(found[part] or 0) for part, weight in weights.items())
            return Literal(sort, -whole if found["minus"] else whole, written)
    return None
