"""What only compiling shows: problems at the element, with a cure, and never a silent pass."""

import pytest

from engine.bpmn.runner import SpiffRunner
from engine.definitions import DefinitionKind, MessageStart, Severity, Source

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:corral="urn:corral:bpmn:1"><message id="m" name="mention.received"/>'
)


def report(body, more=""):
    process = f'<process id="p" name="Play" isExecutable="true">{body}</process>'
    content = f"{HEAD}{more}{process}</definitions>"
    (found,) = SpiffRunner().read([Source("p.bpmn", content.encode())])
    return found


def serious(found):
    return {
        (problem.rule, problem.severity, problem.element)
        for problem in found.problems
        if problem.severity in (Severity.DRAFT, Severity.ERROR)
    }


def timer(text, tag="timeDuration"):
    definition = f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"
    return f'<intermediateCatchEvent id="x">{definition}</intermediateCatchEvent>'


def extended(tag, inside):
    return f'<{tag} id="x"><extensionElements>{inside}</extensionElements></{tag}>'


ERRORS = [
    '<startEvent id="x" parallelMultiple="true"><signalEventDefinition signalRef="s"/>'
    '<messageEventDefinition messageRef="m"/></startEvent>',
    timer("0 0 12 15W * ?", "timeCycle"),
    timer("R3/PT1H"),
    timer("every Monday", "timeCycle"),
    timer("PT"),
    timer("${1 +}"),
    '<scriptTask id="x"><script>import os</script></scriptTask>',
    '<scriptTask id="x" scriptFormat="groovy"><script>a = 1</script></scriptTask>',
    extended("userTask", '<corral:userTask due="= PT1H +"/>'),
    extended("serviceTask", '<corral:job type="a" retries="many"/>'),
    '<callChoreography id="x"/>',
]


@pytest.mark.parametrize("body", ERRORS)
def test_what_cannot_be_run_is_an_error_at_its_element(body):
    # when
    found = report(body)

    # then
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    assert {problem.element for problem in errors} == {"x"}
    assert all(problem.cure and problem.message and problem.line for problem in errors)
    assert not any(draft.startable for draft in found.definitions)


DRAFTS = [
    '<scriptTask id="x"/>',
    '<serviceTask id="x"/>',
    '<sendTask id="x"/>',
    '<businessRuleTask id="x"/>',
    '<callActivity id="x"/>',
    '<userTask id="x"><standardLoopCharacteristics loopMaximum="²"/></userTask>',
    '<userTask id="x"><standardLoopCharacteristics/></userTask>',
    '<userTask id="x"><multiInstanceLoopCharacteristics/></userTask>',
    '<intermediateCatchEvent id="x"><timerEventDefinition/></intermediateCatchEvent>',
    '<intermediateCatchEvent id="x"><conditionalEventDefinition/></intermediateCatchEvent>',
    '<userTask id="u"/><boundaryEvent id="x" attachedToRef="u"/>',
    '<userTask id="u"/><boundaryEvent id="x" attachedToRef="u"><compensateEventDefinition/>'
    "</boundaryEvent>",
]

#: Names that other engines compute while an instance runs.
COMPUTED = """<message id="c1" name='="order-" + kind'/><signal id="c2" name="all-${kind}"/>
<error id="c3" name="e" errorCode="= code"/>"""


@pytest.mark.parametrize(
    "definition",
    [
        '<messageEventDefinition messageRef="c1"/>',
        '<signalEventDefinition signalRef="c2"/>',
        '<errorEventDefinition errorRef="c3"/>',
    ],
)
def test_a_name_to_be_computed_makes_a_draft(definition):
    # when
    event = f'<endEvent id="x">{definition}</endEvent>'
    found = report(event, COMPUTED)

    # then
    assert serious(found) == {("name-computed", Severity.DRAFT, "x")}


@pytest.mark.parametrize("body", DRAFTS)
def test_what_somebody_has_to_supply_makes_a_draft(body):
    # when
    found = report(body)

    # then
    assert {(severity, element) for _, severity, element in serious(found)} == {
        (Severity.DRAFT, "x")
    }
    (draft,) = found.definitions
    assert not draft.startable


@pytest.mark.parametrize(
    "text", ["PT15M", "P1DT2H", "= reminder_after", "${reminder_after}", "reminder_after"]
)
def test_a_time_may_be_a_duration_or_an_expression(text):
    # when / then
    onward = '<endEvent id="e"/><sequenceFlow id="f" sourceRef="x" targetRef="e"/>'
    assert not serious(report(timer(text) + onward))


def test_a_definition_says_how_it_starts_and_what_it_holds():
    # given
    body = (
        '<startEvent id="s"><messageEventDefinition messageRef="m"/></startEvent>'
        '<subProcess id="sub" name="Inside"><userTask id="u" name="Answer"/></subProcess>'
        '<sequenceFlow id="f" sourceRef="s" targetRef="sub"/>'
    )

    # when
    (draft,) = report(body).definitions

    # then
    assert (draft.key, draft.name, draft.kind) == ("p", "Play", DefinitionKind.PROCESS)
    assert draft.startable
    assert draft.executable
    assert not draft.none_start
    assert draft.message_starts == (MessageStart("mention.received", "s"),)
    assert [(info.id, info.name, info.kind) for info in draft.elements] == [
        ("s", None, "startEvent"),
        ("sub", "Inside", "subProcess"),
        ("u", "Answer", "userTask"),
    ]


def test_a_drawing_without_flow_nodes_is_kept_as_a_draft_and_is_no_error():
    # when
    found = report("")

    # then
    assert [(each.key, each.startable) for each in found.definitions] == [("p", False)]
    assert not any(problem.severity is Severity.ERROR for problem in found.problems)


@pytest.mark.parametrize("content", [b"", b"{}", b"<html/>", b"PK\x03\x04", b"\xff\xfe\x00"])
def test_what_is_no_diagram_is_reported_and_never_raised(content):
    # when
    (found,) = SpiffRunner().read([Source("p.bpmn", content)])

    # then
    assert found.definitions == ()
    assert [problem.severity for problem in found.problems] == [Severity.ERROR]


def test_forms_are_read_by_their_id():
    # given
    source = Source("answer.form", b'{"id": "answer", "type": "default", "components": []}')

    # when
    runner = SpiffRunner()
    (form,), (found,) = runner.forms([source]), runner.read([source])

    # then
    assert form.key == "answer"
    assert not serious(found)
