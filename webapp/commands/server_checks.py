"""What ``corral doctor`` asks a PostgreSQL server, and the cure where the answer is bad."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from engine.errors import StorageError
from engine.storage.server import OLDEST, ServerFacts
from webapp.commands.findings import Finding
from webapp.databases import server_facts
from webapp.settings import Settings

#: Every process goes by the server's clock. One that is this far from a host's is wrong itself, or
#: the host is, whose log tells other times then.
FARTHEST = timedelta(seconds=1)
#: Connections beside the pool: live updates, and those of wake-ups.
BESIDE = 7
#: Values of ``synchronous_commit`` with which a commit is on the disk when it returns.
_DURABLE = {"on", "local", "remote_write", "remote_apply"}


def check_server(settings: Settings) -> list[Finding]:
    """Return what there is to say of the server; nothing when it cannot be reached."""
    try:
        found, ahead, pool = server_facts(settings.url)
    except StorageError:
        # Said already, by the check of the database.
        return []
    checks: tuple[Callable[[ServerFacts], Finding], ...] = (
        version,
        encoding,
        rights,
        durability,
        wakeups,
    )
    return [*(check(found) for check in checks), clock(ahead), connections(found, pool)]


def version(found: ServerFacts) -> Finding:
    """Check that the server is not older than what Corral is tested on."""
    old = found.version < OLDEST
    cure = f"Upgrade the server to PostgreSQL {OLDEST} or newer." if old else ""
    return Finding("server", f"is PostgreSQL {found.version}", cure)


def encoding(found: ServerFacts) -> Finding:
    """Check that every text can be stored."""
    cure = "Make a database with ENCODING 'UTF8', and move the rows there."
    return Finding("encoding", f"is {found.encoding}", "" if found.encoding == "UTF8" else cure)


def rights(found: ServerFacts) -> Finding:
    """Check that tables can be made, and rows written."""
    if found.replica:
        cure = "Name the primary in CORRAL_DATABASE_URL."
        return Finding("rights", "this server is a read replica", cure)
    if found.may_create:
        return Finding("rights", "tables can be made")
    return Finding(
        "rights",
        "tables cannot be made" if found.may_create is False else "there is no schema for tables",
        "Upgrades need it: GRANT CREATE, USAGE ON SCHEMA public TO the role of Corral, or run "
        "'corral db upgrade' as another role.",
        warning=True,
    )


def durability(found: ServerFacts) -> Finding:
    """Check that a commit survives a power cut: Corral builds on it."""
    if not found.flushes or not found.writes_whole_pages:
        off = "fsync" if not found.flushes else "full_page_writes"
        cure = "A power cut can destroy the database. Switch it on, except for trials."
        return Finding("durability", f"{off} is off", cure, warning=True)
    if found.commits not in _DURABLE:
        cure = (
            "A crash of the server can lose the last commits: mentions are read again, but a reply "
            "may be posted twice. Switch it on."
        )
        return Finding("durability", f"synchronous_commit is {found.commits}", cure, warning=True)
    return Finding("durability", "commits survive a power cut")


def wakeups(found: ServerFacts) -> Finding:
    """Tell whether the tables of the wake-ups are there; the first start makes them."""
    there = "are there" if found.has_wakeups else "are not there yet; the first start makes them"
    return Finding("wake-ups", f"their tables {there}")


def clock(ahead: timedelta) -> Finding:
    """Check that this host and the server agree on the time."""
    seconds = ahead.total_seconds()
    said = f"the server's is {abs(seconds):.1f} s {'ahead' if seconds > 0 else 'behind'}"
    cure = "Let NTP set the clocks of both." if abs(ahead) > FARTHEST else ""
    return Finding("clock", said, cure)


def connections(found: ServerFacts, pool: int) -> Finding:
    """Check that the server takes the connections of one process at least."""
    need = pool + BESIDE
    said = f"{found.taken} of {found.connections} are taken; a process opens up to {need}"
    few = found.connections < need
    cure = f"Raise max_connections to {need} for each process and some more." if few else ""
    return Finding("connections", said, cure)
