"""Feeds: entries of blogs and news, by RSS or Atom, that name the brand. They cannot be answered.

A feed is asked whether it has changed, no more often than the account says. What stands in it is
known by the ids of its entries, or by their links where they have none. An entry that says
something else than before is an edit; one that is not there any more has only become old.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urldefrag, urlsplit

from channels import feed_reader
from channels.calling import Answer, Caller
from channels.errors import (
    CallRefusedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.fields import Field, days, number
from channels.html_text import text_of
from channels.model import Author, Chance, ChannelAccount, Edit, Mention, Page, Reply, Skipped
from channels.moments import is_likely
from channels.phrases import listed, names_one
from channels.positions import is_due
from channels.protocol import Checked
from channels.public_addresses import PRIVATE_NETWORK
from channels.transport import Line

#: Seconds a server may be silent, and for a whole call.
SILENCE, WHOLE = 15.0, 30.0
#: Bytes of a feed, and seconds for reading them; with the call well within
#: ``channels.protocol.LONGEST_CALL``.
LARGEST, PATIENCE = 2_000_000, 25.0
#: What ends the process that reads a feed when ours is told to end, too: no fault of the feed.
_STOPPED = {signal.SIGINT, signal.SIGTERM}
#: Mentions of one page, and characters of one that are kept.
PAGE, LONGEST = 100, 20_000
#: Entries that are known though the feed does not hold them any more.
REMEMBERED = 500
#: Characters of an external id; longer ones are kept by what stands for them.
_LONGEST_ID = 200
_FEEDS = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.5"
_NO_ANSWER = (
    "Feeds carry no answers. Write to the author where the entry stands (its link is in the "
    "conversation), then close the case."
)


@dataclass(slots=True)
class _Place:
    """Where reading stopped: the position of an account, as it is kept."""

    asked_at: str | None = None  #: ISO 8601
    etag: str | None = None
    modified: str | None = None
    #: By what stands for an entry: a digest of its words, and whether it is a mention.
    seen: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of a feed."""

    external_id: str
    author: Author
    text: str
    at: datetime
    changed_at: datetime
    url: str | None

    @property
    def key(self) -> str:
        return _short(self.external_id, 16)

    @property
    def digest(self) -> str:
        return _short(self.text, 8)


class FeedNetwork:
    """Feeds by RSS and Atom. Safe to use from several threads."""

    name = "feed"
    title = "Feed (RSS, Atom)"
    reply_limit = 10_000
    can_reply_privately = False
    fields = (
        Field("address", "Feed", "Its address, as https://blog.example.com/feed", kind="address"),
        Field("words", "Words", "Names of the brand, with commas between them. Without any, every "
              "entry is a mention", required=False),
        Field("minutes", "Minutes between looks", kind="number", required=False, default="5"),
        Field("backlog_days", "Days of earlier entries", "Read when the account is new",
              kind="number", required=False, default="7"),
        PRIVATE_NETWORK,
    )  # fmt: skip

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        silence: float = SILENCE,
    ) -> None:
        """Take the clock ``now`` (UTC), and the seconds that a server may be silent."""
        self._now = now
        self._silence = silence

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield entries that are new or were changed; see :class:`channels.protocol.Channel`."""
        now = self._now()
        first = after is None
        place = _place_of(after or {})
        pause = timedelta(minutes=number(account.settings.get("minutes"), 5.0))
        if not is_due(place.asked_at, now, pause):
            return
        answer = self._asked(account, place)
        entries, skipped = (
            ([], []) if answer.status == 304 else _entries(answer, _address(account), now)
        )
        words = listed(account.settings.get("words"))
        since = now - days(account.settings.get("backlog_days"), 7.0) if first else None
        entries = _unlike(entries, place)
        if since is not None:
            for old in (one for one in entries if one.at < since):
                place.seen[old.key] = [old.digest, False]
            entries = _unlike(entries, place)
        while len(entries) > PAGE:
            yield _page(entries[:PAGE], words, place)
            entries = entries[PAGE:]
        # Only now: a feed that has not changed is not read again.
        place.asked_at = now.isoformat()
        if answer.status != 304:
            place.etag = _sayable(answer.headers.get("etag"))
            place.modified = _sayable(answer.headers.get("last-modified"))
        yield replace(_page(entries, words, place), skipped=tuple(skipped))

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Return False: see :meth:`chance`."""
        return False

    def measure(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def chance(self, account: ChannelAccount, reply: Reply) -> Chance:
        """Return that no reply can be sent, and what can be done."""
        return Chance(_NO_ANSWER)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Refuse ``reply``."""
        if (length := len(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        raise ReplyRefusedError(_NO_ANSWER)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return None: nothing is ever sent."""
        return None

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Read the feed; see :class:`channels.protocol.Adding`."""
        answer = self._asked(account, _Place())
        entries, skipped = _entries(answer, _address(account), self._now())
        broken = f", {len(skipped)} that cannot be read" if skipped else ""
        words = listed(account.settings.get("words"))
        naming = sum(names_one(one.text, words) for one in entries) if words else len(entries)
        return [
            Checked("read the feed", f"{len(entries)} entries{broken}"),
            Checked("words", f"{naming} of them are mentions"),
        ]

    def _asked(self, account: ChannelAccount, place: _Place) -> Answer:
        address = _address(account)
        asked = {"If-None-Match": place.etag, "If-Modified-Since": place.modified}
        headers = {"Accept": _FEEDS} | {name: told for name, told in asked.items() if told}
        public = not account.settings.get(PRIVATE_NETWORK.name)
        line = Line(read=self._silence, whole=WHOLE, largest=LARGEST, public=public)
        caller = Caller(address, line=line)
        try:
            return caller.call("GET", "", headers=headers)
        except CallRefusedError as error:
            cure = (
                "It is gone for good: switch the account off."
                if error.status == 410
                else ("Open its address in a browser, and correct it.")
            )
            raise ChannelRefusedError(
                f"{address} is refused (status {error.status}). {cure}"
            ) from error


def _place_of(position: Mapping[str, Any]) -> _Place:
    seen = {key: list(told) for key, told in dict(position.get("seen") or {}).items()}
    return _Place(position.get("asked_at"), position.get("etag"), position.get("modified"), seen)


def _sayable(told: str | None) -> str | None:
    """Return what a header told when it can be said again; else every later call would fail."""
    return told if told and told.isascii() and told.isprintable() else None


def _page(entries: Sequence[_Entry], words: Sequence[str], place: _Place) -> Page:
    """Return a page of entries that are new or were changed, with the position behind them."""
    mentions, edits = [], []
    for one in entries:
        was_mention = bool(place.seen.get(one.key, ("", False))[1])
        is_mention = was_mention or not words or names_one(one.text, words)
        if was_mention:
            edits.append(Edit(one.external_id, one.text, one.changed_at))
        elif is_mention:
            mentions.append(_mention_of(one))
        place.seen.pop(one.key, None)
        place.seen[one.key] = [one.digest, is_mention]
    return Page(tuple(mentions), edits=tuple(edits), position=asdict(place))


def _unlike(entries: Sequence[_Entry], place: _Place) -> list[_Entry]:
    """Return entries that are new or were changed; forget most of what stands there no more."""
    here = {one.key for one in entries}
    gone = [key for key in place.seen if key not in here] if here else []
    for key in gone[:-REMEMBERED]:
        del place.seen[key]
    return [one for one in entries if place.seen.get(one.key, ("",))[0] != one.digest]


def _mention_of(entry: _Entry) -> Mention:
    return Mention(
        entry.external_id, entry.author, entry.text, entry.at, entry.external_id, url=entry.url,
        answerable=False,
    )  # fmt: skip


def _entries(answer: Answer, address: str, now: datetime) -> tuple[list[_Entry], list[Skipped]]:
    """Return the entries of a feed, oldest first, and those that cannot be read.

    Raises:
        ChannelUnavailableError: it was cut off.
        ChannelRefusedError: it is no feed.
    """
    if answer.content.strip() and not answer.content.rstrip(b"\0 \r\n\t").endswith(b">"):
        raise ChannelUnavailableError("The feed was cut off in its middle.")
    headers = {"content-type": answer.headers.get("content-type", ""), "content-location": address}
    told = _parsed(answer.content, headers, address)
    if not told.get("version"):
        raise ChannelRefusedError(
            f"{address} is no feed. Blogs tell the address of theirs as RSS or Atom."
        )
    count = Counter(one.get("id") for one in told["entries"])
    found = [
        _entry(one, told["feed"], address, now, unique=count[one.get("id")] == 1)
        for one in reversed(told["entries"])
    ]
    entries = sorted({one.external_id: one for one in found}.values(), key=lambda one: one.at)
    return entries, [
        Skipped(number, f"The entry is broken ({told['why']}).") for number in told["skipped"]
    ]


def _parsed(content: bytes, headers: Mapping[str, str], address: str) -> Mapping[str, Any]:
    """Return what :mod:`channels.feed_reader` finds in a feed, within a bounded time.

    Raises:
        ChannelRefusedError: nothing of it can be read, or it would take too long.
        ChannelUnavailableError: there is no process to be had now, or no time for it.
    """
    try:
        # Isolated: no environment, no user folder, no search path but the installed packages.
        done = subprocess.run(  # noqa: S603 - our own script, and no shell
            [sys.executable, "-I", feed_reader.__file__],
            input=json.dumps(headers).encode() + b"\n" + content,
            capture_output=True, timeout=PATIENCE, env={}, cwd=os.sep, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChannelUnavailableError(
            f"The machine has no process, or no time, to read the feed ({type(error).__name__})."
        ) from error
    if -done.returncode in _STOPPED:
        raise ChannelUnavailableError("The machine stopped the reading of the feed.")
    if done.returncode == 0:
        told: dict[str, Any] = json.loads(done.stdout)
        if told["entries"] or not told["why"]:
            return told
        why = told["why"]
    elif done.returncode < 0:
        why = f"it takes more than {feed_reader.SECONDS} seconds"
    else:
        # Such as MemoryError: the last line is what ended it.
        lines = done.stderr.decode(errors="replace").split("\n")
        why = next((line[:100] for line in reversed(lines) if line.strip()), "it ended early")
    raise ChannelRefusedError(
        f"{address} cannot be read: the feed is broken ({why}). Tell whoever writes it, or take "
        "another feed."
    )


def _entry(told: Any, feed: Any, address: str, now: datetime, *, unique: bool) -> _Entry:
    url = urldefrag(str(told.get("link") or ""))[0]
    contents = told.get("content") or [told.get("summary_detail") or {}]
    body = "\n\n".join(filter(None, map(_words, contents)))
    title = _words(told.get("title_detail") or {})
    at = _moment(told, "published_parsed") or _moment(told, "updated_parsed") or now
    # Some feeds give all their entries one id, and some none.
    id = str(told.get("id") or "") if unique else ""
    id = id or url or _short(f"{title} {body}", 32)
    return _Entry(
        external_id=id if len(id) <= _LONGEST_ID else _short(id, 32),
        author=_author(told, feed, address),
        text=("\n\n".join(filter(None, (title, body))))[:LONGEST],
        at=min(at, now),
        changed_at=min(_moment(told, "updated_parsed") or now, now),
        url=url if urlsplit(url).scheme in ("http", "https") else None,
    )


def _words(told: Mapping[str, Any]) -> str:
    value = str(told.get("value") or "")
    return value.strip() if told.get("type") == "text/plain" else text_of(value)


def _author(told: Any, feed: Any, address: str) -> Author:
    """Return who wrote an entry; where nobody is told, the feed itself."""
    host = urlsplit(address).hostname or address
    detail = told.get("author_detail") or {}
    name = " ".join(str(detail.get("name") or told.get("author") or "").split())
    name = name or " ".join(_words(feed.get("title_detail") or {}).split()) or host
    return Author(_short(f"{host} {name.casefold()}", 32), name[:100], name[:100])


def _moment(told: Any, name: str) -> datetime | None:
    # Asking for a moment of change that is not there warns, and gives another one.
    parsed = told.get(name) if name in told else None
    try:
        at = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
    return at if at and is_likely(at) else None


def _address(account: ChannelAccount) -> str:
    address = str(account.settings.get("address") or "")
    if not address:
        raise ChannelRefusedError(f"The account {account.handle} has no feed. Tell it one.")
    return address


def _short(text: str, length: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:length]


channel = FeedNetwork
