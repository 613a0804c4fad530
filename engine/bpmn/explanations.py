"""What there is to read about a rule, a pass or a dialect: its own docstring, found by its id."""

from __future__ import annotations

import functools
import inspect

from engine.bpmn.dialects import dialects
from engine.bpmn.normal import passes
from engine.bpmn.rules import rules


def explain(rule: str) -> str | None:
    """Return the text of the page of ``rule``; None where nothing more is to be said."""
    return _pages().get(rule)


@functools.cache
def _pages() -> dict[str, str]:
    modules = (*passes(), *dialects(), *rules())
    return {name: inspect.cleandoc(module.__doc__) for name, module in modules if module.__doc__}
