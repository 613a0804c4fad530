"""A reply with files, in a house of any network."""

from __future__ import annotations

from typing import Any

import pytest

from channels.media import Enclosure, type_of
from channels.model import Reply, ReplyStatus
from engine import Source
from tests.channels.conftest import ANSWERING
from tests.pictures import gif, png

PNG = png()
GIF = gif()
ALT = "A parcel, and it is broken"
_PROCESS = ANSWERING.replace('retries="2"', 'retries="20"').replace(
    '<corral:input name="by"', '<corral:input name="files" value="= files"/><corral:input name="by"'
)


def answers_with(house: Any, *contents: bytes, private: bool = False) -> None:
    """Have a process answer in the first conversation, with files."""
    house.engine.deploy([Source("answering.bpmn", _PROCESS.encode())])
    files = [
        house.outbox.enclosures.add(1, content, name=f"{n}", by="ana", alt=ALT).id
        for n, content in enumerate(contents or [PNG])
    ]
    told = {"conversation": 1, "text": "Sorry!", "private": private, "approved": None}
    house.engine.start("answering", {**told, "files": files})


def status_of(house: Any) -> ReplyStatus:
    reply: Reply = house.conversations.reply(1)
    return reply.status


def enclosed(*contents: bytes, alt: str = ALT) -> tuple[Enclosure, ...]:
    """Return files as a network is given them."""
    return tuple(
        Enclosure(n, f"{n}.png", type_of(content) or "", len(content), f"{n}", alt, content)
        for n, content in enumerate(contents, 1)
    )


def is_killed_before_it_posts(
    house: Any, monkeypatch: pytest.MonkeyPatch, posting: Any, call: str
) -> None:
    """Let a process give its file to the network, and die at the call that posts.

    ``posting`` is the class whose method ``call`` posts.
    """

    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    answers_with(house)
    with monkeypatch.context() as at_work:
        at_work.setattr(posting, call, killed)
        with pytest.raises(KeyboardInterrupt):
            house.outbox.work()
