"""``corral worker`` as a real process: it serves no pages, and is watched on a port of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

TREE = Path(__file__).parents[3]
TOKEN = "0123456789abcdef0123456789abcdef"

pytestmark = pytest.mark.postgres


@pytest.fixture
def worker(postgres_url: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a worker that answers on a free port."""
    plain = {name: text for name, text in os.environ.items() if not name.startswith("CORRAL_")}
    with (tmp_path / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", "worker"],
            env=plain
            | {
                "PYTHONPATH": str(TREE),
                "PYTHONUNBUFFERED": "1",
                "CORRAL_DATABASE_URL": postgres_url,
                "CORRAL_DATA": str(tmp_path / "data"),
                "CORRAL_WORKER_PORT": "0",
                "CORRAL_METRICS_TOKEN": TOKEN,
                "CORRAL_LOG_FORMAT": "json",
            },
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            cwd=tmp_path,
        )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    assert process.stdout
    process.stdout.close()


def test_a_worker_is_ready_shows_its_figures_and_stops_when_told(
    worker: subprocess.Popen[str], tmp_path: Path
) -> None:
    # given
    assert worker.stdout
    found = None
    for line in worker.stdout:
        if found := re.search(r"on (127\.0\.0\.1) port (\d+)", line):
            break
    assert found, (tmp_path / "log.txt").read_text()
    address = f"http://{found[1]}:{found[2]}"

    # when
    with urllib.request.urlopen(f"{address}/health/ready", timeout=60) as answer:
        ready = json.load(answer)
    asked = urllib.request.Request(
        f"{address}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
    )
    with urllib.request.urlopen(asked, timeout=60) as answer:
        figures = answer.read().decode()
    worker.send_signal(signal.SIGTERM)
    code = worker.wait(timeout=60)

    # then
    assert ready["checks"] == {"database": "ok", "tables": "ok", "waker": "ok"}
    assert "corral_database_up 1.0" in figures
    assert "corral_inbox_events 0.0" in figures
    assert code == 0
    assert all(json.loads(line) for line in (tmp_path / "log.txt").read_text().splitlines())
