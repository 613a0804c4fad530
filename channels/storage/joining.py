"""People who are one, and identities that turn out to be somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from channels.storage.tables import (
    ConversationRow,
    CustomerRow,
    IdentityMoveRow,
    IdentityRow,
    MentionRow,
)
from engine.storage.bulk import insert_rows

#: Suggestions that are shown; more people of one name are no help.
MOST = 10


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as far as joining and splitting needs them."""

    id: int
    name: str
    tier: str
    notes: str
    joined_into: int | None
    identities: tuple[int, ...]


def people(connection: Connection, workspace_id: int, ids: Sequence[int]) -> dict[int, Person]:
    """Return customers, locked until the transaction ends; those of other workspaces are not."""
    rows = connection.execute(
        select(CustomerRow.__table__)
        .where(CustomerRow.workspace_id == workspace_id, CustomerRow.id.in_(ids))
        .order_by(CustomerRow.id)
        # What refers to them may be written meanwhile: a page that also changes their identities.
        .with_for_update(key_share=True)
    ).all()
    owned: dict[int, list[int]] = {row.id: [] for row in rows}
    for identity in connection.execute(
        select(IdentityRow.id, IdentityRow.customer_id)
        .where(IdentityRow.customer_id.in_(owned))
        .order_by(IdentityRow.id)
    ):
        owned[identity.customer_id].append(identity.id)
    return {
        row.id: Person(row.id, row.name, row.tier, row.notes, row.joined_into, tuple(owned[row.id]))
        for row in rows
    }


def join(
    connection: Connection,
    workspace_id: int,
    kept: Person,
    other: Person,
    *,
    by: str,
    now: datetime,
) -> None:
    """Give all that is the other's to the one who is kept; the other stays as an empty name."""
    _note(connection, workspace_id, other.identities, other.id, kept.id, by, now)
    connection.execute(
        update(IdentityRow).where(IdentityRow.customer_id == other.id).values(customer_id=kept.id)
    )
    connection.execute(
        update(ConversationRow)
        .where(ConversationRow.customer_id == other.id)
        .values(customer_id=kept.id)
    )
    connection.execute(
        update(CustomerRow)
        .where(or_(CustomerRow.id == other.id, CustomerRow.joined_into == other.id))
        .values(joined_into=kept.id)
    )
    notes = "\n".join(each for each in (kept.notes, other.notes) if each)
    tier = "vip" if "vip" in (kept.tier, other.tier) else kept.tier
    connection.execute(
        update(CustomerRow).where(CustomerRow.id == kept.id).values(notes=notes, tier=tier)
    )


def split(
    connection: Connection, workspace_id: int, person: Person, identity: int, *, by: str,
    now: datetime,
) -> int:  # fmt: skip
    """Give an identity, and the conversations it began, to a customer alone; return their id.

    Whoever it was joined from is that customer again; else a new one is opened.
    """
    alone = _came_from(connection, person.id, identity) or _opened(
        connection, workspace_id, identity, now
    )
    connection.execute(
        update(IdentityRow).where(IdentityRow.id == identity).values(customer_id=alone)
    )
    connection.execute(update(CustomerRow).where(CustomerRow.id == alone).values(joined_into=None))
    first = aliased(MentionRow)
    began = (
        select(first.identity_id)
        .where(first.conversation_id == ConversationRow.id)
        .order_by(first.created_at, first.id)
        .limit(1)
        .scalar_subquery()
    )
    connection.execute(
        update(ConversationRow)
        .where(ConversationRow.customer_id == person.id, began == identity)
        .values(customer_id=alone)
        .execution_options(synchronize_session=False)
    )
    _note(connection, workspace_id, [identity], person.id, alone, by, now)
    return alone


def moves(connection: Connection, workspace_id: int, customer_id: int) -> list[Row[Any]]:
    """Return who moved which identity to or from a customer, the latest first."""
    there, other = aliased(CustomerRow), aliased(CustomerRow)
    statement: Any = (
        select(
            IdentityMoveRow.by, IdentityMoveRow.at, IdentityMoveRow.from_customer,
            IdentityMoveRow.to_customer, IdentityRow.handle, IdentityRow.channel,
            there.name.label("from_name"), other.name.label("to_name"),
        )
        .join(IdentityRow, IdentityRow.id == IdentityMoveRow.identity_id)
        .join(there, there.id == IdentityMoveRow.from_customer)
        .join(other, other.id == IdentityMoveRow.to_customer)
        .where(
            IdentityMoveRow.workspace_id == workspace_id,
            or_(
                IdentityMoveRow.from_customer == customer_id,
                IdentityMoveRow.to_customer == customer_id,
            ),
        )
        .order_by(IdentityMoveRow.id.desc())
    )  # fmt: skip
    return list(connection.execute(statement))


def same(connection: Connection, workspace_id: int, customer_id: int) -> list[Row[Any]]:
    """Return others with the same address, or the same handle and name on another channel."""
    mine, theirs = aliased(IdentityRow), aliased(IdentityRow)
    address = and_(mine.email.is_not(None), theirs.email == mine.email)
    named = and_(
        theirs.handle == mine.handle,
        theirs.channel != mine.channel,
        func.lower(theirs.name) == func.lower(mine.name),
    )
    found: list[Row[Any]] = []
    # One at a time: each has its index, both together have none.
    for why, condition in (("email", address), ("handle", named)):
        found += connection.execute(
            select(
                theirs.customer_id, CustomerRow.name, theirs.channel, theirs.handle,
                theirs.email, _word(why),
            )
            .select_from(mine)
            .join(theirs, and_(theirs.workspace_id == workspace_id, condition))
            .join(CustomerRow, CustomerRow.id == theirs.customer_id)
            .where(
                mine.workspace_id == workspace_id,
                mine.customer_id == customer_id,
                theirs.customer_id != customer_id,
            )
            .order_by(theirs.id)
            .limit(MOST)
        )  # fmt: skip
    return found


def owner(connection: Connection, workspace_id: int, identity: int) -> int | None:
    """Return whose identity it is; None when the workspace has none of that id."""
    return connection.scalar(
        select(IdentityRow.customer_id).where(
            IdentityRow.id == identity, IdentityRow.workspace_id == workspace_id
        )
    )


def _came_from(connection: Connection, customer_id: int, identity: int) -> int | None:
    """Return the customer an identity was joined from, if they are still nobody's name."""
    return connection.scalar(
        select(CustomerRow.id)
        .join(IdentityMoveRow, IdentityMoveRow.from_customer == CustomerRow.id)
        .where(IdentityMoveRow.identity_id == identity, CustomerRow.joined_into == customer_id)
        .order_by(IdentityMoveRow.id.desc())
        .limit(1)
    )


def _opened(connection: Connection, workspace_id: int, identity: int, now: datetime) -> int:
    known = connection.execute(
        select(IdentityRow.handle, IdentityRow.name).where(IdentityRow.id == identity)
    ).one()
    row = insert(CustomerRow).values(
        workspace_id=workspace_id, name=known.name or known.handle, tier="standard", notes="",
        created_at=now,
    )  # fmt: skip
    return int(connection.execute(row.returning(CustomerRow.id)).scalar_one())


def _note(
    connection: Connection, workspace_id: int, identities: Sequence[int], old: int, new: int,
    by: str, now: datetime,
) -> None:  # fmt: skip
    insert_rows(
        connection,
        IdentityMoveRow,
        [
            {"workspace_id": workspace_id, "identity_id": identity, "from_customer": old,
             "to_customer": new, "by": by, "at": now}
            for identity in identities
        ],
    )  # fmt: skip


def _word(text: str) -> Any:
    return literal(text).label("why")
