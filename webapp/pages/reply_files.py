"""Files that an agent adds to the answer in a user task, or takes out again.

What is uploaded is trusted in nothing: its type is read from its bytes, and no browser shows it.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from channels import media
from channels.errors import FileRejectedError
from webapp import composer
from webapp.people import Role
from webapp.security import current_person, require, require_for_all
from webapp.services import services

page = Blueprint("reply_files", __name__, url_prefix="/tasks/<int:number>/files")
require_for_all(page, Role.AGENT, Role.MANAGER)

#: Bytes of a call that brings files: the largest one, and the form around it.
LARGEST_CALL = media.LARGEST + 1024**2


@page.url_value_preprocessor
def _make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let calls be larger than usual, before anything reads them."""
    request.max_content_length = LARGEST_CALL


@page.post("")
@require(Role.AGENT)
def add(number: int) -> ResponseReturnValue:
    """Keep the files that were chosen, and return the list as it is now."""
    task, conversation = composer.writable(number, current_person().login)
    composer.keep_descriptions(conversation, request.form)
    ids = list(composer.chosen(request.form))
    refused = None
    try:
        for upload in request.files.getlist("file"):
            added = services().outbox.enclosures.add(
                conversation, upload.stream.read(media.LARGEST + 1), name=upload.filename or "",
                by=current_person().login, user_task=task.id,
            )  # fmt: skip
            ids.append(added.id)
    except FileRejectedError as refusal:
        refused = str(refusal)
    return _listed(number, conversation, ids, refused)


@page.post("/<int:file>/remove")
@require(Role.AGENT)
def remove(number: int, file: int) -> ResponseReturnValue:
    """Take a file out of the answer, and return the list as it is now."""
    task, conversation = composer.writable(number, current_person().login)
    composer.keep_descriptions(conversation, request.form)
    services().outbox.enclosures.remove(file, user_task=task.id)
    ids = [one for one in composer.chosen(request.form) if one != file]
    return _listed(number, conversation, ids, None)


def _listed(
    number: int, conversation: int, ids: list[int], refused: str | None
) -> ResponseReturnValue:
    files = services().outbox.enclosures.named(conversation, ids)
    shown = render_template(
        "reply_files.html", files=files, number=number, refused=refused, locked=False
    )
    return shown, 422 if refused else 200
