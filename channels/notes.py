"""Notes on a conversation: what colleagues say to each other. No customer ever reads one.

A note also goes to the channels in which the team talks (accounts of a network that is a
:class:`Colleagues`), once each, by the rules of all replies. What is answered there, in its thread,
comes back as a note: see :meth:`channels.intake.Intake.take`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.errors import NoteRejectedError
from channels.model import ChannelAccount
from channels.protocol import Channel, Colleagues
from channels.shown import Note
from channels.storable import clean
from channels.storage import accounts, notes
from engine import Engine
from engine.errors import NotFoundError
from engine.ports import Change

#: Characters of a note at most. With what stands in front of it, every network carries that.
LONGEST = 4_000


class Notes:
    """The notes of one workspace."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel]) -> None:
        """Bind to a workspace, with the networks by name."""
        self._engine, self._channels = engine, channels

    def teams(self) -> list[ChannelAccount]:
        """Return the channels in which the team talks, of those that are switched on."""
        names = [name for name, one in self._channels.items() if isinstance(one, Colleagues)]
        with self._engine.reading() as view:
            return accounts.switched_on(view.connection, view.workspace_id, names)

    def of(self, conversation_id: int) -> tuple[Note, ...]:
        """Return the notes on a conversation, oldest first."""
        with self._engine.reading() as view:
            return notes.of_conversation(view.connection, view.workspace_id, conversation_id)

    def write(
        self,
        conversation_id: int,
        text: str,
        *,
        by: str,
        key: str,
        about: str = "",
        told: bool = True,
    ) -> None:
        """Keep a note, and have the team told.

        Args:
            conversation_id: what it is about.
            text: of the note.
            by: who writes it.
            key: the same for every repeat of the same note by the same person.
            about: what the team reads in front of it: the customer, and where the case is.
            told: whether it also goes where the team talks.

        Raises:
            NotFoundError: there is no such conversation in this workspace.
            NoteRejectedError: it says nothing, or too much.
        """  # fmt: skip
        text = clean(text).strip()
        if not text or len(text) > LONGEST:
            raise NoteRejectedError(len(text), LONGEST)
        teams = self.teams() if told else []
        note: dict[str, Any] = {
            "conversation_id": conversation_id, "key": f"by:{by}:{key}"[:320], "account_id": None,
            "author": by, "text": text, "created_at": self._engine.clock.now(),
        }  # fmt: skip
        with self._engine.transaction() as uow:
            connection, workspace = uow.connection, uow.workspace_id
            if not notes.is_there(connection, workspace, conversation_id):
                raise NotFoundError("conversation", conversation_id)
            new = notes.add(connection, [{**note, "workspace_id": workspace}])
            if new:
                words = f"{by} {about}\n{text}" if about else f"{by}: {text}"
                notes.send(connection, workspace, note, new[note["key"]], teams, words)
                uow.note(Change(self._engine.workspace.key, "conversation", conversation_id))
