"""Replays a recording through the whole of Corral: intake, processes, replies.

A replay may be stopped at any moment, and done again: what is stored already is counted as a
duplicate, what was left half done is finished first. Two replays of which the first was killed
end as one that was left in peace.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from channels.conversations import Conversations
from channels.intake import MENTION_RECEIVED, Intake, Taken
from channels.model import ChannelAccount, Skipped
from channels.networks.recorded import PAGE, Recorded, page
from channels.outbox import Outbox
from channels.recordings import Post, Recording
from channels.signals import OfflineSignals, Signals
from engine import Engine
from engine.errors import NotFoundError, NotStartableError
from engine.messages import Correlated, Message
from engine.ports import Clock
from engine.use_cases.definitions import missing

#: Posts that are looked at together; an account's share of them is taken page by page.
_CHUNK = 1_600
#: Seconds the clock of a timed replay moves on in one step; shorter is smoother, and costs more.
_STEP = 0.5
#: More user tasks than are ever open.
_ALL = 10_000_000

Progress = Callable[[int, int], object]


@dataclass(frozen=True, slots=True)
class Counts:
    """What a replay came to. Of this run alone, but for the user tasks."""

    mentions: int  #: in the recording
    stored: int
    duplicates: int  #: mentions that an earlier run, or the recording itself, brought already
    skipped: int  #: rows that could not be understood
    instances_started: int
    messages_correlated: int  #: mentions that went to an instance that was there before
    user_tasks_open: int  #: in the whole workspace, at the end
    seconds: float  #: without the reading of the file
    per_second: float  #: mentions, new or not


@dataclass(slots=True)
class _Sum:
    stored: int = 0
    duplicates: int = 0
    owned: int = 0  #: mentions that started, or went to, an instance

    def add(self, taken: Taken) -> None:
        self.stored += taken.stored
        self.duplicates += taken.duplicates
        self.owned += taken.started + taken.correlated


class Replay:
    """One replay of one file into one workspace."""

    def __init__(
        self,
        engine: Engine,
        file: Path,
        *,
        process: str | None = None,
        speed: float | None = None,
        outbox: Outbox | None = None,
        signals: Signals | None = None,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        """Prepare a replay.

        Args:
            engine: bound to the workspace; the tables of the channels are there.
            file: a recording, see ``docs/recordings.md``.
            process: key of the only definition that mentions may start; None: whichever is meant.
            speed: how many times faster than it happened; None: without waiting at all.
            outbox: of the same workspace; one of its own by default.
            signals: reads the texts; offline by default.
            sleep: waits for seconds; tests pass one that moves their clock.
        """
        self._engine = engine
        self._file = file
        self._process = process
        self._speed = speed
        self._outbox = outbox or Outbox(engine)
        self._signals = signals or OfflineSignals()
        self._sleep = sleep
        self._intake = Intake(engine, self._signals, process=process)
        self._conversations = Conversations(engine)
        #: The first thousand rows that could not be understood; filled by :meth:`run`.
        self.skipped: list[Skipped] = []

    def run(self, progress: Progress = lambda _done, _total: None) -> Counts:
        """Replay the file, and return what it came to.

        Args:
            progress: called with the posts done and those there are, now and then.

        Raises:
            UnreadableRecordingError: the file cannot be read, or is in no known format.
            NotFoundError: the process is not deployed.
            NotStartableError: the process does not start with a mention.
        """
        if self._process is not None:
            self._check(self._process)
        with Recording(self._file) as recording:
            self.skipped = recording.skipped
            self._signals.read("The models are loaded at the first text.")
            began = time.monotonic()
            last_instance = self._newest_instance()
            # First finish what a replay left behind that was killed.
            self._outbox.begin()
            self._go_on()
            total = self._replay(recording, progress)
            return self._counts(recording, total, last_instance, time.monotonic() - began)

    def _replay(self, recording: Recording, progress: Progress) -> _Sum:
        accounts = {
            # Not to be read on schedule: the recording comes in by this replay alone.
            handle: self._conversations.ensure_account(Recorded.name, handle, enabled=False)
            for handle in recording.accounts()
        }
        total, size = _Sum(), len(recording)
        progress(0, size)
        for posts in self._paced(recording, accounts):
            for handle, share in _by_account(posts).items():
                for start in range(0, len(share), PAGE):
                    part = page(share[start : start + PAGE], file=self._file.name)
                    total.add(self._intake.take(accounts[handle], part))
            self._go_on()
            progress(posts[-1].ordinal, size)
        return total

    def _paced(
        self, recording: Recording, accounts: Mapping[str, ChannelAccount]
    ) -> Iterator[list[Post]]:
        """Yield all posts in chunks, in order; of a timed replay when their time has come."""
        done = 0
        pace = None if self._speed is None else _Pace(self._speed, self._engine.clock, self._sleep)
        while chunk := recording.posts(after=done, limit=_CHUNK):
            done = chunk[-1].ordinal
            if pace is None:
                yield chunk
                continue
            known = [post for post in chunk if _seen(post, accounts, self._file.name)]
            if known:
                yield known
            fresh = [post for post in chunk if not _seen(post, accounts, self._file.name)]
            yield from pace.released(fresh, meanwhile=self._go_on)

    def _go_on(self) -> None:
        """Do what would happen by itself in a server: inboxes, timers, replies."""
        self._engine.sweep()
        self._engine.pump(self._engine.clock.now())
        while self._outbox.work():
            self._engine.sweep()

    def _check(self, process: str) -> None:
        versions = self._engine.definitions(key=process)
        if not versions:
            raise NotFoundError("process definition", process)
        if not any(version.startable for version in versions):
            why = missing(self._engine.problems(versions[0].id), process)
            raise NotStartableError(process, why)
        # The engine knows what starts with a message when it is asked to send one; nothing of
        # this trial is kept.
        trial = Message(MENTION_RECEIVED, None)
        with suppress(_Starts), self._engine.transaction() as uow:
            (found,) = self._engine.correlate_all([trial], process=process, within=uow)
            if found.outcome is Correlated.STARTED:
                raise _Starts
            raise NotStartableError(
                process, f"no start event of it waits for the message {MENTION_RECEIVED!r}."
            )

    def _newest_instance(self) -> int:
        newest = self._engine.instances(limit=1)
        return newest[0].id if newest else 0

    def _started_since(self, id: int) -> int:
        started, before = 0, None
        while found := self._engine.instances(before=before, limit=500):
            news = sum(instance.id > id for instance in found)
            started, before = started + news, found[-1].id
            if news < len(found):
                break
        return started

    def _counts(
        self, recording: Recording, total: _Sum, last_instance: int, seconds: float
    ) -> Counts:
        mentions, started = recording.mentions(), self._started_since(last_instance)
        return Counts(
            mentions=mentions,
            stored=total.stored,
            duplicates=total.duplicates,
            skipped=recording.skipped_count,
            instances_started=started,
            # A mention that was kept for an instance which then ended starts one after all.
            messages_correlated=max(total.owned - started, 0),
            user_tasks_open=len(self._engine.user_tasks(limit=_ALL)),
            seconds=round(seconds, 3),
            per_second=round(mentions / seconds, 1) if seconds else 0.0,
        )


class _Starts(Exception):  # noqa: N818
    """The process starts with a mention. Raised to have the trial rolled back."""


class _Pace:
    """Lets posts go when their time has come on a clock that runs faster."""

    def __init__(self, speed: float, clock: Clock, sleep: Callable[[float], object]) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._origin: tuple[datetime, datetime] | None = None

    def released(self, posts: list[Post], meanwhile: Callable[[], object]) -> Iterator[list[Post]]:
        """Yield the posts in groups that are due together; wait, and work, in between."""
        while posts:
            began, first = self._origin = self._origin or (self._clock.now(), _at(posts[0]))
            due = [(_at(post) - first).total_seconds() / self._speed for post in posts]
            while (rest := due[0] - (self._clock.now() - began).total_seconds()) > 0:
                self._sleep(min(rest, _STEP))
                meanwhile()
            elapsed = (self._clock.now() - began).total_seconds()
            count = sum(moment <= elapsed for moment in due)
            yield posts[:count]
            posts = posts[count:]


def _at(post: Post) -> datetime:
    return post.post.created_at


def _by_account(posts: list[Post]) -> dict[str, list[Post]]:
    shares: dict[str, list[Post]] = defaultdict(list)
    for post in posts:
        shares[post.account].append(post)
    return shares


def _seen(post: Post, accounts: Mapping[str, ChannelAccount], file: str) -> bool:
    """Tell whether an earlier replay of the file got further than this post."""
    position = accounts[post.account].position or {}
    return position.get("file") == file and post.ordinal <= int(position.get("row", 0))
