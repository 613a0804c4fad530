"""The inbox: user tasks by queue, the one due soonest first.

A page that is open asks for itself again when something happens. What the person reads must not
move then, so such a request tells which user tasks are shown (``?shown=4,7``): they come back in
the same order, the finished ones marked, and newcomers are announced instead of pushed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from channels.shown import Summary
from engine.user_tasks import OPEN, QueueSummary, UserTask, UserTaskStatus
from webapp.addresses import moment, row_id, row_ids
from webapp.filters import now
from webapp.people import Role
from webapp.security import current_person, require_for_all
from webapp.services import services

page = Blueprint("inbox", __name__, url_prefix="/inbox")
require_for_all(page, Role.AGENT, Role.MANAGER)

#: User tasks on one page.
PAGE = 50
#: User tasks a page that stays open may keep showing.
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One user task in the list, with what is known of its conversation."""

    task: UserTask
    conversation: Summary | None
    gone: str | None = None  #: why it is not to be done any more


@dataclass(frozen=True, slots=True)
class View:
    """Which user tasks the page shows: a queue, one's own, or all."""

    queue: str | None
    mine: bool
    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the list holds, and what waits to be shown."""

    rows: tuple[Row, ...]
    arrived: int = 0
    next_page: str | None = None
    ids: str = ""  #: of the rows, with a comma between


@page.get("")
@page.get("/<queue>")
def show(queue: str | None = None) -> str:
    """Show the user tasks of a queue; ``?mine=1`` those the person has claimed."""
    view = _view(queue)
    open_now = _open(view, _after())
    shown = row_ids(request.args.get("shown", ""))[:MOST_SHOWN]
    live = bool(request.headers.get("HX-Request"))
    listed = _kept(open_now, shown) if live and shown else _fresh(view, open_now)
    return render_template(
        "inbox_body.html" if live else "inbox.html",
        view=view,
        listed=listed,
        queues=_queues(),
        mine=services().engine.count_claimed(current_person().login),
        phones=not live and services().calls.accounts(),
        me=current_person().login,
        here=request.full_path.rstrip("?") if not live else view.address,
    )


def _view(queue: str | None) -> View:
    if queue is not None:
        return View(queue, False, queue, f"/inbox/{queue}")
    if request.args.get("mine"):
        return View(None, True, "Claimed by you", "/inbox?mine=1")
    return View(None, False, "All queues", "/inbox")


def _open(view: View, after: tuple[datetime | None, int] | None) -> list[UserTask]:
    return services().engine.user_tasks(
        queue=view.queue,
        claimed_by=current_person().login if view.mine else None,
        after=after,
        limit=PAGE + 1,
    )


def _after() -> tuple[datetime | None, int] | None:
    """Return where the page before this one ended, from ``?after=<due or ->,<id>``."""
    due, _, number = request.args.get("after", "").rpartition(",")
    try:
        return (None if due == "-" else moment(due)), row_id(number)
    except ValueError:
        return None  # a mangled address shows the first page


def _fresh(view: View, tasks: Sequence[UserTask]) -> Shown:
    on_page = tasks[:PAGE]
    next_page = None
    if len(tasks) > PAGE:
        last = on_page[-1]
        place = f"{last.due.isoformat() if last.due else '-'},{last.id}"
        joint = "&" if "?" in view.address else "?"
        next_page = f"{view.address}{joint}{urlencode({'after': place})}"
    return _shown([(task, None) for task in on_page], next_page=next_page)


def _kept(tasks: Sequence[UserTask], shown: Sequence[int]) -> Shown:
    """Return the rows that are shown in their order, then newcomers that belong after them."""
    current = {task.id: task for task in tasks}
    missing = [number for number in shown if number not in current]
    known_tasks = current | services().engine.user_tasks_among(missing)
    rows = [(known_tasks[id], _why_gone(known_tasks[id])) for id in shown if id in known_tasks]
    places = [place for place, task in enumerate(tasks) if task.id in set(shown)]
    end = places[-1] + 1 if places else 0
    known = set(shown)
    rows += [(task, None) for task in tasks[end:PAGE] if task.id not in known]
    arrived = sum(task.id not in known for task in tasks[:end])
    return _shown(rows, arrived=arrived)


def _why_gone(task: UserTask) -> str | None:
    if task.status in OPEN:
        return None
    if task.status is UserTaskStatus.COMPLETED:
        return f"completed by {task.claimed_by}" if task.claimed_by else "completed"
    return "no longer needed"


def _shown(
    found: Iterable[tuple[UserTask, str | None]],
    *,
    arrived: int = 0,
    next_page: str | None = None,
) -> Shown:
    pairs = list(found)
    keys = {task.correlation_key for task, _ in pairs if task.correlation_key}
    known = services().conversations.by_correlation_keys(keys) if keys else {}
    rows = tuple(Row(task, known.get(task.correlation_key or ""), gone) for task, gone in pairs)
    ids = ",".join(str(row.task.id) for row in rows)
    return Shown(rows, arrived, next_page, ids)


def _queues() -> list[QueueSummary]:
    return sorted(services().engine.queues(now=now()), key=lambda queue: queue.queue)
