"""One person on several networks: joined by an agent, and split again when that was wrong.

Nothing is joined by itself. Suggested is only what is exactly the same: an address, or a handle
together with a name; the latter is said to be no proof, because anybody can call themselves so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.errors import CustomersError
from channels.storage import joining
from engine import Engine
from engine.errors import NotFoundError
from engine.ports import UnitOfWork


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Another customer who may be the same person."""

    customer_id: int
    name: str
    channel: str
    handle: str
    why: str  #: ``email`` or ``handle``

    @property
    def reason(self) -> str:
        """Return in words what is the same."""
        if self.why == "email":
            return "Same e-mail address"
        return "Same handle and name, which is no proof"


@dataclass(frozen=True, slots=True)
class Move:
    """An identity that an agent gave to another customer."""

    by: str
    at: datetime  #: UTC
    channel: str
    handle: str
    from_id: int
    from_name: str
    to_id: int
    to_name: str


class Joining:
    """Joins and splits the customers of one workspace."""

    def __init__(self, engine: Engine) -> None:
        """Bind to the workspace of ``engine``, in whose database the rows are."""
        self._engine = engine

    def suggestions(self, customer_id: int) -> list[Suggestion]:
        """Return who may be the same person, those with the same address first."""
        with self._engine.reading() as view:
            rows = joining.same(view.connection, view.workspace_id, customer_id)
        found: dict[int, Suggestion] = {}
        for row in rows:
            one = Suggestion(row.customer_id, row.name, row.channel, row.handle, row.why)
            found.setdefault(row.customer_id, one)
        return list(found.values())

    def moves(self, customer_id: int) -> list[Move]:
        """Return which identities came to a customer or went from them, the latest first."""
        with self._engine.reading() as view:
            rows = joining.moves(view.connection, view.workspace_id, customer_id)
        return [
            Move(row.by, row.at, row.channel, row.handle, row.from_customer, row.from_name,
                 row.to_customer, row.to_name)
            for row in rows
        ]  # fmt: skip

    def join(self, kept: int, other: int, *, by: str) -> int:
        """Make one person of two, and return who is kept; again changes nothing.

        The one who is kept has all identities and conversations from now on, the higher tier, and
        both notes. What processes hold in their variables stays: the other's page leads here.

        Raises:
            NotFoundError: one of them is no customer of this workspace.
            CustomersError: they are one and the same, or the kept one was joined into another.
        """

        def work(uow: UnitOfWork) -> int:
            found = joining.people(uow.connection, uow.workspace_id, [kept, other])
            for id in (kept, other):
                if id not in found:
                    raise NotFoundError("customer", id)
            if kept == other or found[kept].joined_into is not None:
                raise CustomersError("They are one customer already. Open the page of that one.")
            if found[other].joined_into == kept:
                return kept
            if found[other].joined_into is not None:
                raise CustomersError("Somebody joined them to another customer meanwhile.")
            now = self._engine.clock.now()
            joining.join(
                uow.connection, uow.workspace_id, found[kept], found[other], by=by, now=now
            )
            return kept

        return self._engine.transact(work)

    def split(self, identity: int, *, by: str) -> int:
        """Let an identity be a person of its own again, and return that customer's id.

        The conversations which it began go with it.

        Raises:
            NotFoundError: there is no such identity in this workspace.
            CustomersError: it is the only one of its customer.
        """

        def work(uow: UnitOfWork) -> int:
            owner = joining.owner(uow.connection, uow.workspace_id, identity)
            if owner is None:
                raise NotFoundError("identity", identity)
            person = joining.people(uow.connection, uow.workspace_id, [owner])[owner]
            if len(person.identities) < 2 or identity not in person.identities:
                raise CustomersError("This is all that is known of the customer: nothing to split.")
            now = self._engine.clock.now()
            return joining.split(uow.connection, uow.workspace_id, person, identity, by=by, now=now)

        return self._engine.transact(work)
