"""The histories of instances: written by thousands, read one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, exists, select

from engine.errors import StorageError
from engine.history import HistoryEntry, What
from engine.packing import Dictionary, PackingError, unpack
from engine.storage.bulk import insert_rows
from engine.storage.tables import HistoryRow, InstanceRow, TermRow
from engine.storage.types import decode, encode

#: What happened, as the number that is stored. For ever: new ones are added at the end.
NUMBERS = {
    What.STARTED: 1,
    What.ENTERED: 2,
    What.COMPLETED: 3,
    What.CANCELLED: 4,
    What.CLAIMED: 5,
    What.RELEASED: 6,
    What.RETRIED: 7,
    What.INCIDENT: 8,
    What.RESOLVED: 9,
    What.ENDED: 10,
    What.TOO_LATE: 11,
}
_WHATS = {number: what for what, number in NUMBERS.items()}

_ENTRIES = (
    select(TermRow.text, HistoryRow.what, HistoryRow.at, HistoryRow.by, HistoryRow.detail)
    .outerjoin(TermRow, TermRow.id == HistoryRow.element)
    .where(
        HistoryRow.instance_id == bindparam("instance"),
        exists().where(
            InstanceRow.id == bindparam("instance"),
            InstanceRow.workspace_id == bindparam("workspace"),
        ),
    )
    .order_by(HistoryRow.id)
)


def record(
    connection: Connection,
    entries: Sequence[tuple[int, HistoryEntry]],
    numbers: Mapping[str, int],
    dictionary: Callable[[int], Dictionary | None],
) -> None:
    """Append to histories.

    Args:
        connection: the open transaction.
        entries: with the ids of their instances.
        numbers: of all elements in them.
        dictionary: returns what the details of an instance are packed with.
    """
    rows = [
        {
            "instance_id": id,
            "at": entry.at,
            "element": None if entry.element is None else numbers[entry.element],
            "what": NUMBERS[entry.what],
            "by": entry.by,
            "detail": None if entry.detail is None else _packed(entry.detail, dictionary(id)),
        }
        for id, entry in entries
    ]
    insert_rows(connection, HistoryRow, rows)


def entries(
    connection: Connection, workspace: int, id: int, find: Callable[[int], Dictionary | None]
) -> list[HistoryEntry]:
    """Return what happened to an instance, in order; ``find`` returns a dictionary by number.

    Raises:
        StorageError: a dictionary is gone, or an entry is damaged.
    """
    rows = connection.execute(_ENTRIES, {"instance": id, "workspace": workspace})
    try:
        return [
            HistoryEntry(element, _WHATS[what], at, by, _unpacked(detail, find))
            for element, what, at, by, detail in rows
        ]
    except (PackingError, ValueError) as error:
        raise StorageError(
            f"The history of instance {id} cannot be read: {error}. Restore the table "
            "'dictionary' from a backup."
        ) from error


def _packed(detail: Any, dictionary: Dictionary | None) -> bytes:
    text = encode(detail).encode()
    return text if dictionary is None else dictionary.pack(text)


def _unpacked(detail: bytes | None, find: Callable[[int], Dictionary | None]) -> Any:
    return None if detail is None else decode(unpack(bytes(detail), find).decode())


__all__ = ["NUMBERS", "entries", "record"]
