"""The units for systemd: what they name is there, and systemd itself finds nothing wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.test_containers import check_command
from tools.tree import ROOT
from webapp.settings import Settings

FOLDER = ROOT / "docs" / "operating" / "systemd"
UNITS = ("corral.service", "corral-web@.service", "corral-worker@.service")
#: Exposure as ``systemd-analyze security`` counts it, in tenths; below 20 it calls a service "OK".
MOST_EXPOSED = 20


def lines(unit: str) -> list[tuple[str, str]]:
    """Return the settings of a unit, in order."""
    text = (FOLDER / unit).read_text(encoding="utf-8")
    return [(m[1], m[2]) for m in re.finditer(r"^([A-Z]\w+)=(.*)$", text, re.MULTILINE)]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units, each with a command that is on this machine and an instance of its own."""
    corral = Path(sys.executable).parent / "corral"
    for unit in UNITS:
        text = (FOLDER / unit).read_text(encoding="utf-8")
        named = unit.replace("@", "@8000")
        (tmp_path / named).write_text(text.replace("/opt/corral/bin/corral", str(corral)))
    return tmp_path


def test_no_unit_is_left_out() -> None:
    assert {path.name for path in FOLDER.glob("*.service")} == set(UNITS)


@pytest.mark.parametrize("unit", UNITS)
def test_each_unit_starts_a_command_that_there_is(unit: str) -> None:
    # given
    (command,) = [value for name, value in lines(unit) if name == "ExecStart"]
    program, *arguments = command.replace("%i", "8000").split()

    # then
    assert program == "/opt/corral/bin/corral"
    check_command(arguments)


@pytest.mark.parametrize("unit", UNITS)
def test_each_unit_sets_what_is_a_setting(unit: str) -> None:
    # given
    pairs = [value for name, value in lines(unit) if name == "Environment"]

    # then
    assert pairs
    named = {pair.split("=")[0].removeprefix("CORRAL_").lower() for pair in pairs}
    assert named <= set(Settings.model_fields)


def test_the_example_of_the_environment_holds_settings_and_no_secret() -> None:
    # given
    text = (FOLDER / "corral.env.example").read_text(encoding="utf-8")
    given = dict(re.findall(r"^(CORRAL_\w+)=(.*)$", text, re.MULTILINE))

    # then
    assert {name.removeprefix("CORRAL_").lower() for name in given} <= set(Settings.model_fields)
    assert not given["CORRAL_SECRET_KEY"] and not given["CORRAL_CREDENTIALS_KEY"]
    assert not given["CORRAL_METRICS_TOKEN"]
    assert "PASSWORD@" in given["CORRAL_DATABASE_URL"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_stop_waits_for_running_work_and_a_death_is_no_end(unit: str) -> None:
    # given
    found = dict(lines(unit))

    # then
    assert found["Restart"] == "always"
    assert found["KillMode"] == "mixed"
    assert int(found["TimeoutStopSec"]) >= (40 if "web" in unit else 90)


def test_systemd_finds_nothing_wrong_with_them(installed: Path) -> None:
    # given
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd-analyze is not on this machine")
    units = sorted(installed.glob("*.service"))

    # when
    verified = subprocess.run(
        [systemd, "verify", "--man=no", *units], capture_output=True, text=True, timeout=120
    )

    # then
    told = [line for line in verified.stderr.splitlines() if str(installed) in line]
    assert (verified.returncode, told) == (0, [])


@pytest.mark.parametrize("unit", [unit.replace("@", "@8000") for unit in UNITS])
def test_systemd_calls_them_well_protected(installed: Path, unit: str) -> None:
    # given
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd-analyze is not on this machine")
    options = ["--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}"]

    # when
    judged = subprocess.run(
        [systemd, "security", *options, installed / unit],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    if "unrecognized option" in judged.stderr:
        pytest.skip("this systemd-analyze judges only units that run")

    # then
    assert judged.returncode == 0, judged.stdout
