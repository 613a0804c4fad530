"""A process that sends one reply, as the tests of the outbox start it."""

from __future__ import annotations

from engine import Engine


def start(engine: Engine, text: str = "Sorry!", **more: object) -> int:
    """Start an instance that sends one reply; return its id."""
    variables = {"conversation": 1, "text": text, "private": False, "approved": None} | more
    return engine.start("answering", variables).id


def waits_at(engine: Engine, instance: int) -> list[str]:
    return [place.element for place in engine.instance(instance).waiting]
