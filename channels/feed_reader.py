"""Reads a feed in a process of its own: ``python -I feed_reader.py``, with the feed on its input.

The library that knows all the ways in which feeds are written takes, for some texts that nobody
writes in good faith, time that grows with the square of their length: 250 kB of one letter where
an address is meant keep it busy for minutes. A process can be given an end; a thread cannot. So
this file imports nothing of ours, and says what it found as JSON.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import feedparser

#: Seconds of a processor, and bytes of memory, that one feed may take. 2 MB in good faith, which is
#: the most that is fetched, took 7 seconds on a slow machine.
SECONDS, MEMORY = 10, 1024**3
#: How often a feed that is broken is read with some of its entries left out, and what these are.
TRIES = 40
_ENTRY = re.compile(rb"<((?:\w+:)?(?:entry|item))[\s>].*?</\1\s*>", re.DOTALL)
_Span = tuple[int, int]


def read(content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """Return what can be read of a feed.

    The library fails in ways of its own on things that nobody here asks for, such as a place on a
    map that is none. Then entries are left out by halves until it reads the others: ``skipped`` are
    their numbers, ``why`` is what it said. Where nothing can be read, ``entries`` are none.
    """
    try:
        return _parsed(content, headers) | {"skipped": [], "why": ""}
    except Exception as error:  # noqa: BLE001  # whatever a library does with bytes from outside
        why = f"{type(error).__name__} {error}".strip()[:100]
    spans = [found.span() for found in _ENTRY.finditer(content)]
    good = _readable(content, headers, spans)
    if not good:
        return {"version": "", "feed": {}, "entries": [], "skipped": [], "why": why}
    skipped = [number for number, span in enumerate(spans, 1) if span not in good]
    told = _parsed(_only(content, spans, sorted(good)), headers)
    return told | {"skipped": skipped, "why": why}


def _readable(content: bytes, headers: dict[str, str], spans: list[_Span]) -> set[_Span]:
    """Return the entries that can be read; none when that cannot be found out."""
    groups, good, tries = [spans] if spans else [], set[_Span](), 0
    while groups:
        group, tries = groups.pop(), tries + 1
        if tries > TRIES:
            return set()
        try:
            _parsed(_only(content, spans, group), headers)
            good.update(group)
        except Exception:  # noqa: BLE001  # as above
            half = len(group) // 2
            groups += [group[:half], group[half:]] if half else []
    return good


def _only(content: bytes, spans: Sequence[_Span], wanted: Sequence[_Span]) -> bytes:
    """Return a feed with some of its entries alone."""
    parts = (content[begin:end] for begin, end in wanted)
    return content[: spans[0][0]] + b"\n".join(parts) + content[spans[-1][1] :]


def _parsed(content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    # Given as bytes, a text that is the name of a file has that file read. What is HTML is made
    # text by the parent: neither what is dangerous in it nor where its links lead matters.
    told = feedparser.parse(
        io.BytesIO(content), response_headers=headers, sanitize_html=False,
        resolve_relative_uris=False,
    )  # fmt: skip
    return {name: told.get(name) for name in ("version", "feed", "entries")}


def main() -> None:
    """Read a line with the headers as JSON, then the feed; write what was found."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    headers = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read(), headers), default=str))


if __name__ == "__main__":
    main()
