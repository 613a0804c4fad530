"""The migrations make exactly the tables the code knows."""

from __future__ import annotations

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from channels.storage import prepare
from channels.storage.tables import metadata
from engine import Engine


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
