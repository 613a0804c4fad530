"""Notes on a conversation, written for colleagues from wherever it is shown."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from channels.errors import NoteRejectedError
from webapp import threads
from webapp.people import Role
from webapp.security import current_person, local_target, require_for_all
from webapp.services import services

page = Blueprint("notes", __name__, url_prefix="/conversations")
require_for_all(page, Role.AGENT, Role.MANAGER)


@page.post("/<int:number>/notes")
def write(number: int) -> ResponseReturnValue:
    """Keep a note, and go back to where it was written."""
    conversation = services().conversations.conversation(number)
    try:
        services().notes.write(
            number,
            request.form.get("text", ""),
            by=current_person().login,
            key=request.form.get("key") or secrets.token_urlsafe(16),
            about=threads.about(conversation),
            told=request.form.get("told") == "1",
        )
    except NoteRejectedError as refusal:
        flash(str(refusal), "soon")
    place = url_for("conversations.show", number=number)
    return redirect(local_target(request.form.get("back")) or place, 303)
