"""Finds customers by a part of their name or handle, newest first, in bounded time.

What fits many is found among the newest customers, so those are read first. What fits few is not,
and is looked up then: on PostgreSQL in an index of every one, two or three letters in a row, which
a migration makes with what the database brings along (no extension is needed). SQLite reads all
names instead, which takes a moment where there are very many.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    bindparam,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY

from channels.storage.tables import CustomerRow, IdentityRow

#: Customers that are looked through, newest first, before an index is asked.
NEWEST = 2_000
#: Letters in a row that the index holds, and how many of them it is asked for.
_LONGEST = 3
_MOST_GRAMS = 12

_Condition = Callable[[Any, str], ColumnElement[bool]]


def found(
    connection: Connection, workspace_id: int, search: str, *, before: int | None, limit: int
) -> list[int]:
    """Return the ids of customers whose name or handle holds ``search``; all, for an empty one."""
    wanted = search.removeprefix("@").lower()
    # Those who were joined to others have no identity any more.
    ours = select(CustomerRow.id).where(
        CustomerRow.workspace_id == workspace_id, CustomerRow.joined_into.is_(None)
    )
    if before is not None:
        ours = ours.where(CustomerRow.id < before)
    if not wanted:
        return list(connection.scalars(_newest(ours).limit(limit)))
    end = connection.scalar(_newest(ours).offset(NEWEST).limit(1)) or 0
    postgresql = connection.dialect.name == "postgresql"
    holds = _holds if postgresql or wanted.isascii() else _holds_letters
    recent = _fitting(workspace_id, wanted, holds, above=end, below=before)
    ids = list(connection.scalars(recent.limit(limit)))
    if end and len(ids) < limit:
        through = _looked_up if postgresql else holds
        older = _fitting(workspace_id, wanted, through, above=0, below=end + 1)
        ids += connection.scalars(older.limit(limit - len(ids)))
    return ids


def _fitting(
    workspace_id: int, wanted: str, fits: _Condition, *, above: int, below: int | None
) -> Select[Any]:
    """Return the ids between two others of customers that fit, the largest first."""
    sides = []
    for row, id, column in (
        (CustomerRow, CustomerRow.id, CustomerRow.name),
        (IdentityRow, IdentityRow.customer_id, IdentityRow.handle),
    ):
        side = select(id).where(row.workspace_id == workspace_id, id > above, fits(column, wanted))
        if row is CustomerRow:
            side = side.where(CustomerRow.joined_into.is_(None))
        sides.append(side if below is None else side.where(id < below))
    # The order is that of the union: inside of it, it would lead PostgreSQL to read customers in
    # their order, which is what takes long where few fit.
    either = union(*sides).subquery()
    return select(either.c[0]).order_by(either.c[0].desc())


def _newest(customers: Select[Any]) -> Select[Any]:
    return customers.order_by(CustomerRow.id.desc())


def _looked_up(column: Any, wanted: str) -> ColumnElement[bool]:
    """Tell by the index of letters in a row, which only PostgreSQL has."""
    length = min(len(wanted), _LONGEST)
    parts = [wanted[start : start + length] for start in range(len(wanted) - length + 1)]
    some = bindparam(None, parts[:_MOST_GRAMS], ARRAY(Text), unique=True)
    return and_(func.corral_grams(column).op("@>")(some), _holds(column, wanted))


def _holds(column: Any, wanted: str) -> ColumnElement[bool]:
    letter_by_letter = wanted.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return func.lower(column).like(f"%{letter_by_letter}%", escape="\\")


def _holds_letters(column: Any, wanted: str) -> ColumnElement[bool]:
    """Tell it on SQLite, whose ``lower`` leaves letters that are not ASCII as they are.

    Its patterns know them, though: each letter stands there in all its cases. The first does in a
    pattern for each, because those that begin with one letter are found twice as fast.
    """
    first, *others = ([_exactly(case) for case in _cases(letter)] for letter in wanted)
    rest = "".join(one if not more else f"[{one}{''.join(more)}]" for one, *more in others)
    return or_(*(column.op("GLOB", is_comparison=True)(f"*{one}{rest}*") for one in first))


def _cases(letter: str) -> list[str]:
    """Return a small letter and its capitals; of the Greek sigma, the other small one too."""
    capital = "ẞ" if letter == "ß" else letter.upper()  # which Python makes SS
    cases = {letter, letter.title(), capital, capital.lower()}
    return sorted(case for case in cases if len(case) == 1)


def _exactly(letter: str) -> str:
    return f"[{letter}]" if letter in "*?[" else letter
