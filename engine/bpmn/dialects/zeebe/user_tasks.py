"""User tasks of Camunda 8, and the forms that came along in the process."""

from __future__ import annotations

from engine.bpmn.dialects.candidates import note_binding, note_users, queue_of
from engine.bpmn.dialects.embedding import embed_text
from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, process_of

_IN_PROCESS = "camunda-forms:bpmn:"


def forms(settings: Settings, findings: Findings) -> None:
    """Write each ``userTaskForm`` of a process as a form inside the diagram."""
    process = settings.element
    for form in settings.take("userTaskForm"):
        name = form.get("id") or ""
        embed_text(process, _key(process, name), form.text or "", findings)


def translate(settings: Settings, findings: Findings) -> None:
    """Write ``corral:userTask``; the marker of native user tasks says nothing here."""
    host = settings.element
    settings.take("userTask")
    _assign(settings, findings)
    schedule = settings.first("taskSchedule")
    if schedule is not None:
        put(host, "userTask", due=_text(schedule, "dueDate"))
        if _text(schedule, "followUpDate"):
            findings.info(host, "User tasks have no follow-up date here.", "Nothing to do.")
    priority = settings.first("priorityDefinition")
    if priority is not None:
        put(host, "userTask", priority=_text(priority, "priority"))
    _show(settings, findings)


def _assign(settings: Settings, findings: Findings) -> None:
    host, assignment = settings.element, settings.first("assignmentDefinition")
    if assignment is None:
        return
    groups, assignee = _text(assignment, "candidateGroups"), _text(assignment, "assignee")
    if groups and not groups.startswith("="):
        listed = [group.strip() for group in groups.split(",") if group.strip()]
        groups = queue_of(host, listed, findings)
    put(host, "userTask", queue=groups, assignee=assignee)
    users = _text(assignment, "candidateUsers")
    if users and not assignee:
        note_users(host, users, findings)


def _show(settings: Settings, findings: Findings) -> None:
    host, form = settings.element, settings.first("formDefinition")
    process = process_of(host)
    if form is None:
        return
    key, form_id = _text(form, "formKey"), _text(form, "formId")
    if key.startswith(_IN_PROCESS) and process is not None:
        put(host, "userTask", form=_key(process, key.removeprefix(_IN_PROCESS)))
    else:
        elsewhere = _text(form, "externalReference")
        put(host, "userTask", form=form_id or key.rpartition(":")[2] or elsewhere)
    note_binding(host, _text(form, "bindingType"), form_id, findings)


def _key(process: Element, form: str) -> str:
    """Return the key of a form inside a process: the same id may be in many diagrams."""
    return f"{process.get('id') or 'process'}.{form}"


def _text(element: Element, attribute: str) -> str:
    return (element.get(attribute) or "").strip()


__all__ = ["forms", "translate"]
