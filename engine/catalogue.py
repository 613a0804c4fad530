"""What is deployed, as the runner asks for it while an instance runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.definitions import Source
from engine.packing import Dictionary


@dataclass(frozen=True, slots=True)
class StoredProcess:
    """What the runner needs to run a definition. ``id`` is unique for ever: compile once by it."""

    id: int
    key: str
    source: str  #: file name
    content: bytes  #: the file as it was uploaded
    version: int = 0


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """What the runner needs to evaluate a decision."""

    id: int
    key: str
    source: str
    content: bytes
    version: int = 0


@dataclass(frozen=True, slots=True)
class Which:
    """Which version of a process or decision is meant; as it is, the newest that can run.

    At most one of its fields is set.
    """

    beside: int | None = None  #: the one that was deployed together with this definition
    version: int | None = None  #: the one with this number
    tag: str | None = None  #: the newest with this version tag

    def __str__(self) -> str:
        """Return how a message goes on after the name of what was asked for."""
        if self.version is not None:
            return f" in version {self.version}"
        return f" with the version tag {self.tag!r}" if self.tag is not None else ""


#: The newest version that can run.
LATEST = Which()


class Catalogue(Protocol):
    """The definitions of one workspace, as the runner asks for them while it runs."""

    def process(self, definition_id: int) -> StoredProcess:
        """Return one version. Raises :class:`~engine.errors.NotFoundError`."""
        ...

    def called_process(self, key: str, which: Which = LATEST) -> StoredProcess | None:
        """Return the version a call activity uses now; None where none of that kind can start."""
        ...

    def asked_decision(self, key: str, which: Which = LATEST) -> StoredDecision | None:
        """Return the version a business rule task uses now; None where there is none such.

        ``key`` is the id of the decision; where no decision has it, its name.
        """
        ...

    def decisions_beside(self, definition_id: int) -> Sequence[Source]:
        """Return the files of decisions that were deployed together with a decision."""
        ...

    def dictionary(self, number: int) -> Dictionary | None:
        """Return the dictionary that states name by ``number``; None where it is not there."""
        ...

    def dictionary_of(self, definition_id: int) -> Dictionary | None:
        """Return what states of a version are to be packed with; None where nothing is yet."""
        ...


__all__ = ["LATEST", "Catalogue", "StoredDecision", "StoredProcess", "Which"]
