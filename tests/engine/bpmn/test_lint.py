"""A deployment as a whole: every file is read, checked and told what it lacks."""

from __future__ import annotations

import json

import pytest

from engine.bpmn.runner import SpiffRunner
from engine.definitions import DefinitionKind, FileReport, Severity, Source

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def process(body: str, key: str = "p", name: str = "p.bpmn") -> Source:
    text = (
        f'<definitions xmlns="{BPMN}" xmlns:corral="urn:corral:bpmn:1">'
        f'<process id="{key}" isExecutable="true">{body}</process></definitions>'
    )
    return Source(name, text.encode())


def decision(key: str) -> Source:
    text = (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">'
        f'<decision id="{key}"><decisionTable><output name="y"/><rule><outputEntry><text>1</text>'
        "</outputEntry></rule></decisionTable></decision></definitions>"
    )
    return Source(f"{key}.dmn", text.encode())


def form(key: str, *components: dict[str, str]) -> Source:
    content = json.dumps({"id": key, "components": list(components)})
    return Source(f"{key}.form", content.encode())


TASK = (
    '<startEvent id="s"/><userTask id="t" name="Answer"><extensionElements>'
    '<corral:userTask queue="care" form="answer"/></extensionElements></userTask>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>'
    '<sequenceFlow id="g" sourceRef="t" targetRef="e"/><endEvent id="e"/>'
)
RULE = (
    '<startEvent id="s"/><businessRuleTask id="r"><extensionElements>'
    '<corral:decision ref="triage"/></extensionElements></businessRuleTask>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="r"/>'
    '<sequenceFlow id="g" sourceRef="r" targetRef="e"/><endEvent id="e"/>'
)


def read(*sources: Source, known: set[tuple[str, str]] | None = None) -> tuple[FileReport, ...]:
    if known is None:
        return SpiffRunner().read(sources)
    return SpiffRunner().read(sources, lambda kind, key: (kind, key) in known)


def found(report: FileReport) -> set[tuple[str, str]]:
    return {(problem.rule, problem.severity.value) for problem in report.problems}


def test_files_that_belong_together_have_no_problem() -> None:
    # given
    files = (process(TASK), process(RULE, "q", "q.bpmn"), decision("triage"), form("answer"))

    # when
    reports = read(*files)

    # then
    assert [report.file for report in reports] == ["p.bpmn", "q.bpmn", "triage.dmn", "answer.form"]
    assert [problem for report in reports for problem in report.problems] == []
    kinds = [definition.kind for report in reports for definition in report.definitions]
    assert kinds == [DefinitionKind.PROCESS, DefinitionKind.PROCESS, DefinitionKind.DECISION]
    assert all(definition.startable for report in reports for definition in report.definitions)


@pytest.mark.parametrize(
    ("known", "severity", "startable"),
    [(None, "warning", True), (set(), "draft", False), ({("form", "answer")}, None, True)],
)
def test_what_is_missing_is_as_bad_as_can_be_told(
    known: set[tuple[str, str]] | None, severity: str | None, startable: bool
) -> None:
    # given / when
    (report,) = read(process(TASK), known=known)

    # then
    assert found(report) == ({("unresolved-reference", severity)} if severity else set())
    assert report.definitions[0].startable is startable


def test_a_process_that_two_files_define_is_an_error() -> None:
    # given / when
    first, second = read(process(TASK), process(TASK, name="again.bpmn"), known=None)

    # then
    assert ("defined-twice", "error") not in found(first)
    assert ("defined-twice", "error") in found(second)


@pytest.mark.parametrize(
    ("name", "content"),
    [("p.bpmn", b"PK\x03\x04"), ("p.bpmn", b""), ("t.dmn", b"<a/>"), ("a.form", b"<a/>")],
)
def test_a_file_that_cannot_be_read_is_one_problem_and_no_exception(
    name: str, content: bytes
) -> None:
    # given / when
    (report,) = read(Source(name, content))

    # then
    assert report.definitions == ()
    assert [problem.severity for problem in report.problems] == [Severity.ERROR]
    assert report.problems[0].cure


def test_problems_of_a_form_are_part_of_the_report() -> None:
    # given / when
    (report,) = read(form("answer", {"type": "html", "id": "h"}))

    # then
    assert found(report) == {("form-component", "error")}
    assert report.problems[0].element == "h"


@pytest.mark.parametrize(
    ("body", "rule", "severity", "element"),
    [
        (
            '<startEvent id="s"/><serviceTask id="t"/><sequenceFlow id="f" sourceRef="s"'
            ' targetRef="t"/>',
            "job-without-type",
            "draft",
            "t",
        ),
        (
            '<startEvent id="s"/><scriptTask id="t"><script>import os</script></scriptTask>'
            '<sequenceFlow id="f" sourceRef="s" targetRef="t"/>',
            "expression-not-compilable",
            "error",
            "t",
        ),
        (
            '<startEvent id="s"/><scriptTask id="t" scriptFormat="groovy"><script>a = 1</script>'
            '</scriptTask><sequenceFlow id="f" sourceRef="s" targetRef="t"/>',
            "expression-not-compilable",
            "error",
            "t",
        ),
        (
            '<startEvent id="s"/><intermediateCatchEvent id="t"><timerEventDefinition/>'
            '</intermediateCatchEvent><sequenceFlow id="f" sourceRef="s" targetRef="t"/>',
            "trigger-missing",
            "draft",
            "t",
        ),
        ('<startEvent id="s"><timerEventDefinition/></startEvent>', None, "draft", "s"),
    ],
)
def test_what_only_compiling_shows_is_a_problem_too(
    body: str, rule: str | None, severity: str, element: str
) -> None:
    # given / when
    (report,) = read(process(body))

    # then
    assert (severity, element) in {
        (problem.severity.value, problem.element)
        for problem in report.problems
        if rule in (None, problem.rule)
    }
    assert not report.definitions[0].startable


def test_a_fault_is_told_once() -> None:
    # given
    body = TASK + '<sequenceFlow id="loose" sourceRef="t"/>'

    # when
    (report,) = read(process(body), form("answer"))[:1]

    # then
    assert [problem.element for problem in report.problems] == ["loose"]


def test_the_problems_come_in_the_order_of_the_file() -> None:
    # given
    body = '<startEvent id="s"/>\n<task id="a"/>\n<task id="b"/>\n<userTask id="c"/>'

    # when
    (report,) = read(process(body))

    # then
    lines = [problem.line or 0 for problem in report.problems]
    assert lines == sorted(lines)
    assert len(lines) >= 3
