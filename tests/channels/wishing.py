"""Replies with wishes: in parts, later, held, of nobody. And how they stand in the end."""

from __future__ import annotations

from channels.conversations import Conversations
from channels.model import Reply, ReplyStatus
from engine import Engine
from tests.channels.conftest import ANSWERING

_BY = """<corral:input name="by" value="= 'ana'"/>"""
#: The process of ``answering``, with everything a job may wish for.
WISHING = ANSWERING.replace(
    _BY,
    """<corral:input name="by" value="= by"/>
        <corral:input name="split" value="= split"/>
        <corral:input name="send_at" value="= send_at"/>
        <corral:input name="hold" value="= hold"/>""",
)
assert _BY in ANSWERING


def wish(engine: Engine, text: str = "Sorry!", **more: object) -> int:
    """Start an instance that sends a reply as wished for; return its id."""
    usual = {"conversation": 1, "text": text, "private": False, "approved": None, "by": "ana"}
    wishes = {"split": False, "send_at": "", "hold": False}
    return engine.start("answering", usual | wishes | more).id


def all_replies(engine: Engine) -> list[Reply]:
    """Return every reply, in the order of their ids."""
    known = Conversations(engine)
    return [known.reply(id) for id in range(1, count(engine) + 1)]


def count(engine: Engine) -> int:
    """Return how many replies there are."""
    with engine.reading() as view:
        told = view.connection.exec_driver_sql("SELECT count(*) FROM reply").scalar()
    return int(told or 0)


def states(engine: Engine) -> list[ReplyStatus]:
    """Return the states of all replies, in the order of their ids."""
    return [reply.status for reply in all_replies(engine)]
