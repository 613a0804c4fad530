"""What a column of PostgreSQL takes, asked of a column of SQLite.

SQLite stores whatever it is given, whatever the column says. The questions are put in SQL, so that
a table is looked through at the speed of the database, before anything is written.
"""

from __future__ import annotations

from sqlalchemy import Column, types

#: As SQLAlchemy writes a moment: ``2026-03-01 12:00:00`` and mostly six digits more.
_MOMENT = f"{'[0-9]' * 4}-{'-'.join(['[0-9]' * 2] * 2)} {':'.join(['[0-9]' * 2] * 3)}"
_WIDTHS = ((types.SmallInteger, 15), (types.BigInteger, 63), (types.Integer, 31))


def quoted(name: str) -> str:
    """Return a name as both databases read it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def plain(column: Column[object]) -> types.TypeEngine[object]:
    """Return the type that the database sees, without what we made of it."""
    kind = column.type
    while isinstance(kind, types.TypeDecorator):
        kind = kind.impl_instance
    return kind


def suits(column: Column[object]) -> str:
    """Return a condition in SQLite's SQL that holds for values which PostgreSQL takes."""
    name = quoted(column.name)
    suitable = _suitable(plain(column), name)
    missing = f"{name} IS NOT NULL" if not column.nullable else ""
    if not missing:
        return f"({name} IS NULL OR ({suitable}))"
    return f"({missing} AND ({suitable}))"


def _suitable(kind: types.TypeEngine[object], name: str) -> str:
    if isinstance(kind, types.Boolean):
        return f"typeof({name}) = 'integer' AND {name} IN (0, 1)"
    for known, bits in _WIDTHS:
        if isinstance(kind, known):
            low, high = -(2**bits), 2**bits - 1
            return f"typeof({name}) = 'integer' AND {name} BETWEEN {low} AND {high}"
    if isinstance(kind, types.Numeric | types.Float):
        return f"typeof({name}) IN ('real', 'integer')"
    if isinstance(kind, types.DateTime):
        return f"typeof({name}) = 'text' AND {name} GLOB '{_MOMENT}*' AND julianday({name}) > 0"
    if isinstance(kind, types.LargeBinary):
        return f"typeof({name}) = 'blob'"
    if isinstance(kind, types.String):
        bound = f" AND length({name}) <= {kind.length}" if kind.length else ""
        return f"typeof({name}) = 'text'{bound}"
    return "1"
