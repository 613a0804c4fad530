"""A command that finds no room on a disk says so in one line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tools.program import CORRAL

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no disk that is always full")
def test_a_full_disk_is_told_with_its_cure() -> None:
    # when
    with FULL.open("w") as disk:
        said = subprocess.run([CORRAL, "doctor"], stdout=disk, stderr=subprocess.PIPE, text=True)

    # then
    assert said.returncode == 2
    assert said.stderr.splitlines()[0].endswith("Make room on the disk, and try again.")
    assert "Traceback" not in said.stderr
