"""Until when Meta takes a private reply. Told before anything is sent, and while it is written.

A message may be answered for 24 hours after the customer wrote last. Where Meta has allowed the app
of the account to mark messages as those of a human agent, a person has seven days. A comment may
have one private answer, of one message, within seven days. See ``docs/decisions/0033``.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from channels.graph.posts import PRIVATE, person_in
from channels.model import Chance, Reply

#: How long a message may be answered: by anybody, and by a human agent; and a comment, in private.
ANYBODY, AGENT, COMMENT = timedelta(hours=24), timedelta(days=7), timedelta(days=7)


def chance(reply: Reply, now: datetime, *, title: str, agents: bool) -> Chance:
    """Return whether ``reply`` would be taken at ``now``, UTC.

    Args:
        reply: public or private.
        now: the present.
        title: of the network.
        agents: whether Meta lets the account mark messages as those of a human agent.
    """
    if not goes_private(reply):
        return Chance(_refused_in_public(reply, title))
    if person_in(reply.in_reply_to) is None:
        return _answer_to_comment(reply, now, title)
    if reply.heard_at is None:
        return Chance()
    agents = agents and _is_by_person(reply)
    until = reply.heard_at + (AGENT if agents else ANYBODY)
    if now < until:
        return Chance(until=until)
    return Chance(_too_late(reply, now, title, agents=agents), until)


def goes_private(reply: Reply) -> bool:
    """Tell whether a reply goes to the customer alone: also where there is nothing public."""
    return reply.private or (target_of(reply) is None and person_in(reply.in_reply_to) is not None)


def is_tagged(reply: Reply, now: datetime) -> bool:
    """Tell whether a message goes out only if it is marked as one of a human agent."""
    return reply.heard_at is not None and now >= reply.heard_at + ANYBODY


def target_of(reply: Reply) -> str | None:
    """Return the comment, or post, that a public reply answers; None where there is none.

    Where the customer went on in private, it is the comment with which the conversation began.
    """
    for name in (reply.in_reply_to, reply.thread):
        if name and not name.startswith(PRIVATE):
            return name.partition("/")[0]
    return None


def _refused_in_public(reply: Reply, title: str) -> str | None:
    if target_of(reply) is None:
        return f"There is nothing on {title} that this would be an answer to."
    if not reply.answerable:
        return (
            f"{title} takes no public answer to this comment: it is hidden, or comments are closed."
            " Show it there first, or answer in private."
        )
    return None


def _answer_to_comment(reply: Reply, now: datetime, title: str) -> Chance:
    if reply.parts is not None and reply.parts > 1:
        return Chance(
            f"{title} takes one private message to a comment, and no second one before the "
            "customer answers. Shorten it."
        )
    if reply.asked_at is None:
        return Chance()
    until = reply.asked_at + COMMENT
    if now < until:
        return Chance(until=until)
    return Chance(
        f"{title} takes a private answer to a comment within 7 days, and it is of "
        f"{_day(reply.asked_at)}. Answer in public.",
        until,
    )


def _too_late(reply: Reply, now: datetime, title: str, *, agents: bool) -> str:
    heard = reply.heard_at or now
    why = (
        f"{title} takes messages within {'7 days' if agents else '24 hours'} after "
        f"the customer wrote last, and that was on {_day(heard)}."
    )
    ways: list[str] = []
    if target_of(reply) is not None:
        ways.append("Answer in public.")
    if not agents and now < heard + AGENT:
        ways.append(
            "If Meta has approved the app for human agents, an operator can switch that on in the "
            "settings of the account: then people have 7 days."
        )
    ways.append("Or wait until the customer writes again.")
    return " ".join([why, *ways])


def _is_by_person(reply: Reply) -> bool:
    """Tell whether a person wrote it, or writes it at this moment."""
    return reply.by is not None or reply.id == 0


def _day(moment: datetime) -> str:
    return f"{moment:%-d %B %Y, %H:%M} UTC"
