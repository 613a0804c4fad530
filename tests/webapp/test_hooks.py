"""Networks call us: verified by their own file, stored before they are answered."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from apiflask import APIFlask
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from channels.errors import ChannelRefusedError
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from channels.protocol import Call, Received
from channels.receiving import LARGEST_CALL
from channels.storage import accounts
from engine import Engine
from tests.webapp.conftest import PASSWORD, SetClock
from webapp.app import create_app
from webapp.bootstrap import Installation, wire
from webapp.settings import Settings

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Ringing:
    """A network that only ever calls us, and signs its calls with a word."""

    name = "ringing"
    reply_limit = 50
    can_reply_privately = False

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        yield from ()

    def measure(self, text: str) -> int:
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        return reply.idempotency_key

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        return None

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        if call.method == "GET":
            return Received(body=call.query.get("challenge", "").encode())
        if not hmac.compare_digest(call.headers.get("x-word", ""), "sesame"):
            return Received(401, b"Not you.")
        told = json.loads(call.body)
        if told.get("mend"):
            raise ChannelRefusedError("Somebody has to mend it.")
        author = Author("b", "bob")
        texts: list[str] = told.get("texts", [])
        mentions = [Mention(str(n), author, t, call.at, "t") for n, t in enumerate(texts)]
        page = Page(tuple(mentions)) if mentions else None
        return Received(202, call.path.encode(), page=page, wake=not mentions)


@pytest.fixture
def installation(clock: SetClock, settings: Settings) -> Iterator[Installation]:
    engine = Engine.open("sqlite://", clock=clock)
    wired = wire(engine, settings, channels={"ringing": Ringing()}, hasher=PasswordHasher(1, 8, 1))
    wired.rooms.people.add("default", "oli", PASSWORD, roles=["operator"])
    yield wired
    engine.close()


@pytest.fixture
def account(installation: Installation) -> ChannelAccount:
    services = installation.services()
    services.conversations.ensure_account("ringing", "acme")
    services.conversations.change_account(1, look_at=datetime(2027, 1, 1, tzinfo=UTC))
    return services.conversations.account(1).account


@pytest.fixture
def outside(app: APIFlask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def app(installation: Installation) -> APIFlask:
    return create_app(installation.rooms, secret_key="s" * 64)


def address(account: ChannelAccount, rest: str = "") -> str:
    return f"/hooks/{account.hook}{rest}"


def call(client: FlaskClient, at: str, word: str = "sesame", **told: Any) -> Any:
    return client.post(at, data=json.dumps(told), headers={"X-Word": word})


def test_given_a_call_with_a_post_then_it_is_stored_once_before_it_is_answered(
    installation: Installation, account: ChannelAccount, outside: FlaskClient
) -> None:
    # when: the caller did not hear the first answer
    answers = [call(outside, address(account, "/posts"), texts=["It is broken"]) for _ in range(2)]

    # then
    assert [(a.status_code, a.data) for a in answers] == [(202, b"/posts")] * 2
    services = installation.services()
    assert [m.text for m in services.conversations.conversation(1).posts] == ["It is broken"]
    assert services.conversations.account(1).account.position is None


def test_given_a_call_that_tells_of_news_then_the_account_is_looked_at_now(
    installation: Installation, account: ChannelAccount, outside: FlaskClient, clock: SetClock
) -> None:
    call(outside, address(account))
    assert installation.services().conversations.account(1).next_poll_at == clock.now()


def test_given_a_stranger_who_knows_the_address_then_nothing_is_taken(
    installation: Installation, account: ChannelAccount, outside: FlaskClient
) -> None:
    # when
    refused = call(outside, address(account), word="guess", texts=["lies"])

    # then
    assert (refused.status_code, refused.data) == (401, b"Not you.")
    assert installation.services().conversations.account(1).last_mention_at is None


def test_a_question_that_a_network_asks_before_it_calls_is_answered(
    account: ChannelAccount, outside: FlaskClient
) -> None:
    assert outside.get(address(account, "?challenge=42")).data == b"42"


@pytest.mark.parametrize("hook", ["nobody", "%00", "ä", "a" * 500])
def test_an_address_of_nobody_is_not_found(outside: FlaskClient, hook: str) -> None:
    assert outside.post(f"/hooks/{hook}").status_code == 404


def test_an_account_whose_network_never_calls_has_no_address(
    installation: Installation, outside: FlaskClient
) -> None:
    added = installation.services().conversations.ensure_account("demo", "acme")
    hook = installation.services().conversations.account(added.id).account.hook
    assert outside.post(f"/hooks/{hook}").status_code == 404


@pytest.mark.parametrize("told", [{"mend": True}, {"texts": 7}])
def test_given_trouble_of_ours_then_the_caller_is_asked_to_come_again(
    account: ChannelAccount, outside: FlaskClient, told: dict[str, Any]
) -> None:
    answer = call(outside, address(account), **told)
    assert answer.status_code == 503
    assert 60 < int(answer.headers["Retry-After"]) <= 300


def test_given_an_account_that_is_off_then_the_caller_is_asked_to_come_again(
    installation: Installation, account: ChannelAccount, outside: FlaskClient
) -> None:
    installation.services().accounts.switch(1, on=False)
    assert call(outside, address(account), texts=["x"]).status_code == 503


def test_a_call_that_is_too_large_is_refused(account: ChannelAccount, outside: FlaskClient) -> None:
    assert outside.post(address(account), data=b"x" * (LARGEST_CALL + 1)).status_code == 413


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"hook_limit": "3 per minute"})


def test_a_stranger_who_guesses_on_is_put_off_and_keeps_nobody_out(
    account: ChannelAccount, app: APIFlask
) -> None:
    # given
    outside, network = app.test_client(), {"REMOTE_ADDR": "192.0.2.7"}
    guesses = [call(outside, address(account), word="guess") for _ in range(61)]

    # then
    assert [each.status_code for each in guesses] == [401] * 60 + [429]
    assert guesses[-1].data == b"Too many calls. Come again later."
    assert 0 < int(guesses[-1].headers["Retry-After"]) <= 60

    # and: what the network brings is taken
    taken = outside.post(
        address(account), data=b"{}", headers={"X-Word": "sesame"}, environ_overrides=network
    )  # fmt: skip
    assert taken.status_code == 202


def test_a_network_that_runs_away_is_asked_to_come_again_and_loses_nothing(
    installation: Installation, account: ChannelAccount, outside: FlaskClient
) -> None:
    # when: refusals and troubles of ours are not counted
    answers = [
        *(call(outside, address(account), word="guess") for _ in range(3)),
        *(call(outside, address(account), mend=True) for _ in range(3)),
        *(call(outside, address(account, f"/{n}"), texts=["late"]) for n in range(4)),
    ]

    # then
    assert [each.status_code for each in answers] == [401] * 3 + [503] * 3 + [202] * 3 + [429]
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


def test_the_address_is_shown_to_the_operator_alone(
    installation: Installation, account: ChannelAccount, browser: Any
) -> None:
    browser.log_in("oli")
    page = browser.get("/channels/1").get_data(as_text=True)
    assert f"http://localhost/hooks/{account.hook}" in page


def test_each_account_has_an_address_of_its_own(installation: Installation) -> None:
    rows = installation.services().conversations
    hooks = {rows.account(rows.ensure_account("demo", name).id).account.hook for name in ("a", "b")}
    assert len(hooks) == 2
    assert all(len(hook) == 43 for hook in hooks)
    with installation.engine.reading() as view:
        assert accounts.called_at(view.connection, next(iter(hooks))) is not None
