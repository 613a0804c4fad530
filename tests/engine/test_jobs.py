"""Jobs are finished, tried again, given up and repaired."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from engine import InstanceStatus, Job, JobStatus
from engine.errors import IncidentClosedError, JobClosedError, NotFoundError
from engine.ports import UnitOfWork
from tests.engine.conftest import Bench

SEND = {"is": "job", "at": "send", "type": "reply.send", "payload": {"text": "Hi"}, "retries": 2}


def waiting(bench: Bench) -> Job:
    """Return the one job of a new instance."""
    bench.deploy("care", {"any": [SEND]})
    (job,) = bench.engine.jobs(bench.engine.start("care").id)
    return job


def test_a_result_advances_the_instance(bench: Bench) -> None:
    # given
    job = waiting(bench)

    # when
    bench.engine.complete_job(job.id, {"reply": 7})

    # then
    assert bench.engine.variables(job.instance_id) == {"reply": 7}
    assert bench.engine.job(job.id).status is JobStatus.COMPLETED
    assert bench.engine.instance(job.instance_id).status is InstanceStatus.COMPLETED


def test_a_second_result_is_refused(bench: Bench) -> None:
    # given
    job = waiting(bench)
    bench.engine.complete_job(job.id)

    # when, then
    for call in (
        lambda: bench.engine.complete_job(job.id),
        lambda: bench.engine.fail_job(job.id, "late"),
        lambda: bench.engine.throw_error(job.id, "late"),
    ):
        with pytest.raises(JobClosedError):
            call()


def test_many_results_go_to_their_instances_and_late_ones_are_passed_over(bench: Bench) -> None:
    # given
    bench.deploy("care", {"any": [SEND]})
    jobs = [bench.engine.jobs(bench.engine.start("care").id)[0] for _ in range(3)]
    bench.engine.complete_job(jobs[0].id, {"reply": 0})

    # when
    waited = bench.engine.complete_jobs({job.id: {"reply": job.id} for job in jobs} | {999: {}})

    # then
    first, *others = jobs
    assert waited == {job.id for job in others}
    assert bench.engine.variables(first.instance_id) == {"reply": 0}
    for job in others:
        assert bench.engine.variables(job.instance_id) == {"reply": job.id}
        assert bench.engine.instance(job.instance_id).status is InstanceStatus.COMPLETED


def test_results_given_in_a_transaction_are_applied_after_its_commit(bench: Bench) -> None:
    # given
    job = waiting(bench)

    # when
    with bench.engine.transaction() as uow:
        bench.engine.complete_jobs({job.id: {"reply": 7}}, within=uow)
        assert bench.engine.instance(job.instance_id).status is InstanceStatus.ACTIVE

    # then
    assert bench.engine.variables(job.instance_id) == {"reply": 7}


def test_the_statuses_of_many_jobs_are_asked_at_once(bench: Bench) -> None:
    # given
    bench.deploy("care", {"all": [SEND, SEND]})
    first, second = bench.engine.jobs(bench.engine.start("care").id)
    bench.engine.complete_job(first.id)

    # when
    found = bench.engine.job_statuses([first.id, second.id, 999])

    # then
    assert found == {first.id: JobStatus.COMPLETED, second.id: JobStatus.OPEN}


def test_a_failed_attempt_is_due_again_after_the_back_off(bench: Bench) -> None:
    # given
    job = waiting(bench)

    # when
    bench.engine.fail_job(job.id, "The network is down.")

    # then
    again = bench.engine.job(job.id)
    assert (again.status, again.retries, again.error) == (
        JobStatus.OPEN,
        1,
        "The network is down.",
    )
    assert again.due_at == bench.clock.now() + timedelta(seconds=10)
    assert bench.engine.incidents() == []


def test_the_handler_may_say_when_to_try_again(bench: Bench) -> None:
    job = waiting(bench)
    bench.engine.fail_job(job.id, "Too many.", retry_in=timedelta(minutes=15))
    assert bench.engine.job(job.id).due_at == bench.clock.now() + timedelta(minutes=15)


def test_out_of_attempts_there_is_an_incident_with_what_where_and_a_cure(bench: Bench) -> None:
    # given
    job = waiting(bench)

    # when
    bench.engine.fail_job(job.id, "first")
    bench.engine.fail_job(job.id, "The account is locked.")

    # then
    (incident,) = bench.engine.incidents(instance_id=job.instance_id)
    assert (incident.element, incident.job_id, incident.key) == ("send", job.id, "care")
    assert "The account is locked." in incident.what
    assert "retry" in incident.cure
    assert bench.engine.jobs(job.instance_id) == []
    assert bench.engine.instance(job.instance_id).incidents == 1
    assert [p.element for p in bench.engine.instance(job.instance_id).waiting] == ["send"]


def test_resolving_gives_a_job_its_attempts_back_and_continues(bench: Bench) -> None:
    # given
    job = waiting(bench)
    for _ in range(2):
        bench.engine.fail_job(job.id, "no")
    (incident,) = bench.engine.incidents()
    bench.clock.move(hours=2)

    # when
    resolved = bench.engine.resolve(incident.id, by="otto", variables={"text": "Hello"})

    # then
    again = bench.engine.job(job.id)
    assert (again.status, again.retries, again.due_at) == (JobStatus.OPEN, 2, bench.clock.now())
    assert again.payload == {"text": "Hello"}
    assert (resolved.resolved_by, resolved.resolved_at) == ("otto", bench.clock.now())
    bench.engine.complete_job(job.id)
    assert bench.engine.instance(job.instance_id).status is InstanceStatus.COMPLETED
    with pytest.raises(IncidentClosedError):
        bench.engine.resolve(incident.id, by="otto")


def test_resolving_a_failed_element_runs_it_again_with_the_variables(bench: Bench) -> None:
    # given
    bench.deploy("care", {"fail": "Division by zero."}, {"any": [SEND]})
    instance = bench.engine.start("care")
    (incident,) = bench.engine.incidents()
    assert (incident.element, incident.what) == ("broken", "Division by zero.")

    # when: first in vain, then with what was missing
    bench.engine.resolve(incident.id, by="otto")
    (second,) = bench.engine.incidents()
    bench.engine.resolve(second.id, by="otto", variables={"mended": True})

    # then
    assert second.id != incident.id
    assert bench.engine.incidents() == []
    assert len(bench.engine.incidents(open_only=False)) == 2
    assert [job.element for job in bench.engine.jobs(instance.id)] == ["send"]


def test_given_an_incident_when_the_instance_is_cancelled_then_it_is_closed_with_it(
    bench: Bench,
) -> None:
    # given
    job = waiting(bench)
    for _ in range(2):
        bench.engine.fail_job(job.id, "no")

    # when
    bench.engine.cancel(job.instance_id, by="otto")

    # then
    assert bench.engine.incidents() == []
    assert bench.engine.job(job.id).status is JobStatus.CANCELLED
    assert bench.engine.instance(job.instance_id).status is InstanceStatus.CANCELLED
    ended = bench.engine.history(job.instance_id)[-1]
    assert (ended.what, ended.by) == ("ended", "otto")


def test_a_handler_writes_beside_the_jobs_in_the_same_transaction(bench: Bench) -> None:
    # given
    seen: list[tuple[int, list[int]]] = []

    def note(uow: UnitOfWork, jobs: Sequence[Job]) -> None:
        seen.append((uow.workspace_id, [job.id for job in jobs]))

    bench.engine.on_jobs("reply.send", note)
    bench.engine.on_jobs("other", note)

    # when
    job = waiting(bench)

    # then
    assert seen == [(bench.engine.workspace.id, [job.id])]


def test_a_handler_that_fails_undoes_the_whole_transaction(bench: Bench) -> None:
    # given
    def fail(uow: UnitOfWork, jobs: Sequence[Job]) -> None:
        raise LookupError("no such conversation")

    bench.engine.on_jobs("reply.send", fail)
    bench.deploy("care", {"any": [SEND]})

    # when
    with pytest.raises(LookupError):
        bench.engine.start("care")

    # then
    assert bench.engine.instances() == []
    assert bench.engine.jobs() == []


def test_jobs_are_listed_by_type_oldest_first(bench: Bench) -> None:
    # given
    bench.deploy("care", {"all": [SEND, SEND | {"type": "crm.update"}, SEND]})
    bench.engine.start("care")

    # when
    found = bench.engine.jobs(type="reply.send")

    # then
    assert [job.type for job in found] == ["reply.send"] * 2
    assert found[0].id < found[1].id
    assert len(bench.engine.jobs(limit=1)) == 1


def test_a_job_that_is_not_there_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFoundError, match="job 99"):
        bench.engine.complete_job(99)
