"""What one vendor wrote on one element, taken off the tree as it is read.

A dialect takes what it translates; :meth:`Vocabulary.report` says of everything that is left what
becomes of it. So nothing is dropped in silence, and a second run finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, local


class Settings:
    """The attributes and extension elements of one vendor on one BPMN element."""

    def __init__(self, element: Element, namespaces: Iterable[str]) -> None:
        """Look at ``element``; nothing is taken off it yet."""
        self.element = element
        self._attributes: dict[str, str] = {}
        self._elements: dict[str, list[Element]] = {}
        marks = tuple(f"{{{namespace}}}" for namespace in namespaces)
        for attribute in map(str, element.attrib):
            if attribute.startswith(marks):
                self._attributes[attribute.rpartition("}")[2]] = attribute
        for child in element:
            self._look_at(child, marks)
            if child.tag == B + "extensionElements":
                for extension in child:
                    self._look_at(extension, marks)

    def _look_at(self, child: Element, marks: tuple[str, ...]) -> None:
        if isinstance(child.tag, str) and child.tag.startswith(marks):
            self._elements.setdefault(name_of(child), []).append(child)

    def __bool__(self) -> bool:
        """Say whether anything is left."""
        return bool(self._attributes or self._elements)

    def text(self, name: str) -> str:
        """Take an attribute and return it without outer space; ``""`` when it is absent."""
        qualified = self._attributes.pop(name, None)
        return str(self.element.attrib.pop(qualified, "")).strip() if qualified else ""

    def look(self, name: str) -> str:
        """Return an attribute and leave it to be reported; ``""`` when it is absent."""
        qualified = self._attributes.get(name)
        return (self.element.get(qualified) or "").strip() if qualified else ""

    def take(self, name: str) -> list[Element]:
        """Take every extension element of that local name."""
        found = self._elements.pop(name, [])
        for child in found:
            holder = child.getparent()
            if holder is not None:
                holder.remove(child)
        return found

    def first(self, name: str) -> Element | None:
        """Take every extension element of that name and return the first."""
        return next(iter(self.take(name)), None)

    def has(self, name: str) -> bool:
        """Say whether an attribute or extension element of that name is left."""
        return name in self._attributes or name in self._elements

    def rest(self) -> Iterator[tuple[str, str]]:
        """Take all that is left; yield each name with the value or text it has."""
        for name in list(self._attributes):
            yield name, self.text(name)
        for name in list(self._elements):
            for element in self.take(name):
                yield name, _described(element)


@dataclass(frozen=True)
class Vocabulary:
    """What becomes of each setting of one vendor: exactly one of three."""

    #: As people call the vendor.
    vendor: str
    #: Translated by the dialect; where one is left, it stood in a place without effect.
    translated: frozenset[str]
    #: Read past, and named in one ``info`` a file.
    without_meaning: frozenset[str]
    #: Means something and cannot be carried out: name and cure.
    unsupported: Mapping[str, str]

    def report(self, settings: Settings, findings: Findings, seen: set[str]) -> None:
        """Note what is left in ``settings``; names without a meaning are put into ``seen``."""
        for name, value in settings.rest():
            if name in self.unsupported:
                shown = f" ({value:.60})" if value else ""
                findings.draft(
                    settings.element,
                    f"'{name}'{shown} of {self.vendor} cannot be carried out here.",
                    self.unsupported[name],
                )
            elif name in self.without_meaning:
                seen.add(name)
            elif name in self.translated:
                findings.info(
                    settings.element,
                    f"'{name}' of {self.vendor} has no effect on this element.",
                    "Nothing to do, or move it to the element it is for.",
                )
            else:
                findings.warning(
                    settings.element,
                    f"'{name}' is no setting of {self.vendor} that is known here.",
                    "Correct its name, or remove it: it has no effect.",
                )

    def conclude(self, root: Element, findings: Findings, seen: set[str]) -> None:
        """Note once for the file which settings were read past."""
        if seen:
            findings.info(
                root,
                f"Settings of {self.vendor} without a meaning here: {', '.join(sorted(seen))}.",
                "Nothing to do.",
            )


def settings_of(
    root: Element, namespaces: frozenset[str], *, always: frozenset[str] = frozenset()
) -> Iterator[Settings]:
    """Yield the settings on each element that has some, or whose tag is in ``always``."""
    for element in list(root.iter(B + "*")):
        if element.tag == B + "extensionElements":
            continue
        settings = Settings(element, namespaces)
        if settings or local(element) in always:
            yield settings


def used(root: Element, namespaces: frozenset[str]) -> set[str]:
    """Return those of ``namespaces`` that an element or attribute has: more than a declaration."""
    found: set[str] = set()
    for element in root.iter("*"):
        for name in (element.tag, *element.attrib):
            space, closed, _ = str(name)[1:].partition("}")
            if closed and space in namespaces:
                found.add(space)
    return found


def _described(element: Element) -> str:
    """Return what people recognise a vendor's element by: its text, or the code it names."""
    text = " ".join((element.text or "").split())
    named = (element.get(name) for name in ("class", "delegateExpression", "expression", "type"))
    return text or next(filter(None, named), "")


def name_of(element: Element) -> str:
    """Return the tag of a vendor's element without its namespace; ``""`` for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def inner(element: Element | None, *names: str) -> list[Element]:
    """Return the children of a vendor's element that have one of these local names."""
    return [child for child in element if name_of(child) in names] if element is not None else []


__all__ = ["Settings", "Vocabulary", "inner", "name_of", "settings_of", "used"]
