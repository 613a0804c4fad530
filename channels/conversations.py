"""Conversations, customers and accounts, as pages ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from channels import costs
from channels.budgets import Budget
from channels.joining import Joining
from channels.model import AccountState, Attachment, ChannelAccount, Reply, conversation_id_of
from channels.polling import with_alarm
from channels.sealing import Seals
from channels.shown import Cluster, Conversation, Customer, Summary
from channels.storage import accounts, attachments, budgets, clusters, outgoing, reading
from channels.storage import costs as booked
from engine import Engine
from engine.errors import NotFoundError
from engine.ports import Change

_Row = TypeVar("_Row")


class Conversations:
    """The conversations, customers and accounts of one workspace."""

    def __init__(self, engine: Engine, seals: Seals | None = None) -> None:
        """Bind to the workspace of ``engine``, in whose database the rows are.

        ``seals`` keep the credentials of accounts; without a key by default.
        """
        self._engine = engine
        self._seals = seals or Seals()
        #: Customers who are one person: suggestions, and what agents did.
        self.joining = Joining(engine)

    def conversation(self, id: int) -> Conversation:
        """Return a conversation with its posts, oldest first. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = reading.conversation(view.connection, view.workspace_id, id)
        return _there(found, "conversation", id)

    def by_correlation_key(self, key: str | None) -> Conversation | None:
        """Return the conversation behind a correlation key, with its posts; None for any other."""
        id = conversation_id_of(key or "")
        if id is None:
            return None
        with self._engine.reading() as view:
            return reading.conversation(view.connection, view.workspace_id, id)

    def by_correlation_keys(self, keys: Iterable[str]) -> dict[str, Summary]:
        """Return what a list shows of the conversations behind correlation keys.

        Keys that name no conversation of this workspace are left out. One query.
        """
        ids = {number: key for key in keys if (number := conversation_id_of(key)) is not None}
        if not ids:
            return {}
        with self._engine.reading() as view:
            found = reading.summaries(view.connection, view.workspace_id, ids.keys())
        return {ids[id]: summary for id, summary in found.items()}

    def of_customer(self, customer_id: int, *, limit: int = 100) -> list[Conversation]:
        """Return the conversations of a customer, newest first, without their posts."""
        with self._engine.reading() as view:
            return reading.conversations_of(view.connection, view.workspace_id, customer_id, limit)

    def customer(self, id: int) -> Customer:
        """Return a customer with all identities. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = reading.customer(view.connection, view.workspace_id, id)
        return _there(found, "customer", id)

    def customers(
        self, search: str = "", *, before: int | None = None, limit: int = 50
    ) -> list[Customer]:
        """Return customers, newest first, keyset by id.

        Args:
            search: part of a name or a handle, in any case; empty means all.
            before: only customers with a smaller id: the last one of the page before.
            limit: how many at most.
        """
        with self._engine.reading() as view:
            return reading.customers(
                view.connection,
                view.workspace_id,
                search=search.strip(),
                before=before,
                limit=limit,
            )

    def change_customer(
        self, id: int, *, tier: str | None = None, notes: str | None = None
    ) -> Customer:
        """Set the tier (``standard`` or ``vip``) or the notes of a customer, and return them.

        Raises:
            NotFoundError: there is no such customer in this workspace.
            ValueError: there is no such tier.
        """
        if tier not in (None, "standard", "vip"):
            raise ValueError(f"{tier!r} is not a tier. Use 'standard' or 'vip'.")
        values = {k: v for k, v in (("tier", tier), ("notes", notes)) if v is not None}
        if values:
            with self._engine.transaction() as uow:
                reading.change_customer(uow.connection, uow.workspace_id, id, values)
        return self.customer(id)

    def join_customers(self, kept: int, other: int, *, by: str) -> int:
        """Make one person of two customers; see :meth:`channels.joining.Joining.join`."""
        return self.joining.join(kept, other, by=by)

    def split_identity(self, identity: int, *, by: str) -> int:
        """Let an identity be a person of its own; see :meth:`channels.joining.Joining.split`."""
        return self.joining.split(identity, by=by)

    def clusters(
        self, *, before: tuple[datetime, int] | None = None, limit: int = 50
    ) -> list[Cluster]:
        """Return near-identical complaints, those that grew last first.

        Args:
            before: ``last_at`` and ``id`` of the last one of the page before.
            limit: how many at most.
        """
        with self._engine.reading() as view:
            return clusters.latest(view.connection, view.workspace_id, before=before, limit=limit)

    def cluster(self, id: int) -> Cluster:
        """Return near-identical complaints. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = clusters.get(view.connection, view.workspace_id, id)
        return _there(found, "cluster", id)

    def of_cluster(self, id: int, *, limit: int = 500) -> list[Conversation]:
        """Return the conversations of a cluster, oldest first, without their posts."""
        with self._engine.reading() as view:
            return reading.of_cluster(view.connection, view.workspace_id, id, limit)

    def accounts(self) -> list[AccountState]:
        """Return our accounts and how reading them goes, with an alarm where one is due."""
        now = self._engine.clock.now()
        with self._engine.reading() as view:
            found = accounts.states(view.connection, view.workspace_id)
            spent = booked.by_account(view.connection, view.workspace_id, now.date())
        return [with_alarm(costs.with_spent(state, spent), now) for state in found]

    def account(self, id: int) -> AccountState:
        """Return one of our accounts. Raises ``NotFoundError``."""
        now = self._engine.clock.now()
        with self._engine.reading() as view:
            found = accounts.state(view.connection, view.workspace_id, id)
            spent = booked.of_account(view.connection, id, now.date())
        state = _there(found, "channel account", id)
        return with_alarm(costs.with_spent(state, {id: spent}), now)

    def limits(self) -> dict[int, list[Budget]]:
        """Return by account what its network allows until when, as far as it has told."""
        with self._engine.reading() as view:
            return budgets.of_workspace(view.connection, view.workspace_id)

    def ensure_account(
        self,
        channel: str,
        handle: str,
        *,
        settings: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        enabled: bool = True,
    ) -> ChannelAccount:
        """Return the account of that handle, created if it is new; a known one stays as it is.

        Args:
            channel: name of the network's file.
            handle: with or without ``@``.
            settings: what the network's file asks for; ``variables`` go to every process.
            secrets: its credentials; they are sealed here and never shown again.
            enabled: whether it is read on schedule.

        Raises:
            CredentialsError: there are secrets, and no key to seal them with.
        """
        handle = handle.removeprefix("@")
        with self._engine.transaction() as uow:
            added = accounts.add(
                uow.connection,
                uow.workspace_id,
                channel,
                handle,
                enabled=enabled,
                settings=settings or {},
                sealed=self._sealed(channel, handle, secrets),
            )
            return added or accounts.by_handle(uow.connection, uow.workspace_id, channel, handle)

    def change_account(
        self,
        id: int,
        *,
        enabled: bool | None = None,
        settings: Mapping[str, Any] | None = None,
        secrets: Mapping[str, str] | None = None,
        look_at: datetime | None = None,
    ) -> ChannelAccount:
        """Change an account and return it; what is None stays. Empty ``secrets``: it has none.

        ``look_at``, UTC, is when it is read next, such as now after somebody mended it.

        Raises:
            NotFoundError: there is no such account in this workspace.
            CredentialsError: there are secrets, and no key to seal them with.
        """
        known = None if secrets is None else self.account(id).account
        wanted: dict[str, Any] = {
            "enabled": enabled,
            "settings": None if settings is None else dict(settings),
            "next_poll_at": look_at,
        }
        values = {key: value for key, value in wanted.items() if value is not None}
        if known is not None:
            values["sealed"] = self._sealed(known.channel, known.handle, secrets)
        with self._engine.transaction() as uow:
            if values:
                changed = accounts.change(uow.connection, uow.workspace_id, id, values)
            else:
                changed = accounts.lock(uow.connection, uow.workspace_id, id)
            uow.note(Change(self._engine.workspace.key, "channel_account", id))
        return _there(changed, "channel account", id)

    def cost_of(self, conversation_id: int) -> Mapping[str, int]:
        """Return what calls for one conversation have cost, in millionths of a dollar, by kind."""
        with self._engine.reading() as view:
            return booked.of_conversation(view.connection, view.workspace_id, conversation_id)

    def attachment(self, id: int) -> Attachment:
        """Return a file that came with a mention. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = attachments.read(view.connection, view.workspace_id, id)
        return _there(found, "attachment", id)

    def reply(self, id: int) -> Reply:
        """Return a reply. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = outgoing.get(view.connection, view.workspace_id, id)
        return _there(found, "reply", id).reply

    def unsettled_replies(self, *, limit: int = 50) -> list[Reply]:
        """Return the replies of which only a person can say whether they went out, oldest first."""
        with self._engine.reading() as view:
            found = outgoing.unsettled(view.connection, view.workspace_id, limit=limit)
        return [out.reply for out in found]

    def _sealed(self, channel: str, handle: str, secrets: Mapping[str, str] | None) -> bytes | None:
        if not secrets:
            return None
        return self._seals.sealed(self._engine.workspace.key, channel, handle, secrets)


def _there(found: _Row | None, kind: str, id: int) -> _Row:
    if found is None:
        raise NotFoundError(kind, id)
    return found
