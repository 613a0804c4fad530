"""Asking decisions, without an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.catalogue import Which
from engine.decisions import Decision, DecisionView
from engine.definitions import DefinitionKind, Source
from engine.errors import NoSuchDecisionError, UnaskableVersionError
from engine.stores import Transaction
from engine.use_cases.bound import Bound
from engine.use_cases.definitions import missing

#: One file, or several that belong together.
Files = str | Path | Source | Iterable[str | Path | Source]


class DecisionUseCases(Bound):
    """Decisions, in files or as they are deployed in one workspace."""

    def decide(
        self,
        files: Files,
        decision: str,
        inputs: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> Decision:
        """Return what a decision gives; nothing is stored.

        Args:
            files: DMN files that are read together: what one of them imports is looked for in
                the others. Without any, what is deployed is asked.
            decision: the id or the name of a decision, a decision service or a business knowledge
                model. A deployed decision is asked by its id, or else by its name.
            inputs: values by name. Where the model gives an input a type, texts are read as dates,
                times and durations (ISO 8601). An input with the name of a decision stands for it.
            version: of a deployed decision; without it the newest that is no draft.

        Returns:
            Its value and why. Values are as JSON has them: dates, times and durations are ISO 8601
            texts as FEEL writes them. What goes wrong while it is evaluated is null, as DMN says,
            and stands in ``failures``.

        Raises:
            NoSuchDecisionError: there is no such decision, or not in that version, or the version
                is a draft; the message says which.
            EngineError: a file cannot be read.
            OSError: a file cannot be opened.
        """
        sources = sources_of(files)
        now = self.clock.now()
        if sources:
            return self._core.runner.decide(sources, decision, inputs or {}, now=now)
        with self._reading() as tx:
            which = Which(version=version)
            stored = tx.catalogue.asked_decision(decision, which)
            if stored is None:
                raise _unasked(tx, decision, which)
            own = Source(stored.source, stored.content)
            found = _together(own, tx.catalogue.decisions_beside(stored.id))
        return self._core.runner.decide(found, stored.key, inputs or {}, now=now)

    def decision_view(self, definition_id: int) -> DecisionView:
        """Return what there is to see of a deployed decision, also of a draft.

        Raises:
            NotFoundError: no such definition, or it is no decision.
        """
        with self._reading() as tx:
            definition = tx.definitions.get(definition_id)
            own = Source(definition.resource, tx.definitions.resource(definition_id)[0])
            found = _together(own, tx.catalogue.decisions_beside(definition_id))
        return self._core.runner.view(found, definition.key)


def _unasked(tx: Transaction, decision: str, which: Which) -> NoSuchDecisionError:
    """Return the error that says why a decision cannot be asked."""
    latest = tx.definitions.find(DefinitionKind.DECISION, None)
    named = sorted(latest, key=lambda each: each.key != decision)
    key = next((each.key for each in named if decision in (each.key, each.name)), None)
    if key is None:
        able = [each.key for each in latest if each.startable]
        return NoSuchDecisionError(decision, able, deployed=str(which))
    versions = tx.definitions.find(DefinitionKind.DECISION, key)
    found = next((each for each in versions if which.version in (None, each.version)), None)
    if found is None:
        newest = versions[0].version
        there = f"there are 1 to {newest}" if newest > 1 else "there is version 1"
        return UnaskableVersionError(
            decision, f"is not deployed in version {which.version}; {there}."
        )
    lacking = missing(tx.definitions.resource(found.id)[1], key).removeprefix("it ")
    return UnaskableVersionError(decision, f"cannot be asked: version {found.version} {lacking}")


def _together(own: Source, beside: Iterable[Source]) -> list[Source]:
    """Return a file and those that it may import, itself first."""
    return [own, *(source for source in beside if source.name != own.name)]


def sources_of(files: Files) -> list[Source]:
    """Return files as sources. Raises ``OSError`` for one that cannot be opened."""
    found = [files] if isinstance(files, str | Path | Source) else files
    return [
        each if isinstance(each, Source) else Source(Path(each).as_posix(), Path(each).read_bytes())
        for each in found
    ]
