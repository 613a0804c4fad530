"""Calls by phone, written down by a program for an agent."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import abort
from pydantic import Field

from channels.errors import CallRejectedError, ChannelRefusedError
from channels.telephone import PhoneCall
from webapp.api.paging import Moment, RowId
from webapp.api.shapes import In, Out
from webapp.filters import now
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_calls", __name__, url_prefix="", tag="Conversations")


class CallIn(In):
    """A call."""

    account_id: RowId = Field(description="Of ours: the phone that was called.")
    id: str = Field(min_length=1, max_length=64, description="The same for every repeat.")
    number: str = Field("", max_length=60, description="Of the caller; empty: withheld.")
    text: str = Field(min_length=1, description="What was said.")
    name: str = ""
    language: str = Field("", description="Of the caller, ISO 639-1; empty: as the text.")
    call_back_until: Moment | None = None


class CallOut(Out):
    """Where a call went."""

    conversation_id: int


@api.post("/calls")
@require(Role.AGENT, Role.MANAGER)
@api.input(CallIn, arg_name="told")
@api.output(CallOut, status_code=201)
@api.doc(responses=[404, 422])
def log(told: CallIn) -> dict[str, int]:
    """Write down a call; sent again with the same id, it is the same call."""
    call = PhoneCall(
        id=f"{current_person().login}:{told.id}",
        number=told.number,
        text=told.text,
        at=now(),
        name=told.name,
        language=told.language,
        due=told.call_back_until,
    )
    try:
        return {"conversation_id": services().calls.log(told.account_id, call)}
    except (CallRejectedError, ChannelRefusedError) as refusal:
        abort(422, str(refusal))
