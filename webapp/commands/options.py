"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from webapp.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


def data_option(command: F) -> F:
    """Add ``--data DIR``."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Data directory. Default: $CORRAL_DATA, else 'data' in the current directory.",
    )(command)


def paths_argument(command: F) -> F:
    """Add ``PATH...``: files and folders to read, one at least; the parameter is ``paths``."""
    return click.argument(
        "paths",
        nargs=-1,
        required=True,
        type=click.Path(exists=True, path_type=Path),
        metavar="PATH...",
    )(command)


def format_option(command: F) -> F:
    """Add ``--format text|json``; the command's parameter is called ``form``."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="json prints exactly one JSON object on stdout.",
    )(command)


def settings_with(**given: Any) -> Settings:
    """Return the settings, in which options that were given win over the environment."""
    return Settings(**{name: value for name, value in given.items() if value is not None})
