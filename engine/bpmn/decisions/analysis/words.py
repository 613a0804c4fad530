"""Values in words: ``amount > 100 and tier = "silver"``."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bpmn.decisions.analysis.columns import FOREIGN, NULL, Column
from engine.bpmn.decisions.analysis.covering import bits
from engine.bpmn.decisions.analysis.grids import Box
from engine.bpmn.decisions.analysis.literals import ORDERED

#: Values of a column that are listed; more say less. A few are, even where fewer are missing.
_MOST, _FEW = 6, 3
#: Characters of a case; beyond it the last columns are left out.
_LONGEST = 300


def case_in_words(columns: Sequence[Column], box: Box, within: Box) -> str:
    """Return the values of a box; columns of which it holds all that is ``within`` are left out."""
    parts = [
        values_in_words(column, mask, whole)
        for column, mask, whole in zip(columns, box, within, strict=True)
        if mask & whole != whole
    ]
    text = " and ".join(parts)
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST].rstrip()}..."
    return text or "any values"


def values_in_words(column: Column, mask: int, within: int) -> str:
    """Return what the values of some pieces are, and that they are those of the column."""
    label, ordinary = column.label, mask & ~(NULL | FOREIGN)
    parts: list[str] = []
    if ordinary and ordinary == within & ~(NULL | FOREIGN):
        parts.append(f"{label} != null")
    elif column.sort in ORDERED:
        parts += _ranges(column, ordinary, within)
    elif ordinary:
        parts.append(_listed(column, ordinary, within))
    if mask & NULL:
        parts.append(f"{label} = null")
    if mask & FOREIGN and not ordinary:
        parts.append(f"{label} is of another type")
    text = " or ".join(parts)
    if within & ~mask & NULL and text.startswith((f"{label} != ", f"{label} not in")):
        null = f"{label} != null"  # null differs from every value
        text = text if text == null else f"{text} and {null}"
    return f"({text})" if len(parts) > 1 else text


def _listed(column: Column, mask: int, within: int) -> str:
    named, missing = _marks(column, mask), _marks(column, within & ~mask)
    short = len(named) <= _FEW or len(named) <= len(missing)
    if len(named) == mask.bit_count() and short:
        return _one_of(column.label, "=", "in", named)
    return _one_of(column.label, "!=", "not in", missing)


def _marks(column: Column, mask: int) -> list[str]:
    """Return the values that are pieces of their own."""
    places = [place - 2 for place in bits(mask & ~(NULL | FOREIGN))]
    if column.sort in ORDERED:
        return [column.marks[place // 2].text for place in places if place % 2]
    return [column.marks[place].text for place in places if place < len(column.marks)]


def _one_of(label: str, sign: str, word: str, texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return f"{label} {sign} {texts[0]}"
    more = ", ..." if len(texts) > _MOST else ""
    return f"{label} {word} ({', '.join(texts[:_MOST])}{more})"


def _ranges(column: Column, mask: int, within: int) -> list[str]:
    missing = within & ~mask & ~(NULL | FOREIGN)
    named = _marks(column, missing)
    if named and len(named) == missing.bit_count() and mask.bit_count() > 1:
        return [_one_of(column.label, "!=", "not in", named)]
    return _runs(column, mask, within)


def _runs(column: Column, mask: int, within: int) -> list[str]:
    """Return the intervals that pieces next to each other are."""
    found: list[str] = []
    rest = mask
    while rest and len(found) <= _MOST:
        start = (rest & -rest).bit_length() - 1
        end = start
        # Pieces that there are none of, such as those without a whole number, are no gap.
        while (rest >> (end + 1)) and (rest >> (end + 1) & 1 or not within >> (end + 1) & 1):
            end += 1
        while not mask >> end & 1:
            end -= 1
        rest &= ~((1 << (end + 1)) - 1)
        found.append(_interval(column, start - 2, end - 2))
    if len(found) > _MOST:
        found = [*found[:_MOST], "..."]
    return found


def _interval(column: Column, start: int, end: int) -> str:
    marks, label = column.marks, column.label
    # Odd places are the marks themselves, even ones what lies before them.
    low = marks[start // 2 - (start % 2 == 0)].text if start > 0 else None
    high = marks[end // 2].text if end // 2 < len(marks) else None
    if start == end and start % 2:
        return f"{label} = {low}"
    if low is not None and high is not None:
        opens, closes = "[" if start % 2 else "(", "]" if end % 2 else ")"
        return f"{label} in {opens}{low}..{high}{closes}"
    if low is not None:
        return f"{label} {'>=' if start % 2 else '>'} {low}"
    return f"{label} {'<=' if end % 2 else '<'} {high}" if high is not None else f"{label} is given"


def rows_in_words(rows: Sequence[int]) -> str:
    """Return rows, counted from 0, as people count them: ``1, 2 and 3``."""
    numbers = [str(row + 1) for row in rows[:_MOST]]
    if len(rows) > _MOST:
        numbers.append(f"{len(rows) - _MOST} more")
    return numbers[0] if len(numbers) == 1 else f"{', '.join(numbers[:-1])} and {numbers[-1]}"
