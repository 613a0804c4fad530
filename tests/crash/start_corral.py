"""Starts ``corral`` with two things that only tests need: a network, and a clock that goes wrong.

``python start_corral.py CLOCK_FILE COMMAND ...``: everything else is the product as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from channels import networks
from engine import opening
from tests.crash.shifted_clock import ShiftedClock
from webapp.cli import main

if __name__ == "__main__":
    file = Path(sys.argv.pop(1))
    networks.__path__.append(str(Path(__file__).parent / "networks"))
    opening.clock_of = lambda _storage: ShiftedClock(file)
    main(prog_name="corral")
