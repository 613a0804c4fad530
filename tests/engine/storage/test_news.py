"""What one process commits, as another one hears it: on a real server, over two connections."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import text

from engine import Engine
from engine.ports import Change
from engine.storage.database import Database
from engine.storage.news import LARGEST, MOST, ChangeFeed, tell

pytestmark = pytest.mark.postgres

#: Seconds in which something heard has to arrive; most arrive within one hundredth of one.
SOON = 30


class Heard:
    """What a feed hears, one by one."""

    def __init__(self) -> None:
        self.told: queue.Queue[Change | str | None] = queue.Queue()

    def changes(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.told.put(change)

    def next(self) -> Change | str | None:
        """Return the next change, or the workspace in which some were missed; None: in all."""
        return self.told.get(timeout=SOON)


def change(number: int, *, workspace: str = "acme", queue: str | None = "care") -> Change:
    return Change(workspace, "user_task", number, queue)


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    yield opened
    opened.close()


@pytest.fixture
def heard(database: Database) -> Iterator[Heard]:
    """What a feed of another process hears; it has begun to listen."""
    ears = Heard()
    feed = ChangeFeed(database.address(), heard=ears.changes, missed=ears.told.put)
    feed.start()
    assert ears.next() is None
    yield ears
    feed.stop()


def told(database: Database, *changes: Change) -> None:
    """Commit a transaction that tells of changes."""
    with database.write() as connection:
        tell(connection, changes)


def test_a_change_is_heard_once_it_is_committed_and_never_if_it_is_rolled_back(
    database: Database, heard: Heard
) -> None:
    # when
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        tell(connection, [change(1)])
        raise ZeroDivisionError
    told(database, change(2), change(3, queue=None))

    # then
    assert [heard.next(), heard.next()] == [change(2), change(3, queue=None)]


def test_a_change_that_was_noted_twice_is_told_once(database: Database, heard: Heard) -> None:
    told(database, change(1), change(1), change(2))
    assert [heard.next(), heard.next()] == [change(1), change(2)]


def test_more_changes_than_one_notification_carries_all_arrive(
    database: Database, heard: Heard
) -> None:
    # given
    many = [change(n, queue="ä" * 100) for n in range(MOST)]
    assert len(str(many)) > LARGEST

    # when
    told(database, *many)

    # then
    assert [heard.next() for _ in many] == many


def test_very_many_changes_become_the_word_that_one_has_to_look_again(
    database: Database, heard: Heard
) -> None:
    # when
    told(database, *(change(n) for n in range(MOST + 1)), change(7, workspace="globex"))

    # then
    assert [heard.next(), heard.next()] == ["acme", change(7, workspace="globex")]


def test_a_change_that_no_notification_carries_becomes_that_word_too(
    database: Database, heard: Heard
) -> None:
    told(database, change(1), change(2, queue="q" * LARGEST))
    assert [heard.next(), heard.next()] == [change(1), "acme"]


def test_given_a_connection_that_broke_when_made_again_then_everything_may_have_been_missed(
    database: Database, heard: Heard
) -> None:
    # when
    with database.write() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
        )

    # then
    assert heard.next() is None

    # when
    told(database, change(1))

    # then
    assert heard.next() == change(1)


def test_a_notification_of_somebody_else_costs_a_look_and_nothing_more(
    database: Database, heard: Heard
) -> None:
    # given
    lists = ([1], [["user_task", "7", None]], [["x\nevent: y", 7, None]], [[["x"], 7, None]])
    odd = ["", "no json", '{"changes":3}', "[" * LARGEST]
    odd += [json.dumps({"workspace": "acme", "changes": each}) for each in lists]

    # when
    with database.write() as connection:
        for payload in odd:
            connection.execute(text("SELECT pg_notify('corral_changes', :odd)"), {"odd": payload})
    told(database, change(1))

    # then
    assert [heard.next() for _ in range(len(odd) + 1)] == [None] * len(odd) + [change(1)]


def test_the_engine_tells_other_processes_what_it_committed(
    postgres_url: str, heard: Heard
) -> None:
    # given
    engine = Engine.open(postgres_url)

    # when
    with engine.transaction() as transaction:
        transaction.note(Change("default", "conversation", 7))

    # then
    assert heard.next() == Change("default", "conversation", 7)
    engine.close()
