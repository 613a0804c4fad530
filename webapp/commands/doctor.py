"""``corral doctor``: whether this machine can run Corral, and the cure where it cannot."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from engine import Source, decide
from engine.errors import StorageError
from webapp import assets, databases
from webapp.commands.findings import Finding
from webapp.commands.options import data_option, format_option, settings_with
from webapp.commands.printing import print_json
from webapp.commands.server_checks import check_server
from webapp.serving import PortTakenError, listen
from webapp.settings import DATABASE_FILE, Settings

#: Free bytes below which a disk is said to be nearly full, and below which it is bad.
ROOM, LEAST_ROOM = 2 * 10**9, 10**8
OLDEST_PYTHON = (3, 11)
#: A decision that is made in the sandbox of FEEL: loops are made nowhere else.
_LOOP = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="doctor">
<decision id="loop"><literalExpression><text>for each in [1] return each</text></literalExpression>
</decision></definitions>"""


@click.command("doctor")
@data_option
@click.option("--port", type=click.IntRange(0, 65535), help="The port that must be free.")
@format_option
@click.pass_context
def command(ctx: click.Context, data: Path | None, port: int | None, form: str) -> None:
    """Check this machine; nothing is changed. Exits 1 when something is bad."""
    settings = settings_with(data=data, port=port)
    found = [check(settings) for check in CHECKS]
    if not settings.on_sqlite:
        found += check_server(settings)
    well = all(not finding.bad for finding in found)
    if form == "json":
        checks = [
            {"check": f.check, "ok": not f.bad, "found": f.found, "cure": f.cure or None}
            for f in found
        ]
        print_json({"ok": well, "checks": checks})
    else:
        for finding in found:
            cure = f". {finding.cure}" if finding.cure else ""
            click.echo(f"{finding.mark:<4}  {finding.check:<11} {finding.found}{cure}")
    ctx.exit(0 if well else 1)


def python(_settings: Settings) -> Finding:
    """Check the version of Python."""
    version = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < OLDEST_PYTHON
    return Finding("python", version, "Install Python 3.11 or newer." if old else "")


def data_folder(settings: Settings) -> Finding:
    """Check that the data directory, or the place where it would be made, can be written."""
    folder = settings.data.absolute()
    if folder.exists() and not folder.is_dir():
        return Finding("data", f"{folder} is a file", "Choose a directory with --data.")
    place = next(p for p in (folder, *folder.parents) if p.exists())
    cure = "Mend its permissions, or choose another one with --data."
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding("data", f"{place} cannot be written", cure)
    return Finding("data", f"{folder} can be written" if place == folder else f"{folder} is new")


def database(settings: Settings) -> Finding:
    """Check that the database opens and its tables are those of this version."""
    if settings.on_sqlite and not (settings.data / DATABASE_FILE).exists():
        return Finding("database", "none yet; 'corral run' makes it")
    try:
        found = databases.versions(settings.url)
    except StorageError as error:
        return Finding("database", "cannot be opened", str(error))
    if set(found.values()) == {"none"} and not settings.on_sqlite:
        return Finding("database", "is empty; the first start makes the tables")
    if newer := [name for name, standing in found.items() if standing == "newer"]:
        cure = "Install the version of Corral that wrote it, or restore a backup."
        return Finding("database", f"tables of {', '.join(newer)} are newer than this", cure)
    if behind := [name for name, standing in found.items() if standing != "current"]:
        old = f"tables of {', '.join(behind)} are old"
        return Finding("database", old, "Make a backup, then run: corral db upgrade")
    return Finding("database", "opens; its tables are up to date")


def disk(settings: Settings) -> Finding:
    """Check that the disk of the data directory has room."""
    folder = settings.data.absolute()
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    said = f"{free / 1e9:.1f} GB are free for {place}"
    if free >= ROOM:
        return Finding("disk", said)
    # The database of a server is elsewhere; the log may be here all the same.
    scarce = settings.on_sqlite and free < LEAST_ROOM
    return Finding("disk", said, "Make room: nothing is stored on a full disk.", warning=not scarce)


def front_end(_settings: Settings) -> Finding:
    """Check that the scripts and styles of the pages are there."""
    try:
        return Finding("front end", f"is built ({len(assets.names())} files)")
    except assets.FrontEndMissingError:
        return Finding("front end", "is not built", "Run: make install")


def free_port(settings: Settings) -> Finding:
    """Check that the address can be listened on."""
    where = f"{settings.host} port {settings.port}"
    try:
        with closing(listen(settings.host, settings.port)):
            return Finding("port", f"{where} is free")
    except PortTakenError:
        return Finding("port", f"{where} is taken", "Stop what uses it, or use --port.")


def zones(_settings: Settings) -> Finding:
    """Check that time zones are known."""
    try:
        ZoneInfo("Europe/Madrid")
    except ZoneInfoNotFoundError:
        return Finding("time zones", "are unknown", "Run: pip install tzdata")
    return Finding("time zones", "are known")


def expressions(_settings: Settings) -> Finding:
    """Check that FEEL runs, which needs a process and memory of its own."""
    failures = decide([Source("doctor.dmn", _LOOP)], "loop").failures
    if not failures:
        return Finding("expressions", "run")
    reason, _, cure = failures[0].message.partition(". ")
    if "make install" not in cure:
        cure = "Raise the memory limits of the service (ulimit -v, MemoryMax)."
    return Finding("expressions", f"do not run: {reason.rstrip('.')}", cure)


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    python,
    data_folder,
    database,
    disk,
    front_end,
    free_port,
    zones,
    expressions,
)
