"""Figures for Prometheus: counted while we work, or read from the database when asked.

Names, labels and meanings are in ``docs/operating/watching.md``, which a test compares with what
is here. One registry a process and no other state: two installations in one process know nothing
of each other. A label has few values, all of our own choosing: no ids, no paths, no words of
customers.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

from channels.model import ReplyStatus
from engine import Engine
from engine.instances import InstanceStatus
from engine.observing import Work
from engine.ports import EventKind
from webapp.live import Live
from webapp.monitoring.stored import StoredFigures

TEXT = "text/plain; version=0.0.4; charset=utf-8"

_log = structlog.get_logger(__name__)

_LATE = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800)
_BATCH = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SIZES = (1, 2, 5, 10, 20, 50, 100)
_REQUEST = (0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 10)

# The moment each series began would double their number, and tells nothing we want to know.
disable_created_metrics()  # type: ignore[no-untyped-call]


class Metrics:
    """The registry of one process, and the engine's observer. Safe to use from many threads."""

    def __init__(self, engine: Engine, live: Live, version: str) -> None:
        """Make every series; nothing is counted before :meth:`Engine.use_observer`."""
        self._registry = registry = CollectorRegistry()
        self._counters(registry)
        self._histograms(registry)
        Info("corral", "This program.", registry=registry).info({"version": version})
        streams = Gauge("corral_live_streams", "Open live pages.", registry=registry)
        streams.set_function(lambda: len(live))
        used = Gauge(
            "corral_connections_used", "Connections to the database in use.", registry=registry
        )
        used.set_function(lambda: engine.connections().used)
        most = Gauge("corral_connections_most", "Connections there are at most.", registry=registry)
        most.set_function(lambda: engine.connections().most)
        registry.register(StoredFigures(engine))
        ProcessCollector(registry=registry)

    def _counters(self, registry: CollectorRegistry) -> None:
        self._events = Counter(
            "corral_events_applied", "Events applied to instances.", ("kind",), registry=registry
        )
        self._started = Counter(
            "corral_instances_started", "Instances that began to run.", registry=registry
        )
        self._ended = Counter(
            "corral_instances_ended", "Instances that ended.", ("status",), registry=registry
        )
        self._failures = Counter(
            "corral_job_failures", "Attempts of jobs that failed.", registry=registry
        )
        self._incidents = Counter(
            "corral_incidents_opened", "Incidents that were opened.", registry=registry
        )
        self._attempts = Counter(
            "corral_reply_attempts",
            "Attempts to send a reply, or to find one, by how they ended.",
            ("status",),
            registry=registry,
        )
        # A series that is not there until something happens cannot be compared with before.
        for kind in EventKind:
            self._events.labels(kind.value)
        for ended in set(InstanceStatus) - {InstanceStatus.ACTIVE}:
            self._ended.labels(ended.value)
        for status in set(ReplyStatus) - {ReplyStatus.APPROVED, ReplyStatus.SENDING}:
            self._attempts.labels(status.value)

    def _histograms(self, registry: CollectorRegistry) -> None:
        self._requests = Histogram(
            "corral_request_seconds",
            "Time until an answer began, by the pattern of the address.",
            ("method", "route", "status"),
            buckets=_REQUEST,
            registry=registry,
        )
        self._late = Histogram(
            "corral_timer_lateness_seconds",
            "Time from when a timer was due to the commit that fired it.",
            buckets=_LATE,
            registry=registry,
        )
        self._batch = Histogram(
            "corral_batch_seconds",
            "Time of a transaction that ran instances, with its commit.",
            buckets=_BATCH,
            registry=registry,
        )
        self._size = Histogram(
            "corral_batch_instances",
            "Instances that one transaction ran.",
            buckets=_SIZES,
            registry=registry,
        )

    def committed(self, work: Work, now: datetime) -> None:
        """Count what a transaction did, and name its instances in the log."""
        for kind, count in work.events.items():
            self._events.labels(kind.value).inc(count)
        self._started.inc(work.events.get(EventKind.STARTED, 0))
        for status, count in work.ended.items():
            self._ended.labels(status.value).inc(count)
        for due in work.due:
            self._late.observe(max(0.0, (now - due).total_seconds()))
        if work.instances:
            self._ran(work)
        self._failures.inc(work.failures)
        self._incidents.inc(len(work.stopped))
        if work.stopped:
            _log.warning("incident.opened", workspace=work.workspace, instances=work.stopped)

    def _ran(self, work: Work) -> None:
        self._batch.observe(work.seconds)
        self._size.observe(len(work.instances))
        _log.debug(
            "instances.ran",
            workspace=work.workspace,
            instances=sorted(work.instances),
            events={kind.value: count for kind, count in work.events.items()},
            seconds=round(work.seconds, 4),
        )

    def attempted(self, status: ReplyStatus) -> None:
        """Count an attempt to send a reply, or to find one."""
        self._attempts.labels(status.value).inc()

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; ``route`` is the pattern of its address, never the address."""
        self._requests.labels(method, route, f"{status // 100}xx").observe(seconds)

    def shown(self) -> bytes:
        """Return all series as text, in the form :data:`TEXT` says."""
        return generate_latest(self._registry)
