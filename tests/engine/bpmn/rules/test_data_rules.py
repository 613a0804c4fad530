"""Data objects, inputs and outputs, data associations and loops over data."""

from __future__ import annotations

import pytest

from tests.engine.bpmn.rules.documents import (
    DRAFT,
    INFO,
    WARNING,
    Sentence,
    found_by,
    process,
)

IN = '<dataInput id="i" name="i"/>'
SETS = "<inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/>"
OBJECTS = '<dataObject id="d"/><dataObject id="e"/>'
TYPES = '<itemDefinition id="one"/><itemDefinition id="two"/>'


def specified(inside: str) -> str:
    """Return a task with a specification x of its inputs and outputs."""
    return process(f'<task id="a"><ioSpecification id="x">{inside}</ioSpecification></task>')


def fed(association: str, inside: str = "") -> str:
    """Return a task with the input i, two data objects and an association x."""
    specification = f"<ioSpecification>{IN}<dataOutput id='o'/>{SETS}</ioSpecification>"
    return process(f'{OBJECTS}<task id="a">{specification}{inside}{association}</task>')


def into(*sources: str, target: str = "i", inside: str = "") -> str:
    """Return a data input association x."""
    written = "".join(f"<sourceRef>{one}</sourceRef>" for one in sources)
    return (
        f'<dataInputAssociation id="x">{written}<targetRef>{target}</targetRef>{inside}'
        "</dataInputAssociation>"
    )


def out(source: str) -> str:
    """Return a data output association x."""
    return (
        f'<dataOutputAssociation id="x"><sourceRef>{source}</sourceRef><targetRef>d</targetRef>'
        "</dataOutputAssociation>"
    )


def loop(inside: str, data: str = '<dataObject id="d" isCollection="true"/>') -> str:
    """Return a multi-instance task with the marker x."""
    marker = f'<multiInstanceLoopCharacteristics id="x">{inside}</multiInstanceLoopCharacteristics>'
    return process(f'{data}<task id="a">{marker}</task>')


LIST, ITEM = "<loopDataInputRef>d</loopDataInputRef>", '<inputDataItem id="n" name="n"/>'
RESULTS = "<loopDataOutputRef>d</loopDataOutputRef>"
ASSIGNED = "<assignment><from>1</from><to>i</to></assignment>"
DATA = [
    Sentence(
        "A sub-process has no inputs and outputs of its own",
        "10.4.1",
        "input-output-of-sub-process",
        WARNING,
        "x",
        process('<subProcess id="x"><ioSpecification id="i"/></subProcess>'),
        process('<callActivity id="x"><ioSpecification id="i"/></callActivity>'),
    ),
    Sentence(
        "A transaction has no inputs and outputs of its own",
        "10.4.1",
        "input-output-of-sub-process",
        WARNING,
        "x",
        process('<transaction id="x"><ioSpecification id="i"/></transaction>'),
        process('<transaction id="x"/>'),
    ),
    Sentence(
        "Each data input is in an input set",
        "10.4.1",
        "data-in-no-set",
        WARNING,
        "i",
        specified(IN + "<inputSet/><outputSet/>"),
        specified(IN + SETS),
    ),
    Sentence(
        "Each data output is in an output set",
        "10.4.1",
        "data-in-no-set",
        WARNING,
        "o",
        specified("<dataOutput id='o'/><inputSet/><outputSet/>"),
        specified(
            "<dataOutput id='o'/><inputSet/><outputSet><dataOutputRefs>o</dataOutputRefs>"
            "</outputSet>"
        ),
    ),
    Sentence(
        "A specification has an input set",
        "10.4.1",
        "data-sets-missing",
        INFO,
        "x",
        specified("<outputSet/>"),
        specified("<inputSet/><outputSet/>"),
    ),
    Sentence(
        "A specification has an output set",
        "10.4.1",
        "data-sets-missing",
        INFO,
        "x",
        specified("<inputSet/>"),
        specified("<inputSet/><outputSet/>"),
    ),
    Sentence(
        "An optional input is one of its set",
        "10.4.1",
        "optional-outside-set",
        WARNING,
        "t",
        specified(
            IN + "<inputSet id='t'><optionalInputRefs>i</optionalInputRefs></inputSet><outputSet/>"
        ),
        specified(
            IN + "<inputSet id='t'><dataInputRefs>i</dataInputRefs><optionalInputRefs>i"
            "</optionalInputRefs></inputSet><outputSet/>"
        ),
    ),
    Sentence(
        "An output made while the activity runs is one of its set",
        "10.4.1",
        "optional-outside-set",
        WARNING,
        "t",
        specified(
            "<dataOutput id='o'/><inputSet/><outputSet id='t'><whileExecutingOutputRefs>o"
            "</whileExecutingOutputRefs></outputSet>"
        ),
        specified(
            "<dataOutput id='o'/><inputSet/><outputSet id='t'><dataOutputRefs>o</dataOutputRefs>"
            "</outputSet>"
        ),
    ),
    Sentence(
        "Several sources of a data association need a transformation",
        "10.4.1",
        "data-association-sources",
        DRAFT,
        "x",
        fed(into("d", "e")),
        fed(into("d", "e", inside="<transformation>d + e</transformation>")),
    ),
    Sentence(
        "Several sources of a data association need assignments",
        "10.4.1",
        "data-association-sources",
        DRAFT,
        "x",
        fed(into("d", "e")),
        fed(into("d", "e", inside=ASSIGNED)),
    ),
    Sentence(
        "The source of a data association exists",
        "10.4.1",
        "reference-to-nothing",
        DRAFT,
        "x",
        fed(into("gone")),
        fed(into("d")),
    ),
    Sentence(
        "The ends of a data association have one type",
        "10.4.1",
        "data-association-types",
        WARNING,
        "x",
        (fed(into("d")) + TYPES)
        .replace('"d"', '"d" itemSubjectRef="one"')
        .replace('"i" ', '"i" itemSubjectRef="two" '),
        (fed(into("d")) + TYPES)
        .replace('"d"', '"d" itemSubjectRef="one"')
        .replace('"i" ', '"i" itemSubjectRef="one" '),
    ),
    Sentence(
        "What goes in ends at an input of the activity",
        "10.4.1",
        "data-association-direction",
        WARNING,
        "x",
        fed(into("d", target="e")),
        fed(into("d", target="w"), '<property id="w" name="w"/>'),
    ),
    Sentence(
        "What comes out begins at an output of the activity",
        "10.4.1",
        "data-association-direction",
        WARNING,
        "x",
        fed(out("i")),
        fed(out("o")),
    ),
    Sentence(
        "What goes in ends at no input of another activity",
        "10.4.1",
        "data-association-direction",
        WARNING,
        "x",
        fed(into("d", target="z")).replace(
            "</process>", '<task id="b"><property id="z"/></task></process>'
        ),
        fed(into("d")),
    ),
    Sentence(
        "A data object reference names its data object",
        "10.4.1",
        "data-reference-without-object",
        WARNING,
        "x",
        process('<dataObjectReference id="x" name="order"/>'),
        process('<dataObject id="d"/><dataObjectReference id="x" dataObjectRef="d"/>'),
    ),
    Sentence(
        "A data object is used where it can be seen",
        "10.4.1",
        "data-object-out-of-sight",
        WARNING,
        "x",
        process(
            '<subProcess id="b"><dataObject id="d"/></subProcess>'
            '<dataObjectReference id="x" dataObjectRef="d"/>'
        ),
        process(
            '<dataObject id="d"/><subProcess id="b">'
            '<dataObjectReference id="x" dataObjectRef="d"/></subProcess>'
        ),
    ),
    Sentence(
        "A data store has a name",
        "10.4.1",
        "data-store-without-name",
        INFO,
        "x",
        process('<dataStoreReference id="x"/>'),
        process('<dataStoreReference id="x" dataStoreRef="d"/>') + '<dataStore id="d" name="CRM"/>',
    ),
    Sentence(
        "The list of a multi-instance activity is data of the document",
        "10.3.8",
        "loop-data",
        WARNING,
        "x",
        loop("<loopDataInputRef>gone</loopDataInputRef>" + ITEM),
        loop(LIST + ITEM),
    ),
    Sentence(
        "The results of a multi-instance activity are data of the document",
        "10.3.8",
        "loop-data",
        WARNING,
        "x",
        loop('<loopDataOutputRef>gone</loopDataOutputRef><outputDataItem id="n"/>'),
        loop(RESULTS + '<outputDataItem id="n"/>'),
    ),
    Sentence(
        "A list has an item",
        "10.3.8",
        "loop-item-missing",
        WARNING,
        "x",
        loop(LIST),
        loop(LIST + ITEM),
    ),
    Sentence(
        "Results have an item",
        "10.3.8",
        "loop-item-missing",
        WARNING,
        "x",
        loop(RESULTS),
        loop(RESULTS + '<outputDataItem id="n"/>'),
    ),
    Sentence(
        "What a multi-instance activity goes through is a collection",
        "10.3.8",
        "loop-over-single",
        WARNING,
        "x",
        loop(LIST + ITEM, '<dataObject id="d"/>'),
        loop(LIST + ITEM, '<dataObject id="d" isCollection="1"/>'),
    ),
    Sentence(
        "A type may say that it is a collection",
        "10.3.8",
        "loop-over-single",
        WARNING,
        "x",
        loop(LIST + ITEM, '<dataObject id="d" itemSubjectRef="t"/>') + '<itemDefinition id="t"/>',
        loop(LIST + ITEM, '<dataObject id="d" itemSubjectRef="t"/>')
        + '<itemDefinition id="t" isCollection="true"/>',
    ),
    Sentence(
        "Two data objects of a process have different names",
        "10.4.1",
        "data-same-name",
        WARNING,
        "x",
        process('<dataObject id="d" name="order"/><dataObject id="x" name="order"/>'),
        process(
            '<dataObject id="d" name="order"/><subProcess id="b"><dataObject id="x" name="order"/>'
            "</subProcess>"
        ),
    ),
]
every = pytest.mark.parametrize("one", DATA, ids=[one.sentence for one in DATA])


@every
def test_a_document_that_breaks_it_has_the_problem_at_the_element(one: Sentence) -> None:
    assert found_by(one.rule, one.wrong) == [(one.at, one.severity)]


@every
def test_a_document_that_keeps_it_has_no_such_problem(one: Sentence) -> None:
    assert found_by(one.rule, one.right) == []


def test_the_type_of_a_reference_is_that_of_its_data_object() -> None:
    # given
    body = process(
        '<dataObject id="d" itemSubjectRef="one"/><dataObjectReference id="r" dataObjectRef="d"/>'
        '<task id="a"><property id="i" itemSubjectRef="two"/>' + into("r") + "</task>"
    )

    # when / then
    assert found_by("data-association-types", body + TYPES) == [("x", WARNING)]
