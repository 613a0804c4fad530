"""``<corral:timer calendar zone/>``: how the time of a timer event is read.

``calendar`` names a ``corral:calendar`` of the process: durations then count its open time alone.
``zone`` is an IANA time zone (``Europe/Berlin``) for cron texts, dates without offset, days and
months; without it, that of the calendar, else UTC.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Place
from engine.bpmn.xml import Element, identity, line_of
from engine.calendars import zone_of


@dataclass(frozen=True, slots=True)
class TimerSettings:
    """The settings of one timer event; what is absent is None."""

    calendar: str | None = None
    zone: str | None = None


class TimerExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "timer"
    hosts = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
    attributes = frozenset({"calendar", "zone"})
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> TimerSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        zone = (element.get("zone") or "").strip() or None
        if zone is not None:
            try:
                zone_of(zone)
            except ValueError as error:
                place = Place(zone, identity(host), line_of(element))
                raise place.error(str(error), 'Write zone="Europe/Berlin".') from error
        return TimerSettings((element.get("calendar") or "").strip() or None, zone)


EXTENSION = TimerExtension()
