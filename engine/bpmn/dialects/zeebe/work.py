"""Work for job workers, decisions and scripts of Camunda 8."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings, inner
from engine.bpmn.dialects.writing import become, extension, parameter, put, write_script
from engine.bpmn.dialects.zeebe.calls import bind
from engine.bpmn.problems import Findings
from engine.bpmn.xml import local


def translate(settings: Settings, findings: Findings) -> None:
    """Write ``corral:job``; headers become inputs, and the handler gets every variable."""
    host, task = settings.element, settings.first("taskDefinition")
    if task is None:
        return
    if local(host) == "scriptTask":
        become(host, "serviceTask")
        findings.info(host, "A job handler does its work, so it is a service task.", "Nothing.")
    retries = (task.get("retries") or "").strip()
    if retries and not retries.isdigit():
        findings.warning(
            host,
            f"The number of retries '{retries:.60}' is not computed.",
            "Write a whole number; until then it is tried as often as usual.",
        )
        retries = ""
    extension(host, "job")
    put(host, "job", type=(task.get("type") or "").strip(), retries=retries, allIn="true")
    for header in inner(settings.first("taskHeaders"), "header"):
        if header.get("key"):
            value = header.get("value") or ""
            parameter(extension(host, "job"), "input", header.get("key") or "", value)


def decision(settings: Settings, findings: Findings) -> None:
    """Write ``corral:decision``: one output is its value, several are a context."""
    host, called = settings.element, settings.first("calledDecision")
    if called is None:
        return
    put(
        host,
        "decision",
        ref=(called.get("decisionId") or "").strip(),
        result=(called.get("resultVariable") or "").strip(),
        map="plain",
    )
    bind(host, "decision", called)


def script(settings: Settings, findings: Findings) -> None:
    """Write the FEEL expression of a script task as its script."""
    host, written = settings.element, settings.first("script")
    if written is None:
        return
    text = (written.get("expression") or "").strip()
    write_script(
        host, text.removeprefix("=").strip(), "feel", (written.get("resultVariable") or "").strip()
    )


def ad_hoc(settings: Settings, findings: Findings) -> None:
    """Refuse to let a job handler choose the activities."""
    settings.take("taskHeaders")
    if settings.take("taskDefinition"):
        findings.draft(
            settings.element,
            "A job handler chooses its activities there; here people or the flow do.",
            "Draw a gateway before the activities that are not always wanted.",
        )


__all__ = ["ad_hoc", "decision", "script", "translate"]
