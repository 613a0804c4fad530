"""Reading, deploying and showing process definitions, decisions and forms."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from engine.correlation import start_kept
from engine.definitions import (
    Definition,
    DefinitionKind,
    Deployment,
    FileReport,
    Problem,
    Severity,
    Source,
)
from engine.errors import DeploymentRefusedError
from engine.ports import UnitOfWork
from engine.stores import Transaction
from engine.use_cases.bound import Bound


class DefinitionUseCases(Bound):
    """Process definitions, decisions and forms of one workspace."""

    def lint(self, files: Sequence[Path | Source]) -> tuple[FileReport, ...]:
        """Read files as one deployment and return every problem in them; store nothing.

        What is deployed already counts as known. Raises ``OSError`` for a file that cannot be
        read.
        """
        sources = [Source.of(file) for file in files]
        with self._reading() as tx:
            return self._read(tx, sources)

    def deploy(
        self,
        files: Sequence[Path | Source],
        *,
        by: str | None = None,
        within: UnitOfWork | None = None,
    ) -> Deployment:
        """Store files and make their definitions current for new instances.

        Running instances stay on the version they started with. Deploying the same files again
        stores nothing and returns the deployment that is there. Messages that came before the
        process they start are waiting in the buffer; they start their instances now.

        Args:
            files: together they must hold whatever they refer to, unless it is deployed already.
            by: login of the person; None for a program.
            within: an open transaction to do it in.

        Raises:
            DeploymentRefusedError: a file cannot run; nothing was stored.
            OSError: a file cannot be read.
        """
        sources = [Source.of(file) for file in files]
        _refuse(_misnamed(sources))
        return self._write(lambda tx: self._deploy(tx, sources, by), within)

    def definitions(
        self, *, kind: DefinitionKind = DefinitionKind.PROCESS, key: str | None = None
    ) -> list[Definition]:
        """Return the latest version of each key, or all versions of one, newest first."""
        with self._reading() as tx:
            return tx.definitions.find(kind, key)

    def definition(self, id: int) -> Definition:
        """Return one version of a process or decision. Raises ``NotFoundError``."""
        with self._reading() as tx:
            return tx.definitions.get(id)

    def resource(self, definition_id: int) -> bytes:
        """Return the file of a definition, byte for byte as it was uploaded."""
        with self._reading() as tx:
            return tx.definitions.resource(definition_id)[0]

    def problems(self, definition_id: int) -> tuple[Problem, ...]:
        """Return what was found in the file of a definition when it was deployed."""
        with self._reading() as tx:
            return tx.definitions.resource(definition_id)[1]

    def _read(self, tx: Transaction, sources: Sequence[Source]) -> tuple[FileReport, ...]:
        return self._core.runner.read(sources, tx.definitions.knows)

    def _deploy(self, tx: Transaction, sources: Sequence[Source], by: str | None) -> Deployment:
        digest = _digest(sources)
        id = tx.definitions.same(digest)
        if id is None:
            reports = self._read(tx, sources)
            _refuse([problem for report in reports for problem in report.problems])
            forms = self._core.runner.forms(sources)
            now = self.clock.now()
            id = tx.definitions.insert(sources, reports, forms, digest=digest, at=now, by=by)
            start_kept(tx, _starting(reports), now=now)
        at, who, definitions = tx.definitions.deployment(id)
        problems = {d.resource: tx.definitions.resource(d.id)[1] for d in definitions}
        found = tuple(problem for each in problems.values() for problem in each)
        return Deployment(id, at, who, definitions, found)


def _starting(reports: Sequence[FileReport]) -> set[str]:
    """Return the names of the messages that start what was deployed; drafts start nothing."""
    drafts = [draft for report in reports for draft in report.definitions if draft.startable]
    return {start.message for draft in drafts for start in draft.message_starts}


def _digest(sources: Sequence[Source]) -> str:
    whole = hashlib.sha256()
    for source in sorted(sources, key=lambda each: each.name):
        whole.update(hashlib.sha256(source.name.encode()).digest())
        whole.update(hashlib.sha256(source.content).digest())
    return whole.hexdigest()


def _misnamed(sources: Sequence[Source]) -> list[Problem]:
    """Return the problems of the list of files itself."""
    if not sources:
        return [_problem("nothing-to-deploy", "No file was given.", "Give at least one file.")]
    return [
        _problem(
            "file-name-twice",
            f"Two files of the deployment are called {name!r}.",
            "Give each file a name of its own.",
        )
        for name, count in Counter(source.name for source in sources).items()
        if count > 1
    ]


def _problem(rule: str, message: str, cure: str) -> Problem:
    return Problem(rule, Severity.ERROR, None, None, message, cure)


def _refuse(problems: Sequence[Problem]) -> None:
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise DeploymentRefusedError(problems)
