"""What colleagues answer to a note where the team talks: kept once, as notes, and followed.

Who changes what was said there changes the note, with the old words kept; what is deleted there is
deleted with us.
"""

from __future__ import annotations

from datetime import datetime

from channels.changes import is_confirmed, is_news
from channels.errors import ChannelUnavailableError
from channels.model import ChannelAccount, Page
from channels.storage import notes
from engine.ports import UnitOfWork


def hear(uow: UnitOfWork, account: ChannelAccount, page: Page, now: datetime) -> set[int]:
    """Keep what answers notes of ours, and what became of it; ``now`` is UTC.

    Returns:
        The conversations these notes are about.

    Raises:
        ChannelUnavailableError: some may answer a note that is on its way, whose name on the
            network nobody knows yet; come again.
    """
    told: set[int] = set()
    if page.remarks:
        told, unplaced = notes.heard(uow.connection, uow.workspace_id, account.id, page.remarks)
        if unplaced:
            raise ChannelUnavailableError(
                "Something may answer a note that is still on its way. It is read again in a while."
            )
    if page.edits or page.deletions:
        told |= _follow(uow, account, page, now)
    return told


def _follow(uow: UnitOfWork, account: ChannelAccount, page: Page, now: datetime) -> set[int]:
    """Change and blank notes as what they are from was; others are passed over."""
    ids = {one.external_id for one in page.edits}.union(page.deletions)
    known = notes.known(uow.connection, uow.workspace_id, account.id, ids)
    changed: set[int] = set()
    for edit in page.edits:
        note = known.get(edit.external_id)
        if note is None:
            continue
        if is_confirmed(edit, note):
            notes.confirm(uow.connection, note, edit.at)
            known[edit.external_id] = note.saying(edit.text, edit.at)
        kept = notes.earlier(uow.connection, [note.id]).get(note.id, [])
        if is_news(edit, note, kept):
            notes.rewrite(uow.connection, uow.workspace_id, note, edit.text, edit.at)
            known[edit.external_id] = note.saying(edit.text, edit.at)
            changed.add(note.conversation_id)
    gone = [known[id] for id in page.deletions if id in known and known[id].deleted_at is None]
    notes.blank(uow.connection, [one.id for one in gone], now)
    return changed.union(one.conversation_id for one in gone)
