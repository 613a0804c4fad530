"""Sessions are kept and refreshed: the network lets nobody log in often."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.networks.bluesky import session as sessions
from channels.networks.bluesky.session import Session
from tests.networks.bluesky.conftest import Stage
from tests.networks.bluesky_server import BlueskyServer
from tests.networks.bluesky_world import NoError


def test_one_login_does_for_all_that_a_process_does(stage: Stage) -> None:
    stage.says()
    stage.look()
    stage.send(stage.reply(in_reply_to=stage.read[0].external_id))
    stage.look()
    assert (stage.world.logins, stage.server.heard("refreshSession")) == (1, 0)


def test_a_token_that_is_over_is_refreshed_and_the_call_made_again(stage: Stage) -> None:
    stage.look()
    stage.world.expire()
    uri = stage.says("hello")
    assert stage.texts() == ["hello"]
    stage.world.expire()
    stage.send(stage.reply(in_reply_to=uri))
    assert (stage.world.logins, stage.server.heard("refreshSession")) == (1, 2)
    assert len(stage.world.ours()) == 1


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_session_that_cannot_be_refreshed_is_begun_anew(stage: Stage, forgotten: bool) -> None:
    stage.look()
    stage.world.expire(refresh=True)
    if forgotten:
        stage.world.tokens.clear()
    stage.says("hello")
    assert stage.texts() == ["hello"]
    assert stage.world.logins == 2


def test_a_refresh_that_breaks_is_tried_again_without_a_login(stage: Stage) -> None:
    stage.look()
    stage.world.expire()
    stage.says("hello")
    stage.server.fail("500", "refreshSession")
    with pytest.raises(ChannelUnavailableError):
        stage.look()
    assert stage.texts() == ["hello"]
    assert stage.world.logins == 1


def test_many_threads_refresh_once(stage: Stage) -> None:
    # given
    session = stage.network._desk(stage.account).session
    session.log_in()
    stage.world.expire()
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        session.ask("app.bsky.notification.getPreferences")

    # when
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    # then
    assert (stage.world.logins, stage.server.heard("refreshSession")) == (1, 1)


def test_a_wrong_password_is_not_tried_at_every_look(stage: Stage) -> None:
    # given
    stage.world.passwords["acme.test"] = "another"

    # when
    for _ in range(3):
        with pytest.raises(ChannelRefusedError, match="make an app password"):
            stage.look()
    with pytest.raises(ChannelRefusedError):
        stage.find(stage.reply(in_reply_to="at://did:plc:bob/app.bsky.feed.post/1"))

    # then
    assert stage.world.logins == 1
    stage.account = replace(stage.account, secrets={"app_password": "another"})
    stage.look()
    assert stage.world.logins == 2


def test_a_login_that_is_refused_for_now_is_waited_for(stage: Stage) -> None:
    stage.server.fail("429", "createSession")
    with pytest.raises(ChannelUnavailableError) as caught:
        stage.look()
    assert caught.value.retry_after == 90
    stage.look()


def test_an_account_that_is_not_active_is_for_somebody_to_mend(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = {"active": False, "status": "suspended"}
    monkeypatch.setattr(stage.world, "_session", lambda: ended)
    with pytest.raises(ChannelRefusedError, match="is suspended"):
        stage.look()


def test_a_refused_write_is_made_again_once_at_most(stage: Stage) -> None:
    uri = stage.says()
    stage.look()
    stage.server.fail("no", "putRecord", times=5, error=NoError("InvalidToken", "bad"))
    with pytest.raises(ChannelRefusedError):
        stage.send(stage.reply(in_reply_to=uri))
    assert stage.server.heard("putRecord") == 2


def test_calls_for_one_purpose_end_in_time(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PATIENCE", -1.0)
    with pytest.raises(ChannelUnavailableError, match="too slowly"):
        stage.look()


def test_a_server_that_says_nothing_is_given_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "WHOLE", 0.3)
    stage.server.fail("silence", "listNotifications")
    with pytest.raises(ChannelUnavailableError):
        stage.look()


# ---- where the account lives


@pytest.mark.parametrize(
    ("named", "followed"), [("home", True), ("http://10.0.0.1", False), ("ftp://x", False)]
)
def test_calls_go_to_the_server_that_holds_the_account(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, named: str, followed: bool
) -> None:
    # given
    home = BlueskyServer(stage.clock.now)
    home.world = stage.world
    address = home.address if named == "home" else named
    service = {"id": "#atproto_pds", "serviceEndpoint": address}
    begin = stage.world._session
    monkeypatch.setattr(
        stage.world, "_session", lambda: {**begin(), "didDoc": {"service": [service]}}
    )

    # when
    stage.look()

    # then
    assert (home.heard("listNotifications"), stage.server.heard("createSession")) == (followed, 1)
    home.close()


def test_a_session_tells_who_it_is(stage: Stage) -> None:
    session = Session(stage.server.address, "acme.test", "app-pass")
    assert (session.did, session.handle) == ("did:plc:acme", "acme.test")
