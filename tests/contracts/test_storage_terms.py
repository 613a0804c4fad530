"""Texts of diagrams are kept once, with a number, whoever writes them and whatever is undone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from engine import Engine
from engine.storage import SqlStorage
from engine.storage.terms import KnownTerms, Terms
from engine.workspaces import Workspace
from tests.waiting import until


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    with closing(SqlStorage(url)) as opened:
        yield opened


@pytest.fixture
def workspace(storage: SqlStorage) -> Workspace:
    return storage.create_workspace("acme", "Acme", "UTC")


def test_a_text_has_one_number_for_ever(storage: SqlStorage, workspace: Workspace) -> None:
    # given
    with storage.write(workspace) as tx:
        first = Terms(tx.connection, KnownTerms()).numbers(["ask", "Ask the customer"])

    # when: another process asks, which knows nothing yet
    with storage.write(workspace) as tx:
        second = Terms(tx.connection, KnownTerms()).numbers(["remind", "ask"])

    # then
    assert second["ask"] == first["ask"]
    assert len({*first.values(), *second.values()}) == 3


def test_looking_gives_no_number(storage: SqlStorage, workspace: Workspace) -> None:
    # when
    with storage.read(workspace) as tx:
        found = Terms(tx.connection, KnownTerms()).known(["never.heard"])

    # then
    assert found == {}


def test_given_a_transaction_that_was_rolled_back_then_its_numbers_are_forgotten(
    storage: SqlStorage, workspace: Workspace
) -> None:
    # given
    known = KnownTerms()
    with pytest.raises(RuntimeError, match="no more"), storage.write(workspace) as tx:
        Terms(tx.connection, known).numbers(["ask"])
        raise RuntimeError("no more")

    # when
    with storage.write(workspace) as tx:
        Terms(tx.connection, known).numbers(["remind"])
        number = Terms(tx.connection, known).numbers(["ask"])["ask"]

    # then
    with storage.read(workspace) as tx:
        assert Terms(tx.connection, KnownTerms()).known(["ask"]) == {"ask": number}


@pytest.mark.postgres
def test_two_that_add_the_same_texts_in_turns_do_not_wait_for_each_other(
    postgres_url: str,
) -> None:
    with closing(SqlStorage(postgres_url)) as storage:
        workspace = storage.create_workspace("acme", "Acme", "UTC")
        found: list[dict[str, int]] = []

        def other() -> None:
            with storage.write(workspace) as tx:
                terms = Terms(tx.connection, KnownTerms())
                found.append(terms.numbers(["b"]) | terms.numbers(["a"]))

        def waits() -> bool:
            with storage.read(workspace) as tx:
                query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                return bool(tx.connection.exec_driver_sql(query).scalar_one())

        # given: one has added a text, and the other, which wants both, waits for it
        with storage.write(workspace) as tx:
            terms = Terms(tx.connection, KnownTerms())
            mine = terms.numbers(["a"])
            thread = threading.Thread(target=other)
            thread.start()
            until(waits)

            # when
            mine |= terms.numbers(["b"])
        thread.join()

        # then
        assert found == [mine]


def test_given_a_message_nobody_ever_waited_for_when_sent_then_it_is_kept(url: str) -> None:
    # given
    with closing(Engine.open(url)) as engine:
        # when
        sent = engine.correlate("never.heard", "conversation:1")

        # then
        assert sent.instance_id is None
