"""BPMN ids as histories store them: each text once, and a number for it in every entry.

Numbers are kept for ever and are the same for all workspaces and versions, so that whoever asks how
often an element was passed compares numbers, and joins the table ``element`` for the texts.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, text

from engine.recent import Recent
from engine.storage.bulk import among
from engine.storage.tables import ElementRow

#: Numbers that a process remembers, of the texts that were used most recently.
_REMEMBERED = 16_384

_FIND = select(ElementRow.name, ElementRow.id).where(among(ElementRow.name))
_INSERT = text("INSERT INTO element (name) VALUES (:name) ON CONFLICT DO NOTHING")


class Elements:
    """The numbers of one database. Safe to use from many threads."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self._known: Recent[str, int] = Recent(_REMEMBERED)

    def numbers(
        self, connection: Connection, names: Iterable[str], fresh: set[str]
    ) -> dict[str, int]:
        """Return the numbers of texts; those that have none are given one.

        Args:
            connection: the open transaction.
            names: the texts.
            fresh: what this transaction has inserted. It is added to, and is not remembered beyond
                the transaction: that may yet be rolled back.
        """
        asked = {name: self._known.get(name) for name in names}
        found = {name: id for name, id in asked.items() if id is not None}
        missing = sorted(asked.keys() - found.keys())
        if missing:
            read = self._read(connection, missing)
            new = [name for name in missing if name not in read]
            if new:
                fresh.update(new)
                # In order, so that two transactions with the same texts do not wait for each other.
                connection.execute(_INSERT, [{"name": name} for name in new])
                read |= self._read(connection, new)
            for name in read.keys() - fresh:
                self._known.keep(name, read[name])
            found |= read
        return found

    def _read(self, connection: Connection, names: list[str]) -> dict[str, int]:
        rows = connection.execute(_FIND, {"ids": names})
        return {row.name: row.id for row in rows}


__all__ = ["Elements"]
