"""A data association leads the wrong way.

What goes into an activity or event ends at one of its data inputs or properties; what comes out
begins at one of its data outputs or properties. Turn the association round, or connect it with
the data of its own activity. A warning: it is read by the variables at both ends.

Source: BPMN 2.0.2, 10.4.1 (targets of data input associations, sources of data output
associations).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, Element, local, text_of

_INNER = (
    ("dataInputAssociation", "targetRef", "dataOutput", "data input"),
    ("dataOutputAssociation", "sourceRef", "dataInput", "data output"),
)
_OF_THE_SCOPE = frozenset({"dataObject", "dataObjectReference", "dataStore", "dataStoreReference"})


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the inner end of every data association."""
    for tag, end, opposite, word in _INNER:
        for association in drawing.all(tag):
            owner = association.getparent()
            for reference in association.findall(B + end):
                item = drawing.referred(text_of(reference))
                if item is None or owner is None:
                    continue
                if local(item) in _OF_THE_SCOPE | {opposite} or not _belongs(item, owner):
                    findings.warning(
                        association,
                        f"Its {end} is no {word} of the element it belongs to.",
                        f"Connect it with a {word} or a property of that element.",
                    )


def _belongs(item: Element, owner: Element) -> bool:
    # A loop has its items in its marker; a sub-process owns what is declared anywhere around.
    return item is owner or any(around is owner for around in item.iterancestors())
