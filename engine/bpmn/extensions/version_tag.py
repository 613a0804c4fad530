"""``<corral:versionTag value/>``: what designers call this version of a process.

Call activities may be bound to the newest version with a tag; numbers are given by deployments, and
differ between one installation and the next.
"""

from __future__ import annotations

from engine.bpmn.xml import Element


class VersionTagExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "versionTag"
    hosts = frozenset({"process"})
    attributes = frozenset({"value"})
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> str | None:
        """Return the tag; None where it is empty."""
        return (element.get("value") or "").strip() or None


EXTENSION = VersionTagExtension()
