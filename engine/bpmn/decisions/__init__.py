"""Decisions of DMN 1.1 to 1.5: read, linked over files, checked and evaluated."""

from __future__ import annotations

from engine.bpmn.decisions.business import BusinessDecision
from engine.bpmn.decisions.deciding import Decisions
from engine.bpmn.decisions.linking import Linked, link

__all__ = ["BusinessDecision", "Decisions", "Linked", "link"]
