"""Which lane an element stands in: its name is the queue of the user tasks in it.

The innermost lane that has a name counts. What stands in no lane is where the sub-process around
it is; what is in no lane at all belongs to its pool.
"""

from __future__ import annotations

from engine.bpmn.xml import B, Element, plain_name, text_of


class Lanes:
    """The lanes and pools of one document."""

    def __init__(self, root: Element) -> None:
        """Look them up once. Outer lanes come before the lanes in them, so that these win."""
        self._lanes = {
            plain_name(text_of(reference)): name
            for lane in root.iter(B + "lane")
            if (name := _name(lane))
            for reference in lane.findall(B + "flowNodeRef")
        }
        self._pools = {
            plain_name(pool.get("processRef")): name
            for pool in root.iter(B + "participant")
            if pool.get("processRef") and (name := _name(pool))
        }

    def of(self, element: Element) -> str | None:
        """Return the name of the lane, or pool, that ``element`` stands in."""
        around: Element | None = element
        while around is not None:
            key = around.get("id", "")
            found = self._lanes.get(key) or self._pools.get(key)
            if found is not None:
                return found
            around = around.getparent()
        return None


def _name(element: Element) -> str:
    return " ".join((element.get("name") or "").split())


__all__ = ["Lanes"]
