"""What X calls things, and what they are to us. The only place that names its fields.

X renames fields between versions of its API; these are those of 2.159, which tweepy sends.
"""

from __future__ import annotations

import html
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.model import Author, Edit, Mention, OwnPost, Skipped
from channels.networks.x.weighing import extract_urls, parse_tweet

POST_FIELDS = [
    "author_id", "conversation_id", "created_at", "edit_history_tweet_ids", "entities",
    "in_reply_to_user_id", "note_tweet", "referenced_tweets",
]  # fmt: skip
POST_EXPANSIONS = ["author_id"]
USER_FIELDS = ["name", "public_metrics", "username"]
MESSAGE_FIELDS = ["created_at", "dm_conversation_id", "event_type", "sender_id", "text"]
MESSAGE_EXPANSIONS = ["sender_id"]
MESSAGES_ONLY = ["MessageCreate"]

#: Weighted characters of a post, and plain ones of a message.
LONGEST_POST, LONGEST_MESSAGE = 280, 10_000

#: Threads of direct messages, and the messages, are told from posts by this.
PRIVATE = "dm-"

#: Milliseconds from which X counts the moments in its ids, and bits behind the moment.
_EPOCH, _BITS = 1_288_834_974_657, 22
_LEADING = re.compile(r"^(?:@\w{1,15}\s+)+")
_SHORT_LINK = re.compile(r"https?://t\.co/\w+")
_FILES = re.compile(r"\s*https?://t\.co/\w+$")


@dataclass(frozen=True, slots=True)
class Me:
    """Our own account, as X knows it."""

    id: str
    handle: str


@dataclass(slots=True)
class Found:
    """What an answer holds, or several of them together; newest first, as X tells them."""

    posts: list[Mapping[str, Any]] = field(default_factory=list)
    users: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)  #: ids that X says do not exist
    token: str | None = None  #: of the next, older part
    newest: str | None = None

    def add(self, answer: Any) -> None:
        """Take an answer in; what in it is shaped otherwise than documented is passed over.

        Raises:
            ChannelUnavailableError: it is no list as X makes them, and may lack what is new.
        """
        told = _mapping(answer)
        if not told.keys() & {"meta", "data", "errors"}:
            raise ChannelUnavailableError("X answers with something that is no list.")
        self.posts += _mappings(told.get("data"))
        for user in _mappings(_mapping(told.get("includes")).get("users")):
            self.users[str(user.get("id"))] = user
        for problem in _mappings(told.get("errors")):
            if str(problem.get("type")).endswith("/resource-not-found"):
                self.missing.append(str(problem.get("resource_id") or problem.get("value")))
        meta = _mapping(told.get("meta"))
        self.token = str(meta["next_token"]) if meta.get("next_token") else None
        self.newest = self.newest or (str(meta["newest_id"]) if meta.get("newest_id") else None)


def one_of(answer: Any) -> Mapping[str, Any]:
    """Return the single thing that an answer holds; empty if there is none."""
    return _mapping(_mapping(answer).get("data"))


def created(answer: Any) -> str | None:
    """Return the id that X gave to what we posted."""
    data = one_of(answer)
    id = data.get("id") or data.get("dm_event_id")
    return str(id) if id else None


def me_of(answer: Any, handle: str) -> Me:
    """Return whose credentials they are. Raises ``ChannelRefusedError`` if not of ``handle``."""
    data = one_of(answer)
    me = Me(str(data.get("id") or ""), str(data.get("username") or ""))
    if not me.id or me.handle.lower() != handle.lower():
        raise ChannelRefusedError(
            f"The credentials are those of @{me.handle}, not of @{handle}. Enter those of the "
            "account itself."
        )
    return me


def until_known(answer: Any, since: str) -> Any:
    """Return an answer without its next part once it holds anything that is not new."""
    known = any(_is_id(one.get("id")) and int(one["id"]) <= int(since)
                for one in _mappings(_mapping(answer).get("data")))  # fmt: skip
    return {**answer, "meta": {}} if known else answer


def counts_of(answer: Any) -> list[int]:
    """Return how many posts there were in each whole hour, oldest first."""
    buckets = _mappings(_mapping(answer).get("data"))
    # The last one is not over yet.
    return [int(one.get("tweet_count") or 0) for one in buckets][:-1]


def problem_of(text: str) -> str:
    """Return what X says is wrong, for people."""
    try:
        told = _mapping(json.loads(text))
    except ValueError:
        return text[:300]
    errors = _mappings(told.get("errors"))
    for one in (told, *errors):
        for name in ("detail", "message", "title"):
            if one.get(name):
                return str(one[name])[:300]
    return text[:300]


def in_order(found: Found) -> list[Mapping[str, Any]]:
    """Return each post once, oldest first; those without an id are left out."""
    known = {str(post["id"]): post for post in found.posts if _is_id(post.get("id"))}
    return [known[id] for id in sorted(known, key=int)]


@dataclass(slots=True)
class Told:
    """Posts or messages, sorted by what they are to us, each in order."""

    mentions: list[Mention] = field(default_factory=list)
    own_posts: list[OwnPost] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def threads(self) -> list[str]:
        """Return the thread of each."""
        return [*(one.thread for one in self.mentions), *(one.thread for one in self.own_posts)]

    def parts(self) -> dict[str, Any]:
        """Return them as parts of a page."""
        return {name: tuple(getattr(self, name)) for name in self.__slots__}


def sorted_out(
    things: Iterable[Mapping[str, Any]],
    users: Mapping[str, Mapping[str, Any]],
    me: Me,
    *,
    exempt: bool,
) -> Told:
    """Return what posts or messages are; one that cannot be understood holds no other up."""
    told = Told()
    for one in things:
        try:
            _sort_out(one, users, me, told, exempt=exempt)
        except (LookupError, TypeError, ValueError, OverflowError, AttributeError) as error:
            told.skipped.append(Skipped(0, f"{one['id']}: {type(error).__name__}"))
    return told


def _sort_out(
    one: Mapping[str, Any],
    users: Mapping[str, Mapping[str, Any]],
    me: Me,
    told: Told,
    *,
    exempt: bool,
) -> None:
    if "event_type" in one:
        message = message_of(one, users, me)
        if isinstance(message, OwnPost):
            told.own_posts.append(message)
        else:
            told.mentions.append(message)
    elif str(one.get("author_id")) == me.id:
        told.own_posts.append(own_post_of(one, me))
    else:
        mention = mention_of(one, users, me, exempt=exempt)
        told.mentions.append(mention)
        if is_edit(one):
            told.edits.append(Edit(mention.external_id, mention.text, moment_of(one)))


def mention_of(
    post: Mapping[str, Any], users: Mapping[str, Mapping[str, Any]], me: Me, *, exempt: bool
) -> Mention:
    """Return a post as a mention; ``exempt``: our plan lets us answer everybody.

    An edited post keeps the id of its first version.
    """
    author = _author(str(post.get("author_id")), users)
    refers = references(post)
    history = post.get("edit_history_tweet_ids") or [post["id"]]
    return Mention(
        external_id=str(history[0]),
        author=author,
        text=text_of(post),
        created_at=moment_of(post),
        thread=str(post.get("conversation_id") or post["id"]),
        in_reply_to=refers.get("replied_to"),
        url=f"https://x.com/{author.handle}/status/{post['id']}",
        quotes=refers.get("quoted"),
        reposts=refers.get("retweeted"),
        answerable=exempt or _summons(post, me),
    )


def own_post_of(post: Mapping[str, Any], me: Me) -> OwnPost:
    """Return a post of ours."""
    return OwnPost(
        external_id=str(post["id"]),
        text=text_of(post),
        created_at=moment_of(post),
        thread=str(post.get("conversation_id") or post["id"]),
        in_reply_to=references(post).get("replied_to"),
        author=me.handle,
    )


def message_of(
    event: Mapping[str, Any], users: Mapping[str, Mapping[str, Any]], me: Me
) -> Mention | OwnPost:
    """Return a direct message: theirs as a mention, ours as a post of our own."""
    sender = str(event.get("sender_id"))
    told: dict[str, Any] = {
        "external_id": f"{PRIVATE}{event['id']}",
        "text": html.unescape(str(event.get("text") or "")),
        "created_at": moment_of(event),
        "thread": f"{PRIVATE}{event.get('dm_conversation_id')}",
        "private": True,
    }
    if sender == me.id:
        return OwnPost(**told, author=me.handle)
    return Mention(**told, author=_author(sender, users))


def is_edit(post: Mapping[str, Any]) -> bool:
    """Tell whether a post is a later version of another."""
    return len(post.get("edit_history_tweet_ids") or ()) > 1


def references(post: Mapping[str, Any]) -> dict[str, str]:
    """Return the ids of other posts that a post refers to, by how it does."""
    return {
        str(one.get("type")): str(one.get("id")) for one in _mappings(post.get("referenced_tweets"))
    }


def text_of(post: Mapping[str, Any]) -> str:
    """Return all words of a post as its author wrote them, with whole links."""
    note = _mapping(post.get("note_tweet"))
    long = note if note.get("text") else post
    text = str(long.get("text") or "")
    for link in _mappings(_mapping(long.get("entities")).get("urls")):
        if link.get("url") and link.get("expanded_url"):
            text = text.replace(str(link["url"]), str(link["expanded_url"]))
    return html.unescape(text)


def same_words(post: Mapping[str, Any], text: str, *, files: bool = False) -> bool:
    """Tell whether a post of ours says ``text``, whatever X did to names and links in it.

    Behind a text with ``files`` X puts a link to them.
    """
    told = _plain(html.unescape(str(post.get("text") or "")))
    shown = [told, _FILES.sub("", told)] if files else [told]
    return any(_says(one, _plain(text)) for one in shown)


def _says(told: str, text: str) -> bool:
    # X alone knows what it takes for a link: each short one stands for something of ours.
    parts = map(re.escape, _SHORT_LINK.split(told))
    return re.fullmatch(r"\S+".join(parts), text) is not None


def weight_of(text: str) -> int:
    """Return how long X takes a text for; names it begins with are free in a reply."""
    return int(parse_tweet(_LEADING.sub("", text, count=1)).weightedLength)


def has_link(text: str) -> bool:
    """Tell whether X takes something in a text for a link."""
    return "://" in text or bool(extract_urls(text))


def moment_of(post: Mapping[str, Any]) -> datetime:
    """Return when something was posted, UTC; its id knows too."""
    try:
        return datetime.fromisoformat(str(post["created_at"])).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return datetime.fromtimestamp(((int(post["id"]) >> _BITS) + _EPOCH) / 1000, UTC)


def id_at(moment: datetime) -> int:
    """Return the smallest id that X gives at a moment."""
    since = moment - datetime.fromtimestamp(0, UTC)
    return max((since // timedelta(milliseconds=1) - _EPOCH) << _BITS, 1)


def _author(id: str, users: Mapping[str, Mapping[str, Any]]) -> Author:
    user = users.get(id, {})
    reach = _mapping(user.get("public_metrics")).get("followers_count")
    return Author(
        external_id=id,
        handle=str(user.get("username") or id),
        name=str(user["name"]) if user.get("name") else None,
        reach=reach if isinstance(reach, int) else 0,
    )


def _summons(post: Mapping[str, Any], me: Me) -> bool:
    """Tell whether a post names us, quotes us or answers us: only then X takes a public reply."""
    entities = _mapping(post.get("entities"))
    ours = me.handle.lower()
    named = {str(one.get("username")).lower() for one in _mappings(entities.get("mentions"))}
    if ours in named or post.get("in_reply_to_user_id") == me.id:
        return True
    if "quoted" not in references(post):
        return False
    quoted = re.compile(rf"https?://(?:\w+\.)?(?:twitter|x)\.com/{re.escape(ours)}/status/")
    links = _mappings(entities.get("urls"))
    return any(quoted.match(str(one.get("expanded_url")).lower()) for one in links)


def _plain(text: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", text).split())
    return _LEADING.sub("", text, count=1)


def _is_id(told: object) -> bool:
    return isinstance(told, str) and told.isdecimal() and len(told) < 20


def _mapping(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _mappings(told: object) -> list[Mapping[str, Any]]:
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list) else []
