"""What the standard demands of flows, events, gateways and activities: broken it is found."""

from __future__ import annotations

import pytest

from engine.bpmn.runner import SpiffRunner
from engine.definitions import FileReport, Severity, Source
from tests.engine.bpmn.rules.constraints.activities import ACTIVITIES
from tests.engine.bpmn.rules.constraints.boundary_events import BOUNDARY_EVENTS
from tests.engine.bpmn.rules.constraints.events import EVENTS
from tests.engine.bpmn.rules.constraints.flows import FLOWS
from tests.engine.bpmn.rules.constraints.gateways import GATEWAYS
from tests.engine.bpmn.rules.constraints.links import LINKS
from tests.engine.bpmn.rules.constraints.starts_and_ends import STARTS_AND_ENDS
from tests.engine.bpmn.rules.constraints.writing import Constraint

CONSTRAINTS = [
    *FLOWS,
    *STARTS_AND_ENDS,
    *EVENTS,
    *LINKS,
    *BOUNDARY_EVENTS,
    *GATEWAYS,
    *ACTIVITIES,
]


def read(content: str) -> FileReport:
    """Return what all steps find, from reading to compiling."""
    (report,) = SpiffRunner().read([Source("drawing.bpmn", content.encode())])
    return report


every = pytest.mark.parametrize(
    "constraint", CONSTRAINTS, ids=[constraint.sentence for constraint in CONSTRAINTS]
)


@every
def test_a_drawing_that_breaks_it_has_the_problem_at_the_element(
    drawing, constraint: Constraint
) -> None:
    # given
    content = drawing.text(*constraint.wrong, beside=constraint.beside)

    # when
    report = read(content)

    # then
    found = [one for one in report.problems if one.rule == constraint.rule]
    assert {(one.element, one.severity) for one in found} == {(constraint.at, constraint.severity)}
    assert all(one.message.endswith(".") and one.cure.endswith(".") for one in found)
    if constraint.severity in (Severity.DRAFT, Severity.ERROR):
        assert not any(definition.startable for definition in report.definitions)


@every
def test_a_drawing_that_keeps_it_has_no_such_problem(drawing, constraint: Constraint) -> None:
    # given
    content = drawing.text(*constraint.right, beside=constraint.beside)

    # when
    report = read(content)

    # then
    assert [one for one in report.problems if one.rule == constraint.rule] == []
    assert not any(one.severity is Severity.ERROR for one in report.problems)


def test_no_sentence_is_there_twice() -> None:
    # given
    sentences = [constraint.sentence for constraint in CONSTRAINTS]

    # when / then
    assert len(sentences) == len(set(sentences))
