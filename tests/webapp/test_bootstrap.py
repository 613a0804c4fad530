"""The composition root: what is wired to what, for each workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import processes
from channels.conversations import Conversations
from channels.intake import Intake
from channels.model import Author, Mention, Page
from engine.errors import NotFoundError
from webapp import bootstrap, databases
from webapp.bootstrap import Installation
from webapp.data_dir import AlreadyRunningError, DataDirectoryError
from webapp.settings import Settings


def mention(installation: Installation, workspace: str, text: str) -> None:
    """Let one mention come in at an account of a workspace."""
    services = installation.services(workspace)
    account = services.conversations.ensure_account("demo", "northwind")
    author = Author("a1", "grace", "Grace Hopper")
    post = Mention("m1", author, text, services.engine.clock.now(), thread="t1")
    Intake(services.engine).take(account, Page((post,), position={"n": 1}))


def test_each_workspace_has_services_of_its_own_made_once(installation: Installation) -> None:
    # when
    first, other = installation.services(), installation.services("globex")

    # then
    assert installation.services("default") is first
    assert (first.engine.workspace.key, other.engine.workspace.key) == ("default", "globex")
    assert first.outbox is not other.outbox
    assert first.people is other.people


def test_a_workspace_that_is_not_there_has_no_services(installation: Installation) -> None:
    with pytest.raises(NotFoundError):
        installation.services("initech")


def test_a_reply_of_one_workspace_is_written_once_and_only_there(
    installation: Installation,
) -> None:
    # given
    for workspace in ("default", "globex"):
        installation.services(workspace).engine.deploy(processes.files("complaint"))

    # when
    mention(installation, "default", "My parcel is lost and I am angry. Terrible service!")

    # then
    shown = installation.services().conversations.conversation(1)
    assert [post.kind for post in shown.posts] == ["mention", "reply"]
    assert installation.services("globex").outbox.work() == 0
    assert installation.services().outbox.work() >= 1


def test_a_workspace_that_another_process_made_meanwhile_gets_its_replies_written(
    installation: Installation,
) -> None:
    # given
    made = installation.engine.create_workspace("initech", "Initech")
    made.deploy(processes.files("complaint"))
    account = Conversations(made).ensure_account("demo", "northwind")
    text = "My parcel is lost and I am angry. Terrible service!"
    post = Mention("m1", Author("a1", "grace"), text, made.clock.now(), thread="t1")

    # when: not a word of it reached us before
    Intake(made).take(account, Page((post,), position={"n": 1}))

    # then
    shown = installation.services("initech").conversations.conversation(1)
    assert [each.kind for each in shown.posts] == ["mention", "reply"]


def test_open_pages_hear_what_the_engine_committed(installation: Installation, engine: Any) -> None:
    # given
    own = installation.rooms.live.open("default", "ana")
    other = installation.rooms.live.open("globex", "gil")
    assert own and other

    # when
    engine.start("errand")

    # then
    own.end()
    other.end()
    assert any("event: user_task" in line for line in own.lines())
    assert list(other.lines())[1:] == []


def test_opening_for_a_command_makes_the_data_directory(tmp_path: Path) -> None:
    # given
    settings = Settings(data=tmp_path / "data")

    # when
    with bootstrap.opened(settings) as installation:
        installation.rooms.people.add("default", "ana", "correct horse", roles=["agent"])

    # then
    with bootstrap.open_people(settings) as people:
        assert people.by_login("ana").workspace == "default"
    assert set(databases.versions(settings.url).values()) == {"current"}


def test_reading_makes_nothing(tmp_path: Path) -> None:
    # given
    settings = Settings(data=tmp_path / "data")

    # when
    with pytest.raises(DataDirectoryError, match="Check --data"), bootstrap.read_engine(settings):
        pass

    # then
    assert not (tmp_path / "data").exists()


def test_a_server_starts_works_and_stops(tmp_path: Path) -> None:
    # given
    server = bootstrap.build(Settings(data=tmp_path / "data"))

    # when
    server.start()
    ready = server.app.test_client().get("/health/ready").json
    server.stop()

    # then
    assert ready["checks"] == {"database": "ok", "tables": "ok", "waker": "ok"}
    assert server.installation.rooms.live.open("default", "ana") is None


def test_a_server_whose_waker_ended_is_not_ready(tmp_path: Path) -> None:
    # given
    server = bootstrap.build(Settings(data=tmp_path / "data"))
    server.start()

    # when
    server._worker._waker.stop()
    answer = server.app.test_client().get("/health/ready")
    server.stop()

    # then
    assert answer.status_code == 503
    assert answer.json["checks"]["waker"] == "does not run"


def test_a_process_of_pages_alone_is_ready_without_a_waker(installation: Installation) -> None:
    assert dict(installation.rooms.monitor.health.report().checks) == {
        "database": "ok",
        "tables": "ok",
    }


def test_sessions_are_signed_with_the_key_of_the_settings_else_with_that_of_the_directory(
    tmp_path: Path,
) -> None:
    # given
    here, there = tmp_path / "here", tmp_path / "there"

    def key(**given: Any) -> str:
        return bootstrap.session_key(Settings(database_url="postgresql://db/corral", **given))

    # when
    shared = {key(data=folder, secret_key="k" * 32) for folder in (here, there)}
    kept_nothing = not here.exists()
    own = [key(data=here), key(data=here), key(data=there)]

    # then
    assert (shared, kept_nothing) == ({"k" * 32}, True)
    assert own[0] == own[1] != own[2]


def test_a_directory_belongs_to_one_server_only_where_the_database_is_in_it(
    tmp_path: Path,
) -> None:
    # given
    sqlite = Settings(data=tmp_path)
    shared = Settings(data=tmp_path, database_url="postgresql://db/corral")

    # then
    with bootstrap.holding(shared), bootstrap.holding(shared), bootstrap.holding(sqlite):
        pass
    with bootstrap.holding(sqlite), pytest.raises(AlreadyRunningError):
        bootstrap.holding(sqlite).__enter__()
