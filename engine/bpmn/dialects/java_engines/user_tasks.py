"""User tasks: who may do them, by when, how urgent, with which form."""

from __future__ import annotations

import re

from engine.bpmn.dialects.candidates import note_binding, note_users, queue_of
from engine.bpmn.dialects.performers import performers
from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings

#: Commas outside of ``${...}``.
_BETWEEN = re.compile(r",(?![^{]*\})")
_ENDINGS = (".form", ".html", ".htm", ".xhtml", ".json", ".jsf")


def translate(settings: Settings, findings: Findings) -> None:
    """Write ``corral:userTask`` for the settings of a user task."""
    host = settings.element
    roles = list(performers(host, plain="group"))
    assignee = settings.text("assignee") or _first(roles, "user")
    groups = [group.strip() for group in _BETWEEN.split(settings.text("candidateGroups"))]
    groups = [group for group in groups if group] or [_first(roles, "group")]
    groups = [group for group in groups if group]
    put(
        host,
        "userTask",
        assignee=assignee,
        queue=queue_of(host, groups, findings),
        due=settings.text("dueDate"),
        priority=settings.text("priority"),
        form=_form(settings, findings),
    )
    users = settings.text("candidateUsers")
    if users and not assignee:
        note_users(host, users, findings)


def _first(roles: list[tuple[str, str]], kind: str) -> str:
    return next((name for found, name in roles if found == kind), "")


def _form(settings: Settings, findings: Findings) -> str:
    reference = settings.text("formKey") or settings.text("formRef")
    binding = settings.text("formRefBinding")
    settings.text("formRefVersion")
    key = form_key(reference)
    if reference.lower().endswith((".html", ".htm", ".xhtml", ".jsf")):
        findings.info(
            settings.element,
            f"Pages of other engines are not shown: '{reference}' is looked up as form '{key}'.",
            f"Draw a form with the id '{key}' and deploy it along.",
        )
    note_binding(settings.element, binding, key, findings)
    return key


def form_key(reference: str) -> str:
    """Return the key of the form that a vendor's reference means.

    ``camunda-forms:deployment:answer.form`` and ``embedded:app:forms/answer.html`` are ``answer``.
    """
    if "${" in reference or "#{" in reference:
        return reference
    key = reference.rpartition(":")[2].rpartition("/")[2]
    for ending in _ENDINGS:
        if key.lower().endswith(ending):
            return key[: -len(ending)]
    return key


__all__ = ["form_key", "translate"]
