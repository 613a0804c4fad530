"""BPMN ids as histories store them: each text once, and a number for it in every entry.

Numbers are kept for ever and are the same for all workspaces and versions, so that whoever asks how
often an element was passed compares numbers, and joins the table ``element`` for the texts.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable

from sqlalchemy import Connection, select, text

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
        self._lock = threading.Lock()
        self._known: OrderedDict[str, int] = OrderedDict()

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
        wanted = set(names)
        with self._lock:
            found = {name: self._known[name] for name in wanted if name in self._known}
            for name in found:
                self._known.move_to_end(name)
        missing = sorted(wanted - found.keys())
        if missing:
            read = self._read(connection, missing)
            new = [name for name in missing if name not in read]
            if new:
                fresh.update(new)
                # In order, so that two transactions with the same texts do not wait for each other.
                connection.execute(_INSERT, [{"name": name} for name in new])
                read |= self._read(connection, new)
            self._remember({name: id for name, id in read.items() if name not in fresh})
            found |= read
        return found

    def _read(self, connection: Connection, names: list[str]) -> dict[str, int]:
        rows = connection.execute(_FIND, {"ids": names})
        return {row.name: row.id for row in rows}

    def _remember(self, read: dict[str, int]) -> None:
        with self._lock:
            self._known.update(read)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


__all__ = ["Elements"]
