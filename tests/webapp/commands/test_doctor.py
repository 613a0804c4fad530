"""``corral doctor``: why expressions do not run here, what a server is like, and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import Result
from sqlalchemy.engine import make_url

from engine.decisions import Decision, Failure
from engine.storage.server import ServerFacts
from webapp.commands import doctor, server_checks

Run = Callable[..., Result]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "It failed: the sandbox does not start. Look at the memory limits.",
            "do not run: It failed: the sandbox does not start. Raise the memory limits",
        ),
        ("FEEL is not installed here. Run make install.", "not installed here. Run make install."),
    ],
)
def test_the_doctor_says_why_expressions_do_not_run(
    run: Run, monkeypatch: pytest.MonkeyPatch, message: str, said: str
) -> None:
    # given
    failed = Decision(None, failures=(Failure(None, message),))
    monkeypatch.setattr(doctor, "decide", lambda *_asked: failed)

    # when
    result = run("doctor", "--port", "0")

    # then
    assert result.exit_code == 1
    assert said in result.stdout


def named(url: str, **parts: str) -> str:
    """Return an address with other parts, with its password."""
    return make_url(url).set(**parts).render_as_string(hide_password=False)


@pytest.mark.postgres
def test_the_doctor_looks_at_the_server(
    run: Run, monkeypatch: pytest.MonkeyPatch, postgres_url: str
) -> None:
    # given: the tests' server does not flush
    monkeypatch.setattr(doctor.assets, "names", lambda: {"main.css": "main-1.css"})
    monkeypatch.setenv("CORRAL_DATABASE_URL", postgres_url)

    # when
    result = run("doctor", "--port", "0", "--format", "json")

    # then
    checks = {check["check"]: check for check in json.loads(result.stdout)["checks"]}
    assert result.exit_code == 0
    assert checks["database"]["found"] == "is empty; the first start makes the tables"
    assert checks["encoding"]["found"] == "is UTF8"
    assert checks["rights"]["found"] == "tables can be made"
    assert (
        checks["wake-ups"]["found"] == "their tables are not there yet; the first start makes them"
    )
    assert checks["durability"]["found"] == "fsync is off"
    assert checks["durability"]["ok"] and "power cut" in checks["durability"]["cure"]
    assert checks["clock"]["cure"] is None
    assert "a process opens up to 47" in checks["connections"]["found"]


@pytest.mark.postgres
def test_the_doctor_sees_a_role_that_may_not_make_tables_and_an_encoding_that_loses_words(
    run: Run, monkeypatch: pytest.MonkeyPatch, postgres: str
) -> None:
    # given
    monkeypatch.setattr(doctor.assets, "names", lambda: {"main.css": "main-1.css"})
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE ROLE doctor_guest LOGIN")
        connection.execute(
            "CREATE DATABASE doctor_latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
        )
    address = named(
        postgres, drivername="postgresql+psycopg", database="doctor_latin", username="doctor_guest"
    )
    monkeypatch.setenv("CORRAL_DATABASE_URL", address)

    # when
    try:
        result = run("doctor", "--port", "0")
    finally:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("DROP DATABASE doctor_latin WITH (FORCE)")
            connection.execute("DROP ROLE doctor_guest")

    # then
    assert result.exit_code == 1
    assert "bad   encoding    is LATIN1. Make a database with ENCODING 'UTF8'" in result.stdout
    assert "warn  rights      tables cannot be made. Upgrades need it: GRANT" in result.stdout


GOOD = ServerFacts(
    version=16, encoding="UTF8", now=datetime(2026, 3, 1, tzinfo=UTC), may_create=True,
    connections=97, taken=3, flushes=True, writes_whole_pages=True, commits="on", replica=False,
    has_wakeups=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("finding", "mark", "said"),
    [
        (server_checks.version(GOOD), "ok", "is PostgreSQL 16"),
        (server_checks.version(replace(GOOD, version=14)), "bad", "Upgrade the server"),
        (server_checks.rights(replace(GOOD, replica=True)), "bad", "Name the primary"),
        (server_checks.rights(replace(GOOD, may_create=None)), "warn", "there is no schema"),
        (server_checks.durability(GOOD), "ok", "survive a power cut"),
        (server_checks.durability(replace(GOOD, commits="off")), "warn", "a reply may be posted"),
        (
            server_checks.durability(replace(GOOD, writes_whole_pages=False)),
            "warn",
            "full_page_writes is off",
        ),
        (server_checks.wakeups(GOOD), "ok", "are there"),
        (server_checks.clock(timedelta(seconds=0.9)), "ok", "0.9 s ahead"),
        (server_checks.clock(timedelta(seconds=-1.1)), "bad", "1.1 s behind. Let NTP"),
        (server_checks.connections(GOOD, 40), "ok", "3 of 97 are taken"),
        (
            server_checks.connections(replace(GOOD, connections=40), 40),
            "bad",
            "max_connections to 47",
        ),
    ],
)
def test_what_the_doctor_thinks_of_a_server(finding: doctor.Finding, mark: str, said: str) -> None:
    assert finding.mark == mark
    assert said in f"{finding.found}. {finding.cure}"


@pytest.mark.parametrize(
    ("free", "code", "mark"), [(10**12, 0, "ok"), (10**9, 0, "warn"), (10**7, 1, "bad")]
)
def test_the_doctor_sees_a_disk_that_is_nearly_full(
    run: Run, monkeypatch: pytest.MonkeyPatch, data: Path, free: int, code: int, mark: str
) -> None:
    # given
    monkeypatch.setattr(doctor.assets, "names", lambda: {"main.css": "main-1.css"})
    usage = doctor.shutil.disk_usage(data.parent)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: usage._replace(free=free))

    # when
    result = run("doctor", "--port", "0")

    # then
    assert result.exit_code == code
    assert f"{mark:<4}  disk        {free / 1e9:.1f} GB are free for {data.parent}" in result.stdout
