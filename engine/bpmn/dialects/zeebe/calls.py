"""Call activities of Camunda 8."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


def translate(settings: Settings, findings: Findings) -> None:
    """Write which process is called, and whether all variables go in and come back."""
    host, called = settings.element, settings.first("calledElement")
    if called is None:
        return
    process = (called.get("processId") or called.get("processIdExpression") or "").strip()
    if process.startswith("="):
        put(host, "call", process=process)
        host.attrib.pop("calledElement", "")
    elif process:
        host.set("calledElement", process)
    put(host, "mapping", allIn=called.get("propagateAllParentVariables") or "true")
    # With output mappings only they come back, whatever the switch says.
    if host.find(".//{*}ioMapping/{*}output") is None:
        put(host, "mapping", allOut=called.get("propagateAllChildVariables") or "true")
    bind(host, "call", called)


def bind(host: Element, extension: str, reference: Element) -> None:
    """Write which version a reference of Camunda 8 means; the newest where nothing is said."""
    binding = (reference.get("bindingType") or "latest").strip()
    tag = (reference.get("versionTag") or "").strip() if binding == "versionTag" else ""
    if binding != "latest":
        put(host, extension, binding=binding, versionTag=tag)


def version_tag(settings: Settings, findings: Findings) -> None:
    """Write what a process calls its version."""
    tag = settings.first("versionTag")
    put(settings.element, "versionTag", value=tag.get("value") or "" if tag is not None else "")


__all__ = ["bind", "translate", "version_tag"]
