"""The files a command was pointed at: diagrams, decision tables and forms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from engine.definitions import Source

ENDINGS = (".bpmn", ".bpmn20.xml", ".dmn", ".form")


def deployments(paths: Sequence[Path]) -> list[list[Source]]:
    """Return the files behind ``paths``, grouped as they are deployed together.

    A folder is one deployment, with everything below it; the files named one by one are another.
    A source bears the name it was asked by, so that reports can be followed.

    Raises:
        click.UsageError: a folder holds nothing to deploy.
    """
    alone = [Source(path.as_posix(), path.read_bytes()) for path in paths if not path.is_dir()]
    folders = [_folder(path) for path in paths if path.is_dir()]
    return [group for group in ([alone] if alone else []) + folders if group]


def _folder(path: Path) -> list[Source]:
    found = sorted(
        file for file in path.rglob("*") if file.is_file() and file.name.lower().endswith(ENDINGS)
    )
    if not found:
        raise click.UsageError(f"{path} holds no file that ends in {', '.join(ENDINGS)}.")
    return [Source(file.as_posix(), file.read_bytes()) for file in found]
