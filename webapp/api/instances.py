"""Process instances: start, list, look into, cancel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from engine.history import HistoryEntry
from engine.instances import Instance, InstanceDetail, InstanceFilter
from engine.instances import InstanceStatus as Status
from webapp.api.incidents import IncidentOut
from webapp.api.paging import Limit, Moment, PageOut, RowId, page_of
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_instances", __name__, url_prefix="/instances", tag="Instances")

_READERS = (Role.MANAGER, Role.DESIGNER, Role.AGENT)


class InstanceOut(Out):
    """One run of a definition."""

    id: int
    definition_id: int
    key: str
    version: int
    name: str
    business_key: str | None
    correlation_key: str | None
    status: Status
    started_at: datetime
    ended_at: datetime | None
    next_due: datetime | None
    incidents: int = Field(description="Open ones.")


class WaitingOut(Out):
    """A place in the diagram where a token waits."""

    element: str
    name: str | None
    kind: str
    since: datetime | None
    due: datetime | None
    detail: str | None


class InstanceDetailOut(InstanceOut):
    """An instance with what it knows and where it waits."""

    variables: dict[str, Any]
    waiting: list[WaitingOut]
    open_incidents: list[IncidentOut]


class InstancesOut(PageOut):
    """One page of instances, newest first."""

    items: list[InstanceOut]


class InstancesWanted(In):
    """Which instances to list; every field narrows the list."""

    key: str | None = Field(None, description="Of the definition.")
    status: Status | None = None
    waiting_at: str | None = Field(None, description="Element id.")
    overdue_at: Moment | None = Field(None, description="With a due date before this moment.")
    with_incident: bool = False
    started_before: Moment | None = None
    business_key: str | None = None
    before: RowId | None = Field(None, description="From the page before.")
    limit: Limit = 50


class InstanceIn(In):
    """A new instance."""

    key: str = Field(description="Of the definition; its latest version runs.")
    variables: dict[str, Any] = Field(default_factory=dict)
    business_key: str | None = None
    correlation_key: str | None = None


class HistoryEntryOut(Out):
    """One thing that happened."""

    element: str | None
    what: str
    at: datetime
    by: str | None
    detail: Any | None


class HistoryOut(Out):
    """Everything that happened, in order."""

    items: list[HistoryEntryOut]


class VariablesOut(Out):
    """The variables of an instance."""

    variables: dict[str, Any]


@api.get("")
@require(*_READERS)
@api.input(InstancesWanted, location="query", arg_name="wanted")
@api.output(InstancesOut)
def instances(wanted: InstancesWanted) -> dict[str, Any]:
    """List instances, newest first."""
    where = InstanceFilter(**wanted.model_dump(exclude={"before", "limit"}))
    found = services().engine.instances(where, before=wanted.before, limit=wanted.limit)
    return page_of(found, wanted.limit)


@api.post("")
@require(Role.MANAGER, Role.DESIGNER)
@api.input(InstanceIn, arg_name="wanted")
@api.output(InstanceOut, status_code=201)
@api.doc(responses=[404, 422])
def start(wanted: InstanceIn) -> Instance:
    """Start an instance and run it to its first wait."""
    return services().engine.start(
        wanted.key,
        wanted.variables,
        business_key=wanted.business_key,
        correlation_key=wanted.correlation_key,
    )


@api.get("/<int:instance_id>")
@require(*_READERS)
@api.output(InstanceDetailOut)
@api.doc(responses=[404])
def instance(instance_id: int) -> InstanceDetail:
    """Return an instance with its variables, where it waits, and its open incidents."""
    return services().engine.instance(instance_id)


@api.get("/<int:instance_id>/history")
@require(*_READERS)
@api.output(HistoryOut)
@api.doc(responses=[404])
def history(instance_id: int) -> dict[str, list[HistoryEntry]]:
    """List what happened to an instance, in order."""
    return {"items": services().engine.history(instance_id)}


@api.get("/<int:instance_id>/variables")
@require(*_READERS)
@api.output(VariablesOut)
@api.doc(responses=[404])
def variables(instance_id: int) -> dict[str, Any]:
    """Return the variables of an instance."""
    return {"variables": services().engine.variables(instance_id)}


@api.post("/<int:instance_id>/cancel")
@require(Role.MANAGER)
@api.output({}, status_code=204)
@api.doc(responses=[404])
def cancel(instance_id: int) -> str:
    """End an instance where it is; its user tasks, timers and jobs are cancelled."""
    services().engine.cancel(instance_id, by=current_person().login)
    return ""
