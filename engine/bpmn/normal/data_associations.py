"""Turns data associations that carry something into the mapping of their element.

What goes into an activity becomes a variable of that activity, what comes out sets the variable of
the data object around (:mod:`engine.bpmn.data_links`). What goes into an event that throws, or into
a send task, goes along with its message. Copies of what is not set are left out: most data
objects document. What cannot be placed is reported by the rule ``data-association``.
"""

from __future__ import annotations

from engine.bpmn.data_links import DataLink, data_links
from engine.bpmn.dialects.writing import copy, extension, parameter, put
from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, Element, Names, local, text_of

ORDER = 65
_SENDING = {"sendTask", "intermediateThrowEvent", "endEvent"}
_SIDES = (("dataInputAssociation", "input"), ("dataOutputAssociation", "output"))


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Write a mapping for every element with such associations, and take those out."""
    drawn = [(each, tag) for kind, tag in _SIDES for each in root.iter(B + kind)]
    if not drawn:
        return
    by_id = {found.get("id", ""): found for found in root.iter() if found.get("id")}
    for association, tag in drawn:
        host = association.getparent()
        links = data_links(association, by_id.get)
        if host is None or not links:
            continue
        for link in links:
            _write(host, tag, link)
        host.remove(association)
        findings.info(host, "Its data associations run as input and output of variables.")


def _write(host: Element, tag: str, link: DataLink) -> None:
    sending = tag == "input" and local(host) in _SENDING
    holder = extension(host, "message" if sending else "mapping")
    if not sending:
        put(host, "mapping", allOut="true")
    if link.source is not None:
        copy(holder, tag, link.target, link.source)
    elif link.expression is not None:
        text = text_of(link.expression)
        value = text if text.startswith(("=", "${", "#{")) else f"= {text}"
        parameter(holder, tag, link.target, value, link.expression.get("language"))
