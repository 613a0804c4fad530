"""How the XML of DMN is looked at.

The versions of the namespace differ in little, so tags are compared by their local names.
"""

from __future__ import annotations

from lxml import etree

from engine.bpmn.decisions.model import Text
from engine.bpmn.expressions.safe.limits import SCRIPT_LENGTH
from engine.bpmn.xml import Element, identity, line_of

#: Names and URIs under which FEEL is meant, in lower case.
_FEEL = ("feel", "s-feel", "friendly-enough-expression-language")


def tag_of(element: Element) -> str:
    """Return the local name of the tag; ``""`` for anything that is no element."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def children(element: Element, *tags: str) -> list[Element]:
    """Return the children with one of these tags, in order."""
    return [found for found in element if tag_of(found) in tags]


def child(element: Element, *tags: str) -> Element | None:
    """Return the first child with one of these tags."""
    return next(iter(children(element, *tags)), None)


def entry_text(element: Element | None) -> str:
    """Return the content of the ``<text>`` in an element; ``""`` where there is none.

    Of one that is too long for any language so much is kept that it is still too long: it fails
    wherever it is compiled, and nobody handles megabytes to find that.
    """
    inner = child(element, "text") if element is not None else None
    text = "".join(map(str, inner.itertext())).strip() if inner is not None else ""
    return text[: SCRIPT_LENGTH + 1]


def language_of(element: Element) -> str | None:
    """Return the language of an entry: its own, or that of what is around it; None is FEEL."""
    current: Element | None = element
    while current is not None:
        named = (current.get("expressionLanguage") or "").strip()
        if named:
            return None if _is_feel(named) else named
        current = current.getparent()
    return None


def text_in(element: Element | None) -> Text | None:
    """Return what an entry says; None where it says nothing."""
    text = entry_text(element)
    if element is None or not text:
        return None
    language = language_of(element)
    if language is None and text[:2] in ("${", "#{") and text.endswith("}"):
        language = "juel"  # what Camunda 7 wrote before it knew FEEL
    return Text(text, identity(element), line_of(element), language)


def _is_feel(named: str) -> bool:
    lowered = named.lower()
    return lowered in _FEEL or "/feel" in lowered or lowered.endswith("application/feel")
