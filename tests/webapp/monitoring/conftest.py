"""Reads figures as Prometheus does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from apiflask import APIFlask
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr

from webapp.settings import Settings

TOKEN = "0123456789abcdef0123456789abcdef"
Read = Callable[..., float]


@pytest.fixture
def settings() -> Settings:
    """Settings with a token, so that figures may be read."""
    return Settings(
        database_url=None, public_url="", trusted_proxies=0, metrics_token=SecretStr(TOKEN)
    )


@pytest.fixture
def scraped(app: APIFlask) -> Callable[[], str]:
    """Return what ``/metrics`` answers to who bears the token."""

    def scrape() -> str:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = app.test_client().get("/metrics", headers=headers)
        assert answer.status_code == 200
        assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
        return answer.get_data(as_text=True)

    return scrape


@pytest.fixture
def figure(scraped: Callable[[], str]) -> Read:
    """Return the value of one series, found by its name and labels."""

    def read(name: str, **labels: str) -> float:
        found = [
            sample.value
            for family in text_string_to_metric_families(scraped())
            for sample in family.samples
            if sample.name == name and sample.labels == labels
        ]
        assert len(found) == 1, f"{name}{labels}: {found}"
        return found[0]

    return read
