"""Files of the answer in a user task: list, add, describe, take out.

The answer names them when the user task is completed: ``{"data": {"files": [12, 13], ...}}``.
"""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import abort, request
from pydantic import Field

from channels import media
from channels.media import Enclosure
from webapp import composer
from webapp.api.conversations import FileOut
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint(
    "api_reply_files",
    __name__,
    url_prefix="/user-tasks/<int:user_task_id>/files",
    tag="User tasks",
)

#: Bytes of a call that brings a file, and the form around it.
LARGEST_CALL = media.LARGEST + 1024**2


class FilesOut(Out):
    """The files that were added and have not gone out."""

    items: list[FileOut]


class DescriptionIn(In):
    """What a file shows."""

    alt: str = Field(max_length=media.LONGEST_ALT)


@api.url_value_preprocessor
def _make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let calls be larger than usual, before anything reads them."""
    request.max_content_length = LARGEST_CALL


@api.get("")
@require(Role.AGENT, Role.MANAGER)
@api.output(FilesOut)
@api.doc(responses=[404])
def reply_files(user_task_id: int) -> dict[str, Any]:
    """List the files of the answer, as the form would name them."""
    opened = services().engine.open_user_task(user_task_id)
    return {"items": composer.files_of(opened, None)}


@api.post("")
@require(Role.AGENT)
@api.output(FileOut, status_code=201)
@api.doc(
    responses=[404, 409, 422],
    operation_id="add_reply_file",
)
def add(user_task_id: int) -> Enclosure:
    """Add a file to the answer, as ``multipart/form-data`` with ``file`` and ``alt``.

    Its type is read from its bytes: JPEG, PNG, WebP, GIF, MP4 or PDF.
    """
    task, conversation = composer.writable(user_task_id, current_person().login)
    upload = request.files.get("file")
    if upload is None:
        abort(422, "Send the file in the field 'file' of multipart/form-data.")
    return services().outbox.enclosures.add(
        conversation, upload.stream.read(media.LARGEST + 1), name=upload.filename or "",
        by=current_person().login, alt=request.form.get("alt", ""), user_task=task.id,
    )  # fmt: skip


@api.patch("/<int:file_id>")
@require(Role.AGENT)
@api.input(DescriptionIn, arg_name="wanted")
@api.output(FileOut)
@api.doc(responses=[404, 409])
def describe(user_task_id: int, file_id: int, wanted: DescriptionIn) -> Enclosure:
    """Say what a file shows."""
    _its(user_task_id, file_id)
    return services().outbox.enclosures.describe(file_id, wanted.alt)


@api.delete("/<int:file_id>")
@require(Role.AGENT)
@api.output({}, status_code=204)
@api.doc(responses=[404, 409])
def remove(user_task_id: int, file_id: int) -> str:
    """Take a file out of the answer; one that a reply has named stays kept."""
    _its(user_task_id, file_id)
    services().outbox.enclosures.remove(file_id, user_task=user_task_id)
    return ""


def _its(user_task_id: int, file_id: int) -> None:
    """Answer 404 for a file of another conversation."""
    _, conversation = composer.writable(user_task_id, current_person().login)
    if not services().outbox.enclosures.named(conversation, [file_id])[0].type:
        abort(404, f"There is no file {file_id} in the conversation of this user task.")
