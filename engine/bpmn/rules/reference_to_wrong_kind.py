"""An element refers to an element of another kind than it should.

A message event that names a signal, a data reference that names a task: the id was mistaken for
another. Refer to an element of the right kind. A draft where the reference decides what runs;
else a warning: it has no effect on a run.

Source: BPMN 2.0.2, the type of each reference in the attribute tables of the clauses 8 to 11.
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.references import CALLED, REFERENCES, TABLE, Reference, found, named, referring
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local
from engine.definitions import Severity

_SHOWN = 4
_DECLARED = tuple(
    Reference(owner, by, frozenset({kind}), Severity.DRAFT, Severity.DRAFT)
    for owner, (by, kind) in REFERENCES.items()
)


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare what every reference leads to with what it may lead to."""
    for reference in (*TABLE, *_DECLARED, CALLED):
        if not reference.kinds:
            continue
        note = findings.draft if reference.odd is Severity.DRAFT else findings.warning
        for owner, text in referring(drawing, reference):
            end = found(drawing, text)
            if end is not None and local(end) not in reference.kinds:
                wanted = sorted(reference.kinds)
                more = ", ..." if len(wanted) > _SHOWN else ""
                note(
                    owner,
                    f"{reference.by} refers to '{named(text)}', which is of the kind {local(end)}.",
                    f"Refer to one of the kind {', '.join(wanted[:_SHOWN])}{more}.",
                )
