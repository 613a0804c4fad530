"""Starts ``corral`` with a network that only tests need; all else is the product as it is."""

from __future__ import annotations

from pathlib import Path

from channels import networks
from webapp.cli import main

if __name__ == "__main__":
    networks.__path__.append(str(Path(__file__).parent / "networks"))
    main(prog_name="corral")
