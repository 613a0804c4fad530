"""JSON from outside: what no reader or column of ours can take is refused while it is read.

A body may be nested so deep that reading it ends the stack, and a text may hold half of a
surrogate pair (which is no UTF-8) or a NUL (which PostgreSQL cannot store).
"""

from __future__ import annotations

import json
from typing import Any

from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Flask's JSON, less what could be read but never be stored."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return the value; see :func:`read`."""
        return read(s, **kwargs)


def read(text: str | bytes, **kwargs: Any) -> Any:
    """Return the value that ``text`` describes.

    Raises:
        ValueError: it is no JSON, is nested too deep, or holds a text that cannot be stored.
    """
    try:
        value = json.loads(text, **kwargs)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    # Only these escapes can write such a text; most bodies hold none, and are not looked at again.
    escapes = ("\\ud", "\\u0000") if isinstance(text, str) else (b"\\ud", b"\\u0000")
    lowered = text.lower()
    if any(escape in lowered for escape in escapes):  # type: ignore[operator]
        _check_texts(value)
    return value


def variables(text: str, outcome: str) -> dict[str, Any]:
    """Return the variables that a person wrote into a field; none for an empty one.

    Raises:
        ValueError: it is no JSON object; the message ends with ``outcome``, what came of it.
    """
    if not text.strip():
        return {}
    try:
        found = read(text)
    except ValueError as wrong:
        raise ValueError(f"The variables are not JSON: {wrong}. {outcome}") from None
    if not isinstance(found, dict):
        raise ValueError('Write the variables as an object: {"name": "value"}.')
    return found


def _check_texts(value: Any) -> None:
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, dict):
            pending += [*found, *found.values()]
        elif isinstance(found, list):
            pending += found
        elif isinstance(found, str):
            check_text(found)


def check_text(text: str) -> None:
    """Raise ``ValueError`` for a text that cannot be stored."""
    if "\x00" in text:
        raise ValueError("it holds a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("it holds half of a surrogate pair") from None
