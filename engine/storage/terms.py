"""Texts out of diagrams as tables store them: each once, and a number for it in every row.

They are BPMN ids, names of elements, and names of messages and signals: a definition has few, and
its instances repeat them in a million rows. Numbers are kept for ever and are the same for all
workspaces and versions, so that whoever asks how often an element was passed compares numbers, and
joins the table ``term`` for the texts.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select, text

from engine.recent import Recent
from engine.storage.bulk import among
from engine.storage.tables import TermRow

#: Numbers of the texts that were used most recently. Threads may share it.
Remembered = Recent[str, int]
#: How many a process remembers of a database.
REMEMBERED = 16_384

_FIND = select(TermRow.text, TermRow.id).where(among(TermRow.text))
_INSERT = text("INSERT INTO term (text) VALUES (:text) ON CONFLICT DO NOTHING")


class Terms:
    """The numbers of texts, in one transaction."""

    def __init__(self, connection: Connection, remembered: Remembered) -> None:
        """Work on an open transaction; ``remembered`` outlives it, and is of one database."""
        self._connection = connection
        self._remembered = remembered
        #: What was inserted here. It is not remembered beyond the transaction: that may yet be
        #: rolled back.
        self._fresh: set[str] = set()

    def numbers(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the numbers of texts; those that have none are given one."""
        wanted = set(texts)
        found = self.known(wanted)
        if new := sorted(wanted - found.keys()):
            self._fresh.update(new)
            # In order, so that two transactions with the same texts do not wait for each other.
            # Those that add some of the same in several steps may: one of them is tried again.
            self._connection.execute(_INSERT, [{"text": each} for each in new])
            found |= self._read(new)
        return found

    def known(self, texts: Iterable[str]) -> dict[str, int]:
        """Return the numbers of those texts that have one."""
        asked = {each: self._remembered.get(each) for each in texts}
        found = {each: id for each, id in asked.items() if id is not None}
        if missing := sorted(asked.keys() - found.keys()):
            read = self._read(missing)
            for each in read.keys() - self._fresh:
                self._remembered.keep(each, read[each])
            found |= read
        return found

    def _read(self, texts: list[str]) -> dict[str, int]:
        rows = self._connection.execute(_FIND, {"ids": texts})
        return {row.text: row.id for row in rows}


__all__ = ["REMEMBERED", "Remembered", "Terms"]
