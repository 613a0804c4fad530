"""What taking a page of 100 mentions in costs our own process, with all that is done to them.

Each page holds complaints, one in ten of them told in the same words as others; quotes, reposts,
answers whose thread has to be found, and edits and deletions of what the page before brought. All
of it is read (sentiment, language, topics, urgency), placed, compared with the complaints of the
last two days, stored with customers and conversations, correlated with the shipped complaint
process, and each instance runs to its first wait: CPU milliseconds as in ``bench_engine``.

``intake_page_cpu`` is the median of the pages, divided by the mentions of a page; its floor is the
CPU for the bare rows that are left behind. ``intake_alike_cpu`` is the part of the comparing alone.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

import processes
from channels.clustering import Clustering
from channels.intake import Intake
from channels.model import ChannelAccount, Edit, Mention, Page
from channels.recordings import Recording
from channels.signals import OfflineSignals
from tools import bare_rows, recording
from tools.bench import Figure, Run
from webapp.bootstrap import Installation, opened
from webapp.logs import set_up
from webapp.settings import Settings

MENTIONS, PAGE = 2_000, 100
#: Pages that come first and are not counted: what is compiled and learnt once.
WARM = 3
PAGE_BAR, ALIKE_BAR = 2.0, 0.3
STORM = "the app is down again since this morning and nobody can log in at all, since"


def measure(run: Run) -> Mapping[str, Figure]:
    """Measure on SQLite."""
    set_up("warning", "text")
    here = Settings(data=run.folder / "sqlite")
    bare = run.folder / "bare.sqlite"
    with opened(here) as installation:
        desk = Desk(installation, run)
        with bare_rows.counted_commits() as commits:
            whole = desk.take_in()
        share = desk.rows() / desk.mentions
        stored = desk.rows()
    seconds = bare_rows.seconds(
        here.data / "corral.sqlite", bare, commits=max(commits.count, 1), clock=time.process_time
    )
    alike = 1000 * desk.comparing.seconds / desk.mentions
    run.say(f"a page of {PAGE}: CPU {whole:.2f} ms a mention, {alike:.2f} ms of it to compare")
    return {
        "intake_page_cpu": Figure(
            whole, "ms CPU", 1000 * seconds / stored * share, PAGE_BAR, more_is_better=False
        ),
        "intake_alike_cpu": Figure(alike, "ms CPU", 0.0, ALIKE_BAR, more_is_better=False),
    }


class Desk:
    """Pages that come in."""

    def __init__(self, installation: Installation, run: Run) -> None:
        """Deploy the process and prepare the pages."""
        self._engine = installation.engine
        self._engine.deploy(processes.files("complaint"))
        signals = OfflineSignals()
        signals.read("The models are loaded at the first text.")
        self._intake = Intake(self._engine, signals)
        self.comparing = Timed()
        self._intake._clustering = self.comparing
        conversations = installation.services().conversations
        self._account: ChannelAccount = conversations.ensure_account(
            "recorded", "acme", enabled=False
        )
        written = recording.write(run.folder / "posts.csv", mentions=MENTIONS // run.shrink)
        with Recording(written.path) as posts:
            found = posts.posts(after=0, limit=10 * MENTIONS)
        self._mentions = [
            replace(post.post, thread=f"t{at}", external_id=f"m{at}", in_reply_to=None)
            for at, post in enumerate(found)
            if isinstance(post.post, Mention)
        ]
        self.mentions = 0

    def take_in(self) -> float:
        """Take all pages in, and return the CPU milliseconds of a mention."""
        costs: list[float] = []
        for first in range(0, len(self._mentions), PAGE):
            page = _page(self._mentions[first : first + PAGE], first)
            begin = time.process_time()
            self._intake.take(self._account, page)
            costs.append(1000 * (time.process_time() - begin) / len(page.mentions))
            self.mentions += len(page.mentions)
        return statistics.median(costs[WARM:] or costs)

    def rows(self) -> int:
        """Return how many rows were left behind that stay."""
        tables = ("instance", "history", "user_task", "job", "reply", "mention", "conversation")
        tables += ("customer", "identity", "mention_text", "cluster")
        counted = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        with self._engine.reading() as view:
            return int(view.connection.execute(text(f"SELECT {counted}")).scalar_one())


class Timed(Clustering):
    """Adds up the CPU seconds of its own thread."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.seconds = 0.0

    def take(self, *told: object) -> int:  # type: ignore[override]
        """Compare, and note what it cost."""
        begin = time.thread_time()
        try:
            return super().take(*told)  # type: ignore[arg-type]
        finally:
            self.seconds += time.thread_time() - begin


def _page(mentions: list[Mention], first: int) -> Page:
    """Return a page with something of everything; ``first`` is the number of its first mention."""
    posts = list(mentions)
    for at in range(0, len(posts), 10):
        posts[at] = replace(posts[at], text=f"{STORM} {first + at}")
    for at, change in ((3, "quotes"), (13, "in_reply_to"), (23, "reposts"), (33, "quotes")):
        if at < len(posts):
            posts[at] = replace(posts[at], **{change: posts[at - 2].external_id})
    later = posts[-1].created_at + timedelta(minutes=1)
    edits = tuple(Edit(f"m{first - n}", "changed words", later) for n in (11, 12) if first > n)
    gone = tuple(f"m{first - n}" for n in (21, 22) if first > n)
    return Page(tuple(posts), edits=edits, deletions=gone, position={"row": first})
