"""A compiled file: what the specs of one definition version are, shared by all its instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.bpmn.decisions import BusinessDecision
from engine.bpmn.specs.element import ScopeSpec


@dataclass(eq=False, slots=True)
class Program:
    """One compiled definition. Never changed after compiling, so threads may share it."""

    id: int  #: of the definition; 0 when it was only looked at
    key: str
    scopes: list[ScopeSpec]  #: of the whole file; the stored state names them by index
    main: ScopeSpec  #: the process itself


class World(Protocol):
    """What an instance asks of its workspace while it runs."""

    def called(self, key: str, *, beside: int | None = None, version: int | None = None) -> Program:
        """Return the version a call activity uses.

        Args:
            key: of the called process.
            beside: id of the definition that calls: the version that was deployed with it is
                meant, or the newest one where it came alone.
            version: the number of one version; without both, the newest that can start.

        Raises:
            ElementError: if none is deployed, or it cannot run.
        """
        ...

    def program(self, definition_id: int) -> Program:
        """Return one version, for a call that is under way."""
        ...

    def decision(self, key: str) -> BusinessDecision:
        """Return the decision a business rule task uses now.

        Raises:
            ElementError: if none is deployed.
        """
        ...
