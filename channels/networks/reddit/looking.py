"""One look at Reddit: what came into our inbox, and what names us where we listen.

Listings show the newest first, and a thousand things at most: a look reads on until it meets what
is known, and hands out the oldest first. A thing may appear in a listing a little after a younger
one, so the last minutes are read once more, and what was read in them is known by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.errors import CallRefusedError, ChannelRefusedError
from channels.fields import days
from channels.model import ChannelAccount, Edit, Gap, Mention, Page, Skipped
from channels.networks.reddit.things import Thing, mention_of, read
from channels.networks.reddit.wire import Wire
from channels.phrases import listed, names_one
from channels.positions import is_due, restored

#: Things of one answer, and answers of one listing: Reddit lists a thousand things. One that ends
#: with so many things may have had more.
MANY, MOST_ANSWERS, REACH = 100, 10, 950
#: What appears later than a younger thing does so within this time.
OVERLAP = timedelta(minutes=3)
#: Mentions of one page.
PAGE = 100
#: Mentions whose changes are looked for, all with one call; and how often.
WATCHED, TENDING = 100, timedelta(seconds=60)
#: Between two looks at what is listened to: it comes with two calls.
LISTENING = timedelta(seconds=20)
_NAME = re.compile(r"\w{2,24}")


@dataclass(slots=True)
class Place:
    """Where reading stopped: the position of an account, as it is kept. Moments are ISO 8601."""

    since: str  #: things before it are not wanted
    #: Moment of the newest thing of each listing, and those that were read near it, by their names.
    newest: dict[str, str] = field(default_factory=dict)
    near: dict[str, dict[str, str]] = field(default_factory=dict)
    listened_at: str | None = None
    tended_at: str | None = None
    #: Name and digest of mentions whose changes are looked for.
    watched: list[list[str]] = field(default_factory=list)
    #: What somebody should know, though reading goes on; ``channels.polling`` shows it.
    notices: dict[str, str] = field(default_factory=dict)


class Look:
    """Reads what is new after a position."""

    def __init__(
        self, wire: Wire, account: ChannelAccount, after: Mapping[str, Any], now: datetime
    ) -> None:
        """Take the account, its position, and the present in UTC."""
        self._wire = wire
        self._me = account.handle.lower()
        self._settings = account.settings
        self._now = now
        self._words = [f"u/{account.handle}", *listed(account.settings.get("words"))]
        self._place = restored(Place, after, now - days(account.settings.get("backlog_days"), 1.0))
        self._skipped: list[Skipped] = []

    def pages(self) -> Iterator[Page]:
        """Yield pages, oldest first. Raises what calling Reddit raises."""
        yield from self._listing("/message/inbox", self._is_for_us)
        if self._settings.get("subreddits") and self._due("listened_at", LISTENING):
            self._place.listened_at = self._now.isoformat()
            yield from self._heard()
        if self._due("tended_at", TENDING):
            self._place.tended_at = self._now.isoformat()
            edits, gone = self._changes()
            yield self._page(edits=tuple(edits), deletions=tuple(gone))

    # ---- listings

    def _heard(self) -> Iterator[Page]:
        """Yield what names us in the subreddits that are listened to."""
        try:
            subreddits = subreddits_of(self._settings)
            yield from self._listing(f"/r/{subreddits}/comments", self._names_us)
            self._place.notices.pop("subreddits", None)
            yield from self._listing(f"/r/{subreddits}/new", self._names_us, always=True)
        except CallRefusedError as error:
            # What is written to us is read all the same.
            self._place.notices["subreddits"] = (
                f"Reddit does not show r/{subreddits} (status {error.status}). Take out what is "
                "misspelt, closed or private from the subreddits of the account."
            )
            yield self._page()
        except NoSubredditError as error:
            self._place.notices["subreddits"] = str(error)
            yield self._page()

    def _listing(self, path: str, is_meant: Any, *, always: bool = False) -> Iterator[Page]:
        """Yield pages of what is new in a listing; ``always`` one, so that the moment is kept."""
        things, gap = self._gathered(path)
        for begin in range(0, max(len(things), 1), PAGE):
            some = things[begin : begin + PAGE]
            mentions = [mention_of(one) for one in some if is_meant(one)]
            self._moved(path, some, mentions)
            if mentions or gap or self._skipped or always:
                yield self._page(mentions=tuple(mentions), gap=gap)
            gap = None

    def _gathered(self, path: str) -> tuple[list[Thing], Gap | None]:
        """Return the things that were not read before, oldest first, and what is missing."""
        since = datetime.fromisoformat(self._place.since)
        newest = self._place.newest.get(path)
        floor = max(datetime.fromisoformat(newest) - OVERLAP, since) if newest else since
        known = set(self._place.near.get(path, ()))
        found: dict[str, Thing] = {}
        after: str | None = None
        count = 0
        for _ in range(MOST_ANSWERS):
            told, after = self._wire.children(path, limit=MANY, after=after)
            count += len(told)
            things = self._read(told)
            new = [one for one in things if one.at >= floor and one.name not in known]
            found |= {one.name: one for one in new}
            if any(one.at < floor for one in things) or (after is None and count < REACH):
                return _in_order(found), None
            if after is None:
                break
        why = "More was written, while Reddit was not read, than it lists: a thousand things."
        until = min(one.at for one in found.values()) if found else self._now
        return _in_order(found), Gap(min(floor, until), until, why)

    def _read(self, told: Sequence[Any]) -> list[Thing]:
        things = []
        for one in told:
            try:
                things.append(read(one))
            except ValueError as error:
                self._skipped.append(Skipped(len(self._skipped) + 1, str(error)))
        return things

    def _moved(self, path: str, things: list[Thing], mentions: list[Mention]) -> None:
        """Move the place behind things."""
        if not things:
            return
        before = self._place.newest.get(path)
        newest = max(things[-1].at, datetime.fromisoformat(before) if before else things[-1].at)
        near = self._place.near.get(path, {}) | {one.name: one.at.isoformat() for one in things}
        self._place.newest[path] = newest.isoformat()
        self._place.near[path] = {
            name: at for name, at in near.items() if datetime.fromisoformat(at) >= newest - OVERLAP
        }
        digests = {one.name: one.digest for one in things}
        new = {one.external_id: digests[one.external_id] for one in mentions}
        kept = [one for one in self._place.watched if one[0] not in new]
        self._place.watched = [*kept, *([name, new[name]] for name in new)][-WATCHED:]

    def _is_for_us(self, thing: Thing) -> bool:
        wanted = not thing.is_private or self._settings.get("messages", True)
        # Messages of subreddits and of Reddit itself have no author.
        return bool(wanted and thing.author and not self._wrote(thing) and not thing.is_gone)

    def _names_us(self, thing: Thing) -> bool:
        named = bool(thing.author) and not thing.is_gone and names_one(thing.text, self._words)
        return named and not self._wrote(thing)

    def _wrote(self, thing: Thing) -> bool:
        return thing.author.lower() == self._me

    # ---- changes

    def _changes(self) -> tuple[list[Edit], list[str]]:
        """Return edits, and names of what is gone, of the mentions that are watched."""
        known = {name: digest for name, digest in self._place.watched if not name.startswith("t4_")}
        if not known:
            return [], []
        told, _ = self._wire.children("/api/info", id=",".join(known))
        edits: list[Edit] = []
        gone: list[str] = []
        for one in self._read(told):
            if one.is_gone:
                gone.append(one.name)
            elif one.digest != known.get(one.name):
                edits.append(Edit(one.name, one.text, one.changed_at))
                known[one.name] = one.digest
        self._place.watched = [
            [name, known.get(name, digest)]
            for name, digest in self._place.watched
            if name not in gone
        ]
        return edits, gone

    # ---- all of it

    def _page(self, **parts: Any) -> Page:
        skipped, self._skipped = tuple(self._skipped), []
        self._wire.refresh()
        return Page(position=asdict(self._place), skipped=skipped, **parts)

    def _due(self, what: str, pause: timedelta) -> bool:
        return is_due(getattr(self._place, what), self._now, pause)


class NoSubredditError(ChannelRefusedError):
    """What an account is to listen to is no name of a subreddit."""


def subreddits_of(settings: Mapping[str, Any]) -> str:
    """Return the subreddits that are listened to, as Reddit writes several; empty for none.

    Raises:
        NoSubredditError: one can be none.
    """
    names = [one.removeprefix("/").removeprefix("r/") for one in listed(settings.get("subreddits"))]
    for name in names:
        if not _NAME.fullmatch(name):
            raise NoSubredditError(
                f"{name!r} is no subreddit. Write names such as parcels, with commas between them."
            )
    return "+".join(names)


def _in_order(found: Mapping[str, Thing]) -> list[Thing]:
    return sorted(found.values(), key=lambda one: (one.at, len(one.name), one.name))
