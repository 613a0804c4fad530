"""Forms that customers submit, and the page on which each follows what came of it.

Whoever makes the form gives it an id that nobody can guess and that is used once: it is the
external id of the mention, so however often a form comes, there is one. The first of a customer is
the thread too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Author, ChannelAccount, Mention, Page, ReplyStatus
from channels.protocol import Channel
from channels.shown import Post
from channels.storage import forms
from engine import Engine
from engine.errors import NotFoundError

#: Name of the network of forms.
FORM = "form"


@dataclass(frozen=True, slots=True)
class Submission:
    """What a customer wrote into a form."""

    id: str  #: of this form alone
    text: str
    name: str = ""
    email: str = ""
    order: str = ""
    thread: str = ""  #: id of the first form of the same conversation; empty: it is the first


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a conversation as its customer reads it."""

    text: str
    at: datetime
    ours: bool


class Submitting:
    """Takes the forms of one workspace."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel]) -> None:
        """Bind to a workspace, with the networks by name."""
        self._engine, self._channels = engine, channels
        self._conversations = Conversations(engine)
        self._intake = Intake(engine, channels=self._channels)

    def account(self, id: int) -> ChannelAccount:
        """Return the account of a form. Raises ``NotFoundError`` for any other."""
        account = self._conversations.account(id).account
        if account.channel != FORM or FORM not in self._channels:
            raise NotFoundError("form", id)
        return account

    def submit(self, account: ChannelAccount, told: Submission, *, order_label: str = "") -> bool:
        """Store what a customer wrote; return whether just that is stored under the form's id.

        False: the form came before, and said something else, which stays.

        Raises:
            NotFoundError: it goes on with a conversation that there is not.
        """
        thread = told.thread or told.id
        author = self._known(account, told.thread) if told.thread else None
        author = author or Author(
            external_id=thread,
            # Nobody chooses it: it could be the handle of one of our own accounts.
            handle=f"visitor-{thread[:8]}",
            name=told.name or None,
            email=told.email or None,
        )
        text = told.text
        if told.order:
            text = f"{text}\n\n{order_label or 'Order'}: {told.order}"
        mention = Mention(
            external_id=told.id,
            author=author,
            text=text,
            created_at=self._engine.clock.now(),
            thread=thread,
            private=True,
        )
        taken = self._intake.take(account, Page(mentions=(mention,)))
        return bool(taken.stored) or text in self._said(account, thread)

    def followed(self, account: ChannelAccount, thread: str) -> Sequence[Line]:
        """Return what the customer and we have said, oldest first; of ours what was sent.

        Raises:
            NotFoundError: there is no such conversation.
        """
        return [
            Line(post.text, post.at, ours=post.kind == "reply")
            for post in self._posts(account, thread)
            if (post.kind == "mention" or post.status is ReplyStatus.SENT)
            and post.deleted_at is None
        ]

    def _said(self, account: ChannelAccount, thread: str) -> set[str]:
        return {line.text for line in self.followed(account, thread) if not line.ours}

    def _posts(self, account: ChannelAccount, thread: str) -> Sequence[Post]:
        return self._conversations.conversation(self._id(account, thread)).posts

    def _id(self, account: ChannelAccount, thread: str) -> int:
        with self._engine.reading() as view:
            id = forms.conversation_of(view.connection, view.workspace_id, account.id, thread)
        if id is None:
            raise NotFoundError("conversation", thread)
        return id

    def _known(self, account: ChannelAccount, thread: str) -> Author | None:
        """Return the customer as their first form told; agents may have joined them since."""
        customer = self._conversations.conversation(self._id(account, thread)).customer
        for identity in customer.identities:
            if (identity.channel, identity.external_id) == (FORM, thread):
                return Author(thread, identity.handle, identity.name, email=identity.email)
        return None
