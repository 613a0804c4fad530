"""Reading, deploying and showing process definitions, decisions and forms."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.correlation import start_kept
from engine.definitions import (
    Definition,
    DefinitionKind,
    Deployment,
    Executable,
    FileReport,
    NormalForm,
    Problem,
    Severity,
    Source,
)
from engine.errors import DeploymentRefusedError, NotStartableError
from engine.ports import UnitOfWork
from engine.stores import Transaction
from engine.use_cases.bound import Bound

#: The rule whose problem is a question, answered by :meth:`DefinitionUseCases.publish`.
UNANSWERED = "not-executable"


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
        executable: Executable = None,
        within: UnitOfWork | None = None,
    ) -> Deployment:
        """Store files and make their definitions current for new instances.

        Running instances stay on the version they started with. Deploying the same files again
        stores nothing and returns the deployment that is there. Messages that came before the
        process they start are waiting in the buffer; they start their instances now.

        Args:
            files: together they must hold whatever they refer to, unless it is deployed already.
            by: login of the person; None for a program.
            executable: what becomes of processes that do not say that they are executable: True
                runs them, False keeps them as drawings, keys run those and keep the others. None:
                nobody was asked, so each is a draft that waits for :meth:`publish`.
            within: an open transaction to do it in.

        Raises:
            DeploymentRefusedError: a file cannot run; nothing was stored.
            OSError: a file cannot be read.
        """
        sources = [Source.of(file) for file in files]
        _refuse(_misnamed(sources))
        return self._write(lambda tx: self._deploy(tx, sources, by, executable), within)

    def publish(self, definition_id: int, *, within: UnitOfWork | None = None) -> Definition:
        """Let a draft run that lacks nothing but the word that it is to be run.

        It is the answer to a process that does not say that it is executable. The file is looked
        at again, so what a draft refers to may have been deployed meanwhile. A version that runs
        already is returned as it is. Messages that wait for it start their instances now.

        Raises:
            NotFoundError: no such definition.
            NotStartableError: something else is missing, or a newer version runs already.
        """
        return self._write(lambda tx: self._publish(tx, definition_id), within)

    def normalised(self, of: int | Path | Source) -> NormalForm:
        """Return a file as it is compiled, and what was rewritten in it.

        Args:
            of: id of a definition, or a file that need not be deployed.

        Raises:
            NotFoundError: no such definition.
            EngineError: the file cannot be read as BPMN or DMN.
            OSError: the file cannot be read.
        """
        if not isinstance(of, int):
            return self._core.runner.normalised(Source.of(of))
        with self._reading() as tx:
            found = tx.definitions.get(of)
            content = tx.definitions.resource(of)[0]
        return self._core.runner.normalised(Source(found.resource, content))

    def explain(self, rule: str) -> str | None:
        """Return what there is to read about the rule of a problem; None where nothing more is."""
        return self._core.runner.explain(rule)

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

    def deployment(self, id: int) -> Deployment:
        """Return what became current together, and what is wrong in its files as of now.

        Raises ``NotFoundError``.
        """
        with self._reading() as tx:
            return _deployment(tx, id)

    def resource(self, definition_id: int) -> bytes:
        """Return the file of a definition, byte for byte as it was uploaded."""
        with self._reading() as tx:
            return tx.definitions.resource(definition_id)[0]

    def problems(self, definition_id: int) -> tuple[Problem, ...]:
        """Return what was found in the file of a definition when it was deployed."""
        with self._reading() as tx:
            return tx.definitions.resource(definition_id)[1]

    def _read(
        self, tx: Transaction, sources: Sequence[Source], executable: Executable = None
    ) -> tuple[FileReport, ...]:
        return self._core.runner.read(sources, tx.definitions.knows, executable=executable)

    def _deploy(
        self,
        tx: Transaction,
        sources: Sequence[Source],
        by: str | None,
        executable: Executable,
    ) -> Deployment:
        digest = _digest(sources, executable)
        id = tx.definitions.same(digest)
        if id is None:
            reports = self._read(tx, sources, executable)
            _refuse([problem for report in reports for problem in report.problems])
            forms = self._core.runner.forms(sources)
            now = self.clock.now()
            id = tx.definitions.insert(sources, reports, forms, digest=digest, at=now, by=by)
            start_kept(tx, _starting(reports), now=now)
        return _deployment(tx, id)

    def _publish(self, tx: Transaction, id: int) -> Definition:
        stored = tx.definitions.get(id)
        newest = tx.definitions.startable(stored.key)
        if stored.startable:
            return stored
        if newest is not None and newest[0].version > stored.version:
            why = f"version {newest[0].version} is newer and runs. Upload the older file again."
            raise NotStartableError(stored.key, why)
        content, problems = tx.definitions.resource(id)
        source = Source(stored.resource, content)
        reports = self._read(tx, [source], [stored.key])
        found = [each for each in reports[0].definitions if each.key == stored.key]
        if not found or not found[0].startable:
            raise NotStartableError(stored.key, missing(reports[0].problems, stored.key))
        gone = blocking(problems, stored.key)
        now = self.clock.now()
        left = [problem for problem in problems if problem not in gone]
        tx.definitions.publish(id, found[0], left, at=now)
        start_kept(tx, _starting(reports), now=now)
        return tx.definitions.get(id)


def _deployment(tx: Transaction, id: int) -> Deployment:
    at, who, definitions = tx.definitions.deployment(id)
    return Deployment(id, at, who, definitions, tx.definitions.found_in(id))


def blocking(problems: Iterable[Problem], key: str) -> list[Problem]:
    """Return those of a file's problems that keep the process ``key`` from starting."""
    stopping = (Severity.DRAFT, Severity.ERROR)
    return [p for p in problems if p.severity in stopping and p.process in (None, key)]


def missing(problems: Iterable[Problem], key: str) -> str:
    """Return why a draft does not start and what to do, in one message."""
    found = blocking(problems, key)
    if not found:
        return "it is kept as a drawing. Publish it on its page, or deploy it to be run."
    more = f" {len(found) - 1} more of its problems stand in the way." if found[1:] else ""
    cure = found[0].cure if not more else "Supply what its page lists, and deploy it again."
    return f"it is a draft: {found[0].message}{more} {cure}"


def _starting(reports: Sequence[FileReport]) -> set[str]:
    """Return the names of the messages that start what was deployed; drafts start nothing."""
    drafts = [draft for report in reports for draft in report.definitions if draft.startable]
    return {start.message for draft in drafts for start in draft.message_starts}


def _digest(sources: Sequence[Source], executable: Executable) -> str:
    whole = hashlib.sha256()
    if executable is not None:  # another answer makes other versions of the same files
        answer = executable if isinstance(executable, bool) else sorted(executable)
        whole.update(repr(answer).encode())
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
