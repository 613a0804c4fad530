"""How long the slowest page takes with 1,000,000 instances in PostgreSQL.

Every page and API list the application has is requested (:mod:`tools.page_requests`): plain,
with each filter, deep in the list, with searches that find much, little and nothing, and as each
role. The answer is made by the application itself, without a server between: what is measured is
statements, rows and templates. The floor is the p95 of the cheapest page of the same run.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from engine import Engine
from tests.benchmarks.percentiles import p95
from tests.benchmarks.scraping import scrape
from tools import herd, page_requests
from tools.bench import Figure, Run
from tools.page_requests import Wanted
from tools.postgres import database, server
from webapp.app import create_app
from webapp.bootstrap import wire
from webapp.settings import Settings

INSTANCES = 1_000_000
REQUESTS = 20
BAR = 100.0
#: Milliseconds of one scrape of the figures for Prometheus.
SCRAPE_BAR = 50.0


@dataclass(frozen=True, slots=True)
class Measured:
    """How one address answered one person."""

    wanted: Wanted
    login: str
    p95: float  #: milliseconds
    status: int


@contextmanager
def application(url: str) -> Iterator[tuple[Engine, Flask]]:
    """Open the application on a database that was filled."""
    with closing(Engine.open(url)) as engine:
        settings = Settings(database_url=None, login_limit="1000 per minute")
        rooms = wire(engine, settings, channels={}, hasher=PasswordHasher(1, 8, 1)).rooms
        yield engine, create_app(rooms, secret_key="s" * 64)


def logged_in(app: Flask, login: str) -> FlaskClient:
    """Return a client with a session of that person."""
    client = app.test_client()
    page = client.get("/login").get_data(as_text=True)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    if token is None:
        raise RuntimeError("The page for logging in bears no CSRF token.")
    form = {"login": login, "password": herd.PASSWORD, "csrf_token": token[1]}
    if client.post("/login", data=form).status_code != 303:
        raise RuntimeError(f"{login} cannot log in.")
    return client


def requested(client: FlaskClient, login: str, wanted: Wanted, times: int) -> Measured:
    """Request one address as often as it takes for a p95."""
    spent = []
    status = client.get(wanted.address).status_code  # once before, as people come back to a page
    for _ in range(times if status < 400 else 0):
        begin = time.perf_counter()
        client.get(wanted.address)
        spent.append((time.perf_counter() - begin) * 1000)
    return Measured(wanted, login, p95(spent) if spent else 0.0, status)


def every_page(url: str, *, times: int = REQUESTS) -> list[Measured]:
    """Request every address as an operator, and the plain ones as each role that may."""
    with application(url) as (engine, app):
        with engine.reading() as view:
            wanted = page_requests.every(app, view.connection, view.workspace_id)
        found = []
        for login in herd.PEOPLE:
            client = logged_in(app, login)
            found += [
                requested(client, login, each, times)
                for each in wanted
                if login == "oli" or "?" not in each.address
            ]
    wrong = [
        one for one in found if one.status >= 400 and (one.status != 403 or one.login == "oli")
    ]
    if wrong:
        raise RuntimeError(f"{wrong[0].wanted.address} answers {wrong[0].status}.")
    return [one for one in found if one.status < 400]


def measure(run: Run) -> Mapping[str, Figure]:
    """Fill a database, request everything, and return the p95 of the slowest page."""
    with server(run.folder / "server", durable=False) as address:
        url = database(address, "pages")
        seed = herd.SEED if run.shrink == 1 else herd.SMALL_SEED
        there = herd.fill(url, instances=INSTANCES // run.shrink, seed=seed)
        run.say(f"pages: {there} instances")
        times = REQUESTS if run.shrink == 1 else 1
        found = sorted(every_page(url, times=times), key=lambda one: one.p95)
        scraped = scrape(url)
    for one in reversed(found[-5:]):
        run.say(f"pages: {one.p95:.1f} ms {one.wanted.address} as {one.login}")
    return {
        "pages_p95_ms": Figure(found[-1].p95, "ms", found[0].p95, BAR, more_is_better=False),
        "metrics_scrape_ms": Figure(
            scraped.wall, "ms", scraped.floor, SCRAPE_BAR, more_is_better=False
        ),
    }
