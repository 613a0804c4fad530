"""What one of the networks of the Graph API does in its own way."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime

from channels.graph.posts import Comment, Me, Post, Told
from channels.graph.server import Server


class Dialect(ABC):
    """How posts, comments and messages are asked for, and what they are called."""

    title: str
    platform: str  #: as conversations are asked for
    answers: str  #: edge of a comment under which its answers are, and are written
    comment_limit: int
    message_limit: int
    message_fields: tuple[str, ...] = ()  #: that messages have on this network alone
    #: Whether a list of comments has all of them, the newest first, those that answer others too.
    flat: bool

    def me(self, server: Server, *, again: bool = False) -> Me:
        """Return whose token it is; it is asked once, or ``again``. Raises as :meth:`ask_me`."""
        if server.me is None or again:
            server.me = self.ask_me(server)
        return server.me

    @abstractmethod
    def ask_me(self, server: Server) -> Me:
        """Return whose token it is.

        Raises:
            ChannelRefusedError: it is nobody's that we can read.
            ChannelUnavailableError: no answer now.
        """

    @abstractmethod
    def posts(self, server: Server, since: datetime) -> Iterator[Post]:
        """Yield what people may comment on, the newest first, from a moment in UTC on."""

    @abstractmethod
    def comments(self, server: Server, post: Post, most: int) -> Iterator[list[Comment]]:
        """Yield the comments on a post in pages, at most so many, the newest page first."""

    @abstractmethod
    def top_of(self, server: Server, id: str) -> str:
        """Return the comment, or post, under which an answer to ``id`` is listed.

        Raises:
            CallRefusedError: ``id`` is gone.
        """

    @abstractmethod
    def answers_to(self, server: Server, top: str, most: int) -> Iterator[list[Comment]]:
        """Yield what is listed under a comment or post, the newest first where it can be had."""

    @abstractmethod
    def recipient(self, server: Server, id: str) -> Told:
        """Return how the author of a comment, or post, is named as the recipient of a message."""

    @abstractmethod
    def author(self, server: Server, id: str) -> str | None:
        """Return who wrote a comment, or post; None where the network does not tell.

        Raises:
            CallRefusedError: it is gone.
        """

    @abstractmethod
    def measure_message(self, text: str) -> int:
        """Return the length of a message against :attr:`message_limit`."""

    @abstractmethod
    def comment_in(self, change: Told) -> tuple[str, str, str | None] | None:
        """Return what a change told by a webhook is about.

        That is: what happened (``add``, ``edited``, ``remove``), the id of the comment, and its
        text, where it is told. None: it is about no comment.
        """
