"""Incidents: stops that somebody must resolve."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from engine.incidents import Incident
from webapp.api.paging import Limit, PageOut, RowId, page_of
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_incidents", __name__, url_prefix="/incidents", tag="Incidents")


class IncidentOut(Out):
    """One stop, at a job or at an element."""

    id: int
    instance_id: int
    element: str
    job_id: int | None
    what: str = Field(description="What happened.")
    cure: str = Field(description="What to do.")
    created_at: datetime
    resolved_at: datetime | None
    resolved_by: str | None
    key: str = Field(description="Of the definition.")
    business_key: str | None


class IncidentsOut(PageOut):
    """One page of incidents, newest first."""

    items: list[IncidentOut]


class IncidentsWanted(In):
    """Which incidents to list."""

    instance_id: RowId | None = None
    open_only: bool = True
    before: RowId | None = None
    limit: Limit = 50


class ResolutionIn(In):
    """What was mended."""

    variables: dict[str, Any] | None = Field(None, description="Set before trying again.")


@api.get("")
@require(Role.MANAGER, Role.DESIGNER)
@api.input(IncidentsWanted, location="query", arg_name="wanted")
@api.output(IncidentsOut)
def incidents(wanted: IncidentsWanted) -> dict[str, Any]:
    """List incidents, newest first."""
    found = services().engine.incidents(
        instance_id=wanted.instance_id,
        open_only=wanted.open_only,
        before=wanted.before,
        limit=wanted.limit,
    )
    return page_of(found, wanted.limit)


@api.post("/<int:incident_id>/resolve")
@require(Role.MANAGER)
@api.input(ResolutionIn, arg_name="mended")
@api.output(IncidentOut)
@api.doc(responses=[404, 409])
def resolve(incident_id: int, mended: ResolutionIn) -> Incident:
    """Resolve an incident: the job gets its retries back, or the element is tried again."""
    return services().engine.resolve(
        incident_id, by=current_person().login, variables=mended.variables
    )
