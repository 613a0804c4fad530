"""Where running instances find compiled processes and decisions: cached, read when first used."""

from __future__ import annotations

import sys

from engine.bpmn.decisions import BusinessDecision, Decisions
from engine.bpmn.decisions.reading import imports_others
from engine.bpmn.errors import ElementError, UnreadableFileError
from engine.bpmn.pipeline import build
from engine.bpmn.program import Program
from engine.bpmn.reader import Limits, read
from engine.catalogue import LATEST, Catalogue, StoredDecision, StoredProcess, Which
from engine.definitions import Source
from engine.errors import NotStartableError
from engine.recent import Recent

#: Compiled files kept. A process of 50 elements takes about 200 kB.
PROGRAMS, DECISIONS = 256, 256
#: What is stored was not too large when it came, whatever the bounds are now.
_ACCEPTED = Limits(
    size=sys.maxsize,
    parts=sys.maxsize,
    cells=sys.maxsize,
    repeated=sys.maxsize,
    processes=sys.maxsize,
    identifier=sys.maxsize,
)


class Library:
    """Compiled definitions, shared by all instances and threads of a process."""

    def __init__(self, *, programs: int = PROGRAMS, decisions: int = DECISIONS) -> None:
        """Keep at most so many of each."""
        self._programs: Recent[int, Program] = Recent(programs)
        self._decisions: Recent[int, BusinessDecision] = Recent(decisions)

    def program(self, stored: StoredProcess) -> Program:
        """Return the compiled form of a stored process.

        Raises:
            NotStartableError: the file does not hold the process any reader could run.
        """
        return self._programs.get_or_make(stored.id, lambda: _program(stored))

    def decision(self, stored: StoredDecision, catalogue: Catalogue) -> BusinessDecision:
        """Return the compiled form of a stored decision, with the files it was deployed with.

        Raises:
            ElementError: the file does not hold it.
        """
        return self._decisions.get_or_make(stored.id, lambda: _decision(stored, catalogue))


class Shelf:
    """One workspace's view of the library; implements :class:`~engine.bpmn.program.World`."""

    def __init__(self, library: Library, catalogue: Catalogue) -> None:
        """Look definitions up in ``catalogue`` and their compiled form in ``library``."""
        self._library, self._catalogue = library, catalogue

    def called(self, key: str, which: Which = LATEST) -> Program:
        """Return the version a call activity uses; see :class:`.program.World`."""
        stored = self._catalogue.called_process(key, which)
        if stored is None and which.beside is not None:
            stored = self._catalogue.called_process(key)
        if stored is None:
            raise ElementError(
                f"The called process {key!r} is not deployed{which}, or is still a draft.",
                "Deploy it, supply what its draft lacks, or correct the call activity; "
                "then try again.",
            )
        return self._library.program(stored)

    def program(self, definition_id: int) -> Program:
        """Return one version; raises ``NotFoundError`` when the workspace has none such."""
        return self._library.program(self._catalogue.process(definition_id))

    def decision(self, key: str, which: Which = LATEST) -> BusinessDecision:
        """Return the version a business rule task uses; see :class:`.program.World`."""
        stored = self._catalogue.asked_decision(key, which)
        if stored is None and which.beside is not None:
            stored = self._catalogue.asked_decision(key)
        if stored is None:
            raise ElementError(
                f"The decision {key!r} is not deployed{which}, or is still a draft.",
                "Deploy the file that holds it, supply what its draft lacks, or correct its key; "
                "then try again.",
            )
        return self._library.decision(stored, self._catalogue)


def _program(stored: StoredProcess) -> Program:
    try:
        document = read(Source(stored.source, stored.content), _ACCEPTED)
    except UnreadableFileError as error:
        raise NotStartableError(stored.key, str(error)) from error
    compiled = build(document)
    for process in compiled.processes:
        if process.name == stored.key:
            return Program(stored.id, stored.key, compiled.scopes, process)
    raise NotStartableError(stored.key, f"{stored.source} holds no such process; deploy it again.")


def _decision(stored: StoredDecision, catalogue: Catalogue) -> BusinessDecision:
    own = read(Source(stored.source, stored.content), _ACCEPTED)
    documents = [own]
    if imports_others(own):
        beside = catalogue.decisions_beside(stored.id)
        documents += [read(source, _ACCEPTED) for source in beside if source.name != stored.source]
    decisions = Decisions.of(documents)
    key = decisions.find(stored.key)
    if key is None:
        raise ElementError(
            f"{stored.source} holds no decision {stored.key!r} that can be asked.",
            "Deploy it again.",
        )
    return BusinessDecision(stored.key, stored.version, decisions, key)
