"""What came of an upload: one sentence with a link to what is wrong, and the problems by file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import url_for
from markupsafe import Markup

from engine.definitions import Definition, DefinitionKind, Deployment, Problem, Severity
from webapp.problem_lists import Group, grouped

#: Definitions and files that a sentence names; those beyond are counted.
_NAMED = 8
_WORTH_TELLING = (Severity.WARNING, Severity.DRAFT, Severity.ERROR)


@dataclass(frozen=True, slots=True)
class FileProblems:
    """A file that was deployed, with what is wrong in it. Mere rewrites are left out."""

    name: str
    groups: list[Group]
    definitions: list[Definition]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A deployment as the person is told of it who made it."""

    deployment: Deployment

    @property
    def tone(self) -> str:
        """Say how it is told: ``calm`` only where nothing is wrong."""
        if any(each.severity in (Severity.DRAFT, Severity.ERROR) for each in self._problems):
            return "draft"
        drafts = any(not each.startable for each in self.deployment.definitions)
        return "draft" if drafts else "soon" if self._problems else "calm"

    @property
    def address(self) -> str:
        """Return the page to go on with: that of what was deployed, where it is one thing."""
        found = self.deployment.definitions
        processes = [each for each in found if each.kind is DefinitionKind.PROCESS]
        alone = processes or found
        if len(alone) == 1:
            return _page(alone[0])
        if not self._problems:
            return url_for("processes.index")
        return url_for("processes.index", deployed=self.deployment.id)

    @property
    def problems_address(self) -> str:
        """Return where all its problems are listed."""
        files = [name for name, found in self.deployment.found_in.items() if _telling(found)]
        definitions = self.deployment.definitions
        if len(definitions) == 1 and files == [definitions[0].resource]:
            return f"{_page(definitions[0])}#problems"
        return url_for("processes.index", deployed=self.deployment.id, _anchor="found")

    def sentence(self) -> Markup:
        """Return what happened; with a link where something is wrong."""
        ready = [each for each in self.deployment.definitions if each.startable]
        drafts = [each for each in self.deployment.definitions if not each.startable]
        parts = []
        if ready:
            parts.append(f"Deployed: {_listed(map(_named, ready))}")
        if drafts:
            word = "a draft" if len(drafts) == 1 else "drafts"
            parts.append(
                f"{'K' if not ready else 'k'}ept as {word}: {_listed(map(_named, drafts))}"
            )
        alone = "" if parts else " It defines no process or decision of its own."
        text = "; ".join(parts) or f"Deployed: {_listed(self.deployment.found_in)}"
        if not self._problems:
            return Markup("{}.{}").format(text, alone)
        counted = _counted(self._problems)
        linked = Markup('<a href="{}">{}</a>').format(self.problems_address, counted)
        return Markup("{}, {}.{}").format(text, linked, alone)

    def files(self) -> list[FileProblems]:
        """Return the files in which something is wrong."""
        return [
            FileProblems(
                name,
                grouped(_telling(found)),
                [each for each in self.deployment.definitions if each.resource == name],
            )
            for name, found in self.deployment.found_in.items()
            if _telling(found)
        ]

    @property
    def _problems(self) -> list[Problem]:
        return _telling(self.deployment.problems)


def _telling(problems: Iterable[Problem]) -> list[Problem]:
    return [each for each in problems if each.severity in _WORTH_TELLING]


def _counted(problems: Sequence[Problem]) -> str:
    """Return ``"2 warnings"``; where they are of several severities, ``"3 problems"``."""
    kinds = Counter(each.severity for each in problems)
    word = "warning" if set(kinds) == {Severity.WARNING} else "problem"
    return f"{len(problems)} {word}{'' if len(problems) == 1 else 's'}"


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _NAMED} more" if found[_NAMED:] else ""
    return ", ".join(found[:_NAMED]) + more


def _named(definition: Definition) -> str:
    return f"{definition.name} version {definition.version}"


def _page(definition: Definition) -> str:
    place = "decisions" if definition.kind is DefinitionKind.DECISION else "processes"
    return url_for(f"{place}.show", key=definition.key, version=definition.version)


__all__ = ["FileProblems", "Outcome"]
