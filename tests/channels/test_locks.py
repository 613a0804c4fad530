"""What is locked while a page is stored, or customers are joined, keeps nobody from naming it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import insert, text

from channels.conversations import Conversations
from channels.storage import accounts, joining, prepare
from channels.storage.tables import CustomerRow
from engine import Engine

pytestmark = pytest.mark.postgres

#: As PostgreSQL asks for every row that refers to another one.
NAMED = "SELECT id FROM {} FOR KEY SHARE NOWAIT"


@pytest.fixture
def engines(postgres_url: str) -> Iterator[tuple[Engine, Engine]]:
    """Two programs on one database."""
    with closing(Engine.open(postgres_url)) as one, closing(Engine.open(postgres_url)) as other:
        prepare(one)
        yield one, other


def test_replies_of_an_account_are_written_while_a_page_of_it_is_stored(
    engines: tuple[Engine, Engine],
) -> None:
    # given
    one, other = engines
    account = Conversations(one).ensure_account("demo", "acme")
    with one.transaction() as uow:
        # when
        assert accounts.lock(uow.connection, uow.workspace_id, account.id)
        # then
        with other.reading() as view:
            named = view.connection.execute(text(NAMED.format("channel_account")))
            assert named.scalars().all() == [account.id]


def test_conversations_of_customers_are_written_while_they_are_joined(
    engines: tuple[Engine, Engine],
) -> None:
    # given
    one, other = engines
    with one.transaction() as uow:
        ours = {"workspace_id": uow.workspace_id, "created_at": one.clock.now()}
        rows = [{"name": name, "tier": "standard", "notes": "", **ours} for name in ("Ann", "Anna")]
        uow.connection.execute(insert(CustomerRow), rows)
    with one.transaction() as uow:
        # when
        found = joining.people(uow.connection, uow.workspace_id, [1, 2])
        # then
        with other.reading() as view:
            named = view.connection.execute(text(NAMED.format("customer")))
            assert sorted(named.scalars()) == sorted(found) == [1, 2]
