"""Figures that come from the database, the same whichever process is asked.

They are read when somebody asks, kept for a few seconds, and read by one thread at a time: scrapes
cannot load the database. When it cannot be read, ``corral_database_up`` is 0 and the others are
missing, which is better than a figure of the past that looks well.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable, Iterator
from time import monotonic

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from channels.costs import DOLLAR, left
from channels.figures import ChannelFigures, Expense, expenses
from channels.figures import figures as channel_figures
from engine import Engine
from engine.figures import Figures

#: Seconds for which figures stand.
KEPT = 5.0
#: Seconds for which what was spent stands: a month has to be added up for it.
SPENT_KEPT = 60.0
#: Seconds a scrape waits for another one that is reading.
_PATIENCE = 3.0

_log = structlog.get_logger(__name__)


class StoredFigures(Collector):
    """Reads the figures of all workspaces."""

    def __init__(self, engine: Engine) -> None:
        """Read with ``engine``, of whichever workspace."""
        self._engine = engine
        self._lock = threading.Lock()
        self._last: tuple[float, list[Metric]] | None = None
        self._spent: tuple[float, list[Metric]] | None = None

    def collect(self) -> Iterable[Metric]:
        """Return the series as they are now, or were a few seconds ago. Never raises."""
        if not self._lock.acquire(timeout=_PATIENCE):
            return [_up(0)]
        try:
            if self._last is None or monotonic() - self._last[0] >= KEPT:
                self._last = (monotonic(), self._read())
            return self._last[1]
        finally:
            self._lock.release()

    def _read(self) -> list[Metric]:
        try:
            found, channels = self._engine.figures(), channel_figures(self._engine)
            if self._spent is None or monotonic() - self._spent[0] >= SPENT_KEPT:
                self._spent = (monotonic(), list(_of_expenses(expenses(self._engine))))
        except Exception as error:  # noqa: BLE001 - whatever it is, a watcher gets the rest
            _log.warning("metrics.unreadable", error=type(error).__name__)
            return [_up(0)]
        return [_up(1), *_of_engine(found), *_of_channels(channels), *self._spent[1]]


def _up(value: int) -> Metric:
    return GaugeMetricFamily("corral_database_up", "1 while the database can be read.", value)


def _of_engine(found: Figures) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "corral_inbox_events", "Events that wait to be applied, up to 10000.", found.inbox
    )
    yield GaugeMetricFamily(
        "corral_inbox_oldest_seconds", "Age of the event that waits longest.", found.inbox_age
    )
    yield GaugeMetricFamily(
        "corral_timer_overdue_seconds",
        "Time since the earliest timer that nobody fired was due.",
        found.timer_delay,
    )
    incidents = GaugeMetricFamily(
        "corral_incidents_open", "Incidents nobody resolved, up to 10000.", labels=["of"]
    )
    incidents.add_metric(["element"], found.element_incidents)
    incidents.add_metric(["job"], found.job_incidents)
    yield incidents


def _of_channels(found: ChannelFigures) -> Iterator[Metric]:
    replies = GaugeMetricFamily(
        "corral_replies", "Replies that are not finished, up to 10000.", labels=["status"]
    )
    for status, count in found.replies.items():
        replies.add_metric([status.value], count)
    yield replies
    yield GaugeMetricFamily(
        "corral_reply_overdue_seconds",
        "Time since the earliest reply nobody sent was to be sent.",
        found.reply_delay,
    )
    letters = GaugeMetricFamily(
        "corral_dead_letters",
        "Replies and calls that wait for somebody's decision, up to 10000.",
        labels=["direction"],
    )
    for direction, number in found.dead_letters.items():
        letters.add_metric([direction], number)
    yield letters
    yield from _of_silence(found)


def _of_silence(found: ChannelFigures) -> Iterator[Metric]:
    names = ["workspace", "channel", "account"]
    success = GaugeMetricFamily(
        "corral_channel_success_age_seconds",
        "Time since the network of an account answered last; +Inf is never.",
        labels=names,
    )
    mention = GaugeMetricFamily(
        "corral_channel_mention_age_seconds",
        "Time since an account brought a mention last.",
        labels=names,
    )
    unusual = GaugeMetricFamily(
        "corral_channel_unusual_silence_seconds",
        "The same, while it is unusual for the account by its own weeks; else 0.",
        labels=names,
    )
    gap = GaugeMetricFamily(
        "corral_channel_gap", "1 while mentions of an account may be missing.", labels=names
    )
    for each in found.accounts:
        labels = [each.workspace, each.channel, each.handle]
        unusual.add_metric(labels, each.unusual)
        gap.add_metric(labels, each.gap)
        success.add_metric(labels, math.inf if each.success is None else each.success)
        # An account that never brought one is new: no reason to call anybody.
        if each.mention is not None:
            mention.add_metric(labels, each.mention)
    yield success
    yield mention
    yield unusual
    yield gap


def _of_expenses(found: Iterable[Expense]) -> Iterator[Metric]:
    names = ["workspace", "channel", "account"]
    cost = GaugeMetricFamily(
        "corral_channel_cost_dollars",
        "What calls of a network have cost this day, and this month (UTC).",
        labels=[*names, "span"],
    )
    rest = GaugeMetricFamily(
        "corral_channel_budget_left_dollars",
        "What reading an account may still cost, where it has a budget.",
        labels=names,
    )
    for each in found:
        labels = [each.workspace, each.channel, each.handle]
        cost.add_metric([*labels, "day"], each.spent.day / DOLLAR)
        cost.add_metric([*labels, "month"], each.spent.month / DOLLAR)
        if (micro := left(each.spent)) is not None:
            rest.add_metric(labels, micro / DOLLAR)
    yield cost
    yield rest
