"""Patterns of text fields, as far as matching them cannot take long.

A pattern comes from an upload and runs on what people type, so it is refused when it could
backtrack without end: anything that varies inside a repeat, references back, more than a few
repeats in a row, many optional parts. With those gone the work is bounded by a small power of
:data:`TEXT_LENGTH`.
"""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]  # the only place that knows the tree
from typing import Any

#: Characters of a pattern, and of a text that is checked against one.
PATTERN_LENGTH = 200
TEXT_LENGTH = 200
#: A repeat whose number of turns varies by more is open; its turns are bounded by the text alone.
_SHORT = 10
#: In how many ways optional parts and choices may be taken together.
_WAYS = 256
_REPEATS = {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}
_REFUSED = {
    "GROUPREF": "It refers back to a group.",
    "GROUPREF_EXISTS": "It refers back to a group.",
    "ASSERT": "It looks ahead or behind.",
    "ASSERT_NOT": "It looks ahead or behind.",
}


class PatternError(ValueError):
    """The pattern is no regular expression, or could take too long."""


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return the compiled pattern. Raises :class:`PatternError` with one sentence."""
    if len(text) > PATTERN_LENGTH:
        raise PatternError(f"It has more than {PATTERN_LENGTH} characters.")
    try:
        tree = _parser.parse(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(f"It is no regular expression: {error}.") from error
    opens, ways = _variety(tree, repeated=False)
    if opens > (3 if text.startswith("^") else 2):
        raise PatternError("It repeats in more than three places, or two without '^' in front.")
    if ways > _WAYS:
        raise PatternError("It has too many optional parts and choices.")
    return re.compile(text)


def _variety(items: Any, *, repeated: bool) -> tuple[int, int]:
    """Return how many repeats of a part are open, and in how many ways the rest can be taken.

    Both bound what backtracking may try. What stands in a repeat has to match in one way only.
    The depth of the recursion is that of the short pattern.
    """
    opens, ways = 0, 1
    for operation, argument in items:
        name = str(operation)
        if name in _REFUSED:
            raise PatternError(_REFUSED[name])
        inner = (0, 1)
        if name in _REPEATS:
            least, most, body = argument
            inner = _variety(body, repeated=repeated or most > 1)
            if most - least > _SHORT:
                opens += 1
            else:
                ways *= most - least + 1
            varied = most != least
        elif name == "BRANCH":
            branches = [_variety(branch, repeated=repeated) for branch in argument[1]]
            inner = (sum(found for found, _ in branches), sum(found for _, found in branches))
            varied = True
        elif name in ("SUBPATTERN", "ATOMIC_GROUP"):
            inner = _variety(argument[-1] if name == "SUBPATTERN" else argument, repeated=repeated)
            varied = False
        else:
            continue
        if repeated and varied:
            raise PatternError("It has a repeat or a choice inside a repeat.")
        opens += inner[0]
        ways *= inner[1]
    return opens, ways
