"""Work for others: service and send tasks, throwing message events, scripts, and retries."""

from __future__ import annotations

import re

from engine.bpmn.dialects.java_engines import decisions
from engine.bpmn.dialects.settings import Settings, inner
from engine.bpmn.dialects.writing import extension, may_carry, put, write_script
from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, C, Element, N, local

#: How the two families call work that somebody fetches.
_EXTERNAL = ("external", "external-worker")
_REPEATED = re.compile(r"R(\d{1,3})/")


def translate(settings: Settings, findings: Findings) -> None:
    """Write what does the work: a job, a script, a decision; or a stand-in for code."""
    host = _worker(settings.element)
    kind = settings.look("type")
    if not may_carry(host, "job"):
        return
    if kind in _EXTERNAL or (not kind and settings.look("topic")):
        settings.text("type")
        extension(host, "job")
        put(host, "job", type=settings.text("topic"), allIn="true")
    elif kind == "dmn" and local(host) == "serviceTask":
        decisions.of_fields(settings, findings)
    elif settings.look("class") or settings.look("delegateExpression") or kind:
        _stand_in(settings, host)
    elif settings.look("expression") and local(host) in ("serviceTask", "sendTask"):
        _compute(settings, findings)
    elif settings.look("expression"):
        _stand_in(settings, host)
    elif settings.has("connector"):
        connector = inner(settings.element.find(".//{*}connector"), "connectorId")
        put(host, "job", type=(connector[0].text or "").strip() if connector else "connector")


def script(settings: Settings, findings: Findings) -> None:
    """Write where the value of a script goes."""
    result = settings.text("resultVariable") or settings.text("resultVariableName")
    if result:
        settings.element.set(N + "result", result)


def retries(settings: Settings, findings: Findings) -> None:
    """Write how often a job is tried: ``R3/PT10M`` is three times."""
    host = settings.element
    for cycle in settings.take("failedJobRetryTimeCycle"):
        text = (cycle.text or "").strip()
        repeated = _REPEATED.match(text)
        times = int(repeated[1]) if repeated else len(text.split(",")) + 1 if text else 0
        job = host.find(f"{B}extensionElements/{C}job")
        if "${" in text or "#{" in text or times > 1000:
            findings.info(host, f"The retries '{text:.60}' are not computed.", "Write a number.")
        elif job is not None and times:
            put(host, "job", retries=str(times))
            findings.info(
                host,
                f"It is tried {times} times; how long to wait in between is Corral's own setting.",
                "Nothing to do.",
            )


def _worker(element: Element) -> Element:
    """Return what carries the job: the event, when it is written at its event definition."""
    parent = element.getparent()
    inside = local(element) == "messageEventDefinition" and parent is not None
    return parent if inside and parent is not None else element


def _stand_in(settings: Settings, host: Element) -> None:
    """Name a job after the code, so that the cure is one handler away; a draft names the code."""
    code = settings.look("class") or settings.look("delegateExpression") or settings.look("type")
    code = code or settings.look("expression")
    name = re.sub(r"[^\w.-]+", "", code.rpartition(".")[2]) or "work"
    put(host, "job", type=name)
    settings.take("field")
    settings.text("resultVariable")


def _compute(settings: Settings, findings: Findings) -> None:
    """Make an expression a script: one that calls code is refused by name when it is compiled."""
    result = settings.text("resultVariable") or settings.text("resultVariableName")
    write_script(settings.element, settings.text("expression"), "juel", result)
    findings.info(
        settings.element, "Its expression is evaluated as a script of one line.", "Nothing to do."
    )


__all__ = ["retries", "script", "translate"]
