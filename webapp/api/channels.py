"""Channel accounts as operators look after them: listed and tried. No answer holds a secret."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from channels import costs
from channels.accounts import Condition, condition_of
from channels.budgets import Budget, Purpose
from channels.errors import ChannelError
from channels.model import AccountState
from webapp.api.shapes import Out
from webapp.people import Role
from webapp.security import require
from webapp.services import services

api = APIBlueprint("api_channels", __name__, url_prefix="/channels", tag="Channels")


class ChannelFieldOut(Out):
    """One thing that an account of a network is told."""

    name: str
    label: str
    hint: str
    secret: bool
    required: bool
    default: str
    kind: str = Field(description="text, number, flag or address")
    choices: list[str]


class NetworkOut(Out):
    """A network of which accounts can be added."""

    name: str
    title: str
    fields: list[ChannelFieldOut]


class NetworksOut(Out):
    """Every network."""

    items: list[NetworkOut]


class GapOut(Out):
    """Mentions that may be missing."""

    since: datetime
    until: datetime
    why: str


class SpentOut(Out):
    """What an account has cost, and may cost, in millionths of a dollar."""

    day: int = Field(description="Today, UTC.")
    month: int = Field(description="This month, UTC, today included.")
    budget_day: int | None
    budget_month: int | None
    left: int | None = Field(description="What reading may still cost now; null: any sum.")
    by_kind: dict[str, int] = Field(description="Of the month.")


class LimitOut(Out):
    """How often a network may still be called, as it last told."""

    bucket: str
    purpose: Purpose
    remaining: int
    most: int | None = Field(description="Of a whole window; null: it does not say.")
    resets_at: datetime
    consequence: str = Field(description="What happens when it is used up.")


class ChannelOut(Out):
    """One account of ours, how reading it goes, and what it was told."""

    id: int
    network: str
    handle: str
    enabled: bool
    state: Condition
    last_success_at: datetime | None
    last_mention_at: datetime | None
    next_poll_at: datetime | None
    failures: int = Field(description="Looks in a row that failed.")
    last_error: str | None
    alarm: str | None = Field(description="Why somebody should look at it.")
    gap: GapOut | None
    spent: SpentOut | None = Field(description="Null: it costs nothing.")
    limits: list[LimitOut]
    settings: dict[str, Any] = Field(description="What it was told, without its secrets.")


class ChannelsOut(Out):
    """Every account of the workspace."""

    items: list[ChannelOut]


class FoundOut(Out):
    """One thing that was tried."""

    what: str
    found: str


class TrialOut(Out):
    """How trying an account went."""

    ok: bool
    found: list[FoundOut]
    trouble: str | None = Field(description="What is wrong; null when it works.")


@api.get("")
@require(Role.OPERATOR)
@api.output(ChannelsOut)
def channels() -> dict[str, Any]:
    """List channel accounts with what they were told; secrets are never told."""
    limits = services().conversations.limits()
    return {
        "items": [
            _shown(state, limits.get(state.account.id, []))
            for state in services().conversations.accounts()
        ]
    }


@api.get("/networks")
@require(Role.OPERATOR)
@api.output(NetworksOut)
def networks() -> dict[str, Any]:
    """List the networks, and what an account of each is told."""
    known = services().accounts.networks()
    return {
        "items": [
            {"name": name, "title": one.title, "fields": list(one.fields)}
            for name, one in known.items()
        ]
    }


@api.post("/<int:account_id>/test")
@require(Role.OPERATOR)
@api.output(TrialOut)
@api.doc(responses=[404])
def test(account_id: int) -> dict[str, Any]:
    """Try an account: log in and read, write nothing."""
    try:
        found = services().accounts.check(account_id)
    except ChannelError as error:
        return {"ok": False, "found": [], "trouble": str(error)}
    return {"ok": True, "found": list(found), "trouble": None}


def _shown(state: AccountState, limits: list[Budget]) -> dict[str, Any]:
    account, spent = state.account, state.spent
    return {
        "id": account.id,
        "network": account.channel,
        "handle": account.handle,
        "enabled": account.enabled,
        "state": condition_of(state),
        "last_success_at": state.last_success_at,
        "last_mention_at": state.last_mention_at,
        "next_poll_at": state.next_poll_at,
        "failures": state.failures,
        "last_error": state.last_error,
        "alarm": state.alarm,
        "gap": state.gap,
        "spent": {**asdict(spent), "left": costs.left(spent)} if spent else None,
        "limits": limits,
        "settings": services().accounts.told_to(account),
    }
