"""What is seen of an instance: its variables, where it waits, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.errors import EngineError
from engine.instances import Instance, InstanceDetail
from engine.stores import Transaction
from engine.use_cases.bound import Core

#: Open incidents that are shown of one instance.
_MOST_INCIDENTS = 100


def variables(
    core: Core, tx: Transaction, definition_id: int, state: bytes | None, token: int | None
) -> dict[str, Any]:
    """Return the variables in a state, or those that its ``token`` sees; none before the first run.

    Raises:
        EngineError: the state cannot be read.
    """
    if state is None:
        return {}
    process = tx.catalogue.process(definition_id)
    return core.runner.variables(process, state, token=token, catalogue=tx.catalogue)


def readable(
    core: Core, tx: Transaction, definition_id: int, state: bytes | None, token: int | None
) -> dict[str, Any]:
    """Return what :func:`variables` does; none where it raises: then there is an incident."""
    try:
        return variables(core, tx, definition_id, state, token)
    except EngineError:
        return {}


def detail(tx: Transaction, instance: Instance, seen: Mapping[str, Any]) -> InstanceDetail:
    """Return an instance with its variables, which are ``seen``, and where it waits."""
    incidents = (
        tx.incidents.find(
            instance_id=instance.id, open_only=True, before=None, limit=_MOST_INCIDENTS
        )
        if instance.incidents
        else ()
    )
    return InstanceDetail(
        **{name: getattr(instance, name) for name in Instance.__slots__},
        variables=seen,
        waiting=tx.instances.waiting(instance.id),
        open_incidents=tuple(incidents),
    )


__all__ = ["detail", "readable", "variables"]
