"""SpiffWorkflow and SpiffArena. Their expressions are Python, which is our own default.

A value there is always an expression; here it gets the ``=`` that says so.

[Dialects](../dialects.md) lists every setting: what it becomes here, what is read past, and what
makes a drawing a draft until its cure is followed.
"""

from __future__ import annotations

import re

from engine.bpmn.dialects.java_engines.user_tasks import form_key
from engine.bpmn.dialects.settings import Settings, Vocabulary, inner, settings_of
from engine.bpmn.dialects.writing import extension, may_carry, parameter, put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, local

_ASSIGNMENT = re.compile(r"^([A-Za-z]\w*)\s*=(?!=)\s*(.+)$")
_SCRIPT = "Draw a script task before or after it with this script."

VOCABULARY = Vocabulary(
    "SpiffWorkflow",
    translated=frozenset(
        """
        calledDecisionId messagePayload messageVariable postScript preScript properties
        serviceTaskOperator
        """.split()  # noqa: SIM905 - a list to be compared at a glance
    ),
    without_meaning=frozenset(
        """
        allowGuest category guestConfirmation instructionsForEndUser isMatchingCorrelation
        isOutputSynthetic processVariableCorrelation processVariableCorrelations signalButtonLabel
        startMessage taskMetadataValues testCases unitTests
        """.split()  # noqa: SIM905
    ),
    unsupported={
        "scriptsOnInstances": "Put the script into a sub-process around the activity.",
    },
)


def takes(namespace: str) -> bool:
    """Take whatever version of its namespace."""
    return "spiffworkflow.org" in namespace


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Translate; see :meth:`engine.bpmn.dialects.Dialect.apply`."""
    seen: set[str] = set()
    payloads: dict[str, str] = {}
    for settings in settings_of(root, namespaces):
        _work(settings, findings)
        _decision(settings)
        _properties(settings, findings, seen)
        _scripts(settings, findings)
        _message(settings, payloads, findings)
        VOCABULARY.report(settings, findings, seen)
    if payloads:
        _send_payloads(root, payloads)
    VOCABULARY.conclude(root, findings, seen)


def _work(settings: Settings, findings: Findings) -> None:
    host = settings.element
    operator = settings.first("serviceTaskOperator") if may_carry(host, "job") else None
    if operator is None:
        return
    put(host, "job", type=(operator.get("id") or "").strip())
    job = extension(host, "job")
    for group in inner(operator, "parameters"):
        for one in inner(group, "parameter"):
            if one.get("id") or one.get("name"):
                value = (one.get("value") or "").strip() or "None"
                parameter(job, "input", one.get("id") or one.get("name") or "", f"= {value}")
    result = (operator.get("resultVariable") or "").strip()
    if result:
        parameter(job, "output", result, "= result")


def _decision(settings: Settings) -> None:
    may = may_carry(settings.element, "decision")
    called = settings.first("calledDecisionId") if may else None
    if called is not None:
        put(settings.element, "decision", ref=(called.text or "").strip(), map="columns")


def _properties(settings: Settings, findings: Findings, seen: set[str]) -> None:
    for holder in settings.take("properties"):
        for one in inner(holder, "property"):
            name, value = one.get("name") or "", (one.get("value") or "").strip()
            if name == "formJsonSchemaFilename" and local(settings.element) == "userTask":
                key = form_key(value).removesuffix("-schema")
                put(settings.element, "userTask", form=key)
                findings.info(
                    settings.element,
                    f"JSON schema forms are not shown: '{value}' is looked up as form '{key}'.",
                    f"Draw a form with the id '{key}' and deploy it along.",
                )
            else:
                seen.add(name)


def _scripts(settings: Settings, findings: Findings) -> None:
    """Write assignments before and after an element as its mappings."""
    if not may_carry(settings.element, "mapping"):
        return
    for name, tag in (("preScript", "input"), ("postScript", "output")):
        for script in settings.take(name):
            _assign(settings.element, tag, name, script.text or "", findings)


def _assign(host: Element, tag: str, name: str, text: str, findings: Findings) -> None:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    found = [_ASSIGNMENT.match(line) for line in lines]
    if None in found:
        findings.draft(host, f"Its {name} is more than assignments: '{text.strip():.60}'.", _SCRIPT)
        return
    mapping = extension(host, "mapping") if found else host
    for one in filter(None, found):
        parameter(mapping, tag, one[1], f"= {one[2]}")
    if found and tag == "output":
        put(host, "mapping", allOut="true")


def _message(settings: Settings, payloads: dict[str, str], findings: Findings) -> None:
    for payload in settings.take("messagePayload"):
        payloads[settings.element.get("id") or ""] = (payload.text or "").strip()
    for variable in settings.take("messageVariable"):
        name = (variable.text or "").strip()
        if name:
            findings.info(
                settings.element,
                f"The parts of the message are variables of their own, not inside '{name}'.",
                "Nothing to do, or read the parts by their own names.",
            )


def _send_payloads(root: Element, payloads: dict[str, str]) -> None:
    """Let every element that throws a message take its payload along."""
    throwing = list(root.iter(B + "sendTask"))
    for definition in root.iter(B + "messageEventDefinition"):
        event = definition.getparent()
        if event is not None and local(event) in ("intermediateThrowEvent", "endEvent"):
            throwing.append(event)
    for element in throwing:
        holder = element.find(B + "messageEventDefinition")
        reference = (element if holder is None else holder).get("messageRef") or ""
        payload = payloads.get(reference) or payloads.get(element.get("id") or "")
        if payload:
            parameter(extension(element, "message"), "input", "payload", f"= {payload}")
