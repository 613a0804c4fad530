"""Input and output mappings of Camunda 8; with outputs, only they leave the element."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings, inner
from engine.bpmn.dialects.writing import extension, may_carry, parameter
from engine.bpmn.problems import Findings


def translate(settings: Settings, findings: Findings) -> None:
    """Write ``corral:mapping`` for the parameters of any element."""
    host = settings.element
    if not may_carry(host, "mapping"):
        return
    for both in settings.take("ioMapping"):
        mapping = extension(host, "mapping")
        for tag in ("input", "output"):
            for one in inner(both, tag):
                source, target = one.get("source") or "", (one.get("target") or "").strip()
                if target and source.strip():
                    parameter(mapping, tag, target, source.strip())
                else:
                    findings.draft(
                        host,
                        f"One of its {tag} mappings lacks its source or target.",
                        "Fill it in, or remove it.",
                    )


__all__ = ["translate"]
