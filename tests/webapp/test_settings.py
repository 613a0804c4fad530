"""Settings: where they come from, and that secrets stay hidden."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from engine import Limits
from webapp.settings import Settings

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"CORRAL_{name.upper()}", raising=False)


def test_without_anything_set_the_database_is_in_the_data_directory_of_this_folder() -> None:
    # given
    settings = Settings()

    # then
    assert settings.url == f"sqlite:///{Path('data').absolute() / 'corral.sqlite'}"
    assert settings.on_sqlite


def test_the_environment_is_read_and_what_is_given_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("CORRAL_PORT", "9000")
    monkeypatch.setenv("CORRAL_HOST", "0.0.0.0")

    # when
    settings = Settings(port=9001)

    # then
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_the_password_of_the_database_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("CORRAL_DATABASE_URL", "postgresql+psycopg://corral:hush@db/corral")

    # when
    settings = Settings()

    # then
    assert "hush" not in repr(settings) + str(settings) + settings.model_dump_json()
    assert settings.url == "postgresql+psycopg://corral:hush@db/corral"
    assert not settings.on_sqlite


def test_an_empty_database_address_means_sqlite(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("CORRAL_DATABASE_URL", "")

    # then
    assert Settings().url.startswith("sqlite:///")


@pytest.mark.parametrize(
    ("address", "https"), [("", False), ("http://x", False), ("https://x", True)]
)
def test_cookies_demand_https_when_people_come_by_https(address: str, https: bool) -> None:
    assert Settings(public_url=address).https is https


@pytest.mark.parametrize("wrong", [{"port": 70000}, {"threads": 1}, {"log_level": "loud"}])
def test_a_setting_out_of_range_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["login_limit", "form_limit", "hook_limit"])
def test_a_cap_that_would_cap_nothing_is_refused(name: str) -> None:
    for wrong in ("", "10 per minut", "10 per minute; often"):
        with pytest.raises(ValidationError, match="write it like"):
            Settings(**{name: wrong})  # type: ignore[arg-type]
    assert Settings(**{name: "5/minute; 30 per hour"})  # type: ignore[arg-type]


def test_the_limits_of_the_engine_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    assert Settings().limits == Limits()
    monkeypatch.setenv("CORRAL_UPLOAD_MEGABYTES", "7")
    monkeypatch.setenv("CORRAL_STEP_LIMIT", "2000")

    # then
    assert Settings().limits == Limits(steps=2000, upload_bytes=7 * 1024 * 1024)


def test_what_a_compose_file_passes_as_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    unset = Settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"CORRAL_{name.upper()}", "")

    # then
    assert Settings() == unset


@pytest.mark.parametrize(("name", "least"), [("METRICS_TOKEN", 16), ("SECRET_KEY", 32)])
def test_a_secret_that_is_easily_guessed_is_refused_without_being_shown(
    name: str, least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv(f"CORRAL_{name}", "hush")

    # when
    with pytest.raises(ValidationError) as refused:
        Settings()

    # then
    (error,) = refused.value.errors(include_input=False, include_url=False)
    assert f"at least {least} characters" in error["msg"]
    assert "openssl rand" in error["msg"]


def test_the_token_for_figures_never_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setenv("CORRAL_METRICS_TOKEN", "hush" * 8)

    # then
    assert "hush" not in repr(Settings()) + Settings().model_dump_json()


def test_every_setting_is_explained_in_the_documentation() -> None:
    # given
    text = DOCS.read_text()

    # then
    missing = [name for name in Settings.model_fields if f"`CORRAL_{name.upper()}`" not in text]
    assert missing == []
