"""Puts the monitor of a process together: what every process has to have to be of use.

Whoever runs more than pages adds its own checks to :attr:`Monitor.health`.
"""

from __future__ import annotations

from engine import Engine
from engine.storage.migrating import standing
from webapp.databases import ROOMS
from webapp.live import Live
from webapp.monitoring.health import Check, Health
from webapp.monitoring.metrics import Metrics
from webapp.monitoring.monitor import Monitor
from webapp.release import version
from webapp.settings import Settings


def monitor_of(engine: Engine, live: Live, settings: Settings) -> Monitor:
    """Return the monitor of this process, which counts what the engine does from now on."""
    metrics = Metrics(engine, live, version())
    engine.use_observer(metrics)
    health = Health()
    health.add("database", _database(engine))
    health.add("tables", _tables(engine))
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else ""
    return Monitor(health, metrics, token)


def _database(engine: Engine) -> Check:
    def wrong() -> str | None:
        return None if engine.workspaces() else "holds no workspace"

    return wrong


def _tables(engine: Engine) -> Check:
    def wrong() -> str | None:
        with engine.reading() as view:
            found = {
                standing(view.connection, room.migrations, room.version_table)
                for room in ROOMS.values()
            }
        worst = found - {"current"}
        return f"are {worst.pop()}" if worst else None

    return wrong
