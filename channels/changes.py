"""Mentions that their authors changed or took back: followed in our rows, told to the instance.

The words of now are those the network shows; what was said before is kept beside them and shown to
agents, because somebody may have answered it. What was deleted at the source is deleted with us:
no word of it is left in our rows. The instance hears of either as a message; what it keeps in its
own variables it has to change itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from channels.model import (
    ChannelAccount,
    Edit,
    Page,
    Undelivered,
    business_key_of,
    correlation_key_of,
)
from channels.signals import Reading
from channels.storage import changing
from channels.storage.changing import Anew, Known
from engine.messages import Message
from engine.ports import UnitOfWork

#: Names of the messages.
MENTION_EDITED, MENTION_DELETED = "mention.edited", "mention.deleted"
REPLY_UNDELIVERED = "reply.undelivered"
#: So long they wait for an instance that is busy with something else. Few processes listen.
KEPT = timedelta(hours=1)


@dataclass(slots=True)
class Changed:
    """What the changes of one page led to."""

    edited: int = 0
    deleted: int = 0
    conversations: set[int] = field(default_factory=set)  #: ids
    messages: list[Message] = field(default_factory=list)  #: to be correlated, in order


class Changes:
    """Follows the changes of one page of one account, inside an open transaction."""

    def __init__(
        self,
        uow: UnitOfWork,
        account: ChannelAccount,
        now: datetime,
        conversation: Callable[[int], Mapping[str, Any]],
    ) -> None:
        """Bind to a transaction.

        Args:
            uow: in which the mentions of the page are stored already.
            account: where the page comes from.
            now: UTC, when it came in.
            conversation: returns what messages tell of the conversation of an id.
        """
        self._uow = uow
        self._account = account
        self._now = now
        self._conversation = conversation

    def take(self, page: Page, readings: Mapping[Edit, Reading]) -> Changed:
        """Follow what changed; what we do not have, or knew before, is passed over."""
        changed = Changed()
        self._tell_undelivered(page.undelivered, changed)
        ids = {edit.external_id for edit in page.edits}.union(page.deletions)
        if not ids:
            return changed
        known = changing.known(self._uow.connection, self._account.id, ids)
        self._edit([each for each in page.edits if each.external_id in known], known, readings,
                   changed)  # fmt: skip
        self._delete([known[id] for id in dict.fromkeys(page.deletions) if id in known], changed)
        if changed.conversations:
            changing.show_newest(self._uow.connection, changed.conversations)
        return changed

    def _tell_undelivered(self, told: Sequence[Undelivered], changed: Changed) -> None:
        """Show at replies that they did not arrive, and let their processes know."""
        marked = changing.mark_undelivered(
            self._uow.connection, self._account.id, {one.reply: one.why for one in told}
        )
        for reply_id, conversation_id, why in marked:
            self._note(changed, REPLY_UNDELIVERED, conversation_id,
                       {"reply": {"id": reply_id, "why": why}})  # fmt: skip

    def _edit(
        self,
        edits: Sequence[Edit],
        known: dict[str, Known],
        readings: Mapping[Edit, Reading],
        changed: Changed,
    ) -> None:
        before = changing.earlier(self._uow.connection, {one.id for one in known.values()})
        written: list[Anew] = []
        confirmed: dict[int, datetime] = {}
        for edit in edits:
            mention = known[edit.external_id]
            kept = before.setdefault(mention.id, [])
            if is_confirmed(edit, mention):
                confirmed[mention.id] = edit.at
                known[edit.external_id] = replace(mention, edited_at=edit.at)
            if not is_news(edit, mention, kept):
                continue
            confirmed.pop(mention.id, None)
            kept.append((mention.text, edit.at))
            reading = readings[edit]
            written.append(
                Anew(mention.id, edit.text, mention.text, edit.at, reading.sentiment,
                     reading.language)
            )  # fmt: skip
            known[edit.external_id] = now = replace(mention, text=edit.text, edited_at=edit.at)
            told = {**_told(now), "was": mention.text, "edited_at": edit.at.isoformat()}
            self._note(
                changed,
                MENTION_EDITED,
                now.conversation_id,
                {"edited": told, "signals": reading.payload()},
            )
        changing.rewrite(self._uow.connection, self._uow.workspace_id, written)
        changing.confirm(self._uow.connection, confirmed)
        changed.edited = len(written)

    def _delete(self, mentions: Sequence[Known], changed: Changed) -> None:
        gone = [one for one in mentions if one.deleted_at is None]
        if not gone:
            return
        changing.blank(self._uow.connection, [one.id for one in gone], self._now)
        for one in gone:
            told = _told(replace(one, text=""))
            self._note(changed, MENTION_DELETED, one.conversation_id, {"deleted": told})
        changed.deleted = len(gone)

    def _note(self, changed: Changed, name: str, id: int, payload: Mapping[str, Any]) -> None:
        """Tell the instance of the conversation of an id."""
        changed.conversations.add(id)
        changed.messages.append(
            Message(
                name,
                correlation_key_of(id),
                {**payload, "conversation": self._conversation(id)},
                business_key=business_key_of(self._account.channel, id),
                expires_at=self._now + KEPT,
            )
        )


class Said(Protocol):
    """What somebody said, as it is stored."""

    @property
    def text(self) -> str:
        """Return its words of now."""
        ...

    @property
    def edited_at(self) -> datetime | None:
        """Return when they were changed last, UTC; None: they are the first."""
        ...

    @property
    def deleted_at(self) -> datetime | None:
        """Return when it was taken back, UTC."""
        ...


def is_news(edit: Edit, said: Said, kept: Sequence[tuple[str, datetime]]) -> bool:
    """Tell whether something that was said is not yet what an edit made of it.

    A page may come again, with edits that others followed: an older one changes nothing. Some
    networks tell no more than the second, so of those at one moment each text counts once.
    """
    if said.deleted_at is not None or edit.text == said.text:
        return False
    if said.edited_at is None or edit.at > said.edited_at:
        return True
    return edit.at == said.edited_at and edit.text not in [text for text, _ in kept]


def is_confirmed(edit: Edit, said: Said) -> bool:
    """Tell whether an edit made of something what it says already, later than is known.

    Its moment has to be kept: an edit from before it, which comes after it, is not news.
    """
    if said.deleted_at is not None or edit.text != said.text:
        return False
    return said.edited_at is None or edit.at > said.edited_at


def _told(mention: Known) -> dict[str, Any]:
    return {
        "id": mention.id,
        "external_id": mention.external_id,
        "text": mention.text,
        "at": mention.created_at.isoformat(),
        "private": mention.private,
        "url": mention.url,
    }
