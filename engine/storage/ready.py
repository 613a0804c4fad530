"""Statements that are put into words once, and then handed to PostgreSQL as they are.

What SQLAlchemy does around each execution (finding the compiled form, a context, a result with its
columns) takes longer than asking (:mod:`engine.storage.wire`), and an agent's page asks two dozen
times. SQLite is asked through SQLAlchemy, where its own types are read.

For statements that are built once and have a fixed number of parameters. An error of the driver
comes out as it is; :mod:`engine.storage.database` says what it means, as of all others.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect

from engine.storage.wire import Wire, wire_of

#: What is done with one value on its way.
_Change = Callable[[Any], Any]


class Ready:
    """A statement that many threads may execute; its rows have the columns as attributes."""

    def __init__(self, statement: Any) -> None:
        """Keep a statement of SQLAlchemy; it is put into words when it is first executed."""
        self._statement = statement
        self._words: _Words | None = None

    def all(self, connection: Connection, asked: Mapping[str, Any]) -> Sequence[Any]:
        """Return the rows; ``asked`` has a value for each parameter, and may have others."""
        if connection.dialect.name == "sqlite":
            found: Sequence[Any] = connection.execute(self._statement, asked).all()
            return found
        return self._put(connection).rows(wire_of(connection), asked)

    def first(self, connection: Connection, asked: Mapping[str, Any]) -> Any | None:
        """Return the first row, None when there is none: of a statement that finds few."""
        rows = self.all(connection, asked)
        return rows[0] if rows else None

    def scalar(self, connection: Connection, asked: Mapping[str, Any]) -> Any | None:
        """Return the first column of the first row, None when there is none."""
        row = self.first(connection, asked)
        return None if row is None else row[0]

    def change(self, connection: Connection, asked: Mapping[str, Any]) -> int:
        """Execute what returns no rows; return how many it changed."""
        if connection.dialect.name == "sqlite":
            return int(connection.execute(self._statement, asked).rowcount)
        return self._put(connection).change(wire_of(connection), asked)

    def _put(self, connection: Connection) -> _Words:
        words = self._words
        if words is None:
            words = self._words = _Words(self._statement, connection.dialect)
        return words


class _Words:
    """A statement as PostgreSQL takes it."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        """Compile it, and look up what its column types do with values."""
        # As that of the engine, but with the parameters that PostgreSQL itself has: $1, $2.
        make: Any = type(dialect)
        compiled = statement.compile(dialect=make(paramstyle="numeric_dollar"))
        self._text: str = compiled.string
        self._names: list[str] = compiled.positiontup or []
        binds = compiled.binds.items()
        self._fixed = {name: bind.value for name, bind in binds if not bind.required}
        given = ((name, bind.type.dialect_impl(dialect)) for name, bind in binds)
        written = ((name, kind.bind_processor(dialect)) for name, kind in given)
        self._written: list[tuple[str, _Change]] = [each for each in written if each[1]]
        self._columns = list(statement.exported_columns)
        row: Any = namedtuple("Row", [column.key for column in self._columns])  # type: ignore[misc]
        self._row: Callable[[Sequence[Any]], Any] = row._make
        self._dialect = dialect
        #: (place in the row, change) of the columns that are changed; None before the first result.
        self._read: list[tuple[int, _Change]] | None = None

    def rows(self, wire: Wire, asked: Mapping[str, Any]) -> list[Any]:
        """Execute it on a connection."""
        read = self._read
        if read is None:
            answer = wire.ask(self._text, self._values(asked))
            read = self._read = self._reading(answer.types())
        else:
            answer = wire.ask(self._text, self._values(asked), tuple if read else self._row)
            if not read:
                return answer.rows
        return [self._row(_changed(row, read)) for row in answer.rows]

    def change(self, wire: Wire, asked: Mapping[str, Any]) -> int:
        """Execute what returns no rows on a connection."""
        return wire.ask(self._text, self._values(asked)).number

    def _values(self, asked: Mapping[str, Any]) -> list[Any]:
        values = {**self._fixed, **asked}
        for name, write in self._written:
            values[name] = write(values[name])
        return [values[name] for name in self._names]

    def _reading(self, codes: Sequence[int]) -> list[tuple[int, _Change]]:
        """Return what is done with columns of which PostgreSQL says that they are of such types."""
        kinds = (column.type.dialect_impl(self._dialect) for column in self._columns)
        pairs = zip(kinds, codes, strict=True)
        read = enumerate(kind.result_processor(self._dialect, code) for kind, code in pairs)
        return [(at, change) for at, change in read if change is not None]


def _changed(row: Sequence[Any], read: Sequence[tuple[int, _Change]]) -> list[Any]:
    values = list(row)
    for at, change in read:
        values[at] = change(values[at])
    return values


__all__ = ["Ready"]
