"""How lists are narrowed and paged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import AfterValidator, AwareDatetime, Field

from webapp.api.shapes import Out

#: Largest id a database row can have.
LARGEST_ID = 2**63 - 1

#: An id of a row. Larger numbers would be refused by the database, not found missing.
RowId = Annotated[int, Field(ge=0, le=LARGEST_ID)]

#: Rows of one page.
Limit = Annotated[int, Field(ge=1, le=200)]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("the moment lies outside the years 1 to 9999 in UTC") from None


#: A moment with its offset from UTC. One without could mean any zone.
Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class PageOut(Out):
    """One page of a list that is sorted newest first."""

    before: int | None = Field(description="Send this to get the next page; null at the end.")


class HasId(Protocol):
    """A record that is a row."""

    @property
    def id(self) -> int:
        """Its number."""
        ...


T = TypeVar("T", bound=HasId)


def page_of(found: Sequence[T], limit: int) -> dict[str, Any]:
    """Return a page of ``found``, of which at most ``limit`` were asked for."""
    return {"items": found, "before": found[-1].id if len(found) == limit else None}
