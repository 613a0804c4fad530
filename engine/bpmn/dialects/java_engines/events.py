"""Events: what a caught error says, what a signal carries, and who started it."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings
from engine.bpmn.dialects.writing import extension, parameter
from engine.bpmn.problems import Findings
from engine.bpmn.xml import local

_CAUGHT_BY = ("boundaryEvent", "startEvent", "intermediateCatchEvent")


def caught(settings: Settings, findings: Findings) -> None:
    """Write the variables that get code and message of what a boundary event caught."""
    event = settings.element.getparent()
    word = local(settings.element).removesuffix("EventDefinition")
    if event is None or local(event) not in _CAUGHT_BY:
        return
    for part in ("Code", "Message"):
        name = settings.text(f"{word}{part}Variable")
        if name:
            mapping = extension(event, "mapping")
            parameter(mapping, "output", name, f"${{{word}.{part.lower()}}}")


def signal(settings: Settings, findings: Findings) -> None:
    """Write what a thrown signal carries."""
    element = settings.element
    event = element.getparent() if local(element) == "signalEventDefinition" else element
    if event is None or local(event) not in ("intermediateThrowEvent", "endEvent"):
        return
    for one in settings.take("in"):
        source = (one.get("source") or "").strip()
        value = (one.get("sourceExpression") or "").strip() or (source and f"${{{source}}}")
        name = (one.get("target") or "").strip() or source
        if name and value:
            parameter(extension(event, "message"), "input", name, value)
        else:
            findings.draft(
                event,
                "The signal carries all variables; here it carries those that are listed.",
                "List each variable that goes along.",
            )


def start(settings: Settings, findings: Findings) -> None:
    """Note what a start event of these engines does beside starting."""
    initiator = settings.text("initiator")
    if initiator:
        findings.warning(
            settings.element,
            f"The variable '{initiator}' is not set: nobody knows here who started an instance.",
            f"Give '{initiator}' when you start one, or do not use it.",
        )
    shown = [settings.text("formKey"), settings.text("formRef")]
    settings.text("formRefBinding")
    settings.text("formRefVersion")
    if any([*shown, settings.take("formData"), settings.take("formProperty")]):
        findings.info(
            settings.element,
            "Forms of start events are not shown: whoever starts an instance gives its variables.",
            "Nothing to do, or put a user task with the form first.",
        )


__all__ = ["caught", "signal", "start"]
