"""Files that people add to replies, from being added until they are sent.

They are kept with their conversation and go out there alone. A form names them in its field
``files``; the job of the reply takes them over, with the descriptions of that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from channels import media
from channels.errors import FileRejectedError, ReplyRefusedError
from channels.media import Enclosure
from channels.metadata import without_metadata
from channels.model import Reply, named_id
from channels.storage import outgoing, reply_files
from engine import Engine
from engine.errors import NotFoundError
from engine.ports import UnitOfWork


class Enclosures:
    """Keeps the files of the replies of one workspace."""

    def __init__(self, engine: Engine) -> None:
        """Bind to the workspace of ``engine``."""
        self._engine = engine

    def add(
        self,
        conversation: int,
        content: bytes,
        *,
        name: str,
        by: str,
        alt: str = "",
        user_task: int | None = None,
    ) -> Enclosure:
        """Keep a file for a reply, and return it without its content.

        Args:
            conversation: where it may go out.
            content: all of it; its type is read from it, and what a camera wrote beside the
                picture is not kept.
            name: as whoever uploads it calls it.
            by: a login.
            alt: what it shows, for people who cannot see it.
            user_task: in whose form it was added.

        Raises:
            FileRejectedError: it is no file that is sent, damaged, too large, or one too many.
            NotFoundError: there is no such conversation in this workspace.
        """
        type = media.type_of(content)
        if type is None:
            raise FileRejectedError(
                "Only pictures (JPEG, PNG, WebP, GIF), films (MP4) and PDF files can be sent, and "
                "this is none, whatever its name is."
            )
        if len(content) > media.LARGEST:
            raise FileRejectedError(
                f"The file has {media.megabytes(len(content))}; at most "
                f"{media.megabytes(media.LARGEST)} are kept. Save it smaller."
            )
        content = _for_strangers(content, type)
        file = Enclosure(
            0, media.name_of(name, type), type, len(content), "", media.alt_of(alt), content
        )
        with self._engine.transaction() as uow:
            if not outgoing.addressees(
                uow.connection, uow.workspace_id, [conversation], private=False
            ):
                raise NotFoundError("conversation", conversation)
            if reply_files.count(uow.connection, conversation, user_task) >= media.MOST:
                raise FileRejectedError(f"There are {media.MOST} files already. Take some out.")
            id = reply_files.add(
                uow.connection, uow.workspace_id, file, conversation_id=conversation,
                user_task_id=user_task, by=by, now=self._engine.clock.now(),
            )  # fmt: skip
        return self._listed([id])[0]

    def describe(self, id: int, alt: str) -> Enclosure:
        """Set what a file shows, for replies that are written from now on; return the file.

        Raises:
            NotFoundError: there is no such file in this workspace.
        """
        with self._engine.transaction() as uow:
            if not reply_files.describe(uow.connection, uow.workspace_id, id, media.alt_of(alt)):
                raise NotFoundError("file", id)
        return self._listed([id])[0]

    def remove(self, id: int, *, user_task: int) -> bool:
        """Remove a file that was added in an open user task; tell whether it was there.

        One that a reply has named stays.
        """
        with self._engine.transaction() as uow:
            return reply_files.remove(uow.connection, uow.workspace_id, id, user_task_id=user_task)

    def of_user_task(self, conversation: int, user_task: int) -> tuple[Enclosure, ...]:
        """Return what was added in a user task and has not gone out, oldest first."""
        with self._engine.reading() as view:
            return reply_files.of_user_task(
                view.connection, view.workspace_id, conversation, user_task
            )

    def named(self, conversation: int, named: object) -> tuple[Enclosure, ...]:
        """Return the files a form names for a reply in ``conversation``, as :func:`named` does."""
        ids = ids_of(named)
        if not ids:
            return ()
        with self._engine.reading() as view:
            return named_in(view, {conversation: ids})[conversation]

    def content(self, id: int) -> Enclosure:
        """Return a file with what it holds. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = reply_files.content(view.connection, view.workspace_id, id)
        if found is None:
            raise NotFoundError("file", id)
        return found

    def filled(self, reply: Reply) -> Reply:
        """Return a reply with the contents of its files, for the moment that it is sent.

        Raises:
            ReplyRefusedError: one of them is not there, or is another one by now.
        """
        with self._engine.reading() as view:
            found = [
                reply_files.content(view.connection, view.workspace_id, one.id)
                for one in reply.files
            ]
        files = []
        for one, kept in zip(reply.files, found, strict=True):
            if kept is None or kept.digest != one.digest:
                raise ReplyRefusedError(f"The file {one.name} is gone. Add it anew.")
            files.append(replace(one, content=kept.content))
        return replace(reply, files=tuple(files))

    def _listed(self, ids: Sequence[int]) -> list[Enclosure]:
        with self._engine.reading() as view:
            found = reply_files.listed(view.connection, view.workspace_id, ids)
        return [found[id][1] for id in ids]


def _for_strangers(content: bytes, type: str) -> bytes:
    """Return a file without what its camera wrote beside the picture: place, time, telephone."""
    try:
        return without_metadata(content, type)
    except ValueError as damaged:
        raise FileRejectedError(
            f"The file is damaged: {str(damaged)[:1].lower()}{str(damaged)[1:]} Save it anew, with "
            "a program that shows it, and add that."
        ) from None


def ids_of(named: object) -> tuple[int, ...]:
    """Return the ids of files that somebody names, each once; 0, which no file has, for others."""
    if named in (None, "", ()) or named == []:
        return ()
    each = named if isinstance(named, list | tuple) else [named]
    ids = (int(one) if isinstance(one, str) and one.isdecimal() else one for one in each)
    return tuple(dict.fromkeys(map(named_id, ids)))[: media.MOST]


def named_in(
    uow: UnitOfWork, wanted: dict[int, tuple[int, ...]]
) -> dict[int, tuple[Enclosure, ...]]:
    """Return files by conversation; one that is not there has no type, and is refused later."""
    ids = {id for named in wanted.values() for id in named}
    known = reply_files.listed(uow.connection, uow.workspace_id, ids) if ids else {}

    def one(conversation: int, id: int) -> Enclosure:
        place, file = known.get(id, (0, None))
        return file if file is not None and place == conversation else Enclosure(id, "", "", 0, "")

    return {key: tuple(one(key, id) for id in named) for key, named in wanted.items()}
