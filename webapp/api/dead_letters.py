"""Dead letters: replies that did not arrive, and signed calls that were not understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from apiflask import APIBlueprint
from pydantic import Field

from channels.storage.dead_letters import DeadLetter
from webapp.api.paging import Limit, PageOut, RowId, page_of
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_dead_letters", __name__, url_prefix="/dead-letters", tag="Channels")


class DeadLetterOut(Out):
    """One reply, or one call, of which a person has to decide."""

    id: int
    direction: Literal["in", "out"] = Field(description="in: a call; out: a reply.")
    account_id: int
    channel: str
    handle: str = Field(description="Of the account.")
    external_id: str = Field(description="webhook-id of the call, or key of the reply.")
    state: Literal["open", "again", "done", "dropped"]
    why: str = Field(description="What is wrong with the call, or the last answer to the reply.")
    tries: int
    first_at: datetime
    last_at: datetime
    by: str | None = Field(description="Who had it sent or taken again, or dropped it.")
    by_at: datetime | None
    reply_id: int | None
    conversation_id: int | None
    text: str = Field(description="Of the reply, or the beginning of the call.")


class DeadLettersOut(PageOut):
    """A list of dead letters, newest first."""

    items: list[DeadLetterOut]


class DeadLettersWanted(In):
    """Which dead letters to list."""

    open_only: bool = True
    account_id: RowId | None = None
    before: RowId | None = None
    limit: Limit = 50


@api.get("")
@require(Role.OPERATOR)
@api.input(DeadLettersWanted, location="query", arg_name="wanted")
@api.output(DeadLettersOut)
def dead_letters(wanted: DeadLettersWanted) -> dict[str, Any]:
    """List dead letters, newest first; page with ``before``."""
    found = services().letters.listed(**wanted.model_dump())
    return page_of(found, wanted.limit)


@api.post("/<int:letter_id>/again")
@require(Role.OPERATOR)
@api.output(DeadLetterOut)
@api.doc(responses=[404, 409])
def again(letter_id: int) -> DeadLetter:
    """Send a reply again, once and at once, or read a call again."""
    return services().letters.again(letter_id, by=current_person().login)


@api.post("/<int:letter_id>/drop")
@require(Role.OPERATOR)
@api.output(DeadLetterOut)
@api.doc(responses=[404, 409])
def drop(letter_id: int) -> DeadLetter:
    """Do nothing more about a dead letter; the process of a reply hears that it is refused."""
    return services().letters.drop(letter_id, by=current_person().login)
