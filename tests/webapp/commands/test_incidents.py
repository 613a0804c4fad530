"""``corral incidents --retry``: an operator goes on without a page."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from engine import Engine, Source
from tests.webapp.conftest import ERRAND

Run = Callable[..., Result]


@pytest.fixture
def incident(data: Path, run: Run) -> int:
    """An incident: the job of an errand failed for the last time."""
    assert run("db", "upgrade").exit_code == 0
    with closing(Engine.open(f"sqlite:///{data}/corral.sqlite")) as engine:
        engine.deploy([Source("errand.bpmn", ERRAND)])
        instance = engine.start("errand")
        (task,) = engine.user_tasks(instance.id)
        engine.complete(task.id, by="ana")
        (job,) = engine.jobs(instance.id)
        engine.fail_job(job.id, "the shop was shut")
        (found,) = engine.incidents()
        return found.id


def test_an_incident_is_retried_and_listed_as_resolved(run: Run, data: Path, incident: int) -> None:
    # when
    result = run("incidents", "--retry", str(incident), "--all", "--format", "json")

    # then
    (listed,) = json.loads(result.stdout)["incidents"]
    assert "goes on at fetch" in result.stderr
    assert (listed["id"], listed["resolved_by"]) == (incident, "corral incidents")
    with closing(Engine.open(f"sqlite:///{data}/corral.sqlite")) as engine:
        (job,) = engine.jobs(listed["instance_id"])
        assert job.retries == 1


def test_one_that_is_resolved_or_not_there_is_refused(run: Run, incident: int) -> None:
    # given
    run("incidents", "--retry", str(incident))

    # when
    refused = [run("incidents", "--retry", str(id)) for id in (incident, 999)]

    # then
    assert [result.exit_code for result in refused] == [2, 2]
    assert all(result.stderr.startswith("Error: ") for result in refused)
