"""A real application over a real engine in memory, and people to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import Engine
from engine.definitions import Source
from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings

PASSWORD = "correct horse"
PEOPLE = {"ana": "agent", "dan": "designer", "mia": "manager", "oli": "operator"}
ERRAND = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:corral="urn:corral:bpmn:1" targetNamespace="urn:test" id="errands">
  <bpmn:message id="m" name="errand.wanted"/>
  <bpmn:process id="errand" name="Errand" isExecutable="true">
    <bpmn:startEvent id="start"/>
    <bpmn:startEvent id="asked">
      <bpmn:messageEventDefinition id="d" messageRef="m"/>
    </bpmn:startEvent>
    <bpmn:userTask id="look" name="Look into it">
      <bpmn:extensionElements><corral:userTask queue="care" due="PT1H"/></bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:serviceTask id="fetch" name="Fetch it">
      <bpmn:extensionElements><corral:job type="fetch" retries="1"/></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:endEvent id="end"/>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="look"/>
    <bpmn:sequenceFlow id="f2" sourceRef="asked" targetRef="look"/>
    <bpmn:sequenceFlow id="f3" sourceRef="look" targetRef="fetch"/>
    <bpmn:sequenceFlow id="f4" sourceRef="fetch" targetRef="end"/>
  </bpmn:process>
</bpmn:definitions>
"""


class SetClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        self.moment += time


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def settings() -> Settings:
    return Settings(database_url=None, public_url="", trusted_proxies=0)


@pytest.fixture
def database() -> str:
    """The address of the database; folders whose tests ask it much override it."""
    return "sqlite://"


@pytest.fixture
def installation(clock: SetClock, settings: Settings, database: str) -> Iterator[Installation]:
    """Two workspaces; ana, dan, mia and oli in the first, gil (operator) in the other."""
    engine = Engine.open(database, clock=clock)
    engine.create_workspace("globex", "Globex")
    wired = wire(engine, settings, hasher=PasswordHasher(1, 8, 1))
    for login, role in PEOPLE.items():
        wired.rooms.people.add("default", login, PASSWORD, roles=[role])
    wired.rooms.people.add("globex", "gil", PASSWORD, roles=["operator"])
    yield wired
    engine.close()


@pytest.fixture
def engine(installation: Installation) -> Engine:
    """The engine of the first workspace, with the process «errand» deployed."""
    installation.engine.deploy([Source("errand.bpmn", ERRAND)])
    return installation.engine


@pytest.fixture
def app(installation: Installation) -> APIFlask:
    return create_app(installation.rooms, secret_key="s" * 64)


#: What browsers ask for when a person opens a page.
PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


class Browser:
    """A client with cookies that sends the CSRF token of its page with every form."""

    def __init__(self, app: APIFlask) -> None:
        self.client = app.test_client()
        self.client.environ_base["HTTP_ACCEPT"] = PAGE
        self.get = self.client.get

    def token(self) -> str:
        page = self.client.get("/login", follow_redirects=True).get_data(as_text=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert found, "the page bears no CSRF token"
        return found[1]

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token(), **form})

    def log_in(self, login: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.post("/login", login=login, password=password, **more)


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return Browser(app)


@pytest.fixture
def as_person(app: APIFlask, installation: Installation) -> Callable[[str], FlaskClient]:
    """Return a client that speaks to the API with a token of that person."""

    def client(login: str) -> FlaskClient:
        made = app.test_client()
        token = installation.rooms.people.new_token(login, "test")
        made.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return made

    return client
