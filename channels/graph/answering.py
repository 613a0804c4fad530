"""Replies out: under a comment, to the author of a comment alone, or to whoever wrote a message."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from channels.errors import (
    ChannelError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.graph.dialect import Dialect
from channels.graph.faults import RepeatedError
from channels.graph.finding import find
from channels.graph.posts import named, person_in
from channels.graph.server import Server
from channels.graph.windows import goes_private, is_tagged, target_of
from channels.model import Chance, Reply

#: How messages are marked that Meta takes from people alone.
TAG = "HUMAN_AGENT"


def send(server: Server, dialect: Dialect, reply: Reply, now: datetime, chance: Chance) -> str:
    """Send ``reply``, and return how the network calls it.

    ``chance`` is what the rules of the network say of it. Raises what
    :meth:`channels.protocol.Channel.send` raises.
    """
    _check_length(dialect, reply)
    if chance.refusal is not None:
        raise ReplyRefusedError(chance.refusal)
    # Sent before, by this process: the network would take it for another one.
    if (known := server.posted.id_of(reply.idempotency_key)) is not None:
        return known
    try:
        name = _message(server, dialect, reply, now) if goes_private(reply) else _post(
            server, dialect, reply
        )  # fmt: skip
    except RepeatedError as error:
        name = _repeated(server, dialect, reply, error)
    return server.posted.note(reply.idempotency_key, name)


def _post(server: Server, dialect: Dialect, reply: Reply) -> str:
    told = server.post(f"{target_of(reply)}/{dialect.answers}", {"message": reply.text})
    return _id(told.get("id"), dialect)


def _message(server: Server, dialect: Dialect, reply: Reply, now: datetime) -> str:
    person = person_in(reply.in_reply_to)
    to = {"id": person} if person else dialect.recipient(server, reply.in_reply_to or "")
    kind = {"messaging_type": "RESPONSE"}
    if person and is_tagged(reply, now):
        kind = {"messaging_type": "MESSAGE_TAG", "tag": TAG}
    wanted = {"recipient": to, "message": {"text": reply.text}, **kind}
    told = server.post("me/messages", wanted)
    return named(_id(told.get("recipient_id") or person, dialect),
                 _id(told.get("message_id"), dialect))  # fmt: skip


def _repeated(server: Server, dialect: Dialect, reply: Reply, error: RepeatedError) -> str:
    """Return the name of a reply that the network has already, if it is this one."""
    try:
        name = find(server, dialect, reply)
    except ChannelError as unclear:
        # Nothing was sent now; an attempt before may have been.
        raise DeliveryUnknownError(
            f"{dialect.title} says that it has this already ({error}), and cannot show where: "
            f"{unclear}"
        ) from unclear
    if name is None:
        raise ReplyRefusedError(
            f"{dialect.title} does not take it a second time: {error}. Word it differently, or "
            "answer in public."
        )
    return name


def _check_length(dialect: Dialect, reply: Reply) -> None:
    length, limit = len(reply.text), dialect.comment_limit
    if goes_private(reply):
        length, limit = dialect.measure_message(reply.text), dialect.message_limit
    if length > limit:
        raise ReplyTooLongError(dialect.title, length=length, limit=limit)


def _id(told: Any, dialect: Dialect) -> str:
    if not told:
        raise DeliveryUnknownError(f"{dialect.title} took the reply, and does not say as which.")
    return str(told)
