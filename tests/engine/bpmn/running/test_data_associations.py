"""Data associations: what goes into an activity, what comes out, what a message carries."""

from engine.bpmn.reader import read
from engine.bpmn.rules import diagnose
from engine.definitions import Severity, Source
from engine.ports import UserTaskWait

START = '<startEvent id="s"/>'
OBJECTS = (
    '<dataObject id="o1"/><dataObjectReference id="r1" name="order" dataObjectRef="o1"/>'
    '<dataObject id="o2"/><dataObjectReference id="r2" name="bill" dataObjectRef="o2"/>'
    '<dataObject id="o3"/><dataObjectReference id="r3" name="Some paper" dataObjectRef="o3"/>'
)
INSIDE = (
    '<ioSpecification><dataInput id="i1" name="given"/><dataOutput id="x1" name="made"/>'
    "<inputSet/><outputSet/></ioSpecification>"
)


def into(source, target, inner=""):
    return (
        f"<dataInputAssociation><sourceRef>{source}</sourceRef><targetRef>{target}</targetRef>"
        f"{inner}</dataInputAssociation>"
    )


def out_of(source, target, inner=""):
    return (
        f"<dataOutputAssociation><sourceRef>{source}</sourceRef><targetRef>{target}</targetRef>"
        f"{inner}</dataOutputAssociation>"
    )


def assign(value, to):
    return f"<assignment><from>{value}</from><to>{to}</to></assignment>"


def task(inner):
    return OBJECTS + START + f'<userTask id="u">{INSIDE}{inner}</userTask>'


def seen(case):
    token = case.wait(UserTaskWait, "u").token
    return case.runner.variables(case.stored, case.state, token=token, catalogue=case.shelf)


def test_an_association_copies_into_the_activity_and_out_of_it(play, draw):
    # given
    body = task(into("r1", "i1") + out_of("x1", "r2"))
    case = play(body + draw.flow("s", "u"), {"order": 7})
    assert seen(case) == {"order": 7, "given": 7}

    # when
    case.do("u", made=8, more=1)

    # then
    assert case.completed
    assert case.data == {"order": 7, "bill": 8, "made": 8, "more": 1}


def test_what_is_not_there_is_not_copied(play, draw):
    # given
    body = task(into("r1", "i1") + out_of("x1", "r2"))
    case = play(body + draw.flow("s", "u"))

    # when
    case.do("u")

    # then
    assert case.completed
    assert case.data == {}


def test_an_assignment_and_a_transformation_compute(play, draw):
    # given
    change = "<transformation>order * 2</transformation>"
    body = task(into("r1", "i1", change) + out_of("x1", "r2", assign("made + 1", "bill")))
    case = play(body + draw.flow("s", "u"), {"order": 7})
    assert seen(case)["given"] == 14

    # when
    case.do("u", made=8)

    # then
    assert case.data["bill"] == 9


def test_lines_that_only_document_change_nothing(play, draw):
    # given a line to a placeholder, as modelers draw it, and a data object with a name of two words
    line = '<property id="ph" name="__targetRef_placeholder"/>' + into("r1", "ph")
    body = task(line + into("r3", "r3"))

    # when
    case = play(body + draw.flow("s", "u"), {"order": 7})

    # then
    assert seen(case) == {"order": 7}


def test_what_goes_into_a_throwing_event_goes_along_with_its_message(play, draw):
    # given
    carried = '<dataInput id="d1" name="payload"/>' + into("r1", "d1")
    body = OBJECTS + START + f'<endEvent id="e">{carried}{draw.message()}</endEvent>'

    # when
    case = play(body + draw.flow("s", "e"), {"order": 7})

    # then
    assert case.completed
    assert case.last.thrown[0].payload == {"payload": 7}


def test_what_a_message_brought_goes_to_the_data_object(play, draw):
    # given
    taken = '<dataOutput id="d1" name="answer"/>' + out_of("d1", "r2")
    body = OBJECTS + START + draw.catch("c", taken + draw.message())
    case = play(body + draw.flow("s", "c"))

    # when
    case.send(answer=3)

    # then
    assert case.data == {"answer": 3, "bill": 3}


def test_what_no_variable_can_take_makes_a_draft(draw):
    # given
    body = task(into("r1", "i1", assign("order", "/data/order")))

    # when
    found = diagnose(read(Source("p.bpmn", draw.process(body + draw.flow("s", "u")))))

    # then
    assert ("data-association", Severity.DRAFT) in [(each.rule, each.severity) for each in found]
