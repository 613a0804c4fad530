"""How much the fast path may do before the sandbox takes over, which ends what takes too long.

Operators on scalars are not counted: there are only as many as a text has characters. Whatever
walks through a list, a context or a long text is. One budget serves one evaluation; for a decision
that is all of its steps and rows together. The operators and functions do not know whose evaluation
they are part of, so the budget is one of the thread: evaluations never wait, and never nest.
"""

from __future__ import annotations

import threading
from typing import Any

from engine.bpmn.expressions.safe.limits import SIZE, RefusedError, size_of

#: Items that one evaluation looks at; the dearest of them cost half a microsecond each.
ITEMS = 20_000
#: Characters of a text, and bytes of a value that is measured, that cost as much as one item.
_CHARACTERS, _BYTES = 64, 8


class ElsewhereError(Exception):
    """Internal: this text, or these values, are for the sandbox."""


class _Budget(threading.local):
    left = ITEMS


_BUDGET = _Budget()


def begin() -> None:
    """Begin an evaluation: whatever was spent before counts no more."""
    _BUDGET.left = ITEMS


def spend(items: int) -> None:
    """Count ``items`` that are looked at. Raises :class:`ElsewhereError` for too many."""
    _BUDGET.left = left = _BUDGET.left - items
    if left < 0:
        raise ElsewhereError


def spend_text(text: str) -> None:
    """Count what it costs to look through ``text``; short ones are free."""
    if len(text) >= _CHARACTERS:
        spend(len(text) // _CHARACTERS)


def measured(value: Any) -> int:
    """Return the size of ``value`` in bytes, and count the walk through it.

    Raises:
        ElsewhereError: it is larger than a result may be, or nothing that JSON has.
    """
    if type(value) is str:
        size = len(value)
        if size > SIZE:
            raise ElsewhereError
        return size
    try:
        size = size_of(value)
    except RefusedError as error:
        raise ElsewhereError from error
    spend(size // _BYTES)
    return size
