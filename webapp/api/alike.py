"""Complaints alike, and customers who are one person: seen, answered together, joined and split."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from channels.joining import Move, Suggestion
from channels.shown import Customer
from webapp.api.conversations import CustomerOut
from webapp.api.messages import CorrelationOut
from webapp.api.paging import Limit, Moment, RowId
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_alike", __name__, url_prefix="", tag="Conversations")

_READERS = (Role.AGENT, Role.MANAGER)


class ClusterOut(Out):
    """Conversations that begin with nearly the same complaint."""

    id: int
    size: int = Field(description="How many conversations.")
    opened_at: datetime
    last_at: datetime = Field(description="When one came in last.")
    text: str = Field(description="The newest mention of the oldest of them.")
    correlation_key: str


class Before(Out):
    """Where the next page begins."""

    at: datetime
    id: int


class ClustersOut(Out):
    """One page of clusters, those that grew last first."""

    items: list[ClusterOut]
    before: Before | None = Field(description="Send as before_at and before_id; null at the end.")


class ClusterDetailOut(ClusterOut):
    """A cluster, and the conversations in it."""

    conversations: list[int] = Field(description="Ids, oldest first; 500 at most.")


class ClustersWanted(In):
    """Which clusters to list."""

    before_at: Moment | None = None
    before_id: RowId | None = None
    limit: Limit = 50


class SuggestionOut(Out):
    """Another customer who may be the same person."""

    customer_id: int
    name: str
    channel: str
    handle: str
    why: str = Field(description="email; or handle, which is no proof")


class SuggestionsOut(Out):
    """Who may be the same person, those with the same address first."""

    items: list[SuggestionOut]


class MoveOut(Out):
    """An identity that somebody gave to another customer."""

    by: str
    at: datetime
    channel: str
    handle: str
    from_id: int
    to_id: int


class MovesOut(Out):
    """What was joined and split, the latest first."""

    items: list[MoveOut]


class JoinIn(In):
    """Who is the same person."""

    other: RowId


@api.get("/clusters")
@require(*_READERS)
@api.input(ClustersWanted, location="query", arg_name="wanted")
@api.output(ClustersOut)
def clusters(wanted: ClustersWanted) -> dict[str, Any]:
    """List complaints alike, those that grew last first.

    One that grows between two pages is on the first page from then on.
    """
    before = None
    if wanted.before_at is not None and wanted.before_id is not None:
        before = wanted.before_at, wanted.before_id
    found = services().conversations.clusters(before=before, limit=wanted.limit)
    last = found[-1] if len(found) == wanted.limit else None
    return {"items": found, "before": None if last is None else {"at": last.last_at, "id": last.id}}


@api.get("/clusters/<int:cluster_id>")
@require(*_READERS)
@api.output(ClusterDetailOut)
@api.doc(responses=[404])
def cluster(cluster_id: int) -> dict[str, Any]:
    """Return complaints alike with their conversations."""
    known = services().conversations
    found = known.cluster(cluster_id)
    told = {name: getattr(found, name) for name in ClusterOut.model_fields}
    return {**told, "conversations": [one.id for one in known.of_cluster(cluster_id)]}


@api.post("/clusters/<int:cluster_id>/case")
@require(Role.MANAGER)
@api.output(CorrelationOut)
@api.doc(responses=[404])
def open_case(cluster_id: int) -> Any:
    """Make one case of complaints alike, which a supervisor answers once.

    Dropped means that there is one already, or that no process answers complaints together.
    """
    return services().gathering.open_case(cluster_id, by=current_person().login)


@api.get("/customers/<int:customer_id>/suggestions")
@require(*_READERS)
@api.output(SuggestionsOut)
def suggestions(customer_id: int) -> dict[str, list[Suggestion]]:
    """List who may be the same person; nothing is joined by itself."""
    return {"items": services().conversations.joining.suggestions(customer_id)}


@api.get("/customers/<int:customer_id>/moves")
@require(*_READERS)
@api.output(MovesOut)
def moves(customer_id: int) -> dict[str, list[Move]]:
    """List which identities came to a customer, or went from them."""
    return {"items": services().conversations.joining.moves(customer_id)}


@api.post("/customers/<int:customer_id>/join")
@require(*_READERS)
@api.input(JoinIn, arg_name="wanted")
@api.output(CustomerOut)
@api.doc(responses=[404, 422])
def join(customer_id: int, wanted: JoinIn) -> Customer:
    """Take another customer for the same person as this one, who is kept."""
    known = services().conversations
    return known.customer(known.join_customers(customer_id, wanted.other, by=_me()))


@api.post("/identities/<int:identity_id>/split")
@require(*_READERS)
@api.output(CustomerOut)
@api.doc(responses=[404, 422])
def split(identity_id: int) -> Customer:
    """Let an identity be a person of its own again, with what it began; return that one."""
    known = services().conversations
    return known.customer(known.split_identity(identity_id, by=_me()))


def _me() -> str:
    return current_person().login
