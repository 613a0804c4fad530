"""The vocabulary of Camunda 8, one file for each kind of thing it says."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.dialects.settings import Settings, Vocabulary, settings_of
from engine.bpmn.dialects.writing import default_language
from engine.bpmn.dialects.zeebe import calls, loops, mappings, messages, user_tasks, work
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element, local

Translator = Callable[[Settings, Findings], None]

_BY_ELEMENT: dict[str, tuple[Translator, ...]] = {
    "process": (user_tasks.forms, calls.version_tag),
    "userTask": (user_tasks.translate,),
    "serviceTask": (work.translate,),
    "sendTask": (work.translate, messages.publish),
    "businessRuleTask": (work.decision, work.translate),
    "scriptTask": (work.script, work.translate),
    "intermediateThrowEvent": (work.translate, messages.publish),
    "endEvent": (work.translate, messages.publish),
    "adHocSubProcess": (work.ad_hoc,),
    "callActivity": (calls.translate,),
    "multiInstanceLoopCharacteristics": (loops.translate,),
}


def translate(
    root: Element, findings: Findings, namespaces: frozenset[str], vocabulary: Vocabulary
) -> None:
    """Translate what Camunda 8 wrote below ``root``."""
    default_language(root, "feel")
    seen: set[str] = set()
    keys: dict[str, str] = {}
    for settings in settings_of(root, namespaces):
        for translator in _BY_ELEMENT.get(local(settings.element), ()):
            translator(settings, findings)
        mappings.translate(settings, findings)
        if local(settings.element) == "message":
            keys[settings.element.get("id") or ""] = messages.key_of(settings)
        vocabulary.report(settings, findings, seen)
    if any(keys.values()):
        messages.subscribe(root, keys)
    vocabulary.conclude(root, findings, seen)


__all__ = ["translate"]
