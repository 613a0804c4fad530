"""Nothing leaks between two workspaces: every public method of the engine is tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from engine import Engine, Message, Submission
from engine.errors import NotFoundError
from engine.instances import InstanceFilter
from tests.engine.conftest import Bench, flow

TASK = {"is": "user_task", "at": "answer", "queue": "care", "in": 60, "form": "answer"}
ALL = (
    TASK,
    {"is": "timer", "at": "late", "in": 60},
    {"is": "message", "at": "talk", "name": "mention", "key": "k"},
    {"is": "signal", "at": "alarm", "name": "alarm"},
    {"is": "job", "at": "send", "type": "reply.send", "retries": 1},
    {"is": "job", "at": "stuck", "type": "stuck", "retries": 1},
)
STARTS: dict[str, Any] = {
    "signal_starts": ["alarm"],
    "timer_starts": {"tick": "R/PT1H"},
    "condition_starts": {"when": "urgent"},
}


@dataclass
class Ids:
    """Ids of rows of the first workspace, tried on the second one."""

    deployment: int
    definition: int
    instance: int
    user_task: int
    job: int
    incident: int


NOTHING: dict[str, Callable[[Engine, Ids, Bench], Any]] = {
    "complete_all": lambda e, i, _b: [
        each
        for each in e.complete_all([Submission(i.user_task)], by="eve")
        if not isinstance(each, NotFoundError)
    ],
    "complete_jobs": lambda e, i, _b: e.complete_jobs({i.job: {}}),
    "correlate": lambda e, _i, _b: e.correlate("mention", "k").instance_id or [],
    "correlate_all": lambda e, _i, _b: [
        c.instance_id for c in e.correlate_all([Message("mention", "k")]) if c.instance_id
    ],
    "count_claimed": lambda e, _i, _b: e.count_claimed("ana"),
    "count_incidents": lambda e, _i, _b: e.count_incidents(),
    "count_instances": lambda e, i, _b: (
        e.count_instances(InstanceFilter(with_incident=True, waiting_at="stuck"))
        + e.count_instances(InstanceFilter(definition_id=i.definition))
    ),
    "count_running": lambda e, _i, _b: e.count_running(["care"]),
    "definitions": lambda e, _i, _b: e.definitions() + e.definitions(key="care"),
    "fire_due": lambda e, _i, b: e.fire_due(b.clock.now() + timedelta(days=1)),
    "incidents": lambda e, i, _b: e.incidents() + e.incidents(instance_id=i.instance),
    "instances": lambda e, _i, _b: e.instances(),
    "jobs": lambda e, i, _b: e.jobs() + e.jobs(i.instance, open_only=False),
    "job_statuses": lambda e, i, _b: e.job_statuses([i.job]),
    "next_user_task": lambda e, _i, _b: e.next_user_task(None, by="eve"),
    "queues": lambda e, _i, _b: e.queues(),
    "signal": lambda e, _i, _b: e.signal("alarm"),
    "start_conditional": lambda e, _i, _b: e.start_conditional({"urgent": True}),
    "user_tasks": lambda e, i, _b: e.user_tasks() + e.user_tasks(i.instance, open_only=False),
    "user_tasks_among": lambda e, i, _b: e.user_tasks_among([i.user_task]),
    "user_tasks_of": lambda e, i, _b: e.user_tasks_of([i.instance]),
}
REFUSED: dict[str, Callable[[Engine, Ids], Any]] = {
    "cancel": lambda e, i: e.cancel(i.instance, by="eve"),
    "claim": lambda e, i: e.claim(i.user_task, by="eve"),
    "complete": lambda e, i: e.complete(i.user_task, by="eve"),
    "complete_job": lambda e, i: e.complete_job(i.job),
    "decision_view": lambda e, i: e.decision_view(i.definition),
    "definition": lambda e, i: e.definition(i.definition),
    "deployment": lambda e, i: e.deployment(i.deployment),
    "fail_job": lambda e, i: e.fail_job(i.job, "why"),
    "form": lambda e, i: e.form(i.user_task),
    "history": lambda e, i: e.history(i.instance),
    "instance": lambda e, i: e.instance(i.instance),
    "job": lambda e, i: e.job(i.job),
    "normalised": lambda e, i: e.normalised(i.definition),
    "open_user_task": lambda e, i: e.open_user_task(i.user_task),
    "problems": lambda e, i: e.problems(i.definition),
    "publish": lambda e, i: e.publish(i.definition),
    "simulate": lambda e, i: e.simulate(i.definition),
    "release": lambda e, i: e.release(i.user_task, by="eve", force=True),
    "resolve": lambda e, i: e.resolve(i.incident, by="eve"),
    "resource": lambda e, i: e.resource(i.definition),
    "start": lambda e, _i: e.start("care"),
    "throw_error": lambda e, i: e.throw_error(i.job, "code"),
    "user_task": lambda e, i: e.user_task(i.user_task),
    "variables": lambda e, i: e.variables(i.instance, user_task_id=i.user_task),
}
#: Of the storage as a whole, or of no row at all; each has a reason or a test of its own below.
ELSEWHERE = {
    "advance": "upkeep of all workspaces; applies what was written, and tells nothing",
    "advance_free": "the same",
    "sweep": "the same",
    "newest_event": "tells the number of an event alone",
    "pump": "the same",
    "next_due": "tells a moment alone",
    "clock": "no row",
    "close": "no row",
    "create_workspace": "names the workspace",
    "decide": "what is deployed is found by the catalogue: see test_storage_catalogue",
    "deploy": "tested below",
    "figures": "numbers of all workspaces together, for whoever runs the installation",
    "connections": "the same",
    "explain": "the rules are the same for everybody",
    "in_memory": "opens",
    "in_workspace": "names the workspace",
    "lint": "stores nothing",
    "on_change": "each change names its workspace",
    "on_jobs": "the unit of work names its workspace",
    "open": "opens",
    "reading": "names its workspace",
    "storage": "no row",
    "transact": "names its workspace",
    "transaction": "names its workspace",
    "use_observer": "each piece of work names its workspace",
    "use_waker": "upkeep of all workspaces",
    "workspaces": "the list of them",
}


@pytest.fixture
def ids(bench: Bench) -> Ids:
    """Return what the first workspace holds: one of everything."""
    first = bench.engine
    form = flow("care", {"all": list(ALL)}, **STARTS)
    deployed = first.deploy([form])
    instance = first.start("care", {"secret": 1}, business_key="b", correlation_key="k")
    stuck = first.jobs(type="stuck")[0]
    first.fail_job(stuck.id, "no")
    return Ids(
        deployed.id,
        deployed.definitions[0].id,
        instance.id,
        first.user_tasks()[0].id,
        first.jobs(type="reply.send")[0].id,
        first.incidents()[0].id,
    )


@pytest.fixture
def second(bench: Bench, ids: Ids) -> Engine:
    """Return the engine of another workspace that holds nothing."""
    return bench.engine.create_workspace("second", "Second")


def everything(engine: Engine, ids: Ids) -> tuple[Any, ...]:
    """Return all that can be seen of the first workspace."""
    return (
        engine.instance(ids.instance),
        engine.user_tasks(open_only=False),
        engine.jobs(open_only=False),
        engine.incidents(open_only=False),
        engine.history(ids.instance),
        engine.definitions(),
    )


def test_every_public_method_of_the_engine_has_a_case() -> None:
    # a new method has to be tried here, or to say why it needs not
    public = {name for name in dir(Engine) if not name.startswith("_")}
    assert public == NOTHING.keys() | REFUSED.keys() | ELSEWHERE.keys()


def test_lists_and_messages_of_another_workspace_find_nothing(
    bench: Bench, second: Engine, ids: Ids
) -> None:
    # given
    before = everything(bench.engine, ids)

    # when
    found = {name: call(second, ids, bench) for name, call in NOTHING.items()}

    # then
    assert {name: each for name, each in found.items() if each} == {}
    assert everything(bench.engine, ids) == before


def test_ids_of_another_workspace_are_not_found_and_nothing_changes(
    bench: Bench, second: Engine, ids: Ids
) -> None:
    # given
    before = everything(bench.engine, ids)

    # when
    refused = set()
    for name, call in REFUSED.items():
        try:
            call(second, ids)
        except NotFoundError:
            refused.add(name)

    # then
    assert refused == REFUSED.keys()
    assert everything(bench.engine, ids) == before


def test_the_same_key_has_its_own_versions_in_each_workspace(second: Engine, ids: Ids) -> None:
    deployed = second.deploy([flow("care", {"any": [TASK]})])
    assert deployed.definitions[0].version == 1
    assert [each.id for each in second.definitions()] == [deployed.definitions[0].id]


def test_the_same_correlation_key_starts_one_instance_in_each_workspace(
    bench: Bench, second: Engine
) -> None:
    # given
    second.deploy([flow("care", {"any": [TASK]})])

    # when
    second.start("care", correlation_key="k")

    # then
    assert len(second.instances()) == len(bench.engine.instances()) == 1


def test_a_transaction_of_another_workspace_is_refused(bench: Bench, second: Engine) -> None:
    with (
        bench.engine.transaction() as uow,
        pytest.raises(ValueError, match="another workspace"),
    ):
        second.correlate("mention", "k", within=uow)


def test_changes_name_their_workspace(bench: Bench, second: Engine) -> None:
    # given
    seen: list[str] = []
    second.on_change(lambda changes: seen.extend(change.workspace for change in changes))
    second.deploy([flow("care", {"any": [TASK]})])

    # when
    second.start("care")
    bench.engine.start("care")

    # then
    assert set(seen[: len(seen) // 2]) == {"second"}
    assert set(seen[len(seen) // 2 :]) == {"default"}


def test_a_workspace_that_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="'nowhere'"):
        bench.engine.in_workspace("nowhere")


@pytest.mark.parametrize(("key", "zone"), [("Upper", "UTC"), ("", "UTC"), ("ok", "Moon/Base")])
def test_a_workspace_nobody_could_use_is_refused(bench: Bench, key: str, zone: str) -> None:
    with pytest.raises(ValueError, match="is not a"):
        bench.engine.create_workspace(key, "Name", zone=zone)


def test_creating_a_workspace_twice_gives_the_same(bench: Bench) -> None:
    # when
    one = bench.engine.create_workspace("brand", "Brand", zone="Europe/Vienna")
    two = bench.engine.create_workspace("brand", "Another name")

    # then
    assert one.workspace == two.workspace
    assert [each.key for each in bench.engine.workspaces()] == ["brand", "default"]
    assert bench.engine.in_workspace("brand").workspace.zone == "Europe/Vienna"
