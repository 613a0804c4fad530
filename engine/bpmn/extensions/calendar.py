"""``<corral:calendar name zone hours holidays/>``: when the doors of a process are open.

``hours`` are written ``Mo-Fr 09:00-12:00, 13:00-17:00; Sa 10:00-13:00``, ``holidays`` as dates:
``2026-12-25 2026-12-26``. A process may have several; timers and user tasks name the one they go
by. See :mod:`engine.calendars` for what is counted.
"""

from __future__ import annotations

from engine.bpmn.expressions import Place
from engine.bpmn.xml import Element, identity, line_of
from engine.calendars import Calendar


class CalendarExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "calendar"
    hosts = frozenset({"process"})
    attributes = frozenset({"name", "zone", "hours", "holidays"})
    children: frozenset[str] = frozenset()
    #: It may stand there more than once.
    repeatable = True

    def parse(self, element: Element, host: Element) -> Calendar:
        """Return the calendar; see :meth:`.protocol.Extension.parse`."""
        name = (element.get("name") or "").strip()
        place = Place(name, identity(host), line_of(element))
        cure = 'Write <corral:calendar name="office" hours="Mo-Fr 09:00-17:00"/>.'
        if not name or not (element.get("hours") or "").strip():
            raise place.error("A calendar needs a name and opening hours.", cure)
        zone = (element.get("zone") or "UTC").strip()
        found = Calendar(name, zone, element.get("hours") or "", element.get("holidays") or "")
        try:
            found.check()
        except ValueError as error:
            raise place.error(str(error), cure) from error
        return found


EXTENSION = CalendarExtension()
