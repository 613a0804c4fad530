"""Decisions that business rule tasks ask."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import put
from engine.bpmn.problems import Findings


def translate(settings: Settings, findings: Findings) -> None:
    """Write ``corral:decision``; without a shape the result is a list, as there."""
    ref = settings.text("decisionRef")
    if not ref:
        return
    put(
        settings.element,
        "decision",
        ref=ref,
        result=settings.text("resultVariable"),
        map=settings.text("mapDecisionResult") or "resultList",
    )
    binding = settings.text("decisionRefBinding") or "latest"
    version = settings.text("decisionRefVersion") or settings.text("decisionRefVersionTag")
    if binding != "latest":
        findings.warning(
            settings.element,
            f"It asks the decision of its {binding} {version}; here the newest one is asked.",
            "Give decisions that must not be mixed keys of their own.",
        )


__all__ = ["translate"]
