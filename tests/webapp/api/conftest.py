"""The API is tried over every kind of database: its filters and pages are what storage makes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import DATABASES


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest, database_of: Callable[[str], str]) -> str:
    return database_of(request.param)
