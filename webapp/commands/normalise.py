"""``corral normalise``: a diagram as it is compiled, and what was changed in it on the way."""

from __future__ import annotations

from pathlib import Path

import click

from engine import Engine
from engine.definitions import Source
from engine.errors import EngineError
from webapp.cli import RefusedError
from webapp.commands.lint import problem_as_json
from webapp.commands.options import format_option
from webapp.commands.printing import print_json, printable


@click.command("normalise")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@format_option
def command(path: Path, form: str) -> None:
    """Print the normal form of a diagram on stdout, and what was changed on stderr.

    The normal form is what Corral compiles: vendors' settings in Corral's words, and nothing left
    implicit. It is for reading; the file that was uploaded stays as it came.
    """
    engine = Engine.in_memory()
    try:
        found = engine.normalised(Source(path.as_posix(), path.read_bytes()))
    except EngineError as fault:
        raise RefusedError(str(fault)) from None
    finally:
        engine.close()
    if form == "json":
        print_json({"xml": found.xml, "notes": [problem_as_json(note) for note in found.notes]})
        return
    click.echo(found.xml)
    for note in found.notes:
        place = f"{note.line or 0}: {note.element or 'the file'}"
        line = f"{path.as_posix()}:{place}: {note.message} [{note.rule}]"
        click.echo(printable(line), err=True)
