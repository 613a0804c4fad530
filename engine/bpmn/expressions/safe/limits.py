"""How much an expression may do, and how the size of values is measured.

Work is counted in units of about a microsecond: one for each node that is evaluated, more for
values in proportion to their size. The limits keep the worst text below a tenth of a second.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

#: Characters of an expression; of a script.
EXPRESSION_LENGTH = 4_000
SCRIPT_LENGTH = 16_000
#: Statements of a script.
STATEMENTS = 200
#: Nodes inside each other.
DEPTH = 80
#: Units of work of one evaluation.
WORK = 50_000
#: Size of a value in bytes, roughly as JSON would have it.
SIZE = 64 * 1024
#: Bits of a whole number.
BITS = 4_096

#: Items of all lists and dictionaries in a value that is written as JSON.
MOST_ITEMS = 200_000

SCALARS = frozenset({int, float, bool, type(None)})
_HOLDING = frozenset({list, tuple, dict})


class RefusedError(Exception):
    """Internal: evaluation stops here. Becomes an ``ExpressionError`` with the place."""

    def __init__(self, reason: str, cure: str) -> None:
        """Say why, and what to do; the node that is evaluated adds where."""
        super().__init__(reason)
        self.reason = reason
        self.cure = cure
        self.line: int | None = None
        self.offset: int | None = None


def too_large() -> RefusedError:
    """Return the refusal of a value above :data:`SIZE`."""
    return RefusedError(
        f"A value grows beyond {SIZE // 1024} kB.", "Keep large texts and lists out of variables."
    )


def too_high() -> RefusedError:
    """Return the refusal of a whole number of more than :data:`BITS`."""
    return RefusedError(f"A number grows beyond {BITS} bits.", "Calculate with smaller numbers.")


def too_much() -> RefusedError:
    """Return the refusal of an evaluation that goes on beyond :data:`WORK`."""
    return RefusedError(
        "It does too much work.", "Make lists shorter, or split it over several scripts."
    )


def size_of(value: Any) -> int:
    """Return about how many bytes ``value`` has.

    Stops at the limit, so that the cost is bounded even where a small value holds itself many
    times over (``[x, x]`` of ``[x, x]`` ...).

    Raises:
        RefusedError: more than :data:`SIZE`, or something that is no value of an expression.
    """
    total = 0
    pending = [value]
    while pending:
        item = pending.pop()
        kind = type(item)
        if kind is str:
            total += len(item) + 2
        elif kind in SCALARS:
            total += 8 if kind is not int else item.bit_length() // 3 + 2
        elif kind is dict:
            total += 2
            for key, inner in item.items():
                total += len(key) + 4 if type(key) is str else 8
                pending.append(inner)
        elif kind is list or kind is tuple:
            total += 2 + len(item)
            pending.extend(item[:SIZE])
        elif isinstance(item, date | timedelta):
            total += 32
        else:
            raise RefusedError(
                f"A value of type {kind.__name__} cannot be kept.",
                "Use text, numbers, true or false, lists, dictionaries and dates.",
            )
        if total > SIZE:
            raise too_large()
    return total


def check_extent(value: Any) -> None:
    """Refuse a value that has no end, or next to none, when it is written as JSON.

    One that came as JSON is a tree, which is not larger than what was sent. Others may hold
    themselves, or the same list many times over.

    Raises:
        ValueError: it has more than :data:`MOST_ITEMS`.
    """
    left = MOST_ITEMS
    pending = [value]
    while pending:
        found = pending.pop()
        left -= len(found) + 1
        if left < 0:
            raise ValueError("a value that it is given is too large")
        items = found.values() if isinstance(found, dict) else found
        pending.extend([item for item in items if type(item) in _HOLDING])


def described(value: Any) -> str:
    """Return what ``value`` is, in words for people: ``"a number"``."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "a dictionary"
    return f"a {type(value).__name__}"
