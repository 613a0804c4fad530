"""The manager's page: what needs a decision first, then the numbers and the cases behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from engine.incidents import Incident
from engine.instances import Instance, InstanceFilter, InstanceStatus
from engine.user_tasks import QueueSummary, UserTask
from webapp.filters import now
from webapp.people import Role
from webapp.security import require_for_all
from webapp.services import services

page = Blueprint("monitor", __name__, url_prefix="/monitor")
require_for_all(page, Role.MANAGER)

#: Lines of one kind under «needs a decision».
MOST = 8
#: Late instances that are looked at for those nothing else on the page tells of.
MOST_LATE = 200


@dataclass(frozen=True, slots=True)
class Count:
    """A number that opens the cases behind it."""

    numbers: Sequence[int]  #: each counted up to a bound; the page shows their sum
    text: str
    href: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """What the page shows."""

    incidents: list[Incident]
    late: list[UserTask]
    stuck: list[Instance]
    queues: list[QueueSummary]
    counts: list[Count]

    @property
    def calm(self) -> bool:
        """Tell whether nothing needs a decision."""
        return not (self.incidents or self.late or self.stuck)


@page.get("")
def show() -> str:
    """Show what needs a decision, then the numbers."""
    template = "monitor_body.html" if request.headers.get("HX-Request") else "monitor.html"
    return render_template(template, overview=_overview(), most=MOST)


def _overview() -> Overview:
    engine, present = services().engine, now()
    queues = sorted(engine.queues(now=present), key=lambda queue: (-queue.overdue, -queue.open))
    incidents = engine.incidents(limit=MOST)
    late = engine.user_tasks(overdue_at=present, limit=MOST)
    waiting_late = {task.instance_id for task in late}
    overdue = InstanceFilter(status=InstanceStatus.ACTIVE, overdue_at=present)
    stuck = [
        instance
        for instance in engine.instances(overdue, limit=MOST_LATE)
        if instance.id not in waiting_late and not instance.incidents
    ]
    return Overview(incidents, late, stuck[:MOST], queues, _counts(queues))


def _counts(queues: list[QueueSummary]) -> list[Count]:
    engine = services().engine
    running = engine.count_instances(InstanceFilter(status=InstanceStatus.ACTIVE))
    return [
        Count([engine.count_incidents()], "open incidents", "/incidents", "late"),
        Count([queue.overdue for queue in queues], "user tasks late", "/inbox", "late"),
        Count([queue.unclaimed for queue in queues], "not claimed yet", "/inbox"),
        Count([queue.open for queue in queues], "open user tasks", "/inbox"),
        Count([running], "running instances", "/instances?status=active"),
    ]
