"""Whether a reply of unknown fate stands on the network: there are no keys that would tell."""

from __future__ import annotations

import time
from datetime import datetime

from channels.errors import CallRefusedError, ChannelUnavailableError
from channels.graph.dialect import Dialect
from channels.graph.messages import SHOWN, with_person
from channels.graph.posts import Comment, person_in, same_words
from channels.graph.server import Server
from channels.graph.windows import goes_private, target_of
from channels.model import Reply
from channels.moments import DOUBT

#: Pages of answers under one comment, until we say that we cannot tell; and seconds after which
#: no further one is asked for.
PAGES, PATIENCE = 10, 10.0


def find(server: Server, dialect: Dialect, reply: Reply) -> str | None:
    """Return the name of ``reply`` if the network has it, or None if it certainly has not.

    Of several that look alike the first is meant: the others came later.

    Raises:
        ChannelUnavailableError: nobody can tell now.
        ChannelRefusedError: the account cannot be read.
    """
    if (known := server.posted.id_of(reply.idempotency_key)) is not None:
        return known
    if goes_private(reply):
        return _message(server, dialect, reply)
    return _comment(server, dialect, reply)


def _comment(server: Server, dialect: Dialect, reply: Reply) -> str | None:
    target = target_of(reply)
    if target is None:
        return None  # we never post such a one
    others = server.posted.by_others(reply.idempotency_key)
    floor = reply.created_at - DOUBT
    found: Comment | None = None
    pages = 0
    began = time.monotonic()
    try:
        top = dialect.top_of(server, target)
        for page in dialect.answers_to(server, top, PAGES):
            pages += 1
            for one in page:
                if _is_it(one, reply, floor, {target, top, None}) and one.id not in others:
                    found = one if found is None or one.at <= found.at else found
            if dialect.flat and page and page[-1].at < floor:
                return found.id if found else None
            if time.monotonic() - began > PATIENCE:
                raise ChannelUnavailableError(f"{dialect.title} answers too slowly.")
    except CallRefusedError:
        return None  # what was answered is gone, and its answers with it
    if found is None and pages == PAGES:
        raise ChannelUnavailableError("There are too many answers to find the reply among.")
    return found.id if found else None


def _is_it(one: Comment, reply: Reply, floor: datetime, parents: set[str | None]) -> bool:
    ours = one.ours and one.parent in parents and one.at >= floor
    return ours and same_words(one.text, reply.text)


def _message(server: Server, dialect: Dialect, reply: Reply) -> str | None:
    person = person_in(reply.in_reply_to) or _author(server, dialect, reply.in_reply_to)
    others = server.posted.by_others(reply.idempotency_key)
    floor = reply.created_at - DOUBT
    shown = with_person(dialect, server, person)
    for one in shown:
        ours = one.ours and one.at >= floor and one.name not in others
        if ours and same_words(one.text, reply.text):
            return one.name
    if len(shown) >= SHOWN and shown[0].at > floor:
        raise ChannelUnavailableError(
            f"There are more messages since than {dialect.title} shows to find the reply among."
        )
    return None


def _author(server: Server, dialect: Dialect, comment: str | None) -> str:
    """Return who wrote a comment that was answered in private."""
    try:
        person = dialect.author(server, comment or "")
    except CallRefusedError:
        person = None
    if person is None:
        raise ChannelUnavailableError(
            f"{dialect.title} does not say any more whose comment it was: look into its inbox."
        )
    return person
