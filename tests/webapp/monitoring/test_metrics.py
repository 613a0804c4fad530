"""The figures: what they count, who may read them, and that they name nobody."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from prometheus_client.parser import text_string_to_metric_families

import processes
from channels.intake import Intake
from channels.model import Author, Cost, Gap, Mention, Page
from engine import Engine, Source
from engine.errors import StorageError
from tests.webapp.monitoring.conftest import TOKEN, Read
from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every scrape read the database anew."""
    monkeypatch.setattr("webapp.monitoring.stored.KEPT", 0.0)


def test_without_a_token_in_the_settings_nobody_may_read_them(installation: Installation) -> None:
    # given
    silent = wire(installation.engine, Settings(database_url=None))
    client = create_app(silent.rooms, secret_key="s" * 64).test_client()

    # when
    answers = [
        client.get("/metrics", headers=headers)
        for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}"})
    ]

    # then
    assert [answer.status_code for answer in answers] == [404] * 3


@pytest.mark.parametrize(
    "given",
    ["", "Bearer", "Bearer ", f"Basic {TOKEN}", f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x",
     "Bearer é", TOKEN, "Bearer " + "x" * 5000],
)  # fmt: skip
def test_who_bears_another_token_learns_nothing(app: APIFlask, given: str) -> None:
    # when
    answer = app.test_client().get("/metrics", headers={"Authorization": given})

    # then
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
    assert answer.json == {"status": "token wanted"}


def test_a_person_who_is_logged_in_needs_the_token_too(browser: Any) -> None:
    browser.log_in("oli")
    assert browser.get("/metrics").status_code == 401


def test_an_api_token_is_no_token_for_figures(
    as_person: Callable[[str], Any],
) -> None:
    assert as_person("oli").get("/metrics").status_code == 401


def test_events_starts_and_ends_are_counted_by_kind(engine: Engine, figure: Read) -> None:
    # given
    assert figure("corral_events_applied_total", kind="user_task_completed") == 0

    # when
    for _ in range(3):
        instance = engine.start("errand")
    engine.complete(engine.user_tasks(instance.id)[0].id, {}, by="ana")
    engine.cancel(instance.id, by="oli")

    # then
    assert figure("corral_events_applied_total", kind="started") == 3
    assert figure("corral_events_applied_total", kind="user_task_completed") == 1
    assert figure("corral_instances_started_total") == 3
    assert figure("corral_instances_ended_total", status="cancelled") == 1
    assert figure("corral_instances_ended_total", status="completed") == 0
    assert figure("corral_batch_seconds_count") == 5
    assert figure("corral_batch_instances_bucket", le="1.0") == 5


def test_failed_jobs_are_counted_and_their_incidents_shown_until_resolved(
    engine: Engine, figure: Read
) -> None:
    # given
    instance = engine.start("errand")
    engine.complete(engine.user_tasks(instance.id)[0].id, {}, by="ana")
    (job,) = engine.jobs(instance.id)

    # when
    engine.fail_job(job.id, "no network")
    before = figure("corral_incidents_open", of="job")
    engine.resolve(engine.incidents()[0].id, by="oli")

    # then
    assert (before, figure("corral_incidents_open", of="job")) == (1, 0)
    assert figure("corral_job_failures_total") == 1
    assert figure("corral_incidents_opened_total") == 1


def test_what_lies_in_the_inbox_and_its_age_are_shown(engine: Engine, figure: Read) -> None:
    # given
    assert (figure("corral_inbox_events"), figure("corral_inbox_oldest_seconds")) == (0, 0)

    # when
    with engine.transaction() as uow:
        engine.start("errand", within=uow)
        uow.inbox.keep()  # type: ignore[attr-defined]  # as what nobody takes is at the end
        inside = figure("corral_inbox_events")

    # then
    assert inside == 1
    assert figure("corral_inbox_events") == 0


def test_silence_of_accounts_is_shown_by_account(
    installation: Installation, clock: Any, figure: Read
) -> None:
    # given
    services = installation.services("globex")
    account = services.conversations.ensure_account("demo", 'north"wind\n')
    labels = {"workspace": "globex", "channel": "demo", "account": account.handle}

    # when
    never = figure("corral_channel_success_age_seconds", **labels)

    # then
    assert never == math.inf


def test_gaps_costs_and_budgets_are_shown_by_account(
    installation: Installation, clock: Any, figure: Read
) -> None:
    # given: one account that costs nothing, one that has a budget
    services = installation.services("globex")
    free = services.conversations.ensure_account("demo", "free")
    paid = services.conversations.ensure_account("x", "paid", settings={"budget_day": 1})
    intake, now = Intake(services.engine), clock.now()
    lost = Gap(now - timedelta(hours=2), now, "Too many at once.")
    intake.take(free, Page(gap=lost))
    intake.take(paid, Page(costs=(Cost("mention", 250, 250_000),)))

    # when
    here = {"workspace": "globex", "channel": "x", "account": "paid"}
    there = {"workspace": "globex", "channel": "demo", "account": "free"}

    # then
    assert (figure("corral_channel_gap", **here), figure("corral_channel_gap", **there)) == (0, 1)
    assert figure("corral_channel_cost_dollars", **here, span="day") == 0.25
    assert figure("corral_channel_cost_dollars", **here, span="month") == 0.25
    assert figure("corral_channel_budget_left_dollars", **here) == 0.75
    assert figure("corral_channel_unusual_silence_seconds", **there) == 0


def test_silence_that_is_unusual_for_an_account_is_shown(
    installation: Installation, clock: Any, figure: Read
) -> None:
    # given: an account that brings a mention each hour for three weeks
    services = installation.services("globex")
    account = services.conversations.ensure_account("demo", "busy")
    author, labels = Author("a", "a"), {"workspace": "globex", "channel": "demo", "account": "busy"}
    hours = range(24 * 21, 0, -1)
    said = tuple(
        Mention(f"m{n}", author, "Fine.", clock.now() - timedelta(hours=n), f"t{n}") for n in hours
    )
    Intake(services.engine).take(account, Page(said))
    usual = figure("corral_channel_unusual_silence_seconds", **labels)

    # when
    clock.pass_by(timedelta(hours=30))

    # then
    assert usual == 0
    assert figure("corral_channel_unusual_silence_seconds", **labels) >= 29 * 3600


def test_requests_are_counted_by_pattern_and_never_by_address(
    browser: Any, engine: Engine, figure: Read, scraped: Callable[[], str]
) -> None:
    # given
    browser.log_in("oli")
    for _ in range(2):
        browser.get(f"/instances/{engine.start('errand').id}")
    browser.get("/instances/77777?at=hush")
    browser.get("/somewhere/hush")
    browser.client.open("/login", method="BREW")

    # then
    route = "/instances/<int:number>"
    assert figure("corral_request_seconds_count", method="GET", route=route, status="2xx") == 2
    assert figure("corral_request_seconds_count", method="GET", route=route, status="4xx") == 1
    assert figure("corral_request_seconds_count", method="GET", route="none", status="4xx") == 1
    text = scraped()
    assert "hush" not in text and "77777" not in text and "BREW" not in text


def test_when_the_database_is_gone_that_is_shown_and_the_rest_goes_on(
    installation: Installation, figure: Read, scraped: Callable[[], str], engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # given
    engine.start("errand")
    assert figure("corral_database_up") == 1

    def gone(_now: object) -> None:
        raise StorageError("postgresql://corral:hush@db")

    # when
    monkeypatch.setattr(installation.engine.storage, "figures", gone)
    text = scraped()

    # then
    assert "corral_database_up 0.0" in text
    assert "corral_inbox_events" not in text
    assert "corral_instances_started_total 1.0" in text
    assert "hush" not in text


def test_figures_of_the_database_are_kept_for_a_moment(
    engine: Engine, figure: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("webapp.monitoring.stored.KEPT", 3600.0)
    with engine.transaction() as uow:
        engine.start("errand", within=uow)
        uow.inbox.keep()  # type: ignore[attr-defined]
        inside = figure("corral_inbox_events")

    # then
    assert (inside, figure("corral_inbox_events")) == (1, 1)


def test_two_installations_of_one_process_know_nothing_of_each_other(
    installation: Installation, engine: Engine, figure: Read
) -> None:
    # given
    other = Engine.in_memory()
    wire(other, Settings(database_url=None))

    # when
    engine.start("errand")
    apart = wire(other, Settings(database_url=None)).rooms.monitor.metrics.shown().decode()
    other.close()

    # then
    assert figure("corral_instances_started_total") == 1
    assert "corral_instances_started_total 0.0" in apart


def test_attempts_to_send_a_reply_are_counted_by_how_they_ended(
    installation: Installation, clock: Any, figure: Read
) -> None:
    # given
    services = installation.services()
    services.engine.deploy(processes.files("complaint"))
    account = services.conversations.ensure_account("demo", "northwind")
    author = Author("a1", "grace", "Grace Hopper")
    post = Mention("m1", author, "My parcel is lost. Terrible!", clock.now(), thread="t1")
    Intake(services.engine).take(account, Page((post,), position={"n": 1}))
    waiting = figure("corral_replies", status="approved")

    # when
    services.outbox.work()

    # then
    assert (waiting, figure("corral_replies", status="approved")) == (1, 0)
    assert figure("corral_reply_attempts_total", status="sent") == 1
    assert figure("corral_reply_attempts_total", status="refused") == 0


def test_open_pages_and_connections_are_shown(installation: Installation, figure: Read) -> None:
    # when
    installation.rooms.live.open("default", "ana")

    # then
    assert figure("corral_live_streams") == 1
    assert figure("corral_connections_most") >= 1
    assert figure("corral_connections_used") == 0


def test_timers_that_fire_late_are_seen_to_be_late(
    engine: Engine, clock: Any, figure: Read
) -> None:
    # given
    engine.deploy([Source("timed.bpmn", TIMED.encode())])
    engine.start("timed")
    clock.pass_by(timedelta(seconds=70))
    overdue = figure("corral_timer_overdue_seconds")

    # when
    engine.pump(clock.now())

    # then
    assert overdue == 10
    assert figure("corral_timer_overdue_seconds") == 0
    assert figure("corral_timer_lateness_seconds_count") == 1
    assert figure("corral_timer_lateness_seconds_sum") == 10
    assert figure("corral_timer_lateness_seconds_bucket", le="5.0") == 0


def test_everything_is_text_that_a_parser_of_prometheus_takes(scraped: Callable[[], str]) -> None:
    # when
    families = list(text_string_to_metric_families(scraped()))

    # then
    assert len(families) > 20
    assert all(family.documentation for family in families)
    assert all(family.name.startswith(("corral", "process_")) for family in families)


TIMED = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    targetNamespace="urn:test" id="d">
  <bpmn:process id="timed" isExecutable="true">
    <bpmn:startEvent id="s"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="wait"/>
    <bpmn:intermediateCatchEvent id="wait"><bpmn:timerEventDefinition id="t">
      <bpmn:timeDuration>PT1M</bpmn:timeDuration></bpmn:timerEventDefinition>
    </bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f2" sourceRef="wait" targetRef="e"/><bpmn:endEvent id="e"/>
  </bpmn:process>
</bpmn:definitions>
"""
