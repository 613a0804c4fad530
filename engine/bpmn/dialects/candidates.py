"""What vendors say about user tasks that a queue and a form say here with less."""

from __future__ import annotations

from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


def queue_of(host: Element, groups: list[str], findings: Findings) -> str:
    """Return the queue for a list of candidate groups: the first; ``""`` when there is none."""
    if len(groups) > 1:
        findings.info(
            host,
            f"It has {len(groups)} candidate groups; it appears in the queue '{groups[0]}'.",
            "Nothing to do, or choose another queue.",
        )
    return groups[0] if groups else ""


def note_users(host: Element, users: str, findings: Findings) -> None:
    """Note that a list of people who may claim a user task does not keep others from it."""
    findings.warning(
        host,
        f"Only {users} may take it there; here everybody who works on its queue may.",
        "Give it a queue for these people, or an assignee.",
    )


def note_binding(host: Element, binding: str, form: str, findings: Findings) -> None:
    """Note a form that is bound to more than its key."""
    if binding not in ("", "latest"):
        findings.warning(
            host,
            f"Its form is bound to its {binding}; here the newest form '{form}' is shown.",
            "Give the form of each version an id of its own if they differ.",
        )


__all__ = ["note_binding", "note_users", "queue_of"]
