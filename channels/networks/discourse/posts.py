"""Posts as a forum tells them, in our words.

A topic is a place where many people write. A conversation is what one member writes in one topic,
and our answers to it; a private topic is one as a whole. Of posts in private the ids have a prefix,
so that a reply knows where its mention stands.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from channels.html_text import text_of
from channels.model import Author, Mention, OwnPost
from channels.moments import moment_of
from channels.networks.discourse.forum import Told, Visit
from channels.phrases import names_one

#: Whom a post quotes, as forums write it.
_QUOTED = re.compile(r"""\[quote=["']?([^,"'\]\s]+)""")
#: In front of the ids of private posts, and of threads of private topics.
PRIVATE = "pm:"
#: In front of the id of a reply that waits for a moderator of the forum.
QUEUED = "queued:"


@dataclass(frozen=True, slots=True)
class Brand:
    """Who we are in a forum, and by which words others speak of us."""

    member: str
    words: Sequence[str]

    def wrote(self, post: ForumPost) -> bool:
        """Tell whether a post is our own."""
        return post.author.lower() == self.member.lower()

    def is_named_in(self, post: ForumPost) -> bool:
        """Tell whether a post answers or quotes us, or names us in its own words."""
        whom = {(post.answers or "").lower(), *(one.lower() for one in _QUOTED.findall(post.raw))}
        if self.member.lower() in whom:
            return True
        own = [line for line in post.text.split("\n") if not line.startswith(">")]
        return names_one("\n".join(own), [f"@{self.member}", *self.words])


@dataclass(frozen=True, slots=True)
class ForumPost:
    """One post of a forum."""

    id: int
    topic: int
    number: int  #: in its topic, from 1
    author: str
    author_id: str
    at: datetime
    body: str  #: its words, without markup
    raw: str  #: as it was written; empty where the forum does not tell
    private: bool
    told: Told
    title: str = ""  #: of its topic, where it is told
    answers: str | None = None  #: the member that it answers

    @property
    def text(self) -> str:
        """Return what people read: the first post of a topic begins with the title."""
        title = self.title if self.number == 1 else ""
        return "\n\n".join(filter(None, (title, self.body)))

    @property
    def external_id(self) -> str:
        """Return its id in our words."""
        return f"{PRIVATE if self.private else ''}{self.id}"

    @property
    def thread(self) -> str:
        """Return the conversation of its author."""
        return thread_of(self.topic, None if self.private else self.author)

    @property
    def digest(self) -> str:
        """Return what tells whether its words were changed."""
        return f"{zlib.crc32(self.body.encode('utf-8', 'replace')):08x}"

    @property
    def changed_at(self) -> datetime:
        """Return when it was changed last, by the clock of the forum."""
        return moment_of(self.told.get("updated_at") or self.told.get("created_at"))

    @property
    def is_gone(self) -> bool:
        """Tell whether its author, or a moderator, has taken it back."""
        return bool(self.told.get("user_deleted") or self.told.get("deleted_at"))

    @property
    def is_by_a_person(self) -> bool:
        """Tell whether a member wrote it: the forum itself has ids below one."""
        return not self.author_id.startswith("-") and self.told.get("post_type", 1) == 1


def thread_of(topic: int, member: str | None) -> str:
    """Return the conversation of a member in a topic; None: of a private topic."""
    return f"{PRIVATE}{topic}" if member is None else f"{topic}:{member.lower()}"


def topic_of(thread: str) -> int | None:
    """Return the topic of a conversation."""
    topic = thread.removeprefix(PRIVATE).split(":")[0]
    return int(topic) if topic.isdecimal() else None


def read(told: Told, *, private: bool) -> ForumPost:
    """Return the post that a forum tells.

    Raises:
        ValueError: it lacks something.
    """
    id, topic, number = (_number(told, name) for name in ("id", "topic_id", "post_number"))
    author = told.get("username")
    if not author:
        raise ValueError(f"Post {id} has no author.")
    raw = str(told.get("raw") or "")
    whom = told.get("reply_to_user")
    return ForumPost(
        id=id, topic=topic, number=number, author=str(author),
        author_id=str(told.get("user_id") or author), at=moment_of(told.get("created_at")),
        body=text_of(str(told.get("cooked") or "")) or raw.strip(), raw=raw, private=private,
        told=told, title=str(told.get("topic_title") or "").strip(),
        answers=str(whom.get("username") or "") if isinstance(whom, dict) else None,
    )  # fmt: skip


def asked_for(visit: Visit, id: int, *, private: bool) -> ForumPost:
    """Return one post; its title is not told.

    Raises:
        CallRefusedError: it is not there any more, or not for us.
        ValueError: it lacks something.
    """
    return read(visit.get(f"/posts/{id}.json"), private=private)


def titled(visit: Visit, post: ForumPost) -> ForumPost:
    """Return a post with the title of its topic, if it needs one. Raises what asking raises."""
    if post.number > 1 or post.title:
        return post
    return replace(post, title=str(visit.get(f"/t/{post.topic}.json").get("title") or ""))


def mention_of(post: ForumPost, address: str, in_reply_to: str | None = None) -> Mention:
    """Return the mention that a post by somebody else is; ``address`` is that of the forum."""
    slug = post.told.get("topic_slug") or "-"
    return Mention(
        external_id=post.external_id,
        author=Author(post.author_id, post.author, str(post.told.get("name") or "") or None),
        text=post.text,
        created_at=post.at,
        thread=post.thread,
        in_reply_to=in_reply_to,
        private=post.private,
        url=f"{address.rstrip('/')}/t/{slug}/{post.topic}/{post.number}",
    )


def own_post_of(post: ForumPost, thread: str, in_reply_to: str | None) -> OwnPost:
    """Return the answer that a post of our own is."""
    return OwnPost(
        post.external_id, post.raw or post.text, post.at, thread, in_reply_to, post.private,
        post.author, waited_as=QUEUED,
    )  # fmt: skip


def _number(told: Told, name: str) -> int:
    value: Any = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"A post has no {name}.")
    return value
