"""``corral worker`` as a real process: it serves no pages, and is watched on a port of its own."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Callable

import pytest

from tests.waiting import PATIENCE
from tools.program import Program
from webapp.commands.worker import GIVING_WAY

TOKEN = "0123456789abcdef0123456789abcdef"
#: What it tells people; everything else is the log.
TOLD = ("This worker runs.", "It answers /health/ready and /metrics on ")

pytestmark = pytest.mark.postgres


def test_a_worker_is_ready_shows_its_figures_and_stops_when_told(
    corral: Callable[..., Program], postgres_url: str
) -> None:
    # given
    worker = corral(
        "worker", database_url=postgres_url, worker_port=0, metrics_token=TOKEN, log_format="json"
    )
    worker.until(lambda: TOLD[1] in worker.text, within=PATIENCE)
    found = re.search(r"on (127\.0\.0\.1) port (\d+)", worker.text)
    assert found, worker.text
    address = f"http://{found[1]}:{found[2]}"

    # when
    with urllib.request.urlopen(f"{address}/health/ready", timeout=PATIENCE) as answer:
        ready = json.load(answer)
    asked = urllib.request.Request(
        f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
        figures = answer.read().decode()
    nice = os.getpriority(os.PRIO_PROCESS, worker.process.pid)
    code = worker.stop(within=PATIENCE)

    # then
    assert ready["checks"] == {"database": "ok", "tables": "ok", "waker": "ok"}
    assert "corral_database_up 1.0" in figures
    assert "corral_inbox_events 0.0" in figures
    assert nice == os.getpriority(os.PRIO_PROCESS, 0) + GIVING_WAY
    assert code == 0
    log = [line for line in worker.text.splitlines() if not line.startswith(TOLD)]
    assert all(json.loads(line) for line in log)
