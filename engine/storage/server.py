"""What a PostgreSQL server is like, as far as Corral depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from engine.storage.address import program_name

#: The oldest major version that Corral is tested on.
OLDEST = 15

_FACTS = text(
    "SELECT current_setting('server_version_num')::int / 10000 AS version, "
    "current_setting('server_encoding') AS encoding, "
    "clock_timestamp() AS now, "
    "has_schema_privilege(current_schema(), 'CREATE') AS may_create, "
    "current_setting('max_connections')::int - "
    "current_setting('superuser_reserved_connections')::int AS connections, "
    "(SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS taken, "
    "current_setting('fsync') = 'on' AS flushes, "
    "current_setting('full_page_writes') = 'on' AS writes_whole_pages, "
    "current_setting('synchronous_commit') AS commits, "
    "pg_is_in_recovery() AS replica, "
    "to_regclass('procrastinate_jobs') IS NOT NULL AS has_wakeups"
)
#: Those that wait for the lock of the migrations have begun no work yet.
_COMPANIONS = text(
    "SELECT DISTINCT application_name FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name LIKE 'corral %' AND application_name NOT IN (:us) "
    "AND application_name NOT IN (SELECT application_name FROM pg_stat_activity JOIN pg_locks "
    "USING (pid) WHERE locktype = 'advisory' AND objid = :lock AND NOT granted) ORDER BY 1"
)
#: Any number, the same in every process: whoever holds it migrates, the others wait.
MIGRATION_LOCK = 6_702_001


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """One server and one database of it, at one moment."""

    version: int  #: the major one, such as 16
    encoding: str
    now: datetime  #: by the clock of the server
    may_create: bool | None  #: tables, in the schema they go to; None: there is no such schema
    connections: int  #: that all programs together may open
    taken: int  #: of them, ours included
    flushes: bool  #: whether a commit survives a power cut
    writes_whole_pages: bool
    commits: str  #: ``synchronous_commit``
    replica: bool  #: it only reads
    has_wakeups: bool  #: the tables with which a worker is woken are there


def companions(connection: Connection) -> list[str]:
    """Return the other processes of Corral at work on the database, as ``"host:process id"``."""
    # Within a transaction the server answers with what it saw first.
    connection.execute(text("SELECT pg_stat_clear_snapshot()"))
    told = {"us": program_name(), "lock": MIGRATION_LOCK}
    rows = connection.execute(_COMPANIONS, told).scalars()
    return [name.removeprefix("corral ") for name in rows]


def facts(connection: Connection) -> ServerFacts:
    """Ask the server behind a connection."""
    return ServerFacts(*connection.execute(_FACTS).one())
