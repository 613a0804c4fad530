"""Which process a problem belongs to: a fault in one pool must not keep the others from running."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from engine.bpmn.xml import B, Element, N, local, plain_name
from engine.definitions import Problem


class Homes:
    """The process around each element, as drawn and as it is after the passes.

    A pass may give an element an id, move it or make it, so the document is looked at twice: when
    this is made, and by :meth:`told`.
    """

    def __init__(self, root: Element) -> None:
        """Look at a document as it was drawn."""
        self._root = root
        self._drawn = [(process, _ids(process)) for process in root.iter(B + "process")]

    def told(self, problems: Iterable[Problem]) -> list[Problem]:
        """Return the problems, each with the process it is in; None where it concerns all."""
        now = [(process, _ids(process)) for process in self._root.iter(B + "process")]
        homes: dict[str, str] = {}
        for process, ids in (*self._drawn, *now):
            key = process.get("id", "")
            for id in ids:
                homes.setdefault(id, key)
        homes.update(self._beside(homes))
        return [replace(each, process=homes.get(each.element or "")) for each in problems]

    def _beside(self, homes: dict[str, str]) -> dict[str, str]:
        """Return the processes of what stands beside them and is of use to one of them alone.

        A message that one pool waits for, the flow between it and a black box, its participant.
        """
        used: dict[str, set[str]] = {}
        for element in self._root.iter():
            if element.get("id") in homes:
                for value in _references(element):
                    used.setdefault(value, set()).add(homes[element.get("id", "")])
        for tag in ("participant", "messageFlow"):
            for element in self._root.iter(B + tag):
                ends = {homes[value] for value in _references(element) if value in homes}
                used.setdefault(element.get("id", ""), set()).update(ends)
        return {
            id: next(iter(keys)) for id, keys in used.items() if id not in homes and len(keys) == 1
        }


def _references(element: Element) -> Iterator[str]:
    """Yield what an element refers to, in attributes and in children such as ``messageRef``."""
    for name, value in element.attrib.items():
        if str(name).endswith("Ref"):
            yield plain_name(str(value))
    for child in element:
        if local(child).endswith("EventDefinition"):
            yield from _references(child)
        elif local(child).endswith("Ref"):
            yield plain_name(child.text)


def _ids(process: Element) -> set[str]:
    known = (element.get(name) for element in process.iter() for name in ("id", N + "as"))
    return {id for id in known if id}
