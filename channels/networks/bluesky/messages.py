"""Direct messages: read forward from a cursor, sent to one person, found again by their words.

They have no key of ours, so whether one was sent is seen in its conversation alone. Another
server than that of the account carries them; it may say no where the account's own says yes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.errors import (
    CallRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.model import Author, Mention, OwnPost, Reply
from channels.moments import DOUBT, moment_of
from channels.networks.bluesky.desk import Desk
from channels.networks.bluesky.posts import Told, author_of, did_of
from channels.networks.bluesky.session import Session, error_of, words_of

#: Conversations and messages asked for at once; pages of messages read back to find one of ours.
MANY, PAGES = 100, 10
_WHY = {
    "MessagesDisabled": "The customer takes no direct messages. Answer in public.",
    "NotFollowedBySender": (
        "The customer takes direct messages only from those they follow. Answer in public, and "
        "ask them to write to you."
    ),
    "BlockedActor": "The customer blocks this account, or the account blocks them. Leave it.",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One direct message."""

    convo: str
    id: str
    sender: str  #: id of the person
    text: str
    at: datetime

    @property
    def external_id(self) -> str:
        """How it is named outside its conversation."""
        return f"{self.convo}/{self.id}"

    def mention(self, told: Told | None) -> Mention:
        """Return the mention it is; ``told`` is what is known of its sender."""
        author = author_of(told) if told else Author(self.sender, self.sender)
        url = f"https://bsky.app/messages/{self.convo}"
        return Mention(
            self.external_id, author, self.text, self.at, self.convo, private=True, url=url
        )

    def own_post(self, handle: str) -> OwnPost:
        """Return the answer it is, where we sent it."""
        return OwnPost(self.external_id, self.text, self.at, self.convo, None, True, handle)


@dataclass(frozen=True, slots=True)
class News:
    """Messages that are new, oldest first, those that were deleted, and where to go on."""

    messages: tuple[Message, ...]
    deleted: tuple[str, ...]
    cursor: str


def news_of(session: Session, cursor: str | None, since: datetime) -> Iterator[News]:
    """Yield what happened after a cursor; without one, the messages after ``since``, UTC.

    Raises:
        CallRefusedError: the account may not read messages, or its server has none.
        ChannelUnavailableError: no answer now.
    """
    if cursor is None:
        yield _first(session, since)
        return
    while True:
        told = session.ask("chat.bsky.convo.getLog", chat=True, cursor=cursor or None)
        logs, next = told.get("logs"), told.get("cursor")
        if not isinstance(logs, list) or not logs or not next or next == cursor:
            return
        cursor = str(next)
        yield _logged(logs, cursor)


def send(desk: Desk, reply: Reply) -> str:
    """Send a reply to the customer alone, and return the id of the message.

    Raises:
        ReplyRefusedError: the customer, or the account, has no direct messages.
        ChannelUnavailableError: nothing was sent.
        DeliveryUnknownError: it may have been sent.
    """
    convo = _convo(desk.session, reply)
    told = {"convoId": convo, "message": {"text": reply.text}}
    try:
        sent = desk.session.tell("chat.bsky.convo.sendMessage", told, chat=True)
    except CallRefusedError as refused:
        raise _refusal(refused) from refused
    if not sent.get("id"):
        raise DeliveryUnknownError("Bluesky took the message, and does not say as which.")
    external_id = f"{convo}/{sent['id']}"
    desk.note_sent(external_id, reply.idempotency_key)
    return external_id


def find(desk: Desk, reply: Reply) -> str | None:
    """Return the id of the message that a reply became; None if there is none.

    Raises:
        ChannelUnavailableError: nobody can tell now.
    """
    try:
        convo = _convo(desk.session, reply)
    except ReplyRefusedError:
        return None  # there is no conversation it could be in
    floor = reply.created_at - DOUBT
    cursor, found = None, None
    for _ in range(PAGES):
        told = desk.session.ask(
            "chat.bsky.convo.getMessages", chat=True, convoId=convo, limit=MANY, cursor=cursor
        )
        page = list(_messages(convo, told.get("messages")))
        for message in page:
            key = desk.sent.get(message.external_id, reply.idempotency_key)
            ours = message.sender == desk.session.did and key == reply.idempotency_key
            # Of several that look alike the first is meant: the others came later.
            if ours and message.at >= floor and message.text.strip() == reply.text.strip():
                found = message.external_id
        cursor = told.get("cursor")
        if not cursor or not page or page[-1].at < floor:
            return found
    if found is None:
        raise ChannelUnavailableError("There are too many messages since to find the reply among.")
    return found


def _first(session: Session, since: datetime) -> News:
    """Return the messages after a moment, and a cursor from before they were read."""
    told = session.ask("chat.bsky.convo.listConvos", chat=True, limit=MANY)
    listed = told.get("convos")
    convos = [
        one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, Mapping)
    ]
    cursor = max((str(one.get("rev") or "") for one in convos), default="")
    messages: list[Message] = []
    for one in convos:
        convo = str(one.get("id") or "")
        last = next(_messages(convo, [one.get("lastMessage")]), None)
        if last is None or last.at < since:
            continue
        told = session.ask("chat.bsky.convo.getMessages", chat=True, convoId=convo, limit=MANY)
        found = _messages(convo, told.get("messages"))
        messages += [message for message in found if message.at >= since]
    return News(tuple(sorted(messages, key=lambda one: one.at)), (), cursor)


def _logged(logs: list[Any], cursor: str) -> News:
    messages: list[Message] = []
    deleted: list[str] = []
    for log in logs:
        kind = str(log.get("$type") or "") if isinstance(log, Mapping) else ""
        if kind.endswith("#logCreateMessage"):
            messages += _messages(str(log.get("convoId") or ""), [log.get("message")])
        elif kind.endswith("#logDeleteMessage") and isinstance(log.get("message"), Mapping):
            deleted.append(f"{log.get('convoId')}/{log['message'].get('id')}")
    messages.sort(key=lambda one: one.at)
    return News(tuple(messages), tuple(deleted), cursor)


def _messages(convo: str, told: Any) -> Iterator[Message]:
    """Yield the messages of a list; those that are deleted or no words of a person not."""
    for one in told if isinstance(told, list) else ():
        if not isinstance(one, Mapping) or not isinstance(one.get("text"), str):
            continue
        sender = one.get("sender")
        try:
            at = moment_of(one.get("sentAt"))
        except ValueError:
            continue
        if isinstance(sender, Mapping) and sender.get("did") and one.get("id"):
            yield Message(convo, str(one["id"]), str(sender["did"]), one["text"], at)


def _convo(session: Session, reply: Reply) -> str:
    """Return the conversation in which a reply is private: with the author of what it answers."""
    to = reply.in_reply_to or reply.thread
    did = did_of(to)
    if did is None:
        return to.partition("/")[0]
    try:
        told = session.ask("chat.bsky.convo.getConvoForMembers", chat=True, members=[did])
    except CallRefusedError as refused:
        raise _refusal(refused) from refused
    convo = told.get("convo")
    if not isinstance(convo, Mapping) or not convo.get("id"):
        raise ChannelUnavailableError("Bluesky does not say in which conversation to write.")
    return str(convo["id"])


def _refusal(refused: CallRefusedError) -> ReplyRefusedError:
    why = _WHY.get(error_of(refused))
    return ReplyRefusedError(
        why
        or f"Bluesky does not carry the message: {words_of(refused)}. Answer in public, or give "
        "the account an app password that may read and send direct messages."
    )
