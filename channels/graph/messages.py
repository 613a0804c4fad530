"""Conversations: those in which something happened, with their newest messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.graph.dialect import Dialect
from channels.graph.place import Track
from channels.graph.posts import Message, Told, messages_of
from channels.graph.server import Server, listed, next_of
from channels.model import Gap, Skipped
from channels.moments import moment_of

#: Conversations asked for at once, pages of them, and messages of each: no more are shown.
MANY, PAGES, SHOWN = 20, 40, 20
#: Conversations asked for at once where so many are more than the network can give.
FEW = 4
#: Pages of earlier messages of one conversation, where the network gives them all the same.
OLDER = 5
_MESSAGE = "id,message,from,created_time,attachments,shares"


@dataclass(frozen=True, slots=True)
class News:
    """Messages that are new, oldest first."""

    messages: list[Message]
    skipped: tuple[Skipped, ...] = ()
    gap: Gap | None = None


def news(dialect: Dialect, server: Server, track: Track, began: datetime) -> News:
    """Return what is new in all conversations; ``began``, UTC, is when it begins to be wanted."""
    floor = max(track.floor, began)
    found: list[Message] = []
    skipped: list[Skipped] = []
    changed, cut = _changed(dialect, server, floor)
    gaps = [cut] if cut else []
    for told in changed:
        try:
            whole, is_whole = _read_back(dialect, server, told, floor)
            shown = messages_of(whole, dialect.me(server))
        except ValueError as error:
            skipped.append(Skipped(len(skipped) + 1, f"A conversation cannot be read: {error}"))
            continue
        fresh = [one for one in shown if one.at >= began and track.is_new(one.name, one.at)]
        if not is_whole and len(fresh) == len(shown) > 0:
            gaps.append(shown[0].at)
        found += fresh
    found.sort(key=lambda one: one.at)
    why = f"There were more messages than {dialect.title} shows."
    gap = Gap(min(floor, *gaps), max(gaps), why) if gaps else None
    return News(found, tuple(skipped), gap)


def with_person(dialect: Dialect, server: Server, person: str) -> list[Message]:
    """Return the newest messages exchanged with a person, oldest first."""
    asked = {"platform": dialect.platform, "user_id": person, "fields": _conversation(dialect)}
    found = [one for page in server.pages("me/conversations", 1, **asked) for one in page]
    try:
        return [one for told in found for one in messages_of(told, dialect.me(server))]
    except ValueError as error:
        raise ChannelUnavailableError(f"A message of ours cannot be read: {error}") from error


def _read_back(dialect: Dialect, server: Server, told: Told, floor: datetime) -> tuple[Told, bool]:
    """Return a conversation with its messages since ``floor``, and whether they are all there.

    Meta's documentation says that it tells of the newest alone. It is asked for more all the same.
    """
    data, after = listed(told.get("messages")), next_of(told.get("messages"))
    whole = True
    for _ in range(OLDER):
        if after is None or not data or moment_of(data[-1].get("created_time")) < floor:
            break
        try:
            asked = {"after": after, "limit": SHOWN, "fields": _message(dialect)}
            page = server.get(f"{told['id']}/messages", **asked)
            older = [one for one in listed(page) if moment_of(one.get("created_time"))]
        except (ChannelRefusedError, ValueError):
            whole = False
            break
        data, after = [*data, *older], next_of(page)
    else:
        whole = after is None
    return {**told, "messages": {"data": data}}, whole


def _changed(
    dialect: Dialect, server: Server, floor: datetime
) -> tuple[list[Told], datetime | None]:
    """Return conversations in which something happened since a moment, the newest first.

    Also, if there were more than could be listed, the moment before which the others lie.
    """
    try:
        return _listed(dialect, server, floor, MANY)
    except ChannelUnavailableError as error:
        if error.retry_after is not None:
            raise
        # Long conversations can be more at once than it gives; it fails instead of giving fewer.
        return _listed(dialect, server, floor, FEW)


def _listed(
    dialect: Dialect, server: Server, floor: datetime, many: int
) -> tuple[list[Told], datetime | None]:
    asked = {"platform": dialect.platform, "fields": _conversation(dialect), "limit": many}
    found: list[Told] = []
    at, pages, most = floor, 0, PAGES * MANY // many
    for page in server.pages("me/conversations", most, **asked):
        pages += 1
        for told in page:
            at = moment_of(told.get("updated_time"))
            if at < floor:
                return found, None
            found.append(told)
    return found, at if pages == most and len(page) >= many else None


def _conversation(dialect: Dialect) -> str:
    return f"id,updated_time,participants,messages.limit({SHOWN}){{{_message(dialect)}}}"


def _message(dialect: Dialect) -> str:
    return ",".join([_MESSAGE, *dialect.message_fields])
