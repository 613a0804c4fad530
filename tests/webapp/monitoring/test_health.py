"""Health: what is checked, what is told, and that nobody waits long for it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from engine.errors import StorageError
from webapp.bootstrap import Installation
from webapp.monitoring.health import Health


def test_a_process_that_answers_is_live_whatever_became_of_the_database(
    browser: Any, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    installation.rooms.monitor.health.add("database", lambda: "gone")

    # when
    answer = browser.get("/health/live")

    # then
    assert (answer.status_code, answer.json) == (200, {"status": "live"})


def test_a_process_is_ready_when_every_check_is_well(browser: Any) -> None:
    # when
    answer = browser.get("/health/ready")

    # then
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "checks": {"database": "ok", "tables": "ok"}}
    assert '"database": "ok"' in answer.text.splitlines()[3]


def test_a_database_that_is_gone_is_told_without_its_address_or_words(
    browser: Any, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    def gone() -> None:
        raise StorageError("postgresql://corral:hush@db cannot be opened")

    monkeypatch.setattr(installation.engine.storage, "workspaces", gone)

    # when
    answer = browser.get("/health/ready")

    # then
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "checks": {"database": "fails", "tables": "ok"}}
    assert "hush" not in answer.text


def test_tables_of_another_version_make_it_unfit(browser: Any, installation: Installation) -> None:
    # given
    with installation.engine.transaction() as uow:
        uow.connection.exec_driver_sql("UPDATE channels_version SET version_num = '9999'")

    # when
    answer = browser.get("/health/ready")

    # then
    assert answer.status_code == 503
    assert answer.json["checks"]["tables"] == "are newer"


def test_the_old_address_is_gone(browser: Any) -> None:
    assert browser.get("/health").status_code == 404


def test_a_check_that_hangs_is_told_and_the_others_too() -> None:
    # given
    release = threading.Event()
    health = Health(patience=0.05)
    health.add("quick", lambda: None)
    health.add("stuck", lambda: "late" if release.wait(60) else "never")

    # when
    report = health.report()
    release.set()

    # then
    assert report.checks == {"quick": "ok", "stuck": "no answer in 0.05 seconds"}
    assert not report.ready


def test_a_hanging_check_is_asked_once_however_many_ask() -> None:
    # given
    release, asked = threading.Event(), []
    health = Health(patience=0.01, kept=0.0)

    def stuck() -> None:
        asked.append(1)
        release.wait(60)

    health.add("stuck", stuck)

    # when
    reports = [health.report() for _ in range(5)]
    release.set()

    # then
    assert asked == [1]
    assert not any(report.ready for report in reports)


def test_what_was_found_stands_for_a_moment() -> None:
    # given
    asked: list[int] = []
    health = Health(kept=3600)
    health.add("counted", lambda: asked.append(1))

    # when
    for _ in range(10):
        assert health.report().ready

    # then
    assert asked == [1]


def test_many_who_ask_at_once_share_one_look() -> None:
    # given
    asked: list[int] = []
    together = threading.Barrier(8)
    health = Health(kept=3600)
    health.add("counted", lambda: asked.append(1))
    reports: list[Any] = []

    def ask() -> None:
        together.wait(timeout=60)
        reports.append(health.report())

    # when
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    # then
    assert asked == [1]
    assert [report.ready for report in reports] == [True] * 8


def test_a_check_that_breaks_is_not_well() -> None:
    # given
    health = Health()

    def broken() -> None:
        raise ZeroDivisionError("hush")

    health.add("broken", broken)

    # then
    assert health.report().checks == {"broken": "fails"}
