"""A mailbox that says when mail comes in (IDLE, RFC 2177)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from select import select

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.mail.account import Mailbox
from channels.mail.imap import Imap, opened

#: Seconds after which waiting begins anew. The standard allows 29 minutes; many a router forgets a
#: silent connection far earlier, and tells nobody.
ANEW = 55.0
#: Seconds after which a log-in is given up and begun anew.
LONGEST = 3_000.0
#: Seconds after which we look whether we are to end.
LOOK = 2.0


def listen(mailbox: Mailbox, wake: Callable[[], None], ended: threading.Event) -> None:
    """Call ``wake`` whenever the server says something, until ``ended`` or the line breaks.

    Raises:
        ChannelUnavailableError: the line broke, or cannot be had.
        ChannelRefusedError: the server knows no IDLE.
    """
    until = time.monotonic() + LONGEST - ANEW
    with opened(mailbox.reading, seconds=LONGEST) as imap:
        if not imap.can("IDLE"):
            raise ChannelRefusedError(f"{mailbox.reading.host} knows no IDLE; it is polled.")
        imap.open(mailbox.folder)
        # What came in between the last look and now is told of by nobody.
        wake()
        while not ended.is_set() and time.monotonic() < until:
            if _wait(imap, mailbox, ended):
                wake()


def _wait(imap: Imap, mailbox: Mailbox, ended: threading.Event) -> bool:
    """Wait for a while; return whether the server spoke of mail."""
    idle, begun = imap.box.idle, time.monotonic()
    idle.start()  # type: ignore[no-untyped-call]
    news: list[bytes] = []
    while not news and not ended.is_set() and time.monotonic() < begun + ANEW:
        news = idle.poll(LOOK)
        if not news and _is_over(imap):
            raise ChannelUnavailableError(f"{mailbox.reading.host} closed the line.")
    if any(line.upper().startswith(b"* BYE") for line in news):
        raise ChannelUnavailableError(f"{mailbox.reading.host} says good-bye.")
    _, more = idle.stop()  # type: ignore[no-untyped-call]
    return any(b"EXISTS" in line for line in [*news, *filter(None, more)])


def _is_over(imap: Imap) -> bool:
    """Tell whether the server has closed its end: there is something to read, and it is nothing."""
    sock = imap.box.client.socket()
    ready, _, _ = select([sock], [], [], 0)
    return bool(ready)
