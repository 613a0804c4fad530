"""Sentences of the standard, with a drawing that breaks each and one that keeps it."""

from __future__ import annotations

from typing import NamedTuple

from engine.definitions import Severity

START, TASK, END = '<startEvent id="s"/>', '<task id="a"/>', '<endEvent id="e"/>'
#: What most drawings begin with: connect it with the path ``s a e``.
PLAIN = START + TASK + END
INFO, WARNING, DRAFT, ERROR = Severity.INFO, Severity.WARNING, Severity.DRAFT, Severity.ERROR


class Constraint(NamedTuple):
    """One sentence, and the two drawings that tell whether its rule knows it.

    A drawing is a process body, then paths (see ``drawing`` in the fixtures of this folder).
    """

    sentence: str
    clause: str
    rule: str
    severity: Severity
    #: Id of the element the problem is shown at.
    at: str
    wrong: tuple[str, ...]
    right: tuple[str, ...]
    #: What stands next to the process: declarations, other processes.
    beside: str = ""


def flow(key: str, source: str, target: str, inner: str = "") -> str:
    """Return one sequence flow."""
    return (
        f'<sequenceFlow id="{key}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
    )


def when(key: str, source: str, target: str, condition: str = "x") -> str:
    """Return a sequence flow with a condition."""
    inner = f"<conditionExpression>{condition}</conditionExpression>"
    return flow(key, source, target, inner)


def event(tag: str, key: str, trigger: str = "", attributes: str = "", more: str = "") -> str:
    """Return an event; ``trigger`` is a word such as ``message``."""
    inside = f"<{trigger}EventDefinition>{more}</{trigger}EventDefinition>" if trigger else more
    return f'<{tag} id="{key}" {attributes}>{inside}</{tag}>'


def timer(tag: str, key: str, attributes: str = "") -> str:
    """Return an event with a timer that has a time."""
    return event(tag, key, "timer", attributes, "<timeDuration>PT1H</timeDuration>")


def sub(key: str, inside: str, attributes: str = "", tag: str = "subProcess") -> str:
    """Return a sub-process."""
    return f'<{tag} id="{key}" {attributes}>{inside}</{tag}>'


def link(tag: str, key: str, name: str = "l", more: str = "") -> str:
    """Return a link event whose definition has an id of its own."""
    named = f'name="{name}"' if name else ""
    return (
        f'<{tag} id="{key}"><linkEventDefinition id="{key}-link" {named}>{more}'
        f"</linkEventDefinition></{tag}>"
    )
