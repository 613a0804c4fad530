"""Accounts of ours as people add them, try them and change them.

An account is tried before it is kept: a wrong token is said to the person who typed it, not to
the log at night. Its credentials go one way: they are sealed here, opened again only to call the
network, and whatever a network says about them is told without them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any

import structlog

from channels.conversations import Conversations
from channels.errors import (
    AccountRejectedError,
    ChannelRefusedError,
    CredentialsError,
    NetworkFaultError,
)
from channels.fields import Told, asked_anew, told
from channels.model import AccountState, ChannelAccount
from channels.networks import of_account
from channels.protocol import Adding, Channel, Checked
from channels.sealing import Seals, hidden, hiding
from channels.storage import accounts, hearing
from engine import Engine
from engine.ports import Change

#: Under which a wrong handle stands among the errors; no network may have a field of that name.
HANDLE = "handle"
#: Characters of a handle at most: as many as its column holds.
LONGEST_HANDLE = 255
_THERE = "Is an account of this workspace already."

_log = structlog.get_logger(__name__)


class Condition(StrEnum):
    """How an account does, in a word for people."""

    OFF = "off"
    FAILING = "failing"  #: somebody should look
    LISTENING = "listening"
    NEW = "not read yet"


def condition_of(state: AccountState) -> Condition:
    """Return how an account does."""
    if not state.account.enabled:
        return Condition.OFF
    if state.last_error or state.alarm:
        return Condition.FAILING
    return Condition.LISTENING if state.last_success_at else Condition.NEW


def addable(channels: Mapping[str, Channel]) -> dict[str, Adding]:
    """Return the networks of which accounts can be added, by name, sorted as people read."""
    known = {name: one for name, one in channels.items() if isinstance(one, Adding)}
    return dict(sorted(known.items(), key=lambda item: item[1].title.casefold()))


class Accounts:
    """The accounts of one workspace, for those who look after them."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel],
        seals: Seals | None = None,
    ) -> None:
        """Bind to a workspace, with the networks by name; ``seals`` have no key by default."""
        self._engine, self._channels = engine, channels
        self._seals = seals or Seals()
        self._rows = Conversations(engine, self._seals)

    def networks(self) -> dict[str, Adding]:
        """Return the networks of which accounts can be added, by name."""
        return self._addable

    @cached_property
    def _addable(self) -> dict[str, Adding]:
        return addable(self._channels)

    def network(self, name: str) -> Adding:
        """Return one of them. Raises ``ChannelRefusedError`` when there is none of that name."""
        known = self.networks()
        if name not in known:
            raise ChannelRefusedError(
                f"No accounts of {name!r} can be added. Choose one of {', '.join(known)}."
            )
        return known[name]

    def can_keep_secrets(self) -> bool:
        """Tell whether there is a key that credentials can be sealed with."""
        return self._seals.ready

    def named(self, name: str) -> AccountState:
        """Return the account of a handle, or of ``network/handle`` where several have the handle.

        Raises:
            ChannelRefusedError: there is none, or more than one.
        """
        wanted = name.strip().casefold()
        fitting = [
            state
            for state in self._rows.accounts()
            if wanted.removeprefix("@") == state.account.handle.casefold()
            or wanted == f"{state.account.channel}/{state.account.handle}".casefold()
        ]
        if len(fitting) == 1:
            return fitting[0]
        if not fitting:
            raise ChannelRefusedError(f"There is no channel account {name!r} in this workspace.")
        several = ", ".join(f"{one.account.channel}/{one.account.handle}" for one in fitting)
        raise ChannelRefusedError(f"{name!r} is the handle of {several}. Name one of these.")

    def add(
        self,
        channel: str,
        handle: str,
        given: Mapping[str, str],
        *,
        tried: bool = True,
        by: str | None = None,
    ) -> tuple[ChannelAccount, Sequence[Checked]]:
        """Add an account, and return it with what was found when it was tried.

        Args:
            channel: name of the network.
            handle: with or without ``@``.
            given: what it asks for, by name of the field; secrets among it.
            tried: the account is tried first; nothing is stored if that fails.
            by: who adds it, for the log.

        Raises:
            AccountRejectedError: something is missing or wrong, or the account is there already.
            ChannelRefusedError: the network does not take it, there is no key, or no such network.
            ChannelUnavailableError: the network does not answer now.
        """
        network = self.network(channel)
        handle = handle.strip().removeprefix("@")
        answers = self._checked(network, channel, handle, given)
        sealed = self._sealed(channel, handle, answers.secrets)
        wanted = ChannelAccount(
            0, channel, handle, settings=answers.settings, secrets=answers.secrets
        )
        tried_with = self._tried(network, wanted) if tried else ()
        with self._engine.transaction() as uow:
            kept = accounts.add(
                uow.connection, uow.workspace_id, channel, handle,
                enabled=True, settings=answers.settings, sealed=sealed,
            )  # fmt: skip
            if kept is None:
                raise AccountRejectedError({HANDLE: _THERE})
            uow.note(Change(self._engine.workspace.key, "channel_account", kept.id))
        _log.info("account.added", channel=channel, account=handle, by=by, tried=tried)
        return kept, tried_with

    def change(
        self,
        id: int,
        given: Mapping[str, str],
        *,
        forget: Collection[str] = (),
        tried: bool = True,
        by: str | None = None,
    ) -> Sequence[Checked]:
        """Tell an account anew what it asks for, and return what was found when it was tried.

        Args:
            id: of the account.
            given: all of its settings; of its secrets those to be replaced. A secret that is
                left out or empty stays, unless calls would go elsewhere.
            forget: names of secrets that are kept no longer.
            tried: it is tried first; nothing is changed if that fails.
            by: who changes it, for the log.

        Raises:
            NotFoundError: there is no such account in this workspace.
            AccountRejectedError: something is missing or wrong.
            ChannelRefusedError: the network does not take it, or there is no key.
            ChannelUnavailableError: the network does not answer now.
        """
        account = self._rows.account(id).account
        network = self._network_of(account)
        given = {name: answer for name, answer in given.items() if answer.strip()}
        asked = {field.name for field in network.fields}
        known = self._known(account, network, given)
        stays = {name: known[name] for name in known.keys() & asked - set(forget)}
        answers = told(network.fields, stays | given)
        # What the network does not ask for, such as variables of its processes, stays.
        others = {key: value for key, value in account.settings.items() if key not in asked}
        settings = {**others, **answers.settings}
        # Before it is tried: that, too, would send them there.
        kept = stays.keys() - given.keys()
        if wrong := asked_anew(network.fields, account.settings, settings, kept):
            raise AccountRejectedError(wrong)
        wanted = ChannelAccount(
            account.id, account.channel, account.handle, position=account.position,
            settings=settings, secrets=answers.secrets,
        )  # fmt: skip
        tried_with = self._tried(network, wanted) if tried else ()
        now = self._engine.clock.now()
        self._rows.change_account(id, settings=settings, secrets=answers.secrets, look_at=now)
        _log.info("account.changed", channel=account.channel, account=account.handle, by=by)
        return tried_with

    def check(self, id: int) -> Sequence[Checked]:
        """Try an account that is kept: log in and read, write nothing; return what was found.

        Raises:
            NotFoundError: there is no such account in this workspace.
            ChannelRefusedError: something about it is wrong; it says what to mend.
            ChannelUnavailableError: the network does not answer now.
        """
        account = self._rows.account(id).account
        network = self._network_of(account)
        return self._tried(network, self._seals.opened(self._engine.workspace.key, account))

    def switch(self, id: int, *, on: bool, by: str | None = None) -> ChannelAccount:
        """Have an account read, at once, or not any more. Answers that are approved go out still.

        Raises:
            NotFoundError: there is no such account in this workspace.
        """
        now = self._engine.clock.now() if on else None
        account = self._rows.change_account(id, enabled=on, look_at=now)
        _log.info("account.switched", channel=account.channel, account=account.handle, by=by, on=on)
        return account

    def gap_seen(self, id: int, *, by: str) -> bool:
        """Show the gap of an account no more, because somebody has seen to it.

        Returns:
            False when there is none.

        Raises:
            NotFoundError: there is no such account in this workspace.
        """
        self._rows.account(id)
        with self._engine.transaction() as uow:
            now = self._engine.clock.now()
            seen = hearing.acknowledge_gap(uow.connection, uow.workspace_id, id, by=by, now=now)
            uow.note(Change(self._engine.workspace.key, "channel_account", id))
        return seen

    def told_to(self, account: ChannelAccount) -> dict[str, Any]:
        """Return the settings of an account that its network asks for, which hold no secret."""
        network = self.networks().get(account.channel)
        asked = [] if network is None else [one.name for one in network.fields if not one.secret]
        return {name: account.settings[name] for name in asked if name in account.settings}

    def secrets_kept(self, account: ChannelAccount) -> frozenset[str]:
        """Return the names of the secrets that are kept of an account; none if no key opens it."""
        try:
            return frozenset(self._seals.opened(self._engine.workspace.key, account).secrets)
        except CredentialsError:
            return frozenset()

    def reseal(self) -> tuple[int, list[ChannelAccount]]:
        """Seal all credentials of the workspace anew with the first key.

        Returns:
            How many were sealed, and the accounts whose credentials no key of ours opens: they
            stay as they are.

        Raises:
            CredentialsError: there is no key.
        """
        workspace, count, closed = self._engine.workspace.key, 0, []
        for account in (state.account for state in self._rows.accounts()):
            if account.sealed is None:
                continue
            try:
                secrets = self._seals.opened(workspace, account).secrets
            except CredentialsError:
                closed.append(account)
                continue
            anew = self._seals.sealed(workspace, account.channel, account.handle, secrets)
            with self._engine.transaction() as uow:
                count += accounts.reseal(uow.connection, uow.workspace_id, account, anew)
        return count, closed

    def _checked(
        self, network: Adding, channel: str, handle: str, given: Mapping[str, str]
    ) -> Told:
        """Return what was told; all that is wrong with it, and with the handle, is told at once."""
        wrong = {HANDLE: why} if (why := self._wrong_handle(channel, handle)) else {}
        try:
            answers = told(network.fields, given)
        except AccountRejectedError as rejected:
            raise AccountRejectedError({**rejected.errors, **wrong}) from None
        if wrong:
            raise AccountRejectedError(wrong)
        return answers

    def _wrong_handle(self, channel: str, handle: str) -> str | None:
        if not handle:
            return "Is missing."
        if len(handle) > LONGEST_HANDLE or not handle.isprintable():
            return f"Is longer than {LONGEST_HANDLE} characters, or no text."
        known = (state.account for state in self._rows.accounts())
        same = (one for one in known if one.channel == channel)
        if any(one.handle.casefold() == handle.casefold() for one in same):
            return _THERE
        return None

    def _network_of(self, account: ChannelAccount) -> Adding:
        channel = of_account(account, self._channels)
        if isinstance(channel, Adding):
            return channel
        raise ChannelRefusedError(
            f"Accounts of {account.channel!r} are told nothing, and there is nothing to try."
        )

    def _known(
        self, account: ChannelAccount, network: Adding, given: Mapping[str, str]
    ) -> Mapping[str, str]:
        """Return the secrets that are kept of an account.

        Those that no key opens count as none if new ones are given; else, they are kept as they
        are: the key may only be missing here.
        """
        try:
            return self._seals.opened(self._engine.workspace.key, account).secrets
        except CredentialsError:
            if any(field.secret and field.name in given for field in network.fields):
                return {}
            raise

    def _sealed(self, channel: str, handle: str, secrets: Mapping[str, str]) -> bytes | None:
        if not secrets:
            return None
        return self._seals.sealed(self._engine.workspace.key, channel, handle, secrets)

    def _tried(self, network: Adding, account: ChannelAccount) -> Sequence[Checked]:
        try:
            # Networks quote what they were sent. Nothing of it may reach a page or a log.
            with hiding(account.secrets):
                found = network.check(account)
        except NetworkFaultError as fault:
            named = {"channel": account.channel, "account": account.handle}
            _log.error("account.check_failed", exception=fault.trace, **named)
            raise ChannelRefusedError(
                f"{fault} It is a fault in the file of the network {account.channel!r}; the log "
                "says where."
            ) from None
        return [
            Checked(hidden(one.what, account.secrets), hidden(one.found, account.secrets))
            for one in found
        ]
