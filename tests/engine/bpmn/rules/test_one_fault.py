"""One fault, one finding: a rule keeps silent where another one says it better."""

from __future__ import annotations

import pytest

from engine.bpmn.runner import SpiffRunner
from engine.definitions import Severity, Source

ENDS = '<startEvent id="s"/><endEvent id="e"/>'
WORK = '<manualTask id="a"/>'
MESSAGE = '<messageEventDefinition id="d"/>'
ERROR = '<errorEventDefinition id="d"/>'
TIMER = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
LINK = "<linkEventDefinition/>"
UNDOING = '<boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>'

#: What is drawn: elements, then paths; all that is found beside remarks, with its element.
FAULTS = [
    pytest.param(
        ENDS + '<exclusiveGateway id="g"/>',
        ["s e"],
        {("unreachable", "g")},
        id="a gateway that is not connected at all",
    ),
    pytest.param(
        ENDS + WORK,
        ["s e"],
        {("unreachable", "a")},
        id="an activity that is not connected at all",
    ),
    pytest.param(
        ENDS + f'<intermediateCatchEvent id="x">{TIMER}</intermediateCatchEvent>',
        ["s e"],
        {("unreachable", "x")},
        id="an event that is not connected at all",
    ),
    pytest.param(
        ENDS + f'<intermediateCatchEvent id="x">{MESSAGE}</intermediateCatchEvent>',
        ["s x e"],
        {("trigger-missing", "x")},
        id="a message that is not chosen has no key to complain about",
    ),
    pytest.param(
        ENDS + f'<subProcess id="u"><startEvent id="t">{MESSAGE}</startEvent>{WORK}'
        '<sequenceFlow id="t-a" sourceRef="t" targetRef="a"/></subProcess>',
        ["s u e"],
        {("misplaced-trigger", "t")},
        id="a trigger in the wrong place need not be chosen",
    ),
    pytest.param(
        f'<startEvent id="s">{ERROR}</startEvent><endEvent id="e"/>',
        ["s e"],
        {("misplaced-trigger", "s")},
        id="a process that an error would start",
    ),
    pytest.param(
        ENDS + f'<intermediateThrowEvent id="x">{LINK}</intermediateThrowEvent>',
        ["s x", "s e"],
        {("link-name-missing", "x")},
        id="a link without a name",
    ),
    pytest.param(
        ENDS + f'<boundaryEvent id="x" attachedToRef="gone">{TIMER}</boundaryEvent>',
        ["s e", "x e"],
        {("boundary-without-host", "x")},
        id="a boundary event of nothing",
    ),
    pytest.param(
        ENDS + '<callActivity id="x" calledElement="e"/>',
        ["s x e"],
        {("reference-to-wrong-kind", "x")},
        id="a call of what is no process",
    ),
    pytest.param(
        ENDS + WORK + UNDOING + '<manualTask id="u"/><association id="o" sourceRef="b" '
        'targetRef="u"/>',
        ["s a e"],
        {("compensation-boundary", "u")},
        id="a handler that is not marked as one",
    ),
    pytest.param(
        ENDS + '<parallelGateway id="g"/><userTask id="a" name="A"><extensionElements>'
        '<corral:userTask queue="q"/></extensionElements></userTask>'
        f'<boundaryEvent id="x" attachedToRef="a">{TIMER}</boundaryEvent>'
        + WORK.replace('"a"', '"b"'),
        ["s g a e", "g b x e"],
        {("boundary-event-with-incoming", "x")},
        id="a flow into a boundary event",
    ),
    pytest.param(
        ENDS + f'<adHocSubProcess id="h"><startEvent id="t"/>{WORK}</adHocSubProcess>',
        ["s h e"],
        {("ad-hoc-start-or-end", "t")},
        id="a start event in an ad-hoc sub-process",
    ),
]


@pytest.mark.parametrize(("body", "paths", "expected"), FAULTS)
def test_a_fault_is_told_once(
    drawing, body: str, paths: list[str], expected: set[tuple[str, str]]
) -> None:
    # given
    source = Source("drawing.bpmn", drawing.text(body, *paths).encode())

    # when
    (report,) = SpiffRunner().read([source])

    # then
    told = [(one.rule, one.element) for one in report.problems if one.severity is not Severity.INFO]
    assert set(told) == expected
    assert len(told) == len(expected)
