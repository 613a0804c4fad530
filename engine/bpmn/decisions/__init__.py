"""Decisions of DMN 1.1 to 1.5: read, linked over files, checked and evaluated."""

from __future__ import annotations

from engine.bpmn.decisions.business import BusinessDecision
from engine.bpmn.decisions.deciding import Decisions

__all__ = ["BusinessDecision", "Decisions"]
