"""``corral`` as real processes on PostgreSQL: the data directory holds no database then."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from engine import Engine

TREE = Path(__file__).parents[3]
HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
ROWS = [
    "1,77,True,Tue Oct 31 22:01:47 +0000 2017,@acme my parcel is lost. Terrible service!,2,",
    "2,acme,False,Tue Oct 31 22:02:47 +0000 2017,We are looking into it.,3,1",
    "3,77,True,Tue Oct 31 22:03:47 +0000 2017,Still nothing! This is awful.,,2",
    "4,88,True,Tue Oct 31 22:04:47 +0000 2017,@acme my shoes are broken. Horrible!,,",
]

pytestmark = pytest.mark.postgres


@pytest.fixture
def environment(postgres_url: str, tmp_path: Path) -> dict[str, str]:
    plain = {name: text for name, text in os.environ.items() if not name.startswith("CORRAL_")}
    return plain | {
        "PYTHONPATH": str(TREE),
        "CORRAL_DATABASE_URL": postgres_url,
        "CORRAL_DATA": str(tmp_path / "data"),
    }


def corral(environment: dict[str, str], *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "webapp.cli", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_a_replay_stores_everything_once_and_leaves_no_sqlite_file(
    environment: dict[str, str], tmp_path: Path, postgres_url: str
) -> None:
    # given
    recording = tmp_path / "tweets.csv"
    recording.write_text(HEADER + "\n".join(ROWS) + "\n")
    deployed = corral(environment, "deploy", TREE / "processes" / "complaint")
    assert deployed.returncode == 0, deployed.stderr

    # when
    runs = [
        corral(environment, "replay", recording, "--speed", "max", "--format", "json")
        for _ in range(2)
    ]

    # then
    assert [run.returncode for run in runs] == [0, 0], runs[0].stderr
    first, again = (json.loads(run.stdout) for run in runs)
    assert (first["mentions"], first["stored"], first["duplicates"]) == (3, 3, 0)
    assert (first["instances_started"], first["messages_correlated"]) == (2, 1)
    assert (again["stored"], again["duplicates"], again["instances_started"]) == (0, 3, 0)
    assert again["user_tasks_open"] == first["user_tasks_open"] == 2
    assert not list(tmp_path.rglob("*.sqlite"))
    engine = Engine.open(postgres_url)
    assert len(engine.instances()) == 2
    engine.close()


def test_the_demo_runs_answers_and_stops(environment: dict[str, str], tmp_path: Path) -> None:
    # given
    errors = (tmp_path / "errors.txt").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp.cli", "run", "--port", "0", "--demo"],
        env=environment, stdout=subprocess.PIPE, stderr=errors, text=True, cwd=tmp_path,
    )  # fmt: skip

    # when
    try:
        assert process.stdout
        welcome = ""
        for line in process.stdout:
            welcome += line
            if line.startswith("Ctrl-C"):
                break
        address = re.search(r"Corral runs at (http://\S+)", welcome)
        assert address, (tmp_path / "errors.txt").read_text()
        with urllib.request.urlopen(f"{address[1]}/health/ready", timeout=60) as answer:
            health = json.load(answer)
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=60)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
        errors.close()

    # then
    assert (health["status"], health["checks"]["waker"], code) == ("ready", "ok", 0)
    password = environment["CORRAL_DATABASE_URL"]
    assert password not in welcome
    assert "Traceback" not in (tmp_path / "errors.txt").read_text()
    assert not list(tmp_path.rglob("*.sqlite"))


def test_a_server_that_is_not_there_is_one_line(environment: dict[str, str]) -> None:
    # given
    nowhere = "postgresql+psycopg://ana:secret@127.0.0.1:1/corral"

    # when
    refused = corral(environment | {"CORRAL_DATABASE_URL": nowhere}, "tasks")

    # then
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "secret" not in refused.stderr
    assert "cannot be opened" in refused.stderr
