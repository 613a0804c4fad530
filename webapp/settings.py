"""What can be set from outside, and the only reader of the environment.

Every setting is a variable with the prefix ``CORRAL_``; options of a command win over it. The
table in ``docs/settings.md`` is checked against this class by a test.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from channels.sealing import Seals
from engine.limits import Limits

#: Characters of the key that signs sessions, at least.
SHORTEST_KEY = 32
#: Name of the database inside the data directory.
DATABASE_FILE = "corral.sqlite"
#: Characters of a token that nobody is to guess.
SHORTEST_TOKEN = 16


class Settings(BaseSettings):
    """The settings of one installation. Secrets never show in its text."""

    # A compose file passes what is not set as an empty text.
    model_config = SettingsConfigDict(
        env_prefix="CORRAL_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    data: Path = Field(
        default=Path("data"), description="Data directory: database, secret key, lock file."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Database; empty means SQLite in the data directory. "
        "PostgreSQL: postgresql+psycopg://user:password@host/name.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Key that signs sessions, the same wherever pages run; empty: the file "
        "secret.key in the data directory, made at the first start.",
    )
    credentials_key: SecretStr | None = Field(
        default=None,
        description="Key that the credentials of channel accounts are sealed with, the same for "
        "every process; several separated by commas, the newest first. Only the demo runs without.",
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0: any free.")
    public_url: str = Field(
        default="",
        description="Address people type, when a proxy stands in front. With https:// the "
        "session cookie is sent over https alone.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=5, description="How many proxies in front set X-Forwarded-* headers."
    )
    workspace: str = Field(default="default", description="Key of the first workspace.")
    session_hours: int = Field(
        default=12,
        ge=1,
        le=720,
        description="Hours after the last page a person opened; then one logs in again. What an "
        "open page shows anew does not count: on a wall, set more.",
    )
    login_limit: str = Field(
        default="10 per minute", description="Attempts to log in, for an address and for a login."
    )
    form_limit: str = Field(
        default="5 per minute; 30 per hour",
        description="Submissions of web forms from one address; each form has a cap besides.",
    )
    hook_limit: str = Field(
        default="1200 per minute",
        description="Genuine calls that one channel account takes from its network.",
    )
    threads: int = Field(
        default=64, ge=4, le=1024, description="Requests at a time; an open live page holds one."
    )
    upload_megabytes: int = Field(
        default=5, ge=1, le=100, description="Largest file of a deployment, in megabytes."
    )
    step_limit: int = Field(
        default=Limits.steps,
        ge=1_000,
        le=10_000_000,
        description="Elements an instance may pass from one wait to the next; then an incident.",
    )
    run_seconds: float = Field(
        default=Limits.seconds, gt=0, le=600, description="The same bound, in seconds."
    )
    expression_ms: int = Field(
        default=round(Limits.expression_seconds * 1000),
        ge=10,
        le=60_000,
        description="Work that one expression, script or decision may take, in milliseconds.",
    )
    token_limit: int = Field(
        default=Limits.tokens,
        ge=100,
        le=1_000_000,
        description="Tokens alive in one instance at a time; then an incident.",
    )
    hop_limit: int = Field(
        default=Limits.hops,
        ge=10,
        le=1_000_000,
        description="Messages and signals in a row with which instances answer each other while "
        "nothing comes from outside; then an incident.",
    )
    metrics_token: SecretStr | None = Field(
        default=None,
        description="Token with which /metrics may be read; empty: nobody may.",
    )
    worker_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Port on which 'corral worker' answers /health and /metrics; empty: on none.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe line that is logged."
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="Form of the log on stderr."
    )

    @field_validator("secret_key", "metrics_token")
    @classmethod
    def _hard_to_guess(cls, given: SecretStr | None, field: ValidationInfo) -> SecretStr | None:
        least = SHORTEST_KEY if field.field_name == "secret_key" else SHORTEST_TOKEN
        if given is not None and len(given) < least:
            raise ValueError(f"at least {least} characters; make one: openssl rand -hex 32")
        return given

    @field_validator("login_limit", "form_limit", "hook_limit")
    @classmethod
    def _a_cap(cls, given: str) -> str:
        # Else it would be found wrong with the first request, be logged, and cap nothing. Loaded
        # where somebody sets one: every command starts with this module.
        from limits import parse_many

        try:
            parse_many(given)
        except ValueError:
            raise ValueError("write it like: 10 per minute; 100 per hour") from None
        return given

    @field_validator("credentials_key")
    @classmethod
    def _a_key(cls, given: SecretStr | None) -> SecretStr | None:
        Seals.of(given.get_secret_value() if given else None)
        return given

    @property
    def seals(self) -> Seals:
        """Return what seals and opens the credentials of channel accounts."""
        return Seals.of(self.credentials_key.get_secret_value() if self.credentials_key else None)

    @property
    def on_sqlite(self) -> bool:
        """Tell whether the database is the file in the data directory."""
        return self.database_url is None

    @property
    def url(self) -> str:
        """Return the SQLAlchemy address of the database. It may hold a password: never log it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data.absolute() / DATABASE_FILE}"

    @property
    def limits(self) -> Limits:
        """Return how much one file and one run may use."""
        return Limits(
            steps=self.step_limit,
            seconds=self.run_seconds,
            expression_seconds=self.expression_ms / 1000,
            tokens=self.token_limit,
            hops=self.hop_limit,
            upload_bytes=self.upload_megabytes * 1024 * 1024,
        )

    @property
    def https(self) -> bool:
        """Tell whether people reach us over https, so that cookies may demand it."""
        return self.public_url.startswith("https://")


def debugging() -> bool:
    """Tell whether the log level is ``debug``, also when the other settings cannot be read."""
    return os.environ.get("CORRAL_LOG_LEVEL", "").lower() == "debug"
