"""A compiled file: what the specs of one definition version are, shared by all its instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.bpmn.decisions import BusinessDecision
from engine.bpmn.specs.element import ScopeSpec
from engine.catalogue import LATEST, Which


@dataclass(eq=False, slots=True)
class Program:
    """One compiled definition. Never changed after compiling, so threads may share it."""

    id: int  #: of the definition; 0 when it was only looked at
    key: str
    scopes: list[ScopeSpec]  #: of the whole file; the stored state names them by index
    main: ScopeSpec  #: the process itself


class World(Protocol):
    """What an instance asks of its workspace while it runs."""

    def called(self, key: str, which: Which = LATEST) -> Program:
        """Return the version a call activity uses; the newest where none was deployed beside it.

        Raises:
            ElementError: if none is deployed, or it cannot run.
        """
        ...

    def program(self, definition_id: int) -> Program:
        """Return one version, for a call that is under way."""
        ...

    def decision(self, key: str, which: Which = LATEST) -> BusinessDecision:
        """Return the version a business rule task uses; the newest where none came beside it.

        Raises:
            ElementError: if none is deployed.
        """
        ...
