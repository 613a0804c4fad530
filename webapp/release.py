"""Which release of Corral this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as _installed


def version() -> str:
    """Return the version of the installed distribution; ``"0"`` for a tree that is not."""
    try:
        return _installed("corral")
    except PackageNotFoundError:
        return "0"
