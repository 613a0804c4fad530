"""DMN XML to the elements of one file, with a problem for everything that is not understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.bpmn.decisions import model
from engine.bpmn.decisions.boxed import Reader
from engine.bpmn.decisions.dmn import child, children, tag_of
from engine.bpmn.decisions.types import defined
from engine.bpmn.problems import Findings
from engine.bpmn.reader import Document
from engine.bpmn.xml import Element
from engine.definitions import Problem

#: Folders of a path that an import may name.
_DEEPEST = 20
_ELEMENTS = ("inputData", "decision", "businessKnowledgeModel", "decisionService")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A reference of one element to another."""

    href: str  #: ``"#id"``, or with the namespace of another file before it
    element: Element


@dataclass(slots=True)
class Part:
    """One element of a file, before its references are resolved."""

    tag: str
    id: str
    name: str
    variable: str  #: what texts call it; nearly always its name
    type: model.Type | None
    logic: model.Boxed | None
    element: Element
    requires: tuple[Requirement, ...] = ()
    #: Of a service: its references by what they are, such as ``"outputDecision"``.
    service: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """Another file, as one file calls it."""

    name: str  #: empty where its elements are known by their own names
    index: int  #: among the files that are read together


@dataclass(slots=True)
class File:
    """A file of decisions."""

    name: str
    index: int  #: among the files that are read together; keys begin with it
    namespace: str
    imports: Mapping[str, Import]  #: by namespace; those that are among the files
    parts: Mapping[str, Part]  #: by id
    types: Mapping[str, model.Type]  #: by key
    findings: Findings

    @property
    def problems(self) -> list[Problem]:
        """What is wrong in it."""
        return self.findings.problems

    def key(self, id: str) -> str:
        """Return the key under which a plan knows an element."""
        return f"{self.index}#{id}"


class Among:
    """Finds the files that an import may mean, among those that are read together."""

    def __init__(self, documents: Sequence[Document]) -> None:
        """Note where each is; a file may have thousands of imports."""
        self._documents = documents
        #: The first two with a namespace, and at a place: one of them may be the file that asks.
        self._found: dict[tuple[str | None, str | None], list[int]] = {}
        for index, each in enumerate(documents):
            space = each.root.get("namespace") or ""
            for key in {
                (space, None),
                *((s, end) for end in _ends(each.name) for s in (space, None)),
            }:
                known = self._found.setdefault(key, [])
                if len(known) < 2:
                    known.append(index)

    def imports_of(self, document: Document) -> dict[str, Import]:
        """Return the imports of a document that are among the files, by namespace.

        The namespace says which file is meant; where several have it, or none, its place does.
        """
        found = {}
        for each in children(document.root, "import"):
            space, place = each.get("namespace") or "", each.get("locationURI") or ""
            index = self._meant(document, space, place.removeprefix("./"))
            if index is not None:
                found[space] = Import((each.get("name") or "").strip(), index)
        return found

    def _meant(self, document: Document, space: str, place: str) -> int | None:
        by_space = (space, None)
        for key in ((space, place), by_space, (None, place)) if place else (by_space,):
            for index in self._found.get(key, ()):
                if self._documents[index] is not document:
                    return index
        return None


def imports_others(document: Document) -> bool:
    """Say whether a document refers to other files."""
    return bool(children(document.root, "import"))


def _ends(name: str) -> list[str]:
    """Return the paths by which a file is found: ``b.dmn`` and ``a/b.dmn``."""
    parts = name.split("/")
    return ["/".join(parts[-count:]) for count in range(1, min(len(parts), _DEEPEST) + 1)]


def read_file(document: Document, index: int, imports: Mapping[str, Import]) -> File:
    """Return what a document of DMN holds.

    Args:
        document: of kind DMN.
        index: of the file among those that are read together.
        imports: see :meth:`Among.imports_of`.
    """
    root = document.root
    findings = Findings("decision-table")
    names = {each.get("name") or "" for each in children(root, "itemDefinition")}
    prefixes = {each.name: each.index for each in imports.values()}

    def lookup(name: str) -> str | None:
        if name in names:
            return f"{index}:{name}"
        prefix, _, local = name.partition(".")
        if local and prefix in prefixes:
            return f"{prefixes[prefix]}:{local}"
        return None

    types = {
        f"{index}:{each.get('name') or ''}": defined(each, lookup)
        for each in children(root, "itemDefinition")
    }
    reader = Reader(findings, lookup)
    parts: dict[str, Part] = {}
    for element in root:
        if tag_of(element) in _ELEMENTS:
            part = _part(reader, element)
            if part.id in parts:
                findings.error(
                    element,
                    f"Two elements have the id '{part.id}'.",
                    "Give each decision its own id.",
                )
            parts[part.id] = part
    space = root.get("namespace") or ""
    return File(document.name, index, space, imports, parts, types, findings)


def _part(reader: Reader, element: Element) -> Part:
    tag = tag_of(element)
    id = element.get("id") or ""
    name = " ".join((element.get("name") or id).split())
    variable = child(element, "variable")
    if not id:
        reader.findings.error(
            element, f"The {tag} has no id.", "Give it one: it is known and asked by it."
        )
    return Part(
        tag=tag,
        id=id or f"({name})",
        name=name,
        variable=(variable.get("name") if variable is not None else None) or name,
        type=reader.type(variable),
        logic=_logic(reader, element, tag),
        element=element,
        requires=_requirements(element),
        service=_service(element) if tag == "decisionService" else {},
    )


def _logic(reader: Reader, element: Element, tag: str) -> model.Boxed | None:
    if tag == "businessKnowledgeModel":
        encapsulated = child(element, "encapsulatedLogic")
        return reader.boxed(encapsulated) if encapsulated is not None else None
    if tag != "decision":
        return None
    logic = reader.inside(element)
    if logic is None:
        reader.findings.draft(
            element, "It has no logic yet.", "Draw a decision table, or write an expression."
        )
    return logic


def _requirements(element: Element) -> tuple[Requirement, ...]:
    found = children(element, "informationRequirement", "knowledgeRequirement")
    return tuple(
        Requirement(_href(each), each)
        for requirement in found
        for each in children(requirement, "requiredDecision", "requiredInput", "requiredKnowledge")
    )


def _service(element: Element) -> Mapping[str, tuple[Requirement, ...]]:
    return {
        tag: tuple(Requirement(_href(each), each) for each in children(element, tag))
        for tag in ("outputDecision", "inputDecision", "inputData")
    }


def _href(element: Element) -> str:
    return (element.get("href") or "").strip()
