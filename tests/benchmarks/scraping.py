"""What one scrape of the figures costs on a database that is full, read anew each time."""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import text

from engine import Engine
from webapp.bootstrap import wire
from webapp.monitoring.stored import StoredFigures
from webapp.settings import Settings

SCRAPES = 50
#: Statements that a scrape sends: with so many that do nothing, only the way to the database is
#: measured.
STATEMENTS = 11


@dataclass(frozen=True, slots=True)
class Scrape:
    """Milliseconds of one scrape, medians."""

    wall: float
    cpu: float  #: of our process alone
    floor: float  #: wall time of as many statements that do nothing


def scrape(url: str) -> Scrape:
    """Return what a scrape costs that finds nothing kept from the one before."""
    with closing(Engine.open(url)) as engine:
        wire(engine, Settings(database_url=None), channels={})
        walls, cpus, floors = [], [], []
        for _ in range(SCRAPES):
            wall, cpu = time.perf_counter(), time.process_time()
            found = {metric.name for metric in StoredFigures(engine).collect()}
            walls.append(time.perf_counter() - wall)
            cpus.append(time.process_time() - cpu)
            if "corral_replies" not in found:
                raise RuntimeError("The figures cannot be read.")
            floors.append(_nothing(engine))
    return Scrape(*(1000 * statistics.median(each) for each in (walls, cpus, floors)))


def _nothing(engine: Engine) -> float:
    begun = time.perf_counter()
    with engine.reading() as view:
        for _ in range(STATEMENTS):
            view.connection.execute(text("SELECT 1")).one()
    return time.perf_counter() - begun
