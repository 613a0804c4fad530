"""A running Corral that is killed, then started again, has lost nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine import Engine
from tests.wakers import Deaf
from tools import program, tree

Counts = dict[str, dict[str, int]]
#: A process that starts without a message.
LOOP = tree.ROOT / "tests" / "benchmarks" / "loop.bpmn"


def test_given_a_killed_server_when_started_again_then_it_goes_on_where_it_was(
    tmp_path: Path,
    read_counts: Callable[[Path], Counts],
    read_stored: Callable[[Path], int],
) -> None:
    # given
    data = tmp_path / "data"
    with program.serving(program.CORRAL, "--demo", folder=tmp_path, data=data) as (first, _):
        first.until(lambda: read_stored(data) >= 3, within=60)
        first.kill()
    before = read_counts(data)

    # when
    with program.serving(program.CORRAL, "--demo", folder=tmp_path, data=data) as (second, _):
        second.until(lambda: read_stored(data) > before["mention"]["rows"], within=60)
        second.until(lambda: read_counts(data)["inbox"] == {}, within=60)
        after = read_counts(data)
        code = second.stop()

    # then
    assert code == 0, second.text
    assert "Traceback" not in second.text
    assert sum(after["instance"].values()) >= sum(before["instance"].values())
    assert after["incident"] == {}


def test_given_a_death_between_commit_and_wake_up_when_started_again_then_the_sweep_finds_it(
    tmp_path: Path, read_counts: Callable[[Path], Counts]
) -> None:
    # given
    data = tmp_path / "data"
    data.mkdir()
    engine = Engine.open(f"sqlite:///{data / 'corral.sqlite'}")
    engine.deploy([LOOP])
    engine.use_waker(Deaf())
    with engine.transaction() as transaction:
        instance = engine.start("loop", {}, business_key="left:behind", within=transaction)
    left = [task.element for task in engine.user_tasks(instance.id)]
    engine.close()

    # when
    with program.serving(program.CORRAL, folder=tmp_path, data=data) as (second, _):
        second.until(lambda: read_counts(data)["inbox"] == {}, within=60)

    # then
    engine = Engine.open(f"sqlite:///{data / 'corral.sqlite'}")
    found = [task.element for task in engine.user_tasks(instance.id)]
    engine.close()
    assert (left, found) == ([], ["answer"])
