"""``corral`` as real processes on PostgreSQL: the data directory holds no database then."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import Engine
from tests.waiting import PATIENCE
from tests.webapp.commands.conftest import address_of
from tools.program import Program

HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
ROWS = [
    "1,77,True,Tue Oct 31 22:01:47 +0000 2017,@acme my parcel is lost. Terrible service!,2,",
    "2,acme,False,Tue Oct 31 22:02:47 +0000 2017,We are looking into it.,3,1",
    "3,77,True,Tue Oct 31 22:03:47 +0000 2017,Still nothing! This is awful.,,2",
    "4,88,True,Tue Oct 31 22:04:47 +0000 2017,@acme my shoes are broken. Horrible!,,",
]

pytestmark = pytest.mark.postgres


Start = Callable[..., Program]


def test_a_replay_stores_everything_once_and_leaves_no_sqlite_file(
    corral: Start, tmp_path: Path, postgres_url: str
) -> None:
    # given
    recording = tmp_path / "tweets.csv"
    recording.write_text(HEADER + "\n".join(ROWS) + "\n")

    # when
    counts = []
    for _ in range(2):
        arguments = ["replay", recording, "--speed", "max", "--format", "json"]
        replayed = corral(*arguments, database_url=postgres_url)
        assert replayed.ends(within=PATIENCE) == 0, replayed.text
        # The first one tells people that it deployed the process.
        counts.append(json.loads(replayed.text[replayed.text.index("{") :]))

    # then
    first, again = counts
    assert (first["mentions"], first["stored"], first["duplicates"]) == (3, 3, 0)
    assert (first["instances_started"], first["messages_correlated"]) == (2, 1)
    assert (again["stored"], again["duplicates"], again["instances_started"]) == (0, 3, 0)
    assert again["user_tasks_open"] == first["user_tasks_open"] == 2
    assert not list(tmp_path.rglob("*.sqlite"))
    engine = Engine.open(postgres_url)
    assert len(engine.instances()) == 2
    engine.close()


def test_the_demo_runs_answers_and_stops(corral: Start, tmp_path: Path, postgres_url: str) -> None:
    # given
    running = corral("run", "--port", 0, "--demo", database_url=postgres_url)
    address = address_of(running)

    # when
    with urllib.request.urlopen(f"{address}/health/ready", timeout=PATIENCE) as answer:
        health = json.load(answer)
    code = running.stop(within=PATIENCE)

    # then
    assert (health["status"], health["checks"]["waker"], code) == ("ready", "ok", 0)
    assert postgres_url not in running.text
    assert "Traceback" not in running.text
    assert not list(tmp_path.rglob("*.sqlite"))


def test_a_server_that_is_not_there_is_one_line(corral: Start) -> None:
    # given
    nowhere = "postgresql+psycopg://ana:secret@127.0.0.1:1/corral"

    # when
    refused = corral("tasks", database_url=nowhere)

    # then
    assert refused.ends(within=PATIENCE) == 2
    assert refused.text.count("\n") == 1
    assert "secret" not in refused.text
    assert "cannot be opened" in refused.text
