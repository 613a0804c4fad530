"""The process definitions that ship with Corral, as data: one folder each.

A folder holds what one deployment needs: diagrams (``.bpmn``), decisions (``.dmn``), forms
(``.form``), and a README for the people who adapt them. There is no code in it, so a shipped
process is deployed the same way as one that somebody uploads::

    from engine import Engine
    from processes import files

    engine.deploy(files("complaint"))
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

#: Endings of the files that belong to a deployment.
DEPLOYED = (".bpmn", ".dmn", ".form")


def shipped() -> list[str]:
    """Return the names of the shipped processes, in the order of the alphabet."""
    return sorted(folder.name for folder in _home().iterdir() if _deployable(folder))


def files(name: str) -> list[Path]:
    """Return the files to deploy for the shipped process ``name``, diagrams first.

    Raises:
        LookupError: if no process of that name is shipped; the text lists those that are.
    """
    found = _deployable(_home() / name) if name in shipped() else []
    if not found:
        raise LookupError(
            f"No process called {name!r} is shipped with Corral. "
            f"Choose one of: {', '.join(shipped())}."
        )
    return found


def _home() -> Path:
    # Corral is installed as plain files (wheels are unpacked), never run from inside an archive.
    return Path(str(resources.files(__name__)))


def _deployable(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    found = [file for file in folder.iterdir() if file.suffix in DEPLOYED]
    return sorted(found, key=lambda file: (DEPLOYED.index(file.suffix), file.name))


__all__ = ["files", "shipped"]
