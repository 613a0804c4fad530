"""Decisions that business rule tasks ask, and the version tags of processes."""

from __future__ import annotations

from engine.bpmn.dialects.settings import Settings, inner
from engine.bpmn.dialects.writing import become, put
from engine.bpmn.problems import Findings

#: Fields of a task of Flowable that name what it asks.
_REFERENCES = ("decisionTableReferenceKey", "decisionServiceReferenceKey")


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
    bind(settings, "decision", "decisionRef")


def bind(settings: Settings, extension: str, prefix: str) -> None:
    """Write which version is meant; the newest where nothing else is said.

    Args:
        settings: of the element that asks or calls.
        extension: that gets the binding: ``"decision"`` or ``"call"``.
        prefix: of the attributes that say it: ``"decisionRef"`` or ``"calledElement"``.
    """
    binding = settings.text(f"{prefix}Binding") or "latest"
    given = {
        "version": settings.text(f"{prefix}Version"),
        "versionTag": settings.text(f"{prefix}VersionTag"),
    }
    if binding != "latest":
        number_or_tag = {binding: given[binding]} if binding in given else {}
        put(settings.element, extension, binding=binding, **number_or_tag)


def version_tag(settings: Settings, findings: Findings) -> None:
    """Write what a process calls its version."""
    put(settings.element, "versionTag", value=settings.text("versionTag"))


def of_fields(settings: Settings, findings: Findings) -> None:
    """Make a service task of the type ``dmn`` of Flowable ask its decision.

    Unless it says otherwise it asks the version that was deployed together with the process.
    """
    settings.text("type")
    fields: dict[str, str] = {}
    for field in settings.take("field"):
        texts = [(child.text or "").strip() for child in inner(field, "string", "expression")]
        value = field.get("stringValue") or field.get("expression") or "".join(texts[:1])
        fields[field.get("name") or ""] = value.strip()
    ref = next((fields[name] for name in _REFERENCES if fields.get(name)), "")
    become(settings.element, "businessRuleTask")
    beside = fields.get("sameDeployment", "true").lower() == "true"
    put(
        settings.element,
        "decision",
        ref=ref,
        map="variables",
        binding="deployment" if ref and beside else "",
    )
    if fields.get("decisionTaskThrowErrorOnNoHits", "").lower() == "true":
        findings.warning(
            settings.element,
            "It is to fail where no rule of the decision fits; here its outputs are null then.",
            "Draw a gateway after it that asks whether they are.",
        )


__all__ = ["bind", "of_fields", "translate", "version_tag"]
