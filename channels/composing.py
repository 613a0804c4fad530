"""An answer while it is written: how long it is to its network, and what stands in its way.

The same is asked when the answer is approved and again right before it is sent, because rules and
networks change meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from channels import media, networks, policy
from channels.errors import ChannelError
from channels.media import Broken, Enclosure
from channels.model import Chance, ChannelAccount, Reply, ReplyStatus
from channels.networks import broken_by, limit_of, measure_of
from channels.policy import Around, Finding, Rules
from channels.protocol import Channel, Charging, Restricting
from channels.splitting import split as split_text
from channels.storage import outgoing, policies
from channels.storage.outgoing import Addressee
from engine import Engine
from engine.ports import UnitOfWork

#: The same words are held against two accounts for so long.
ALIKE_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Composed:
    """What is known of an answer before it is sent."""

    length: int  #: as the network counts it
    limit: int
    parts: tuple[str, ...]  #: as it would go out; empty when it is too long for that
    findings: tuple[Finding, ...] = ()
    broken: tuple[Broken, ...] = ()  #: what the network does not take of its files
    #: Whether the network would take it from us at all.
    chance: Chance = field(default_factory=Chance)
    price: int | None = None  #: of all parts, in millionths of a dollar; None: it costs nothing
    carries_files: bool = True  #: in public or in private

    @property
    def too_long(self) -> bool:
        """Tell whether the network will not carry it as it is wanted."""
        return not self.parts

    @property
    def blocked(self) -> bool:
        """Tell whether it must not be sent."""
        return bool(policy.blocking(self.findings))

    @property
    def token(self) -> str:
        """Return what a person confirms; empty when there is nothing to confirm."""
        return policy.token(self.findings) if self.findings else ""


class Composing:
    """Looks at answers of one workspace, and keeps the rules of what may be said."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel]) -> None:
        """Bind to a workspace, with the networks by name."""
        self._engine, self._channels = engine, channels

    def look(
        self,
        account: ChannelAccount,
        text: str,
        *,
        private: bool = False,
        split: bool = False,
        files: Sequence[Enclosure] = (),
        to: Addressee | None = None,
    ) -> Composed:
        """Return what is known of ``text``, with ``files``, as an answer of ``account``.

        ``to`` says whom it answers, if that is known: see :meth:`addressee`.

        Raises:
            ChannelRefusedError: this installation does not have the network.
        """
        channel = networks.of_account(account, self._channels)
        limit, measure = (
            limit_of(channel, account, private=private),
            measure_of(channel, private=private),
        )
        length = measure(text)
        parts: tuple[str, ...] = (text,) if length <= limit else ()
        if split and not parts:
            parts = tuple(split_text(text, limit, measure))
        now = self._engine.clock.now()
        with self._engine.reading() as view:
            rules = policy.read(policies.stored(view.connection, view.workspace_id))
            around = around_of(view, account, channel, text, rules, private=private, now=now)
        findings = policy.check(media.with_alts(text, files), rules, around)
        broken = broken_by(channel, account, files, private=private)
        reply = _imagined(to, text, private=private, now=now)
        chance = channel.chance(account, reply) if isinstance(channel, Restricting) else Chance()
        price = _price(channel, account, [replace(reply, text=part) for part in parts])
        carries = any(
            networks.rules_of(channel, account, private=one).kinds for one in (False, True)
        )
        return Composed(length, limit, parts, findings, broken, chance, price, carries)

    def addressee(self, conversation: int, *, private: bool = False) -> Addressee | None:
        """Return whom an answer in a conversation goes to; None when there is none such."""
        with self._engine.reading() as view:
            found = outgoing.addressees(
                view.connection, view.workspace_id, [conversation], private=private
            )
        return found.get(conversation)

    def rules(self) -> Rules:
        """Return the rules of the workspace."""
        with self._engine.reading() as view:
            return policy.read(policies.stored(view.connection, view.workspace_id))

    def change_rules(self, rules: Rules, *, by: str) -> None:
        """Keep other rules from now on; replies that wait are held against them too.

        Raises:
            PolicyRejectedError: one of them does not do; nothing was changed.
        """
        now = self._engine.clock.now()
        told = policy.write(rules)
        with self._engine.transaction() as uow:
            policies.store(uow.connection, uow.workspace_id, told, by=by, now=now)


def _imagined(to: Addressee | None, text: str, *, private: bool, now: datetime) -> Reply:
    """Return the reply that an answer would become, for what a network says of it beforehand."""
    bare = Reply(0, 0, text, private, ReplyStatus.APPROVED, "", now)
    if to is None:
        return bare
    return replace(
        bare, conversation_id=to.conversation_id, in_reply_to=to.in_reply_to, thread=to.thread,
        recipient=to.recipient, answerable=to.answerable, asked_at=to.asked_at,
        heard_at=to.heard_at,
    )  # fmt: skip


def _price(channel: Channel, account: ChannelAccount, replies: Sequence[Reply]) -> int | None:
    # An account with bad prices tells none; it is told so where it is read.
    with suppress(ChannelError):
        if isinstance(channel, Charging) and replies:
            return sum(channel.reply_price(account, reply) for reply in replies)
    return None


def around_of(
    uow: UnitOfWork,
    account: ChannelAccount,
    channel: Channel | None,
    text: str,
    rules: Rules,
    *,
    private: bool,
    now: datetime,
) -> Around:
    """Return what is known around a text, with what went out from other accounts."""
    price = None
    if isinstance(channel, Charging):
        # An account with bad prices warns of nothing; what must not be said is found all the same.
        with suppress(ChannelError):
            price = channel.link_price(account, text)
    around = Around(
        private=private,
        can_be_private=channel is not None and channel.can_reply_privately,
        link_price=price,
    )
    words = policy.said(text) if account.channel in rules.alike_on and not private else None
    if words is None:
        return around
    told = policies.said_elsewhere(
        uow.connection, words, channel=account.channel, besides=account.id, since=now - ALIKE_WITHIN
    )
    return replace(around, said_elsewhere=told)
