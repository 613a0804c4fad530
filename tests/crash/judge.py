"""Says whether anything was lost or happened twice, from the database and the network's own log.

Two witnesses that know nothing of each other are compared: what Corral stored (rows, variables of
instances, history), and what the outside saw (what the network showed and received, what people
were told). Every fault is a sentence that names the row.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from engine import Engine
from engine.history import HistoryEntry, What
from tests.crash.load import Promises

#: Elements whose completion adds one to a variable or one line to a list, and which.
COUNTED = {
    "care": {
        "remind": "reminders", "reminded": "reminders", "beat": "beats", "count_beat": "beats",
        "count_call": "called", "call": "called", "count_sent": "sent", "answered": "answers",
    },
    "watch": {"guarded": "answers", "count_late": "late", "too_late": "late"},
}  # fmt: skip
#: How often an element completes in an instance that is over. A multi-instance activity counts
#: each of its three runs, and itself.
EXACTLY = {
    "care": {
        "begin": 1, "hear": 1, "answering": 1, "run_pause": 3, "run_end": 3, "runs": 4,
        "called_pause": 1, "called_end": 1, "call": 1, "count_sent": 1, "done": 1,
    },
    "watch": {"watch_begin": 1},
}  # fmt: skip
#: How often at most.
AT_MOST = {"care": {"remind": 3, "beat": 2}, "watch": {"guarded": 1, "too_late": 1}}
#: Timers, the element whose entry starts each, and the seconds until it may fire first.
PAUSES = {
    "run_pause": ("run_pause", 1), "called_pause": ("called_pause", 2),
    "too_late": ("guarding", 3), "remind": ("answering", 1),
}  # fmt: skip
#: Elements that people complete with a text of their own.
ANSWERED = ("answering", "rewriting", "guarding")


@dataclass
class Seen:
    """What the network saw."""

    told: set[str] = field(default_factory=set)  #: external ids of mentions
    calls: Counter[str] = field(default_factory=Counter)  #: by key
    posts: dict[str, list[str]] = field(default_factory=dict)  #: ids by key
    texts: Counter[str] = field(default_factory=Counter)  #: posts by text

    @classmethod
    def in_log(cls, log: Path) -> Seen:
        """Read the log of the stand-in network."""
        seen = cls()
        for line in log.read_text(encoding="utf-8").splitlines():
            told = json.loads(line)
            if told["what"] == "told":
                seen.told.add(told["id"])
            elif told["what"] == "call":
                seen.calls[told["key"]] += 1
            else:
                seen.posts.setdefault(told["key"], []).append(told["id"])
                seen.texts[told["text"]] += 1
        return seen


class Judge:
    """Compares one installation, at rest, with what the outside saw."""

    def __init__(self, engine: Engine, seen: Seen, promises: Promises) -> None:
        """Read nothing yet."""
        self._engine = engine
        self._seen = seen
        self._promises = promises
        self.figures: dict[str, int] = {}

    def faults(self) -> list[str]:
        """Return a sentence for each thing that is wrong; none at all is a clean run."""
        with self._engine.reading() as view:
            self._connection = view.connection
            return [
                *self._left_behind(),
                *self._mentions(),
                *self._instances(),
                *self._user_tasks(),
                *self._replies(),
            ]

    def _rows(self, query: str) -> list[Any]:
        return list(self._connection.execute(text(query)))

    def _left_behind(self) -> Iterator[str]:
        """Nothing waits any more that somebody should have done."""
        for table in ("inbox", "timer", "subscription", "message"):
            for row in self._rows(f"SELECT * FROM {table}"):
                yield f"left in {table}: {row._mapping}"
        for row in self._rows("SELECT * FROM instance WHERE status <> 'completed'"):
            yield f"instance {row.id} ({row.definition_key}) is {row.status}"
        for row in self._rows("SELECT * FROM incident WHERE resolved_at IS NULL"):
            yield f"incident {row.id} of instance {row.instance_id} is open: {row.what}"
        for row in self._rows("SELECT * FROM job WHERE status NOT IN ('completed', 'cancelled')"):
            yield f"job {row.id} of instance {row.instance_id} is {row.status}"

    def _mentions(self) -> Iterator[str]:
        """Every mention is stored once, and one instance heard it, once."""
        stored = Counter(row.external_id for row in self._rows("SELECT external_id FROM mention"))
        yield from _compare("mention", self._seen.told, stored, "stored")
        heard: Counter[str] = Counter()
        for row in self._rows("SELECT id FROM instance WHERE definition_key = 'care'"):
            heard.update(self._engine.variables(row.id)["heard"])
        yield from _compare("mention", self._seen.told, heard, "heard by instances")
        self.figures["mentions"] = stored.total()

    def _instances(self) -> Iterator[str]:
        """The history of each instance agrees with its variables, and with the drawing."""
        keys = Counter(
            row.business_key
            for row in self._rows(
                "SELECT business_key FROM instance WHERE definition_key = 'watch'"
            )
        )
        for key in sorted(self._promises.watches - keys.keys()):
            yield f"instance {key} was started, and is not there"
        for key, count in keys.items():
            if count > 1:
                yield f"instance {key} was started {count} times"
        timers = 0
        for row in self._rows("SELECT id, definition_key FROM instance ORDER BY id"):
            key = row.definition_key
            history = self._engine.history(row.id)
            lines = Counter((line.element, line.what.value) for line in history)
            variables = self._engine.variables(row.id)
            name = f"instance {row.id} ({key})"
            for fault in (
                *_life(lines),
                *_counts(key, lines),
                *_told(key, lines, variables),
                *_early(history),
            ):
                yield f"{name}: {fault}"
            timers += sum(
                lines[element, "completed"]
                for element in ("remind", "beat", "run_pause", "called_pause", "too_late")
            )
        self.figures["instances"] = len(self._rows("SELECT id FROM instance"))
        self.figures["timers"] = timers

    def _user_tasks(self) -> Iterator[str]:
        """Each completed user task got one answer, and each answer that was accepted is there."""
        given: Counter[str] = Counter()
        for row in self._rows("SELECT id FROM instance WHERE definition_key <> 'check_up'"):
            given.update(self._engine.variables(row.id)["answers"])
        for answer, count in given.items():
            if count > 1:
                yield f"answer {answer!r} was applied {count} times"
            if answer not in self._promises.tried:
                yield f"answer {answer!r} was never given"
        for answer in sorted(self._promises.confirmed - given.keys()):
            yield f"answer {answer!r} was accepted, and is lost"
        done = self._rows(
            "SELECT id FROM user_task WHERE status = 'completed' AND element IN "
            f"({', '.join(map(repr, ANSWERED))})"
        )
        if len(done) != given.total():
            yield f"{len(done)} user tasks were completed with {given.total()} answers"
        for row in self._rows(
            "SELECT * FROM user_task WHERE status NOT IN ('completed', 'cancelled')"
        ):
            yield f"user task {row.id} of instance {row.instance_id} is {row.status}"
        self.figures["user tasks"] = len(done)

    def _replies(self) -> Iterator[str]:
        """Every reply was posted at most once, and says the truth about itself."""
        for posted, count in self._seen.texts.items():
            if count > 1:
                yield f"{posted!r} was posted {count} times"
        replies = self._rows("SELECT * FROM reply WHERE job_id IS NOT NULL")
        keys = {row.idempotency_key for row in replies}
        for key in self._seen.posts.keys() - keys:
            yield f"a post with the key {key} belongs to no reply"
        for row in replies:
            posts = self._seen.posts.get(row.idempotency_key, [])
            name = f"reply {row.id} ({row.status}, {row.text!r})"
            if len(posts) > 1:
                yield f"{name} was posted {len(posts)} times"
            if row.status == "sent" and not posts:
                yield f"{name} was never posted"
            if row.status == "sent" and row.external_id not in (None, *posts):
                yield f"{name} has the external id of another post"
            if row.status == "refused" and posts:
                yield f"{name} was posted all the same"
            if row.status not in ("sent", "refused"):
                yield f"{name} has no end"
        yield from self._doubts()
        self.figures |= {
            "replies": len(replies),
            "posts": self._seen.texts.total(),
            "calls": self._seen.calls.total(),
        }

    def _doubts(self) -> Iterator[str]:
        """Somebody was asked about each reply that was refused or stayed unclear."""
        jobs = self._rows(
            "SELECT reply.id, reply.status, job.status AS job, job.instance_id FROM reply "
            "JOIN job ON job.id = reply.job_id"
        )
        refused = Counter(row.instance_id for row in jobs if row.status == "refused")
        asked = Counter(
            row.instance_id
            for row in self._rows(
                "SELECT instance_id FROM user_task WHERE element IN ('rewriting', 'checking')"
            )
        )
        for instance, count in refused.items():
            if asked[instance] < count:
                told = f"{count} replies were refused, {asked[instance]} asked about"
                yield f"instance {instance}: {told}"
        for row in jobs:
            if row.status == "sent" and row.job not in ("completed", "cancelled"):
                yield f"reply {row.id} was sent, and its job is {row.job}"


def _compare(what: str, wanted: set[str], found: Counter[str], how: str) -> Iterator[str]:
    for id in sorted(wanted - found.keys()):
        yield f"{what} {id} was not {how}"
    for id, count in sorted(found.items()):
        if count > 1:
            yield f"{what} {id} was {how} {count} times"
        if id not in wanted:
            yield f"{what} {id} was {how}, and never written"


def _life(lines: Counter[tuple[str | None, str]]) -> Iterator[str]:
    """It began once and ended once, and what was entered was left."""
    for what in ("started", "ended"):
        if lines[None, what] != 1:
            yield f"has {lines[None, what]} lines {what!r}"
    for element, what in lines:
        if what == "entered":
            inside = lines[element, "entered"]
            left = lines[element, "completed"] + lines[element, "cancelled"]
            # The activity itself is one more than its runs.
            if left != inside + (element == "runs"):
                yield f"{element} was entered {inside} times and left {left} times"


def _counts(key: str, lines: Counter[tuple[str | None, str]]) -> Iterator[str]:
    for element, count in EXACTLY.get(key, {}).items():
        if lines[element, "completed"] != count:
            yield f"{element} completed {lines[element, 'completed']} times instead of {count}"
    for element, count in AT_MOST.get(key, {}).items():
        if lines[element, "completed"] > count:
            yield f"{element} completed {lines[element, 'completed']} times, {count} at most"
    won = lines["guarded", "completed"] + lines["too_late", "completed"]
    if key == "watch" and won != 1:
        yield f"{won} of the agent and the timer won"


def _early(history: Sequence[HistoryEntry]) -> Iterator[str]:
    """No timer fired before its time, whatever the clock did meanwhile."""
    for timer, (begins, seconds) in PAUSES.items():
        entered = [
            line.at for line in history if (line.element, line.what) == (begins, What.ENTERED)
        ]
        fired = [
            line.at for line in history if (line.element, line.what) == (timer, What.COMPLETED)
        ]
        if fired and min(fired) < min(entered) + timedelta(seconds=seconds):
            yield f"{timer} fired before its time"


def _told(
    key: str, lines: Counter[tuple[str | None, str]], variables: dict[str, Any]
) -> Iterator[str]:
    for element, name in COUNTED.get(key, {}).items():
        value = variables[name]
        counted = len(value) if isinstance(value, list) else value
        if counted != lines[element, "completed"]:
            yield f"{element} completed {lines[element, 'completed']} times, {name} says {counted}"
    if key == "care":
        heard = lines["hear", "completed"] + lines["hear_again", "completed"]
        if heard != len(variables["heard"]):
            yield f"{heard} mentions in the history, {len(variables['heard'])} in the variables"
