"""``<corral:userTask>``: who does a user task, how and by when, and who did it.

``<corral:userTask title queue form due calendar priority assignee completedBy/>``: ``title`` is
what agents read in their list (without it, the name of the element); ``queue`` the queue it appears
in (without it, the name of its lane); ``form`` the key of a deployed form; ``due`` an ISO 8601
duration counted from creation, or a moment, or a list of such, of which the first to come counts;
``calendar`` the business calendar in which durations count; ``priority`` 0 to 100, higher first;
``assignee`` the agent it is claimed for; ``completedBy`` the variable that gets the login of the
agent who completed it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.expressions import Expression
from engine.bpmn.extensions.protocol import setting, variable
from engine.bpmn.xml import Element

_VALUES = ("title", "queue", "form", "due", "priority", "assignee")


@dataclass(frozen=True, slots=True)
class UserTaskSettings:
    """The settings of one user task; what is absent is None."""

    title: Expression | None = None
    queue: Expression | None = None
    form: Expression | None = None
    due: Expression | None = None
    priority: Expression | None = None
    assignee: Expression | None = None
    completed_by: str | None = None  #: name of a variable
    calendar: str | None = None  #: name of a calendar of the process


class UserTaskExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "userTask"
    hosts = frozenset({"userTask", "manualTask"})
    attributes = frozenset({*_VALUES, "completedBy", "calendar"})
    children: frozenset[str] = frozenset()

    def parse(self, element: Element, host: Element) -> UserTaskSettings:
        """Return the settings; see :meth:`.protocol.Extension.parse`."""
        return UserTaskSettings(
            **{name: setting(element, name, host) for name in _VALUES},
            completed_by=variable(element, "completedBy", host, example="answered_by"),
            calendar=(element.get("calendar") or "").strip() or None,
        )


EXTENSION = UserTaskExtension()
