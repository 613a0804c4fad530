"""Channel accounts as operators look after them: listed and tried. No answer holds a secret."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from channels.accounts import Condition, condition_of
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
    return {"items": [_shown(state) for state in services().conversations.accounts()]}


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


def _shown(state: AccountState) -> dict[str, Any]:
    account = state.account
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
        "settings": services().accounts.told_to(account),
    }
