"""The one interface to a network.

One file in ``channels/networks/`` implements :class:`Channel` for one network and ends with
``channel = TheClass``; it is found, not registered. Everything a network asks for beyond this
protocol (tokens, paging, rate limits) stays in that file, and so do its types.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from channels.model import ChannelAccount, Page, Reply

#: Seconds within which :meth:`Channel.send` has to end, in one way or another. A network's file
#: sets the time-outs of its calls so that they add up to less.
LONGEST_CALL = 60.0


class Channel(Protocol):
    """A network, seen as a place where mentions appear and replies go."""

    #: Short lower-case name, the key in configuration: ``"mastodon"``.
    name: str
    #: Longest reply the network carries, as :meth:`measure` counts.
    reply_limit: int
    #: Whether a reply can be sent to the customer alone.
    can_reply_privately: bool

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield pages of what happened after a position, oldest first.

        Nothing is skipped when the caller commits each page's position with the page.

        Raises:
            ChannelUnavailableError: try again later, from the last committed position.
            ChannelRefusedError: somebody has to mend the account first.
        """
        ...

    def measure(self, text: str) -> int:
        """Return the length of ``text`` as this network counts it against :attr:`reply_limit`."""
        ...

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply`` and return the external id the network gave it.

        It ends within :data:`LONGEST_CALL` seconds.

        Raises:
            ReplyTooLongError: nothing was posted; the text exceeds :attr:`reply_limit`.
            ReplyRefusedError: nothing was posted, and never will be as it is.
            ChannelUnavailableError: nothing was posted; sending again is safe.
            DeliveryUnknownError: it may have been posted; ask :meth:`find` before anything else.
        """
        ...

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the external id of ``reply`` if the network has it, else None.

        Raises:
            ChannelUnavailableError: the network cannot tell now; ask again later.
        """
        ...
