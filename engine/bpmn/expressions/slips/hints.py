"""What to write instead of a text that feelin refuses."""

from __future__ import annotations

import re

from engine.bpmn.expressions.slips.dates import with_dates
from engine.bpmn.expressions.slips.spans import blanked, shortly

_VALUE = r'[\w.+-]+(?:\("[^"]*"\))?|@?"[^"]*"'
#: Cells that are one slip as a whole, and what is meant.
_CELLS = [
    (re.compile(pattern, re.DOTALL), meant)
    for pattern, meant in (
        (r"!\s*(?P<a>[^=\s].*)", r"not(\g<a>)"),
        (r"(?:is\s+)?not\s+null", r"not(null)"),
        (r"is\s+null", r"null"),
        (rf"(?:is\s+)?not\s+(?P<a>{_VALUE})", r"not(\g<a>)"),
        (rf"(?:between\s+)?(?P<a>{_VALUE})\s+(?:and|to)\s+(?P<b>{_VALUE})", r"[\g<a>..\g<b>]"),
        (r"in\s*\((?P<a>[^()]*)\)", r"\g<a>"),
        (r"in\s*(?P<a>[\[\]].*)", r"\g<a>"),
        (r"\[?\s*(?P<a>[\w+-]+(?:\.\d+)?)\s*\.\.+\s*(?P<b>[\w+.-]+)\s*\]?", r"[\g<a>..\g<b>]"),
        (r"[\u2013\u2014]", r"- for any value"),
    )
]
#: Texts in quotes of other languages, and in those of word processors.
_QUOTES = re.compile(
    r"'([^'\"]*)'|[\u201c-\u201e]([^\u201c-\u201e\"]*)[\u201c-\u201e]"
    r"|[\u2018-\u201a]([^\u2018-\u201a\"]*)[\u2018-\u201a]"
)
_SIGNS = str.maketrans({"≥": ">=", "≤": "<=", "\u2212": "-"})
_MOMENT = re.compile(
    r"(?<![\w\"@])\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?(?![\w\"])"
)
_DATES = 'Write dates as date("2026-01-31").'
_OTHERS = [
    (re.compile(pattern), hint)
    for pattern, hint in (
        (r"\b\d{1,2}\.\d{1,2}\.\d{4}\b", _DATES),
        (r"\b\d{1,2}:\d\d\b", 'Write times as time("10:30:00").'),
        (r"\d\s*[%€$£]|[€$£]\s*\d", "Write the number alone."),
        (r"\d,\d", "Write decimals with a point, 1.5, and lists in brackets, [1, 5]."),
        (r"==", "Compare with one '='."),
        (r"&&", "Write 'and' instead of '&&'."),
        (r"\|\|", "Write 'or' instead of '||'."),
        (r"!(?!=)", "Write not(...) instead of '!'."),
        (r"'", 'Write texts in double quotes: "gold".'),
        (r"\?", "Write 'if a then b else c'."),
    )
]


def hint(text: str, *, tests: bool) -> str:
    """Return what to write: the very text where that can be told, else what FEEL has.

    Args:
        text: that is refused.
        tests: whether it is a cell.
    """
    written, bare = text.strip(), blanked(text)
    mended = _QUOTES.sub(_quoted, written)
    if mended != written and _QUOTES.search(bare):
        return f"Write texts in double quotes: {shortly(mended, mended[:40])}."
    meant = _meant(written, tests=tests)
    if meant is not None:
        return f"Write {shortly(meant, 'it as FEEL has it')}."
    fitting = (say for sign, say in _OTHERS if sign.search(bare))
    return next(fitting, "Check operators, brackets and quotes.")


def _quoted(found: re.Match[str]) -> str:
    return f'"{next(group for group in found.groups() if group is not None)}"'


def _in_quotes(text: str) -> str:
    return f'"{text}"' if re.fullmatch(r"[^\W\d]\w*", text) else text


def _meant(text: str, *, tests: bool) -> str | None:
    """Return a text without its slip; None where that is not known."""
    if _MOMENT.search(blanked(text)):
        return _MOMENT.sub(r'date and time("\g<0>")', text)
    if text.translate(_SIGNS) != text:
        return text.translate(_SIGNS)
    if re.fullmatch(r"@\d{4}-\d\d-\d\d", text):
        return f'@"{text[1:]}"'
    if not tests:
        return None
    if text.startswith("≠"):
        return f"not({text[1:].strip()})"
    if ";" in blanked(text):
        return ", ".join(_in_quotes(part.strip()) for part in text.split(";"))
    for pattern, meant in _CELLS:
        found = pattern.fullmatch(text)
        if found is not None:
            return with_dates(found.expand(meant))
    return None
