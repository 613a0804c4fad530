"""Process instances: the list with its filters, and one instance with all that is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions import Definition, ElementInfo
from engine.history import HistoryEntry
from engine.instances import InstanceDetail, InstanceFilter, InstanceStatus
from webapp.addresses import row_id
from webapp.decided import asked_in
from webapp.filters import now, words
from webapp.marks import path_marks, waiting_marks
from webapp.people import Role
from webapp.security import current_person, require, require_for_all
from webapp.services import services

page = Blueprint("instances", __name__, url_prefix="/instances")
require_for_all(page, Role.MANAGER, Role.DESIGNER)

PAGE = 50
#: Choices of the filter by age, in hours.
AGES = ((1, "an hour"), (24, "a day"), (72, "3 days"), (168, "a week"), (720, "30 days"))
#: Elements at which an instance can wait.
_WAITING = (
    "userTask",
    "receiveTask",
    "serviceTask",
    "sendTask",
    "intermediateCatchEvent",
    "eventBasedGateway",
    "callActivity",
    "subProcess",
    "manualTask",
    "businessRuleTask",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters as the address has them; empty means all."""

    key: str = ""
    status: str = ""
    at: str = ""
    age: str = ""
    overdue: str = ""
    incident: str = ""
    business_key: str = ""

    @property
    def any(self) -> bool:
        """Tell whether anything narrows the list."""
        return any(
            (
                self.key,
                self.status,
                self.at,
                self.age,
                self.overdue,
                self.incident,
                self.business_key,
            )
        )

    def address(self, **more: object) -> str:
        """Return the address of this list, so that it can be shared."""
        kept = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}
        query = urlencode(kept | {name: value for name, value in more.items() if value})
        return f"/instances?{query}" if query else "/instances"


@page.get("")
def index() -> str:
    """List instances, newest first."""
    engine, wanted = services().engine, _wanted()
    before = request.args.get("before", type=row_id)
    found = engine.instances(_filter(wanted), before=before, limit=PAGE + 1)
    next_page = wanted.address(before=found[PAGE - 1].id) if len(found) > PAGE else None
    processes = engine.definitions()
    return render_template(
        "instances.html",
        instances=found[:PAGE],
        wanted=wanted,
        processes=processes,
        elements=_elements(processes, wanted.key),
        ages=AGES,
        statuses=list(InstanceStatus),
        next_page=next_page,
    )


@page.get("/<int:number>")
def show(number: int) -> str:
    """Show an instance: drawing with tokens, where it waits, history, variables, jobs."""
    live = bool(request.headers.get("HX-Request"))
    engine = services().engine
    instance = engine.instance(number)
    history = engine.history(number)
    definition = engine.definition(instance.definition_id)
    return render_template(
        "instance_body.html" if live else "instance.html",
        instance=instance,
        definition=definition,
        history=list(reversed(history)),
        names={element.id: _called(element) for element in definition.elements},
        marks=_marks(instance, history),
        asked_in=asked_in,
        tasks=engine.user_tasks(number),
        jobs=engine.jobs(number, open_only=False, limit=50),
        conversation=services().conversations.by_correlation_key(instance.correlation_key),
    )


@page.post("/<int:number>/cancel")
@require(Role.MANAGER)
def cancel(number: int) -> ResponseReturnValue:
    """End an instance by hand."""
    services().engine.cancel(number, by=current_person().login)
    flash(f"Instance {number} is cancelled. Its user tasks and timers are gone.", "calm")
    return redirect(url_for("instances.show", number=number), 303)


def _wanted() -> Wanted:
    given = {name: request.args.get(name, "").strip()[:200] for name in Wanted.__slots__}
    if given["status"] not in set(InstanceStatus):
        given["status"] = ""
    if not given["age"].isdecimal():
        given["age"] = ""
    return Wanted(**given)


def _filter(wanted: Wanted) -> InstanceFilter:
    age = timedelta(hours=min(int(wanted.age), 100_000)) if wanted.age else None
    return InstanceFilter(
        key=wanted.key or None,
        status=InstanceStatus(wanted.status) if wanted.status else None,
        waiting_at=wanted.at or None,
        overdue_at=now() if wanted.overdue else None,
        with_incident=bool(wanted.incident),
        started_before=now() - age if age else None,
        business_key=wanted.business_key or None,
    )


def _elements(processes: Sequence[Definition], key: str) -> list[ElementInfo]:
    """Return where instances of the chosen process, or of any, can wait, by name."""
    found = {
        element.id: element
        for definition in processes
        if key in ("", definition.key)
        for element in definition.elements
        if element.kind in _WAITING
    }
    return sorted(found.values(), key=lambda element: (element.name or element.id).lower())


def _called(element: ElementInfo) -> str:
    """Return the name of an element; events and gateways that have none go by their kind."""
    unnamed = words(element.kind) if element.kind.endswith(("Event", "Gateway")) else element.id
    return element.name or unnamed


def _marks(instance: InstanceDetail, history: Sequence[HistoryEntry]) -> list[object]:
    return [*path_marks(history), *waiting_marks(instance.waiting)]
