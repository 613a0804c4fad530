"""Asks PostgreSQL by way of libpq itself, which psycopg brings along.

For statements that are executed again and again. What psycopg does around each execution (a
cursor, whether to prepare, a wait that other threads may interrupt) takes as long as all the rest;
here a statement is prepared at once, and asked for by its name from then on. Values and rows are
those of psycopg: its adapters write and read them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, NamedTuple

import psycopg
from psycopg import errors
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from sqlalchemy import Connection

_WELL = (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK)
_THERE = b"SELECT name FROM pg_prepared_statements WHERE name = $1"
#: The statement is not there any more, or its tables have other columns by now.
_GONE = (errors.InvalidSqlStatementName, errors.FeatureNotSupported)


class Answer(NamedTuple):
    """What a statement gave."""

    rows: list[Any]
    number: int  #: of rows that it returned or changed
    result: PGresult

    def types(self) -> list[int]:
        """Return the types of the columns, as PostgreSQL numbers them."""
        return [self.result.ftype(at) for at in range(self.result.nfields)]


class Wire:
    """One connection. Who has it from the pool has it alone."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        """Take a connection of psycopg, which stays usable beside this."""
        self._driver = driver
        self._adapters = Transformer(driver)
        self._encoding = driver.info.encoding
        self._prepared: dict[str, bytes] = {}
        self._numbers = count()
        self._in_doubt = False

    def ask(
        self, text: str, values: Sequence[Any], row: Callable[[Sequence[Any]], Any] = tuple
    ) -> Answer:
        """Execute a statement, in the transaction that is open, and return its rows.

        Args:
            text: its parameters are ``$1``, ``$2`` and so on, with a cast where PostgreSQL cannot
                know their types.
            values: of the parameters.
            row: makes a row of its values.

        Raises:
            psycopg.Error: PostgreSQL refuses, or the connection is lost.
        """
        server, adapters = self._driver.pgconn, self._adapters
        if self._in_doubt:
            self._look()
        idle = server.transaction_status == TransactionStatus.IDLE
        if idle and not self._driver.autocommit:
            self._well(server.exec_(b"BEGIN"))
        given: Any = adapters.dump_sequence(values, [PyFormat.TEXT] * len(values))
        try:
            result = self._executed(text, given)
        except _GONE:
            self._prepared.pop(text, None)
            if not (idle and self._driver.autocommit):
                self.doubt()
                raise
            result = self._executed(text, given)
        if not result.nfields:
            return Answer([], result.command_tuples or 0, result)
        adapters.set_pgresult(result)
        return Answer(adapters.load_rows(0, result.ntuples, row), result.ntuples, result)

    def doubt(self) -> None:
        """Look, before the next statement, whether what was prepared is still there.

        When a transaction is rolled back, psycopg throws away all statements of a connection.
        """
        self._in_doubt = True

    def _look(self) -> None:
        one = next(iter(self._prepared.values()), None)
        if one and not self._well(self._driver.pgconn.exec_params(_THERE, [one])).ntuples:
            self._prepared.clear()
        self._in_doubt = False

    def _executed(self, text: str, given: Any) -> PGresult:
        server, name = self._driver.pgconn, self._prepared.get(text)
        if name is None:
            name = b"corral_%d" % next(self._numbers)
            self._well(server.prepare(name, text.encode(self._encoding)))
            self._prepared[text] = name
        return self._well(server.exec_prepared(name, given))

    def _well(self, result: PGresult) -> PGresult:
        if result.status in _WELL:
            return result
        if self._driver.pgconn.status == ConnStatus.BAD:
            raise psycopg.OperationalError(result.get_error_message())
        raise errors.error_from_result(result)


def wire_of(connection: Connection) -> Wire:
    """Return the wire of a connection, made when it is first asked for."""
    info = connection.info
    found: Wire | None = info.get("wire")
    if found is None:
        found = info["wire"] = Wire(driver_of(connection))
    return found


def driver_of(connection: Connection) -> Any:
    """Return the connection as the driver knows it."""
    return connection.connection.driver_connection


__all__ = ["Answer", "Wire", "driver_of", "wire_of"]
