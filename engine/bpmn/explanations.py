"""What there is to read about a finding: the docstring of its rule, pass or dialect, or a text."""

from __future__ import annotations

import functools
import inspect

from engine.bpmn.decisions.rules import rules as decision_rules
from engine.bpmn.dialects import dialects
from engine.bpmn.normal import passes
from engine.bpmn.other_findings import OTHERS
from engine.bpmn.rules import rules


def explain(rule: str) -> str | None:
    """Return the text of the page of ``rule``; None where nothing more is to be said."""
    return _pages().get(rule)


@functools.cache
def _pages() -> dict[str, str]:
    # A decision may have the same fault as a diagram; then there is one text about both.
    decisions = (entry for entry in decision_rules() if entry[0] not in OTHERS)
    modules = (*passes(), *dialects(), *rules(), *decisions)
    texts = {name: module.__doc__ or "" for name, module in modules}
    others = {name: other.text for name, other in OTHERS.items() if name not in texts}
    return {name: inspect.cleandoc(text) for name, text in (texts | others).items() if text}
