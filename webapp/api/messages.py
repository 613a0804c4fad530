"""Messages and signals from outside."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from pydantic import Field

from engine.messages import Correlated, Correlation
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import require
from webapp.services import services

api = APIBlueprint("api_messages", __name__, url_prefix="", tag="Messages")


class MessageIn(In):
    """A named outside happening."""

    name: str = Field(min_length=1, max_length=200)
    correlation_key: str | None = Field(None, max_length=200)
    business_key: str | None = Field(None, max_length=200, description="Of a new instance.")
    payload: dict[str, Any] = Field(default_factory=dict, description="Becomes variables.")


class CorrelationOut(Out):
    """Where a message went."""

    outcome: Correlated
    instance_id: int | None


class SignalIn(In):
    """A signal to every instance that waits for it."""

    name: str = Field(min_length=1, max_length=200)
    payload: dict[str, Any] = Field(default_factory=dict, description="Becomes variables.")


class SignalOut(Out):
    """How many instances took a signal."""

    instances: int


@api.post("/messages")
@require(Role.MANAGER, Role.OPERATOR)
@api.input(MessageIn, arg_name="message")
@api.output(CorrelationOut)
def correlate(message: MessageIn) -> Correlation:
    """Send a message: it continues an instance, starts one, or waits until one wants it."""
    return services().engine.correlate(
        message.name,
        message.correlation_key,
        message.payload,
        business_key=message.business_key,
    )


@api.post("/signals")
@require(Role.MANAGER, Role.OPERATOR)
@api.input(SignalIn, arg_name="signal")
@api.output(SignalOut)
def send_signal(signal: SignalIn) -> dict[str, int]:
    """Send a signal to every instance that waits for it."""
    return {"instances": services().engine.signal(signal.name, signal.payload)}
