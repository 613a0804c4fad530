"""Files of decisions to one plan: what each element requires, also across files.

An element requires another by ``#id`` in its file, or by the namespace of a file that it imports.
In its texts the other is known by its name, or by the name of the import and its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.bpmn.decisions import model
from engine.bpmn.decisions.reading import Among, File, Part, Requirement, read_file
from engine.bpmn.reader import Document, DocumentKind

#: Characters of all names under which one file is imported by others.
_MOST_PREFIXES = 1_000


@dataclass(frozen=True, slots=True)
class Linked:
    """Files that were read together."""

    files: tuple[File, ...]
    plan: model.Plan

    def file(self, name: str) -> File | None:
        """Return the file of that name."""
        return next((file for file in self.files if file.name == name), None)


def link(documents: Iterable[Document]) -> Linked:
    """Return the decisions of all documents that hold some, and what they require."""
    found = [each for each in documents if each.kind is DocumentKind.DMN]
    among = Among(found)
    files = tuple(
        read_file(each, index, among.imports_of(each)) for index, each in enumerate(found)
    )
    linker = _Linker(files)
    elements = {
        file.key(part.id): linker.node(file, part) for file in files for part in file.parts.values()
    }
    types = model.Types({key: type for file in files for key, type in file.types.items()})
    plan = model.Plan(elements, types)
    linker.find_circles(plan)
    return Linked(files, plan)


class _Linker:
    """Resolves the references between files."""

    def __init__(self, files: Sequence[File]) -> None:
        self._files = files
        names: dict[int, set[str]] = {}
        for each in (each for file in files for each in file.imports.values() if each.name):
            names.setdefault(each.index, set()).add(each.name)
        self._prefixes = {index: _few(sorted(found)) for index, found in names.items()}

    def node(self, file: File, part: Part) -> model.Node:
        """Return an element with its references resolved."""
        id, name, type = part.id, part.name, part.type
        if part.tag == "inputData":
            prefixes = self._prefixes.get(file.index, ())
            return model.InputData(id=id, name=name, type=type, prefixes=prefixes)
        if part.tag == "decisionService":
            return self._service(file, part)
        needs = self._needs(file, part)
        if part.tag == "decision":
            return model.DecisionNode(id=id, name=name, type=type, needs=needs, logic=part.logic)
        logic = part.logic if isinstance(part.logic, model.Function) else None
        return model.Knowledge(id=id, name=name, type=type, needs=needs, logic=logic)

    def _needs(self, file: File, part: Part) -> tuple[model.Need, ...]:
        found = (self._resolved(file, requirement) for requirement in part.requires)
        return tuple((each[0], each[1]) for each in found if each is not None)

    def _service(self, file: File, part: Part) -> model.Service:
        parameters = []
        for tag in ("inputData", "inputDecision"):
            for requirement in part.service[tag]:
                found = self._resolved(file, requirement)
                if found is not None:
                    path, key, other = found
                    parameters.append(
                        model.ServiceParameter(path[-1], key, other.type, tag == "inputDecision")
                    )
        outputs = (self._resolved(file, each) for each in part.service["outputDecision"])
        return model.Service(
            id=part.id,
            name=part.name,
            type=part.type,
            parameters=tuple(parameters),
            outputs=tuple((each[0][-1], each[1]) for each in outputs if each is not None),
        )

    def _resolved(
        self, file: File, requirement: Requirement
    ) -> tuple[tuple[str, ...], str, Part] | None:
        """Return the names on the way to what is required, its key, and itself."""
        space, _, id = requirement.href.rpartition("#")
        is_own = space in ("", file.namespace)
        imported = None if is_own else file.imports.get(space)
        other = file if imported is None else self._files[imported.index]
        part = other.parts.get(id) if is_own or imported is not None else None
        if part is None:
            file.findings.draft(
                requirement.element,
                f"It requires '{requirement.href}', which is in none of the files.",
                "Deploy the file that holds it together with this one, or correct the reference.",
            )
            return None
        prefix = imported.name if imported is not None else ""
        return ((prefix, part.variable) if prefix else (part.variable,)), other.key(id), part

    def find_circles(self, plan: model.Plan) -> None:
        """Find what requires itself, over whatever way; one of each file is told."""
        left = {key: set(required(node)) for key, node in plan.elements.items()}
        wanted_by = _wanted_by(plan)
        ready = [key for key, others in left.items() if not others]
        while ready:
            done = ready.pop()
            del left[done]
            for key in wanted_by.get(done, ()):
                left[key].discard(done)
                if not left[key]:
                    ready.append(key)
        for file in self._files:
            stuck = [part for part in file.parts.values() if file.key(part.id) in left]
            if stuck:
                file.findings.error(
                    stuck[0].element,
                    f"The {stuck[0].tag} '{stuck[0].name}' requires itself, or what does so.",
                    "Remove one of the requirements of the circle.",
                )


def _few(names: Sequence[str]) -> tuple[str, ...]:
    """Return as many of the names as can be told with each input of a file."""
    lengths = itertools.accumulate(map(len, names))
    return tuple(name for name, all in zip(names, lengths, strict=True) if all <= _MOST_PREFIXES)


def required(node: model.Node) -> Iterable[str]:
    """Return the keys of what an element requires directly."""
    if isinstance(node, model.Service):
        return (*(key for _, key in node.outputs), *(each.key for each in node.parameters))
    return [key for _, key in node.needs] if not isinstance(node, model.InputData) else ()


def in_order(plan: model.Plan, key: str) -> list[str]:
    """Return what an element requires and itself, each after what it requires.

    In a circle there is no such order; then one of them comes before what it requires.
    """
    done: dict[str, None] = {}
    entered: set[str] = set()
    pending = [(key, False)]
    while pending:
        each, left = pending.pop()
        if left:
            done[each] = None
        elif each not in entered:
            entered.add(each)
            pending.append((each, True))
            pending.extend((other, False) for other in required(plan.elements[each]))
    return list(done)


def behind(plan: model.Plan, key: str) -> set[str]:
    """Return the keys of all that an element requires, over whatever way."""
    found: set[str] = set()
    pending = [*required(plan.elements[key])]
    while pending:
        other = pending.pop()
        if other not in found:
            found.add(other)
            pending.extend(required(plan.elements[other]))
    return found


def requiring(plan: model.Plan, keys: Iterable[str]) -> set[str]:
    """Return the elements with these keys, and all that require one, over whatever way."""
    wanted_by = _wanted_by(plan)
    found: set[str] = set()
    pending = [*keys]
    while pending:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending.extend(wanted_by.get(key, ()))
    return found


def _wanted_by(plan: model.Plan) -> dict[str, list[str]]:
    """Return the elements that directly require each one; none twice."""
    found: dict[str, list[str]] = {}
    for key, node in plan.elements.items():
        for other in dict.fromkeys(required(node)):
            found.setdefault(other, []).append(key)
    return found
