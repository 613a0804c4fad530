"""Which process a problem belongs to: a fault in one pool must not keep the others from running."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.bpmn.xml import B, Element, N, plain_name
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
        for participant in self._root.iter(B + "participant"):
            of = plain_name(participant.get("processRef"))
            if of in homes:
                homes.setdefault(participant.get("id", ""), of)
        return [replace(each, process=homes.get(each.element or "")) for each in problems]


def _ids(process: Element) -> set[str]:
    known = (element.get(name) for element in process.iter() for name in ("id", N + "as"))
    return {id for id in known if id}
