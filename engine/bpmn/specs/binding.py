"""Which version of another definition is meant, where a token asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.bpmn.errors import ElementError
from engine.catalogue import LATEST, Which

if TYPE_CHECKING:
    from engine.bpmn.extensions.binding import Binding
    from engine.bpmn.token import Token


def which(token: Token, binding: Binding, what: str) -> Which:
    """Return the version that is meant.

    Args:
        token: at the element that asks.
        binding: as its designer wrote it.
        what: is asked for, as an error names it: ``"called process"``.

    Raises:
        ElementError: its number or tag cannot be computed, or is none.
    """
    if binding.to == "deployment":
        return Which(beside=token.workflow.program.id)
    if binding.which is None:
        return LATEST
    found = str(token.evaluate(binding.which)).strip()
    if binding.to == "version":
        if not (found.isascii() and found.isdigit() and len(found) < 10):
            raise ElementError(f"The version of the {what} is {found!r:.60}.", "Give its number.")
        return Which(version=int(found))
    return Which(tag=found)


__all__ = ["which"]
