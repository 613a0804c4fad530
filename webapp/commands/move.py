"""``corral move``: an installation from SQLite to PostgreSQL."""

from __future__ import annotations

import sys

import click

from engine.storage.moving import Moved
from engine.storage.moving.addresses import shown_postgres
from webapp.commands.options import format_option
from webapp.commands.printing import print_json, printable
from webapp.databases import move_installation

#: Rows between two lines of progress, where no terminal redraws one.
_EVERY = 500_000


@click.command("move")
@click.argument("sqlite_url")
@click.argument("postgres_url")
@format_option
def command(sqlite_url: str, postgres_url: str, form: str) -> None:
    """Move an installation to an empty PostgreSQL database; all of it or nothing.

    Corral must be stopped. SQLITE_URL is sqlite:///data/corral.sqlite, POSTGRES_URL is
    postgresql+psycopg://user:password@host/database; without a password, PGPASSWORD or ~/.pgpass
    is asked. The SQLite database stays as it is.
    """
    moved = move_installation(sqlite_url, postgres_url, _Teller())
    for each in moved.cleaned:
        click.echo(
            f"Note: {each.count} texts in {each.table}.{each.column} held U+0000 or bytes that are "
            "no text; PostgreSQL stores neither. U+FFFD stands in their places.",
            err=True,
        )
    if moved.left:
        left = printable(", ".join(moved.left))
        click.echo(f"Note: not moved, for they are not ours: {left}.", err=True)
    if form == "json":
        print_json({"rows": moved.rows, "cleaned": moved.cleaned, "left": moved.left})
    else:
        click.echo(_farewell(moved, postgres_url))


class _Teller:
    """Tells on stderr how far the copying is."""

    def __init__(self) -> None:
        self._told = 0

    def __call__(self, table: str, done: int, total: int) -> None:
        if not total:
            return
        if sys.stderr.isatty():
            end = "\n" if done == total else ""
            click.echo(f"\r{table:<20} {done:>12,} of {total:,} rows{end}", err=True, nl=False)
        elif done == total or done - self._told >= _EVERY:
            click.echo(f"{table}: {done} of {total} rows", err=True)
            self._told = done
        if done == total:
            self._told = 0


def _farewell(moved: Moved, url: str) -> str:
    shown = shown_postgres(url)
    return "\n".join(
        [
            f"Moved {sum(moved.rows.values())} rows of {len(moved.rows)} tables; counts and sums "
            "are the same on both sides.",
            "",
            "Next:",
            f"  1. Set CORRAL_DATABASE_URL to {shown},",
            "     with its password, for every process.",
            "  2. For pages on several machines set CORRAL_SECRET_KEY to what secret.key in the",
            "     data directory holds: people stay logged in. On one machine, keep the directory.",
            "  3. Start Corral: 'corral run', or 'corral web' and 'corral worker' on any number of "
            "machines.",
            "  4. Keep the SQLite file as a backup of this moment. It is refused from now on, so",
            "     that customers are not answered twice.",
        ]
    )
