"""A cell with numbers means something else than it looks like.

A comma separates tests: `10,000` is 10 or 0, and `> 1,5` is above 1, or 5. A minus computes:
`5-10` is the number -5. Only what can hardly be meant is told: zeros in front, a number that the
comparison before it takes anyway, a difference of two numbers that is negative.

Source: DMN 1.5, 7.3.3 (unary tests).
"""

from __future__ import annotations

import operator
import re

from engine.bpmn.decisions.analysis.examined import Examined, spot_of
from engine.bpmn.decisions.analysis.literals import NUMBER
from engine.bpmn.decisions.analysis.unquoted import kind_at
from engine.bpmn.problems import Findings
from engine.definitions import Severity

_COMMA = re.compile(r"(?P<sign>[<>]=?|=)?\s*(?P<whole>\d+)(?P<more>(?:,\d+)+)")
_LESS = re.compile(r"(?P<low>\d+(?:\.\d+)?)\s*-\s*(?P<high>\d+(?:\.\d+)?)")
_THOUSANDS = re.compile(r"(?:,\d{3})+")
_COMPARISONS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def check(file: Examined, findings: Findings) -> None:
    """Find cells in columns of numbers, or of values that are not known."""
    for _, found in file.texts:
        if found.kind != "tests" or found.column is None or found.text.language is not None:
            continue
        told = _misread(found.text.text.strip())
        if told is None or kind_at(found).sort not in (NUMBER, None):
            continue
        message = f"{found.at}: {told[0]}"
        spot = spot_of(found.text)
        findings.add(spot.problem(findings.rule, Severity.WARNING, message, told[1]))


def _misread(text: str) -> tuple[str, str] | None:
    """Return what a cell means, and what to write; None where it may well be meant."""
    less = _LESS.fullmatch(text)
    if less is not None and float(less["low"]) < float(less["high"]):
        return f"{text} is a difference, and no range.", f"Write [{less['low']}..{less['high']}]."
    comma = _COMMA.fullmatch(text)
    if comma is None or not _is_one_number(comma):
        return None
    sign = f"{comma['sign']} " if comma["sign"] else ""
    joined = comma["more"].replace(",", "")
    meant = f"{sign}{comma['whole']}.{comma['more'][1:]}"
    if _THOUSANDS.fullmatch(comma["more"]):
        meant = f"{sign}{comma['whole']}{joined}"
    tests = f"{sign}{comma['whole']}{comma['more'].replace(',', ' or ')}"
    return f"{text} is read as {tests}.", f"Write {meant}, or a blank behind the comma of a list."


def _is_one_number(comma: re.Match[str]) -> bool:
    """Say whether digits behind a comma can hardly be a test of their own."""
    others = comma["more"][1:].split(",")
    if any(len(digits) > 1 and digits.startswith("0") for digits in others):
        return len(others) == 1 or _THOUSANDS.fullmatch(comma["more"]) is not None
    compare = _COMPARISONS.get(comma["sign"] or "")
    return compare is not None and len(others) == 1 and compare(int(others[0]), int(comma["whole"]))
