"""What became of mentions after they were read: changed, or taken back. Forums have no list of it.

The newest ones are asked for again, a few at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.errors import CallRefusedError
from channels.model import Edit
from channels.networks.discourse.forum import Visit, is_gone
from channels.networks.discourse.posts import PRIVATE, asked_for, titled

if TYPE_CHECKING:
    from channels.networks.discourse.looking import Place

#: Posts asked for at one look.
MANY = 5


def changes(visit: Visit, place: Place) -> tuple[list[Edit], list[str]]:
    """Return edits, and ids of what is gone, of the mentions whose turn it is."""
    begin = place.turn % max(len(place.watched), 1)
    turn = [*place.watched[begin:], *place.watched[:begin]][:MANY]
    place.turn = begin + len(turn)
    edits: list[Edit] = []
    gone: list[str] = []
    for one in turn:
        id, digest = one
        number, private = int(id.removeprefix(PRIVATE)), id.startswith(PRIVATE)
        try:
            post = asked_for(visit, number, private=private)
            if post.is_gone:
                gone.append(id)
            elif post.digest != digest:
                edits.append(Edit(id, titled(visit, post).text, post.changed_at))
                one[1] = post.digest
        except CallRefusedError as error:
            if is_gone(error):
                gone.append(id)
        except ValueError:
            continue
    place.watched = [one for one in place.watched if one[0] not in gone]
    return edits, gone
