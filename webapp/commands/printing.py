"""How commands print: aligned tables for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import click

#: Characters of one cell; longer texts are cut with an ellipsis.
WIDEST_CELL = 48


def print_json(value: Mapping[str, Any]) -> None:
    """Print exactly one JSON object; moments are ISO 8601, dataclasses are objects."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_table(heads: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> None:
    """Print aligned columns, or the sentence ``empty`` when there is no row."""
    if not rows:
        click.echo(empty)
        return
    cells = [[head.upper() for head in heads], *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(heads))]
    for row in cells:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def printable(text: str) -> str:
    """Return ``text`` as one line that does not drive the terminal, whoever wrote it."""
    return "".join(c if c.isprintable() else " " for c in text)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    text = " ".join(printable(str(value)).split())
    return text if len(text) <= WIDEST_CELL else text[: WIDEST_CELL - 1] + "…"


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
