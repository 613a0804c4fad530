"""What moderators of a forum let through of ours, and what still waits for them.

A post does not tell that it has waited, nor under which id: a moderator may have changed its words
by then, so they tell nothing either. A notice to its author does, and a list of what still waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from channels.errors import CallRefusedError
from channels.model import OwnPost
from channels.networks.discourse.forum import Told, Visit
from channels.networks.discourse.posts import QUEUED, ForumPost

#: Number of the notices that a post was let through, among all kinds of notices.
_LET_THROUGH = 20


def waiting(visit: Visit, member: str) -> list[Told] | None:
    """Return the posts of a member that wait for a moderator; None: the forum tells of none."""
    try:
        return visit.listed(f"/posts/{member.lower()}/pending.json", "pending_posts")
    except CallRefusedError:
        return None  # older forums


def id_of(told: Told) -> str:
    """Return the id, in our words, of a post that waits."""
    return f"{QUEUED}{told.get('id')}"


def let_through(
    visit: Visit, member: str, own: Sequence[OwnPost], posts: Sequence[ForumPost]
) -> list[OwnPost]:
    """Return answers of ours, of which those that have waited say what waits still.

    Args:
        visit: to the forum.
        member: who we are there.
        own: the answers.
        posts: that they are, among others.
    """
    # What this process posted, and the forum took at once, has not waited.
    known = visit.forum.posted.by_others(None)
    asked = {one.external_id for one in own} - known
    noticed = _noticed(visit) if asked else set()
    through = asked & {one.external_id for one in posts if (one.topic, one.number) in noticed}
    left = waiting(visit, member) if through else None
    if left is None:
        return list(own)
    ids = frozenset(map(id_of, left))
    return [replace(one, waiting=ids) if one.external_id in through else one for one in own]


def _noticed(visit: Visit) -> set[tuple[object, object]]:
    """Return the topics and numbers of posts that were let through lately."""
    try:
        notices = visit.listed("/notifications.json", "notifications")
    except CallRefusedError:
        return set()  # a key that may not read them
    return {
        (one.get("topic_id"), one.get("post_number"))
        for one in notices
        if one.get("notification_type") == _LET_THROUGH
    }
