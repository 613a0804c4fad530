"""A mailbox read from where reading stopped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from channels.mail.account import Mailbox
from channels.mail.imap import Imap
from channels.mail.letters import Arrived, taken
from channels.model import Mention, Page, Skipped, Undelivered

#: Mails of one page, and bytes of all of them together.
PAGE, PAGE_BYTES = 20, 20 * 1024**2
#: Mails that are larger are read in part: their text comes first.
LARGEST, BEGINNING = 30 * 1024**2, 256 * 1024
#: How far back is read when the server has numbered its mails anew. Mails that were moved into the
#: folder meanwhile bear the day on which they first came in.
AGAIN = timedelta(days=30)
DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading of a mailbox stopped."""

    uid_validity: int
    uid: int  #: of the last mail that was read
    newest: datetime  #: UTC; when the newest of those that were read came in
    since: datetime  #: UTC; what came in before it, or then, is not read again
    again: int = 0  #: mails of smaller numbers are read only if they came in after ``since``

    @classmethod
    def of(cls, position: Mapping[str, Any] | None) -> Place | None:
        """Read a committed position; None before the first look."""
        if not position:
            return None
        return cls(
            int(position.get("uid_validity", 0)),
            int(position.get("uid", 0)),
            _read(position.get("newest")),
            _read(position.get("since")),
            int(position.get("again", 0)),
        )

    def position(self) -> dict[str, Any]:
        """Return it as it is committed."""
        return {
            "uid_validity": self.uid_validity,
            "uid": self.uid,
            "newest": self.newest.isoformat(),
            "since": self.since.isoformat(),
            "again": self.again,
        }


class Reading:
    """One look at a mailbox."""

    def __init__(self, imap: Imap, mailbox: Mailbox, now: datetime) -> None:
        """Take a connection that is logged in; ``now`` is UTC."""
        self._imap = imap
        self._mailbox = mailbox
        self._now = now
        self._known = lru_cache(maxsize=256)(imap.headers)

    def pages(self, place: Place | None) -> Iterator[Page]:
        """Yield what came in after a place; the first look only finds out where to begin."""
        numbers = self._imap.numbers(self._mailbox.folder)
        if place is not None and place.uid_validity == numbers.uid_validity:
            if numbers.next_uid > place.uid + 1:
                self._imap.open(self._mailbox.folder)
                yield from self._read(place, self._imap.after(place.uid))
            return
        self._imap.open(self._mailbox.folder)
        if place is None:
            begin = self._beginning(numbers.uid_validity, numbers.next_uid)
        else:
            since = max(place.newest - AGAIN, place.since)
            begin = Place(numbers.uid_validity, 0, place.newest, since, numbers.next_uid)
        uids = self._from(begin)
        if not uids:
            # The next look begins here, however long nothing comes in.
            yield Page(position=begin.position())
        yield from self._read(begin, uids)

    def _beginning(self, uid_validity: int, next_uid: int) -> Place:
        if self._mailbox.history_days:
            since = self._now - timedelta(days=min(self._mailbox.history_days, 36_500))
            return Place(uid_validity, 0, since, since, next_uid)
        last = self._imap.after(max(next_uid - 2, 0))[-1:]
        at = max((at for _, at in self._imap.measures(last).values()), default=_EPOCH)
        return Place(uid_validity, max([next_uid - 1, *last]), at, at)

    def _from(self, place: Place) -> list[int]:
        """Return the mails to read from a beginning on."""
        if place.uid:
            return self._imap.after(place.uid)
        # Days are those of the server, wherever it is.
        return self._imap.since((max(place.since, _EPOCH + DAY) - DAY).date())

    def _read(self, place: Place, uids: Sequence[int]) -> Iterator[Page]:
        for start in range(0, len(uids), PAGE):
            chunk = uids[start : start + PAGE]
            measures = self._imap.measures(chunk)
            held: list[Arrived] = []
            weight = 0
            for uid in chunk:
                size, at = measures.get(uid, (0, _EPOCH))
                if held and weight + min(size, LARGEST) > PAGE_BYTES:
                    yield self._page(held, place := _moved(place, held))
                    held, weight = [], 0
                old = uid < place.again and at <= place.since
                raw = None if old else self._content(uid, size)
                held.append(Arrived(uid, at, size, raw or b""))
                weight += len(raw or b"")
            yield self._page(held, place := _moved(place, held))

    def _content(self, uid: int, size: int) -> bytes | None:
        return self._imap.content(uid, most=BEGINNING if size > LARGEST else None)

    def _page(self, held: Sequence[Arrived], place: Place) -> Page:
        # One that has no bytes was deleted meanwhile, or came in before we began to read.
        found = [taken(one, self._mailbox, self._known) for one in held if one.raw]
        mentions = [one for one in found if isinstance(one, Mention)]
        return Page(
            mentions=tuple(sorted(mentions, key=lambda one: one.created_at)),
            position=place.position(),
            skipped=tuple(one for one in found if isinstance(one, Skipped)),
            undelivered=tuple(one for one in found if isinstance(one, Undelivered)),
        )


def _moved(place: Place, held: Sequence[Arrived]) -> Place:
    newest = max([place.newest, *(one.at for one in held)])
    return replace(place, uid=held[-1].uid, newest=newest)


def _read(told: object) -> datetime:
    try:
        return datetime.fromisoformat(str(told)).astimezone(UTC)
    except ValueError:
        return _EPOCH
