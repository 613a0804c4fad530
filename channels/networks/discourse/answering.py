"""Replies in a forum, in public and in private, and how one is found of which nobody knows.

Whether a reply went out is read back: in the topic that it answers, among the private posts, and
among what waits for a moderator. Forums refuse the same words twice within some minutes (unless a
member of the staff says them), and answer the same call within two minutes as before: both help,
neither is relied on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from channels.errors import (
    CallRefusedError,
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import Reply
from channels.moments import DOUBT, moment_of
from channels.networks.discourse.forum import Told, Visit, is_gone, said_in
from channels.networks.discourse.posts import (
    PRIVATE,
    QUEUED,
    ForumPost,
    asked_for,
    read,
    topic_of,
)
from channels.networks.discourse.reviewed import id_of, waiting
from channels.phrases import first_words, letters_of

#: Characters of a post, unless a forum has set another limit.
LONGEST_POST = 32_000
#: Posts of a topic that are asked for at once, and lists until we say that we cannot tell.
TOGETHER, MOST_LISTS = 20, 12
#: Characters of the title of a private topic.
_TITLE = 100


class Answering:
    """Sends, or finds, one reply of a member."""

    def __init__(self, visit: Visit, member: str) -> None:
        """Begin for the member."""
        self._visit = visit
        self._member = member.lower()

    def send(self, reply: Reply) -> str:
        """Post ``reply`` and return its id; see :meth:`channels.protocol.Channel.send`."""
        if (length := len(reply.text)) > LONGEST_POST:
            raise ReplyTooLongError("Discourse", length=length, limit=LONGEST_POST)
        forum = self._visit.forum
        if (known := forum.posted.id_of(reply.idempotency_key)) is not None:
            return known
        data = self._wording(reply)
        try:
            told = self._visit.post(data)
        except CallRefusedError as error:
            return self._refused(reply, error)
        id = _id_in(told)
        if id is None:
            raise DeliveryUnknownError(f"{forum.host} took a post, and does not say which.")
        if id == QUEUED:
            id += reply.idempotency_key
        prefix = PRIVATE if reply.private and not id.startswith(QUEUED) else ""
        return forum.posted.note(reply.idempotency_key, f"{prefix}{id}")

    def find(self, reply: Reply) -> str | None:
        """Return the id of ``reply``, or None; see :meth:`channels.protocol.Channel.find`."""
        if (known := self._visit.forum.posted.id_of(reply.idempotency_key)) is not None:
            return known
        try:
            return self._found(reply)
        except ReplyRefusedError:
            return None  # we never post such a one
        except CallRefusedError as error:
            raise ChannelUnavailableError(
                f"The forum does not show what we wrote: {said_in(error)}"
            ) from error

    def _wording(self, reply: Reply) -> dict[str, Any]:
        """Return what is sent for a reply."""
        if reply.private and not _is_private(reply):
            if not reply.recipient:
                raise ReplyRefusedError("Nobody knows the name of the customer. Answer in public.")
            return {
                "title": first_words(reply.text, _TITLE),
                "raw": reply.text,
                "archetype": "private_message",
                "target_recipients": reply.recipient,
            }
        if (refusal := refusal_of(reply)) is not None:
            raise ReplyRefusedError(refusal)
        parent = self._parent(reply)
        if parent is None:
            raise ReplyRefusedError("The post to answer is gone from the forum.")
        # The first post is answered by answering its topic.
        to = parent.number if parent.number > 1 else None
        return {"topic_id": parent.topic, "raw": reply.text, "reply_to_post_number": to}

    def _parent(self, reply: Reply) -> ForumPost | None:
        """Return the post that is answered; None if it is gone."""
        id = (reply.in_reply_to or "").removeprefix(PRIVATE)
        if not id.isdecimal():
            raise ReplyRefusedError(
                "It answers a post that no moderator has let through yet. Send it when one has."
            )
        try:
            post = asked_for(self._visit, int(id), private=_is_private(reply))
        except CallRefusedError as error:
            if is_gone(error):
                return None
            raise
        except ValueError as error:
            raise ChannelUnavailableError(f"The post to answer cannot be read: {error}") from error
        return None if post.is_gone else post

    def _refused(self, reply: Reply, error: CallRefusedError) -> str:
        """Return the id of a reply that is there already, or raise what the refusal means."""
        said = said_in(error)
        if error.status in (401, 403, 404):
            self._visit.me()  # raises if it is the key that is refused
        elif error.status == 422 and (known := self._sent_before(reply, said)) is not None:
            return self._visit.forum.posted.note(reply.idempotency_key, known)
        raise ReplyRefusedError(f"The forum does not take the reply: {said}") from error

    def _sent_before(self, reply: Reply, said: str) -> str | None:
        """Return the id of the reply, if a refusal may mean that the same words are there."""
        try:
            return self.find(reply)
        except ChannelRefusedError:
            raise
        except ChannelError as error:
            # Nothing was posted now; an attempt before may have been.
            why = f"The forum refuses the reply ({said}), and cannot be asked whether it has it."
            raise DeliveryUnknownError(why) from error

    def _found(self, reply: Reply) -> str | None:
        words = letters_of(reply.text)
        others = self._visit.forum.posted.by_others(reply.idempotency_key)
        for post in self._candidates(reply):
            ours = post.author.lower() == self._member and letters_of(post.raw) == words
            if ours and post.external_id not in others and self._is_to(reply, post):
                return post.external_id
        return self._waiting(reply, words)

    def _candidates(self, reply: Reply) -> Iterator[ForumPost]:
        """Yield posts among which the reply has to be, newest first."""
        if reply.private:
            yield from self._private_posts(reply)
            return
        parent = self._parent(reply)
        topic = parent.topic if parent else topic_of(reply.thread)
        to = parent.number if parent and parent.number > 1 else None
        if topic is not None:
            for post in self._in_topic(topic, reply):
                if parent is None or post.told.get("reply_to_post_number") == to:
                    yield post

    def _in_topic(self, topic: int, reply: Reply) -> Iterator[ForumPost]:
        try:
            stream = self._visit.get(f"/t/{topic}.json").get("post_stream")
        except CallRefusedError as error:
            if is_gone(error):
                return  # and what was written in it
            raise
        ids = [id for id in (stream or {}).get("stream", ()) if isinstance(id, int)]
        for _ in range(MOST_LISTS):
            some, ids = ids[-TOGETHER:], ids[:-TOGETHER]
            asked = {"post_ids[]": some, "include_raw": "true"}
            told = self._visit.get(f"/t/{topic}/posts.json", asked).get("post_stream")
            posts = _read((told or {}).get("posts", ()), private=False)
            yield from posts
            if not ids or (posts and posts[-1].at < reply.created_at - DOUBT):
                return
        raise ChannelUnavailableError("More was written in the topic since than is read back.")

    def _private_posts(self, reply: Reply) -> Iterator[ForumPost]:
        before: int | None = None
        for _ in range(MOST_LISTS):
            told = self._visit.listed("/private-posts.json", "private_posts", before)
            posts = [one for one in _read(told, private=True) if before is None or one.id < before]
            yield from posts
            if not posts or posts[-1].at < reply.created_at - DOUBT:
                return
            before = posts[-1].id
        raise ChannelUnavailableError("More was written in private since than is read back.")

    def _is_to(self, reply: Reply, post: ForumPost) -> bool:
        """Tell whether a post went where the reply has to go."""
        if post.at < reply.created_at - DOUBT:
            return False
        if not reply.private:
            return True
        if _is_private(reply):
            parent = self._parent(reply)
            return parent is None or parent.topic == post.topic
        if post.number > 1:
            return False
        details = self._visit.get(f"/t/{post.topic}.json").get("details")
        users = details.get("allowed_users", ()) if isinstance(details, dict) else ()
        return reply.recipient.lower() in {str(one.get("username")).lower() for one in users}

    def _waiting(self, reply: Reply, words: str) -> str | None:
        """Return the id of the reply among the posts that wait for a moderator."""
        others = self._visit.forum.posted.by_others(reply.idempotency_key)
        for one in waiting(self._visit, self._member) or ():
            id = id_of(one)
            new = moment_of(one.get("created_at")) >= reply.created_at - DOUBT
            if new and letters_of(str(one.get("raw_text"))) == words and id not in others:
                return id
        return None


def refusal_of(reply: Reply) -> str | None:
    """Return why a reply will not be sent, as far as it can be known without asking the forum."""
    if not reply.private and _is_private(reply):
        return "A private message cannot be answered in public here. Answer in private."
    return None


def _is_private(reply: Reply) -> bool:
    """Tell whether what a reply answers stands in a private topic."""
    return (reply.in_reply_to or reply.thread).startswith(PRIVATE)


def _id_in(told: Told) -> str | None:
    """Return under which id a forum has taken a post."""
    pending = told.get("pending_post")
    if told.get("action") == "enqueued":
        return f"{QUEUED}{pending.get('id') if isinstance(pending, dict) else ''}"
    id = told.get("id")
    return str(id) if isinstance(id, int) else None


def _read(told: Sequence[Any], *, private: bool) -> list[ForumPost]:
    """Return posts, newest first.

    Raises:
        ChannelUnavailableError: one cannot be read: it may be the one we look for.
    """
    try:
        posts = [read(one, private=private) for one in told if isinstance(one, dict)]
    except ValueError as error:
        raise ChannelUnavailableError(f"A post of the forum cannot be read: {error}") from error
    return sorted(posts, key=lambda one: one.id, reverse=True)
