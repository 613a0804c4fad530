"""What a mention and a completed user task cost our own process: CPU milliseconds, all threads.

The shipped complaint process, with texts that touch every branch of its triage. CPU time, because a
commit waits for the disk. On PostgreSQL what the server itself does is not ours and not counted.

``intake_cpu_sqlite``, ``intake_cpu_postgresql``: a page of new mentions is stored with customers
and conversations, read (sentiment, language, topics), correlated, and each instance run to its
first wait, in transactions of 50. Written is all of it: instances, history, user tasks, timers,
subscriptions, jobs and replies.

``complete_cpu_sqlite``, ``complete_cpu_postgresql``: agents answer complaints and questions, 50 in
a transaction of ``Engine.complete_all``. Each answer is checked against its form, judged by the
supervisor rule and handed to the outbox.

The value is the median of the pages or batches. The floor is the CPU for the bare rows that are
left behind, in as many commits, with nothing but the driver.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import text

import processes
from channels.intake import Intake
from channels.model import Mention, Page
from channels.networks.recorded import PAGE, page
from channels.recordings import Post, Recording
from channels.signals import OfflineSignals
from engine import EngineError, Submission
from tools import bare_rows, recording
from tools.bench import Figure, Run
from tools.postgres import database, server
from webapp.bootstrap import Installation, opened
from webapp.logs import set_up
from webapp.settings import Settings

MENTIONS, BATCH = 4000, 50
#: Pages and batches that come first and are not counted: what is compiled and learnt once.
WARM = 4
INTAKE_BAR, COMPLETE_BAR = 1.3, 0.6
ANSWER = {
    "answer": "We are sorry about that. It is on its way and will be with you tomorrow.",
    "visibility": "public",
    "refund": None,
    "next_step": "reply",
}


def measure(run: Run) -> Mapping[str, Figure]:
    """Measure both on SQLite, then on a PostgreSQL of its own."""
    set_up("warning", "text")
    here = Settings(data=run.folder / "sqlite")
    bare = run.folder / "bare.sqlite"
    found = figures(
        run,
        "sqlite",
        here,
        lambda commits: bare_rows.seconds(
            here.data / "corral.sqlite", bare, commits=commits, clock=time.process_time
        ),
    )
    with server(run.folder / "postgres") as address:
        url = database(address, "corral")
        there = Settings(data=run.folder / "beside", database_url=SecretStr(url))
        return found | figures(
            run,
            "postgresql",
            there,
            lambda commits: bare_rows.seconds_on_postgresql(
                url.replace("+psycopg", ""), commits=commits, clock=time.process_time
            ),
        )


def figures(
    run: Run, name: str, settings: Settings, floor: Callable[[int], float]
) -> dict[str, Figure]:
    """Return the two figures of one database; ``floor`` gives the seconds of its bare rows."""
    with opened(settings) as installation:
        desk = Desk(installation, run)
        with bare_rows.counted_commits() as commits:
            intake = desk.take_in()
        stored, seconds = desk.rows(), floor(max(commits.count, 1))
        complete = desk.answer()
        left = (desk.rows() - stored) / desk.answered
    share = 1000 * seconds / stored
    run.say(f"{name}: CPU {intake:.2f} ms a mention, {complete:.2f} ms a completed user task")
    return {
        f"intake_cpu_{name}": _figure(intake, share * stored / desk.mentions, INTAKE_BAR),
        f"complete_cpu_{name}": _figure(complete, share * left, COMPLETE_BAR),
    }


def _figure(value: float, floor: float, bar: float) -> Figure:
    return Figure(value, "ms CPU", floor, bar, more_is_better=False)


class Desk:
    """Mentions that come in, and agents who answer them."""

    def __init__(self, installation: Installation, run: Run) -> None:
        """Deploy the process and prepare the pages."""
        self._engine = installation.engine
        self._engine.deploy(processes.files("complaint"))
        signals = OfflineSignals()
        signals.read("The models are loaded at the first text.")
        self._intake = Intake(self._engine, signals)
        conversations = installation.services().conversations
        written = recording.write(run.folder / "posts.csv", mentions=MENTIONS // run.shrink)
        self._pages = [
            (conversations.ensure_account("recorded", handle, enabled=False), found)
            for handle, found in pages(written.path)
        ]
        self.mentions = sum(len(found.mentions) for _, found in self._pages)
        self.answered = 0

    def take_in(self) -> float:
        """Take all pages in, and return the CPU milliseconds of a mention."""
        costs = []
        for account, found in self._pages:
            begin = time.process_time()
            taken = self._intake.take(account, found)
            costs.append(1000 * (time.process_time() - begin) / len(found.mentions))
            if taken.started != len(found.mentions):
                raise RuntimeError(f"{taken.started} of {len(found.mentions)} mentions started")
        return statistics.median(costs[WARM:] or costs)

    def answer(self) -> float:
        """Answer whatever waits for it, and return the CPU milliseconds of an answer."""
        tasks = self._engine.user_tasks(limit=MENTIONS)
        asked = [Submission(task.id, ANSWER) for task in tasks if task.form == "answer"]
        costs = []
        for first in range(0, len(asked), BATCH):
            batch = asked[first : first + BATCH]
            begin = time.process_time()
            outcomes = self._engine.complete_all(batch, by="ana")
            costs.append(1000 * (time.process_time() - begin) / len(batch))
            refused = next((each for each in outcomes if isinstance(each, EngineError)), None)
            if refused is not None:
                raise refused
            self.answered += len(batch)
        return statistics.median(costs[WARM:-1] or costs)

    def rows(self) -> int:
        """Return how many rows were left behind that stay."""
        tables = ("instance", "history", "user_task", "job", "reply", "mention", "conversation")
        tables += ("customer", "identity")
        counted = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        with self._engine.reading() as view:
            return int(view.connection.execute(text(f"SELECT {counted}")).scalar_one())


def pages(path: Path) -> Iterator[tuple[str, Page]]:
    """Yield pages of mentions that open a conversation, each of one account, as they come in."""
    waiting: dict[str, list[Post]] = defaultdict(list)
    with Recording(path) as posts:
        for post in posts.posts(after=0, limit=10 * MENTIONS):
            if isinstance(post.post, Mention) and post.post.in_reply_to is None:
                waiting[post.account].append(post)
                if len(waiting[post.account]) == PAGE:
                    yield post.account, page(waiting.pop(post.account))
    yield from ((handle, page(rest)) for handle, rest in waiting.items())
