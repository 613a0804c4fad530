"""``<corral:form key="answer">``: a form that came inside the diagram, as form-js JSON.

A form file of the same key in the deployment, or one deployed later, takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.bpmn.xml import Element, text_of


@dataclass(frozen=True, slots=True)
class EmbeddedForm:
    """The JSON of one form as it was written; it is read when the diagram is deployed."""

    key: str
    text: str


class FormExtension:
    """Implements :class:`~.protocol.Extension`."""

    name = "form"
    hosts = frozenset({"process"})
    attributes = frozenset({"key"})
    children: frozenset[str] = frozenset()
    repeatable = True

    def parse(self, element: Element, host: Element) -> EmbeddedForm:
        """Return the first form; see :meth:`.protocol.Extension.parse`."""
        return EmbeddedForm(element.get("key") or "", text_of(element))


EXTENSION = FormExtension()
