"""Asking decisions, without an instance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.decisions import Decision
from engine.definitions import DefinitionKind, Source
from engine.errors import NoSuchDecisionError
from engine.use_cases.bound import Bound

#: One file, or several that belong together.
Files = str | Path | Source | Iterable[str | Path | Source]


class DecisionUseCases(Bound):
    """Decisions, in files or as they are deployed in one workspace."""

    def decide(
        self, files: Files, decision: str, inputs: Mapping[str, Any] | None = None
    ) -> Decision:
        """Return what a decision gives; nothing is stored.

        Args:
            files: DMN files that are read together: what one of them imports is looked for in
                the others. Without any, what is deployed is asked.
            decision: the id or the name of a decision, a decision service or a business knowledge
                model. A deployed decision is asked by its id, in its newest version.
            inputs: values by name. Where the model gives an input a type, texts are read as dates,
                times and durations (ISO 8601). An input with the name of a decision stands for it.

        Returns:
            Its value and why. Values are as JSON has them: dates, times and durations are ISO 8601
            texts as FEEL writes them. What goes wrong while it is evaluated is null, as DMN says,
            and stands in ``failures``.

        Raises:
            NoSuchDecisionError: there is no such decision.
            EngineError: a file cannot be read.
            OSError: a file cannot be opened.
        """
        sources = sources_of(files)
        now = self.clock.now()
        if sources:
            return self._core.runner.decide(sources, decision, inputs or {}, now=now)
        with self._reading() as tx:
            stored = tx.catalogue.latest_decision(decision)
            if stored is None:
                known = tx.definitions.find(DefinitionKind.DECISION, None)
                raise NoSuchDecisionError(decision, [each.key for each in known])
            own = Source(stored.source, stored.content)
            beside = tx.catalogue.decisions_beside(stored.id)
        others = (source for source in beside if source.name != own.name)
        return self._core.runner.decide([own, *others], decision, inputs or {}, now=now)


def sources_of(files: Files) -> list[Source]:
    """Return files as sources. Raises ``OSError`` for one that cannot be opened."""
    found = [files] if isinstance(files, str | Path | Source) else files
    return [
        each if isinstance(each, Source) else Source(Path(each).as_posix(), Path(each).read_bytes())
        for each in found
    ]
