"""Decision tables of DMN 1.1 to 1.5: read, checked and evaluated by our own reader.

Input expressions are names and paths, or the safe subset of Python where the table says so; cells
are the unary tests of :mod:`~engine.bpmn.decisions.unary_tests`; outputs are literals or
expressions. Whatever else DMN allows is reported with a cure, never passed over.
"""

from __future__ import annotations

from engine.bpmn.decisions.hit_policies import HitPolicy
from engine.bpmn.decisions.reading import decision_problems, read_decisions
from engine.bpmn.decisions.table import Decision, DecisionResult, FiredRule

__all__ = [
    "Decision",
    "DecisionResult",
    "FiredRule",
    "HitPolicy",
    "decision_problems",
    "read_decisions",
]
