"""Cursors on PostgreSQL that describe the result of a statement once, not at every execution.

SQLAlchemy asks for the columns of each result, and uses them the first time alone; psycopg makes
an object of each column each time. An agent's page is a dozen results with a hundred columns.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

import psycopg
from psycopg import Column

#: Statements whose columns are remembered. Ours are far fewer, but for those whose text grows with
#: what is asked.
_MOST = 1_000


class RememberingCursor(psycopg.Cursor[Any]):
    """A cursor that knows the columns of statements that were executed before."""

    #: By the text of the statement.
    known: ClassVar[dict[str, list[Column]]]
    _text: str | None = None

    def execute(self, query: Any, *args: Any, **how: Any) -> Self:
        """Execute as psycopg does."""
        self._text = query if isinstance(query, str) else None
        return super().execute(query, *args, **how)

    @property
    def description(self) -> list[Column] | None:
        """The columns of the result; None where there is none."""
        result, text = self.pgresult, self._text
        if result is None or text is None or not result.nfields:
            return super().description
        found = self.known.get(text)
        if found is None or len(found) != result.nfields:
            found = super().description or []
            if len(self.known) >= _MOST:
                self.known.clear()
            self.known[text] = found
        return found


def remembering() -> type[RememberingCursor]:
    """Return what makes the cursors of one database: elsewhere a text may mean other columns."""
    return type("Cursor", (RememberingCursor,), {"known": {}})
