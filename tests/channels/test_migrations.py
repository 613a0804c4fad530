"""The migrations make exactly the tables the code knows."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from channels.conversations import Conversations
from channels.storage import MIGRATIONS, VERSION_TABLE, prepare
from channels.storage.tables import metadata
from engine import Engine
from engine.storage.migrating import upgrade


def test_the_migrations_make_exactly_the_tables_and_may_run_again() -> None:
    # given
    engine = Engine.in_memory()
    prepare(engine)
    prepare(engine)

    def ours(_object: Any, _name: str, kind: str, reflected: bool, counterpart: Any) -> bool:
        # Tables of other rooms are in the same database; they are no difference of ours.
        return not (kind == "table" and reflected and counterpart is None)

    # when
    with engine.reading() as view:
        context = MigrationContext.configure(view.connection, opts={"include_object": ours})
        differences = compare_metadata(context, metadata)

    # then
    assert differences == []
    engine.close()


def test_an_installation_from_before_the_leases_keeps_its_accounts_and_where_they_stopped(
    tmp_path: Path,
) -> None:
    # given
    (tmp_path / "versions").mkdir()
    shutil.copy(MIGRATIONS / "versions" / "0001_first.py", tmp_path / "versions")
    engine = Engine.in_memory()
    with engine.transaction() as uow:
        upgrade(uow.connection, tmp_path, VERSION_TABLE)
        uow.connection.execute(
            text(
                "INSERT INTO channel_account (workspace_id, channel, handle, enabled, position,"
                " settings, poll_seconds, failures) VALUES (:w, 'fake', 'acme', true,"
                " :position, '{}', 15, 0)"
            ),
            {"w": uow.workspace_id, "position": '{"page":7}'},
        )

    # when
    prepare(engine)

    # then
    (state,) = Conversations(engine).accounts()
    assert (state.account.handle, state.account.position) == ("acme", {"page": 7})
    engine.close()
