"""Which process a problem stops, what is stored of a picture, and what a file was rewritten to."""

from __future__ import annotations

import pytest

from engine.bpmn import pipeline, reports
from engine.bpmn.homes import Homes
from engine.bpmn.reader import Limits
from engine.bpmn.reader import read as read_document
from engine.bpmn.runner import SpiffRunner
from engine.definitions import Executable, FileReport, Problem, Severity, Source

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
GOOD = '<startEvent id="{0}s"/><task id="{0}t"/><sequenceFlow id="{0}f" sourceRef="{0}s" targetRef="{0}t"/>'  # noqa: E501
#: Drafts of every kind of origin: a rule, the compiler, an element without an id, a lane's inside.
GAPS = [
    '<startEvent id="{0}s"/><task id="{0}t"/><sequenceFlow id="{0}f" sourceRef="{0}s"/>',
    '<startEvent id="{0}s"/><serviceTask id="{0}t"/><sequenceFlow id="{0}f" sourceRef="{0}s" targetRef="{0}t"/>',  # noqa: E501
    '<startEvent id="{0}s"/><subProcess id="{0}u"><startEvent id="{0}v"/><intermediateCatchEvent><timerEventDefinition/></intermediateCatchEvent></subProcess><sequenceFlow id="{0}f" sourceRef="{0}s" targetRef="{0}u"/>',  # noqa: E501
]


def pools(*bodies: str, marks: tuple[str, ...] = ()) -> Source:
    marks = marks or ("true",) * len(bodies)
    inside = "".join(
        f'<process id="p{n}"{f" isExecutable={chr(34)}{mark}{chr(34)}" if mark else ""}>'
        f"{body.format(f'p{n}')}</process>"
        for n, (body, mark) in enumerate(zip(bodies, marks, strict=True), 1)
    )
    return Source("pools.bpmn", f'<definitions xmlns="{BPMN}">{inside}</definitions>'.encode())


def read(source: Source, executable: Executable = None) -> FileReport:
    return SpiffRunner().read([source], executable=executable)[0]


def startable(report: FileReport) -> dict[str, bool]:
    return {draft.key: draft.startable for draft in report.definitions}


@pytest.mark.parametrize("gap", GAPS)
def test_a_gap_in_one_pool_keeps_only_that_pool_from_starting(gap: str) -> None:
    # given / when
    report = read(pools(GOOD, gap, GOOD))

    # then
    assert startable(report) == {"p1": True, "p2": False, "p3": True}
    stopping = [each for each in report.problems if each.severity is Severity.DRAFT]
    assert stopping
    assert {each.process for each in stopping} == {"p2"}


def test_what_stands_beside_the_pools_concerns_those_who_use_it() -> None:
    # given: a message without a name that the second pool waits for, and a flow to a black box
    waiting = (
        '<startEvent id="{0}s"/><receiveTask id="{0}t" messageRef="m"/>'
        '<sequenceFlow id="{0}f" sourceRef="{0}s" targetRef="{0}t"/>'
    )
    beside = (
        '<message id="m"/><collaboration id="c"><participant id="a" processRef="p2"/>'
        '<participant id="box"/><messageFlow id="mf" sourceRef="box" targetRef="p2t"/>'
        '<messageFlow id="both" sourceRef="p1t" targetRef="p2t"/></collaboration>'
    )
    content = pools(GOOD, waiting).content.replace(b"<process", beside.encode() + b"<process", 1)
    document = read_document(Source("p.bpmn", content))
    problems = [
        Problem("any", Severity.DRAFT, id, None, "", "") for id in ("m", "a", "mf", "both", "box")
    ]

    # when
    told = Homes(document.root).told(problems)

    # then
    assert [each.process for each in told] == ["p2", "p2", "p2", None, None]


@pytest.mark.parametrize(
    ("executable", "expected"),
    [
        (None, {"p1": True, "p2": False, "p3": False}),
        (False, {"p1": True, "p2": False, "p3": False}),
        (["p3"], {"p1": True, "p2": False, "p3": True}),
        (True, {"p1": True, "p2": True, "p3": True}),
    ],
)
def test_processes_without_the_mark_run_when_somebody_says_so(
    executable: Executable, expected: dict[str, bool]
) -> None:
    # given
    source = pools(GOOD, GOOD, GOOD, marks=("true", "false", ""))

    # when
    report = read(source, executable)

    # then
    assert startable(report) == expected
    assert [draft.executable for draft in report.definitions] == [True, False, False]
    asked = {p.process for p in report.problems if p.severity is Severity.DRAFT}
    assert asked == ({"p2", "p3"} if executable is None else set())


@pytest.mark.parametrize(
    ("inside", "key", "name"),
    [
        ('<process id="empty" name="Later"/>', "empty", "Later"),
        ('<collaboration><participant id="shop" name="Shop"/></collaboration>', "shop", "Shop"),
        ('<choreography id="dance"><startEvent id="s"/></choreography>', "dance", "picture"),
        ('<collaboration id="c"><conversation id="talk"/></collaboration>', "picture", "picture"),
        ("", "picture", "picture"),
    ],
)
def test_a_document_with_nothing_to_run_is_kept_as_a_picture(
    inside: str, key: str, name: str
) -> None:
    # given
    content = f'<definitions xmlns="{BPMN}" id="defs">{inside}</definitions>'

    # when
    report = read(Source("folder/picture.bpmn", content.encode()))

    # then
    assert [(d.key, d.name, d.startable) for d in report.definitions] == [(key, name, False)]
    assert not any(problem.severity is Severity.ERROR for problem in report.problems)
    assert any(problem.severity is Severity.DRAFT for problem in report.problems)


def test_a_fault_of_ours_costs_one_file_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    whole = pipeline.examine

    def failing(document: reports.Document, around: reports.Surroundings) -> object:
        if document.name == "odd.bpmn":
            raise RecursionError("too deep for us")
        return whole(document, around)

    monkeypatch.setattr(reports, "examine", failing)
    odd = Source("odd.bpmn", pools(GOOD).content.replace(b'"p1"', b'"odd"'))

    # when
    first, second, third = SpiffRunner().read([odd, pools(GOOD), Source("no.bpmn", b"PK")])

    # then
    assert [problem.rule for problem in first.problems] == ["not-understood"]
    assert startable(first) == {"odd": False}
    assert startable(second) == {"p1": True}
    assert [problem.rule for problem in third.problems] == ["not-xml"]


def test_every_bad_file_of_a_deployment_tells_its_own_problems() -> None:
    # given
    files = [Source("a.bpmn", b""), Source("b.bpmn", b"PK\3\4"), pools(GAPS[0], marks=("true",))]

    # when
    found = SpiffRunner().read(files)

    # then
    assert [bool(report.problems) for report in found] == [True, True, True]


def test_the_size_of_a_file_has_a_bound_that_can_be_set() -> None:
    # given
    limits = Limits(size=100)

    # when
    (report,) = reports.read([pools(GOOD)], limits=limits)

    # then
    assert [problem.rule for problem in report.problems] == ["file-too-large"]


def test_the_normal_form_comes_with_a_note_of_each_change() -> None:
    # given
    body = GOOD.replace("startEvent", "task")

    # when
    found = SpiffRunner().normalised(pools(body, marks=("",)))

    # then
    assert {note.rule for note in found.notes} >= {"executable", "implicit-start"}
    assert "startEvent" in found.xml
    assert "isExecutable" in found.xml
    assert found.xml.count("\n") > 3


@pytest.mark.parametrize("rule", ["dangling-flow", "implicit-start", "doctype", "job-without-type"])
def test_rules_and_passes_explain_themselves(rule: str) -> None:
    explained = SpiffRunner().explain(rule)
    assert explained
    assert explained.endswith(".") or "\n" in explained


def test_what_is_no_rule_is_not_explained() -> None:
    assert SpiffRunner().explain("../secret") is None
