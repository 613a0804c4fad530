"""What an element does, as far as its drawing tells: variables it sets and reads, and waits.

What does not compile, or cannot be known (the result of a job without outputs, the fields of a
form), is left out: the rules that ask keep silent rather than guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.bpmn import extensions
from engine.bpmn.drawing import Drawing
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import Expression, Script, compile_expression, compile_script
from engine.bpmn.languages import default_language
from engine.bpmn.xml import SCOPES, B, C, Element, N, local, nodes, text_of

_WAITING = frozenset(
    {
        "callActivity",
        "intermediateCatchEvent",
        "manualTask",
        "receiveTask",
        "serviceTask",
        "userTask",
    }
)

_MAY_BE_JOBS = frozenset({"sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent"})


def settings(element: Element) -> Mapping[str, Any]:
    """Return Corral's extensions on ``element``, parsed; empty when one does not compile."""
    try:
        return extensions.read(element)
    except ExpressionError:
        return {}


def expression(holder: Element | None) -> Expression | None:
    """Return the compiled text of ``holder``; None when there is none, or it does not compile."""
    text = text_of(holder)
    if holder is None or not text:
        return None
    try:
        return compile_expression(
            text, language=holder.get("language"), default=_language_around(holder)
        )
    except ExpressionError:
        return None


def script(task: Element) -> Script | None:
    """Return the compiled script of a script task; None when there is none that compiles."""
    holder = task.find(B + "script")
    if holder is None or not text_of(holder):
        return None
    try:
        return compile_script(
            holder.text or "",
            language=task.get("scriptFormat"),
            default=_language_around(task),
            result=task.get(N + "result") or None,
        )
    except ExpressionError:
        return None


def _language_around(element: Element) -> str | None:
    return default_language(element.getroottree().getroot())


def writes(drawing: Drawing, element: Element) -> frozenset[str]:
    """Return the variables of the scope that ``element`` surely sets when it completes.

    An embedded sub-process shares them, so it sets what the elements in it set.
    """
    known: dict[Element, frozenset[str]] = drawing.remembered("writes", dict)
    if element not in known:
        known[element] = _all_writes(element)
    return known[element]


def _all_writes(element: Element) -> frozenset[str]:
    found: set[str] = set()
    pending = [element]
    while pending:
        current = pending.pop()
        found |= _own_writes(current)
        looping = current.find(B + "multiInstanceLoopCharacteristics") is not None
        if local(current) in SCOPES and not looping and "mapping" not in settings(current):
            pending.extend(nodes(current))
    return frozenset(found)


def _own_writes(element: Element) -> set[str]:
    marker = element.find(B + "multiInstanceLoopCharacteristics")
    if marker is not None:  # each instance has variables of its own; only the list is given back
        output = marker.get(N + "output") or text_of(marker.find(B + "loopDataOutputRef"))
        return {output} if output.isidentifier() else set()
    given = settings(element)
    mapping = given.get("mapping")
    if mapping is None:
        return _results(element, given)
    outputs = {name.split(".")[0] for name, _ in mapping.outputs}
    inputs = {name.split(".")[0] for name, _ in mapping.inputs}
    return outputs | (_results(element, given) - inputs) if mapping.all_out else outputs


def _results(element: Element, given: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    kind = local(element)
    if kind == "scriptTask":
        compiled = script(element)
        found |= compiled.writes if compiled is not None else set()
    if "job" in given:
        found |= {name for name, _ in given["job"].outputs}
    if "userTask" in given and given["userTask"].completed_by:
        found.add(given["userTask"].completed_by)
    if "decision" in given and given["decision"].result:
        found.add(given["decision"].result)
    return found


def waits(drawing: Drawing, element: Element) -> bool:
    """Say whether something outside the instance has to happen before ``element`` completes.

    A sub-process counts as waiting when anything in it waits; a called process always does.
    """
    known: dict[Element, bool] = drawing.remembered("waits", dict)
    if element not in known:
        known[element] = any(_waits(drawing, one) for one in element.iter() if local(one))
    return known[element]


def _waits(drawing: Drawing, element: Element) -> bool:
    kind = local(element)
    if kind == "intermediateCatchEvent":
        return element.find(B + "linkEventDefinition") is None
    if kind in _WAITING:
        return True
    return kind in _MAY_BE_JOBS and any(
        child.tag == C + "job" for child in extensions.written_on(element)
    )
