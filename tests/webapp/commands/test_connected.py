"""``corral db status`` names processes as those know them who have to stop them."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable

import pytest

from tools.program import Program

#: Seconds in which something has to happen on a busy machine.
PATIENCE = 120

pytestmark = pytest.mark.postgres


@pytest.mark.parametrize("command", [("web", "--port", "0"), ("worker",)])
def test_a_connected_process_is_named_by_the_number_it_was_started_with(
    corral: Callable[..., Program], postgres_url: str, command: tuple[str, ...]
) -> None:
    # given a process, which forks if it serves pages
    running = corral(*command, database_url=postgres_url)
    running.until(lambda: "Ctrl-C stops it" in running.text, within=PATIENCE)

    # when
    def connected() -> list[str]:
        asked = corral("db", "status", "--format", "json", database_url=postgres_url)
        asked.ends(within=PATIENCE)
        found: list[str] = json.loads(asked.text)["connected"]
        return found

    running.until(lambda: bool(connected()), within=PATIENCE)

    # then
    assert connected() == [f"{socket.gethostname()[:40]}:{running.process.pid}"]
