"""Incidents: stops that an operator must resolve."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """One stop. It points at a job, or at the element whose execution failed."""

    id: int
    instance_id: int
    element: str
    job_id: int | None
    what: str  #: what happened
    cure: str  #: what to do
    created_at: datetime  #: UTC
    resolved_at: datetime | None = None  #: UTC
    resolved_by: str | None = None
    key: str = ""  #: of the definition
    business_key: str | None = None
