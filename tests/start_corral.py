"""Starts ``corral`` with networks that only tests need; all else is the product as it is.

``python tests/start_corral.py FOLDER COMMAND ...``: each file in the folder is a network.
"""

from __future__ import annotations

import sys
from pathlib import Path

from channels import networks
from webapp.cli import main


def start(folder: Path | str) -> None:
    """Do what the arguments of this program say, with the networks in ``folder``."""
    networks.__path__.append(str(folder))
    main(prog_name="corral")


if __name__ == "__main__":
    start(sys.argv.pop(1))
