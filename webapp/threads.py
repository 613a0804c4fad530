"""A conversation as colleagues read it: what went to and fro, and their notes between it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import url_for

from channels.model import ChannelAccount
from channels.shown import Conversation, Note, Post
from webapp.filters import network_title
from webapp.services import services


@dataclass(frozen=True, slots=True)
class NoteBox:
    """Where a note is written."""

    conversation: int
    key: str  #: goes with the form: sent twice, it is one note
    teams: list[ChannelAccount]  #: who else can be told


def lines(conversation: Conversation) -> list[Post | Note]:
    """Return posts and notes, oldest first."""
    both: list[Post | Note] = [*conversation.posts, *services().notes.of(conversation.id)]
    return sorted(both, key=lambda one: one.at)


def note_box(conversation: Conversation) -> NoteBox:
    """Return an empty box for a note on a conversation."""
    return NoteBox(conversation.id, secrets.token_urlsafe(16), services().notes.teams())


def about(conversation: Conversation) -> str:
    """Return what stands in front of a note where the team talks: whom it is about, and where."""
    where = url_for("conversations.show", number=conversation.id, _external=True)
    network = network_title(conversation.account.channel)
    return f"on {conversation.customer.name} ({network}): {where}"
