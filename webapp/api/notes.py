"""Notes on conversations: what colleagues say to each other; no customer ever reads one."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import abort
from pydantic import Field

from channels.errors import NoteRejectedError
from channels.model import ReplyStatus as Status
from webapp import threads
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_notes", __name__, url_prefix="", tag="Conversations")

_WRITERS = (Role.AGENT, Role.MANAGER)


class NotePostOut(Out):
    """A note where the team talks, or on its way there."""

    channel: str
    account: str
    status: Status
    error: str | None


class EarlierOut(Out):
    """What a note said before it was changed where it was said."""

    text: str
    until: datetime


class NoteOut(Out):
    """What a colleague said about a conversation."""

    id: int
    text: str
    author: str
    at: datetime
    channel: str | None = Field(description="On which it was said; null: it was written here.")
    account: str | None
    told: list[NotePostOut] = Field(description="Where the team was told.")
    earlier: list[EarlierOut] = Field(description="What it said before it was changed there.")
    deleted_at: datetime | None = Field(description="When it was deleted there, with its words.")


class NotesOut(Out):
    """The notes on a conversation, oldest first."""

    items: list[NoteOut]


class NoteIn(In):
    """A note."""

    text: str
    key: str = Field("", max_length=64, description="The same for every repeat of this note.")
    told: bool = Field(True, description="Whether it also goes where the team talks.")


@api.get("/conversations/<int:conversation_id>/notes")
@require(*_WRITERS)
@api.output(NotesOut)
@api.doc(responses=[404])
def notes(conversation_id: int) -> dict[str, Any]:
    """Return the notes on a conversation, oldest first."""
    services().conversations.conversation(conversation_id)
    return {"items": services().notes.of(conversation_id)}


@api.post("/conversations/<int:conversation_id>/notes")
@require(*_WRITERS)
@api.input(NoteIn, arg_name="note")
@api.output(NotesOut, status_code=201)
@api.doc(responses=[404, 422])
def write(conversation_id: int, note: NoteIn) -> dict[str, Any]:
    """Write a note, and return all of them; sent again with the same key, it is the same note."""
    conversation = services().conversations.conversation(conversation_id)
    try:
        services().notes.write(
            conversation_id,
            note.text,
            by=current_person().login,
            key=note.key or secrets.token_urlsafe(16),
            about=threads.about(conversation),
            told=note.told,
        )
    except NoteRejectedError as refusal:
        abort(422, str(refusal))
    return {"items": services().notes.of(conversation_id)}
