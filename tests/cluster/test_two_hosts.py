"""Pages and workers on two hosts that share a database and nothing else."""

from __future__ import annotations

from channels.polling import EVERY, LEASE
from engine import InstanceStatus
from engine.user_tasks import UserTask
from tests.cluster.conftest import Cluster


def open_task(cluster: Cluster, text: str) -> UserTask:
    """Let a mention come in and wait until somebody may answer it."""
    cluster.network.tell("north", text)
    cluster.until(lambda: len(cluster.engine.user_tasks()) == 1)
    return cluster.engine.user_tasks()[0]


def test_people_are_served_by_both_hosts_and_their_pages_hear_each_change_once(
    cluster: Cluster,
) -> None:
    # given
    task = open_task(cluster, "Hello?")
    ana = cluster.browser()
    ana.log_in(0, "ana")
    pages = [ana.listen(host) for host in (0, 1)]

    # when
    ana.post(0, f"/tasks/{task.id}/claim")
    claimed = [page.until("user_task", task.id) for page in pages]
    shown = ana.get(1, f"/tasks/{task.id}")
    ana.post(1, f"/tasks/{task.id}/complete")
    completed = [page.until("user_task", task.id) for page in pages]
    cluster.until(lambda: len(cluster.network.posts) == 1)
    answered = [page.until("conversation", 1) for page in pages]

    # then
    assert "Look into it" in shown
    assert claimed == [[("user_task", task.id)]] * 2
    for told in (completed[0] + answered[0], completed[1] + answered[1]):
        assert [each for each in told if each[0] == "user_task"] == [("user_task", task.id)]
    assert [text for _, text in cluster.network.posts] == ["Thank you for: Hello?"]


def test_given_a_worker_killed_while_it_reads_then_the_other_takes_over_its_account_and_its_work(
    cluster: Cluster,
) -> None:
    # given: one worker is in the midst of reading, and has work of its own
    cluster.network.posts.clear()
    known = len(cluster.engine.instances())
    task = open_task(cluster, "First")
    cluster.network.hold("south")
    while not cluster.network.looks.empty():
        cluster.network.looks.get()
    reading = cluster.network.reader("south")
    doomed = next(one for one in cluster.workers if one.process.pid == reading)
    other = next(one for one in cluster.workers if one is not doomed)
    cluster.network.tell("south", "Second")
    ana = cluster.browser()
    ana.log_in(0, "ana")
    ana.post(1, f"/tasks/{task.id}/claim")
    ana.post(0, f"/tasks/{task.id}/complete")

    # when
    doomed.kill()
    successor = cluster.network.reader("south", besides=reading)
    cluster.network.release()

    # then: what the dead one began ends as if nobody had died
    assert successor == other.process.pid
    assert LEASE + EVERY < 15
    cluster.until(lambda: len(cluster.engine.user_tasks()) == 1)
    cluster.until(lambda: len(cluster.network.posts) == 1)
    assert [text for _, text in cluster.network.posts] == ["Thank you for: First"]
    cluster.until(
        lambda: cluster.engine.instance(task.instance_id).status is InstanceStatus.COMPLETED
    )
    assert len(cluster.engine.instances()) == known + 2
    assert cluster.engine.incidents() == []


def test_all_stops_gently_and_nothing_is_kept_on_a_host(cluster: Cluster) -> None:
    # given: a live page is open on each, and accounts are being read
    ana = cluster.browser()
    ana.log_in(0, "ana")
    pages = [ana.listen(host) for host in (0, 1)]
    running = [each for each in (*cluster.workers, *cluster.webs) if each.process.poll() is None]

    # when
    codes = [each.stop(within=60) for each in running]

    # then
    assert len(pages) == 2
    assert codes == [0] * len(running)
    for each in running:
        assert "Traceback" not in each.text, each.text
    assert not list(cluster.folder.glob("data*"))


def test_two_that_do_everything_share_the_work_even_in_one_directory(
    empty: Cluster,
) -> None:
    # given
    for _ in range(2):
        empty.start_web(0, "run")
    empty.furnish()
    cluster = empty
    ana = cluster.browser()
    ana.log_in(1, "ana")

    # when
    task = open_task(cluster, "Hello?")
    ana.post(0, f"/tasks/{task.id}/claim")
    ana.post(1, f"/tasks/{task.id}/complete")
    cluster.until(lambda: len(cluster.network.posts) == 1)
    codes = [each.stop(within=60) for each in cluster.webs]

    # then
    assert codes == [0, 0]
    assert [text for _, text in cluster.network.posts] == ["Thank you for: Hello?"]
    assert not list(cluster.folder.glob("data*"))
