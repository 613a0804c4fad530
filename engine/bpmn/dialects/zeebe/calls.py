"""Call activities of Camunda 8."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings


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
    binding = called.get("bindingType") or "latest"
    if binding == "deployment":
        put(host, "call", binding="deployment")
    elif binding != "latest":
        tag = called.get("versionTag") or ""
        findings.draft(
            host,
            f"It calls the version with the tag '{tag}'; versions have numbers here, no tags.",
            "Bind it to the newest version, the one of its deployment, or a number.",
        )


__all__ = ["translate"]
