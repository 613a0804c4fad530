"""What Camunda 7, Flowable, Activiti and Operaton have in common: they grew from one engine.

One file for each kind of thing they say. Expressions are JUEL: ``${...}`` is kept as it is, and a
text without it is text. Each translator takes the settings it knows; what is left is reported with
the vocabulary of the vendor.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.dialects.java_engines import (
    calls,
    decisions,
    events,
    forms,
    loops,
    mappings,
    services,
    user_tasks,
)
from engine.bpmn.dialects.settings import Settings, Vocabulary, settings_of
from engine.bpmn.dialects.writing import default_language
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, local

Translator = Callable[[Settings, Findings], None]

_BY_ELEMENT: dict[str, tuple[Translator, ...]] = {
    "process": (decisions.version_tag,),
    "userTask": (forms.translate, user_tasks.translate),
    "serviceTask": (services.translate,),
    "sendTask": (services.translate,),
    "businessRuleTask": (decisions.translate, services.translate),
    "messageEventDefinition": (services.translate,),
    "scriptTask": (services.script,),
    "callActivity": (calls.translate,),
    "multiInstanceLoopCharacteristics": (loops.translate,),
    "errorEventDefinition": (events.caught,),
    "escalationEventDefinition": (events.caught,),
    "signalEventDefinition": (events.signal,),
    "intermediateThrowEvent": (events.signal,),
    "endEvent": (events.signal,),
    "startEvent": (events.start,),
}
#: A call activity that says nothing passes nothing; a user task may use the roles of BPMN.
_ALWAYS = frozenset({"callActivity", "userTask"})


def translate(
    root: Element, findings: Findings, namespaces: frozenset[str], vocabulary: Vocabulary
) -> None:
    """Translate what the vendor of ``vocabulary`` wrote below ``root``."""
    found = list(settings_of(root, namespaces, always=_ALWAYS))
    if not any(found):
        return
    default_language(root, "juel")
    seen: set[str] = set()
    for settings in found:
        for translator in _BY_ELEMENT.get(local(settings.element), ()):
            translator(settings, findings)
        mappings.translate(settings, findings)
        services.retries(settings, findings)
        vocabulary.report(settings, findings, seen)
    vocabulary.conclude(root, findings, seen)


__all__ = ["translate"]
