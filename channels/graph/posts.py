"""Comments and messages, told apart from how each network writes them.

A message is named with the person it is exchanged with, ``dm/PERSON/ID``: an answer goes to a
person, and the network has no other way to ask who that was once twenty more messages were written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.model import Author, Mention, OwnPost
from channels.moments import moment_of

#: What the Graph API gives, of whatever kind.
Told = Mapping[str, Any]
#: What names of messages, and of their conversations, begin with.
PRIVATE = "dm/"


@dataclass(frozen=True, slots=True)
class Me:
    """The account of ours as the network knows it."""

    id: str
    handle: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """Something that people comment on."""

    id: str
    at: datetime
    stamp: str  #: another one once its comments are others
    count: int = 0  #: comments on it
    url: str | None = None
    #: It is itself a mention: somebody else posted it to us.
    mention: Comment | None = None


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, or a post that somebody left with us."""

    id: str
    author: Author
    ours: bool
    text: str
    at: datetime
    top: str  #: the comment, or the post of a visitor, that all this is an answer to; or itself
    top_ours: bool = False
    parent: str | None = None
    answerable: bool = True
    url: str | None = None

    @property
    def name(self) -> str:
        """How it is called: as on the network."""
        return self.id

    @property
    def thread(self) -> str:
        """Below a comment of ours everybody has a conversation of their own."""
        return f"{self.top}/{self.author.external_id}" if self.top_ours else self.top

    def mention(self) -> Mention:
        """Return the mention that it is."""
        return Mention(
            self.id, self.author, self.text, self.at, self.thread, self.parent, url=self.url,
            answerable=self.answerable,
        )  # fmt: skip

    def own_post(self, handle: str) -> OwnPost:
        """Return the answer that it is, where it is ours."""
        return OwnPost(self.id, self.text, self.at, self.top, self.parent, False, handle)


@dataclass(frozen=True, slots=True)
class Message:
    """One message between us and a person."""

    id: str
    person: Author
    ours: bool
    text: str
    at: datetime
    before: str | None = None  #: how the message before it is called

    @property
    def name(self) -> str:
        """How it is called outside its conversation."""
        return named(self.person.external_id, self.id)

    @property
    def thread(self) -> str:
        """How its conversation is called."""
        return PRIVATE + self.person.external_id

    def mention(self) -> Mention:
        """Return the mention that it is. What was said before places it, if need be.

        An answer to our private answer to a comment so belongs where that comment is.
        """
        return Mention(
            self.name, self.person, self.text, self.at, self.thread, self.before, private=True
        )

    def own_post(self, handle: str) -> OwnPost:
        """Return the answer that it is, where it is ours."""
        return OwnPost(self.name, self.text, self.at, self.thread, self.before, True, handle)


def named(person: str, id: str) -> str:
    """Return how a message exchanged with a person is called."""
    return f"{PRIVATE}{person}/{id}"


def person_in(name: str | None) -> str | None:
    """Return with whom a message, or conversation, of that name is; None where it is none."""
    if not name or not name.startswith(PRIVATE):
        return None
    return name.removeprefix(PRIVATE).partition("/")[0] or None


def messages_of(told: Told, me: Me) -> list[Message]:
    """Return the newest messages of a conversation, oldest first."""
    there = each(mapped(told.get("messages")).get("data"))
    people = [*each(mapped(told.get("participants")).get("data"))]
    people += [mapped(one.get("from")) for one in there]
    person = next((_author(one) for one in people if one.get("id") and not is_me(one, me)), None)
    if person is None:
        return []
    found = []
    for one in there:
        who = mapped(one.get("from"))
        text = _words(one)
        if not one.get("id"):
            continue
        ours = is_me(who, me)
        at = moment_of(one.get("created_time"))
        found.append(Message(str(one["id"]), person, ours, text, at))
    found.sort(key=lambda one: one.at)
    return [
        Message(one.id, one.person, one.ours, one.text, one.at, before.name if before else None)
        for one, before in zip(found, [None, *found], strict=False)
    ]


def is_me(told: Told, me: Me) -> bool:
    """Tell whether somebody is our own account."""
    if told.get("id") == me.id:
        return True
    return bool(me.handle) and str(told.get("username") or "").lower() == me.handle.lower()


def author_of(told: Any, comment: str) -> Author:
    """Return who wrote a comment; one whom the network does not name is another one each time."""
    who = mapped(told)
    return _author(who) if who.get("id") else Author(f"unknown/{comment}", "unknown", "Somebody")


def same_words(one: str, other: str) -> bool:
    """Tell whether two texts are the same but for how they are set."""
    return " ".join(one.split()) == " ".join(other.split())


def what_is(told: Any) -> str:
    """Return words for something that came without any: ``"[photo]"``."""
    kind = mapped(told).get("type") or "file"
    return f"[{str(kind).replace('_', ' ')}]"


def _author(told: Told) -> Author:
    id = str(told.get("id") or "")
    return Author(id, str(told.get("username") or id), str(told.get("name") or "") or None)


def _words(told: Told) -> str:
    """Return what a message says, or what came in it."""
    if told.get("message"):
        return str(told["message"])
    files = each(mapped(told.get("attachments")).get("data"))
    if files:
        return " ".join(_file(one) for one in files)
    if told.get("sticker"):
        return "[sticker]"
    return "[shared post]" if told.get("shares") else "[shown in the inbox of the network alone]"


def _file(told: Told) -> str:
    usual = "video" if told.get("video_data") else "picture" if told.get("image_data") else "file"
    return f"[{told.get('name') or usual}]"


def mapped(told: Any) -> Told:
    """Return an object; an empty one for anything else."""
    return told if isinstance(told, Mapping) else {}


def each(told: Any) -> list[Told]:
    """Return the objects of a list; none of anything else."""
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
