"""The files a command was pointed at: diagrams, decision tables and forms."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from engine.definitions import Source

ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml", ".dmn", ".form")
#: What a file that merely ends in .xml has to hold to be taken for one of them, in any encoding.
_SIGNS = (b"omg.org/spec/bpmn/", b"omg.org/spec/dmn/")


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
    found = [
        Source(file.as_posix(), file.read_bytes())
        for file in sorted(path.rglob("*"))
        if file.is_file() and file.name.lower().endswith((*ENDINGS, ".xml"))
    ]
    taken = [source for source in found if _belongs(source)]
    if not taken:
        raise click.UsageError(f"{path} holds no file that ends in {', '.join(ENDINGS)}.")
    return taken


def _belongs(source: Source) -> bool:
    """Say whether a file of a folder is one of ours: by its name, else by what it holds."""
    if source.name.lower().endswith(ENDINGS):
        return True
    plain = source.content.replace(b"\0", b"").lower()
    return any(sign in plain for sign in _SIGNS)
