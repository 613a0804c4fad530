"""Call activities: which process, in which version, and what goes in and comes back."""

from __future__ import annotations

import re

from engine.bpmn.dialects.java_engines import decisions
from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import copy, extension, parameter, put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element

#: ``#{execution.processBusinessKey}``: the called process belongs to the instance that calls it.
_INHERITED = re.compile(
    r"[$#]\{\s*execution\.(processBusinessKey|businessKey|getProcessBusinessKey\(\))\s*\}"
)


def translate(settings: Settings, findings: Findings) -> None:
    """Write ``corral:call`` and ``corral:mapping``: nothing is passed that is not listed."""
    host = settings.element
    called = (host.get("calledElement") or "").strip()
    if "${" in called or "#{" in called:
        put(host, "call", process=called)
        del host.attrib["calledElement"]
    _bind(settings)
    ins, outs = settings.take("in"), settings.take("out")
    inherits = settings.text("inheritVariables") == "true"
    everything = inherits or _all(ins)
    if not settings.has("variableMappingClass"):
        put(host, "mapping", allIn=str(everything).lower(), allOut=str(_all(outs)).lower())
    for one in ins:
        _name(host, (one.get("businessKey") or "").strip())
    _pass(host, "input", ins)
    _pass(host, "output", outs)
    _name(host, settings.text("businessKey"))
    if any(one.get("local") == "true" for one in (*ins, *outs)):
        findings.info(
            host,
            "It passes local variables alone; here variables of every scope around are passed.",
            "Nothing to do, or list the variables by their names.",
        )
    if not (ins or outs or inherits) and not settings.has("inputOutput"):
        findings.info(
            host,
            "It lists no variables, so the called process gets none and gives none back.",
            "Nothing to do, or list what goes in and out.",
        )


def _bind(settings: Settings) -> None:
    if settings.text("sameDeployment") == "true":
        put(settings.element, "call", binding="deployment")
    decisions.bind(settings, "call", "calledElement")


def _name(host: Element, business_key: str) -> None:
    """Write the business key of the call; that of the caller is the usual one."""
    if not _INHERITED.fullmatch(business_key):
        put(host, "call", businessKey=business_key)


def _all(parameters: list[Element]) -> bool:
    return any(one.get("variables") == "all" for one in parameters)


def _pass(host: Element, tag: str, parameters: list[Element]) -> None:
    """Write each variable that goes in or comes back."""
    mapping = extension(host, "mapping") if parameters else host
    for one in parameters:
        source, name = (one.get("source") or "").strip(), (one.get("target") or "").strip()
        value = (one.get("sourceExpression") or "").strip()
        if value and name:
            parameter(mapping, tag, name, value)
        elif source:
            copy(mapping, tag, name or source, source)


__all__ = ["translate"]
