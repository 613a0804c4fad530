"""What became of mentions after they were read: changed by their authors, or deleted.

Servers have no feed of it. The newest mentions are asked for again, a few at a time, those first
of which a stream says that they were changed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

from channels.errors import CallRefusedError, ChannelRefusedError
from channels.model import Edit
from channels.networks.mastodon.posts import Dated, dated, each_dated, edit_of, edited_at
from channels.networks.mastodon.server import Server, is_gone

if TYPE_CHECKING:
    from channels.networks.mastodon.looking import Place

#: Posts asked for with one call, as many as servers give; and with a call each.
TOGETHER, ONE_BY_ONE = 20, 5


def changes(server: Server, place: Place, *, by_turn: bool) -> tuple[list[Edit], list[str]]:
    """Return edits, and ids of what is gone, of some of the mentions that are watched.

    ``by_turn``: also of those whose turn it is, not only of those a stream has told of.
    """
    wanted = _wanted(server, place, by_turn=by_turn)
    known = {str(id): at for id, at in place.watched}
    found, gone = _looked_at(server, wanted)
    edits = []
    for post in found:
        at = edited_at(post.told)
        if at is not None and at != known.get(post.id):
            with suppress(ValueError):
                edits.append(edit_of(post))
            known[post.id] = at
    place.watched = [[id, at] for id, at in known.items() if id not in gone]
    place.turn = place.turn % max(len(place.watched), 1)
    server.changed.difference_update(wanted)
    return edits, gone


def _wanted(server: Server, place: Place, *, by_turn: bool) -> list[str]:
    ids = [str(id) for id, _ in place.watched]
    told = [id for id in ids if id in server.changed]
    together = TOGETHER if server.bulk else ONE_BY_ONE
    if by_turn and (room := together - len(told)) > 0:
        turning = [*ids[place.turn :], *ids[: place.turn]][:room]
        place.turn += room
        told += [id for id in turning if id not in told]
    return told[:together]


def _looked_at(server: Server, ids: list[str]) -> tuple[list[Dated], list[str]]:
    """Return posts as they are now, and the ids of those that are certainly gone."""
    found = _together(server, ids)
    seen = {post.id for post in found}
    gone = []
    # One that is left out need not be gone: a server may not know this way of asking.
    for id in [id for id in ids if id not in seen][:ONE_BY_ONE]:
        try:
            found.append(dated(server.get(f"/api/v1/statuses/{quote(id, safe='')}")))
        except CallRefusedError as error:
            if is_gone(error):
                gone.append(id)
        except ValueError:
            continue
    return found, gone


def _together(server: Server, ids: list[str]) -> list[Dated]:
    if not server.bulk or not ids:
        return []
    try:
        told = server.listed("/api/v1/statuses", {"id[]": ids})
    except ChannelRefusedError:
        # Older and smaller servers do not know it. That the token is refused shows one by one.
        server.bulk = False
        return []
    return [post for post in each_dated(told, lambda _: None) if post.id in ids]
