"""Many complaints alike as one case: a manager takes the cluster up, one answer goes to each.

Built on messages: the cluster becomes the message ``cluster.opened``, which starts the parent case.
Its job of type ``cluster.members`` asks who belongs to the cluster by now, and its message to each
of those instances carries the answer; what each does with it, its own process says. Nothing here
touches an instance or writes a reply.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from channels.model import named_id
from channels.storage import clusters
from engine import Engine
from engine.errors import JobClosedError, NotFoundError
from engine.jobs import Job
from engine.messages import Correlation, Message
from engine.ports import UnitOfWork

#: Name of the message that a cluster becomes.
CLUSTER_OPENED = "cluster.opened"
#: Type of the jobs that ask who belongs to a cluster.
CLUSTER_MEMBERS = "cluster.members"
#: BPMN error code of such a job that names no cluster of its workspace.
MISSING = "cluster.missing"
#: Conversations of one cluster that are answered together.
MOST = 1_000


class Gathering:
    """Makes a case of a cluster, and tells it who belongs to it. Of one workspace."""

    def __init__(self, engine: Engine) -> None:
        """Take the jobs of the workspace of ``engine`` from now on."""
        self._engine = engine
        engine.on_jobs(CLUSTER_MEMBERS, self._take)

    def open_case(self, cluster_id: int, *, by: str) -> Correlation:
        """Start the case that answers a cluster; one that runs already hears of it again.

        Dropped means that no process takes clusters up: one has to be deployed first.

        Raises:
            NotFoundError: there is no such cluster in this workspace.
        """
        with self._engine.transaction() as uow:
            found = clusters.get(uow.connection, uow.workspace_id, cluster_id)
            if found is None:
                raise NotFoundError("cluster", cluster_id)
            told = {"id": found.id, "text": found.text, "size": found.size}
            message = Message(
                CLUSTER_OPENED,
                found.correlation_key,
                {"cluster": told, "opened_by": by},
                business_key=found.correlation_key,
                expires_at=self._engine.clock.now(),
            )
            (outcome,) = self._engine.correlate_all([message], within=uow)
        return outcome

    def _take(self, uow: UnitOfWork, jobs: Sequence[Job]) -> None:
        if uow.workspace_id != self._engine.workspace.id:
            return  # the engine tells of the jobs of all workspaces
        for job in jobs:
            # Another process of this workspace may have been told of the job first.
            with suppress(JobClosedError):
                self._answer(uow, job)

    def _answer(self, uow: UnitOfWork, job: Job) -> None:
        named = job.payload.get("cluster")
        id = named_id(named)
        if clusters.get(uow.connection, uow.workspace_id, id) is None:
            why = f"The job names the cluster {named!r}, which is none of this workspace."
            self._engine.throw_error(job.id, MISSING, why, within=uow)
            return
        ids = clusters.members(uow.connection, uow.workspace_id, id, limit=MOST)
        self._engine.complete_job(job.id, {"conversations": ids}, within=uow)
