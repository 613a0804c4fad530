"""Files within the limit of bytes that would take minutes: refused at once, or told in short.

No test measures time: each would run into the limit of a test, or find millions of problems.
"""

from __future__ import annotations

import pytest

from engine.bpmn.analysis.outcomes import Outcomes, TooIntricateError
from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.expressions import compile_expression
from engine.bpmn.problems import MOST, Findings
from engine.bpmn.reader import Limits, read
from engine.bpmn.reports import read as report
from engine.bpmn.xml import BPMN_NAMESPACE
from engine.definitions import Severity, Source
from tests.engine.bpmn.conftest import Drawing

DMN = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_LONG = "x" * 256


def bpmn(inside: str) -> bytes:
    return f'<definitions xmlns="{BPMN_NAMESPACE}">{inside}</definitions>'.encode()


REFUSED = {
    "too-many-elements": bpmn("<process>" + "<task/>" * 15_000 + "</process>"),
    "too-many-processes": bpmn("<process/>" * 201),
    "identifier-too-long": bpmn(f'<process id="{_LONG}"/>'),
    "duplicate-id": bpmn("<process>" + '<task id="t"/>' * 102 + "</process>"),
}


@pytest.mark.parametrize("rule", REFUSED)
def test_what_would_take_too_long_is_refused_before_it_is_looked_at(rule: str) -> None:
    # given / when
    (found,) = report([Source("p.bpmn", REFUSED[rule])])

    # then
    (problem,) = found.problems
    assert problem.rule == rule
    assert problem.severity is Severity.ERROR
    assert problem.cure
    assert len(problem.message) < 200


@pytest.mark.parametrize("word", ["message", "signal"])
def test_a_name_that_things_are_found_by_has_a_limit(word: str) -> None:
    # given
    content = bpmn(f'<{word} id="m" name="{_LONG}"/><process id="p" name="{_LONG}"/>')

    # when / then
    with pytest.raises(UnreadableFileError, match=f"name of a '{word}'"):
        read(Source("p.bpmn", content))


def test_a_table_may_have_more_elements_than_a_diagram() -> None:
    # given
    text = f'<definitions xmlns="{DMN}">{"<decision/>" * 20_000}</definitions>'
    source = Source("d.dmn", text.encode())

    # when / then
    assert read(source).name == "d.dmn"
    with pytest.raises(UnreadableFileError, match="DMN"):
        read(source, Limits(cells=20_000))


def test_shapes_do_not_count() -> None:
    # given
    shapes = '<s:shape xmlns:s="urn:x"/>' * 20_000

    # when / then
    assert read(Source("p.bpmn", bpmn(shapes))).problems == ()


def test_a_rule_tells_so_many_problems_and_counts_the_others(drawing: Drawing) -> None:
    # given
    element = drawing("<task/>").root
    findings = Findings("rule")

    # when
    for _ in range(MOST + 7):
        findings.warning(element, "It is wrong.", "Mend it.")
    findings.draft(element, "Something is missing.", "Supply it.")

    # then
    assert len(findings.problems) == MOST + 2
    assert "7 or more others" in findings.problems[-1].message
    assert findings.problems[-1].severity is Severity.WARNING
    assert findings.problems[-2].severity is Severity.DRAFT


def test_problems_that_are_only_counted_stop_a_process_as_well(drawing: Drawing) -> None:
    # given
    lonely = "".join(f'<exclusiveGateway id="g{number}"/>' for number in range(MOST + 1))
    text = drawing.text(f'<startEvent id="s"/><endEvent id="e"/>{lonely}', "s e")

    # when
    (found,) = report([Source("p.bpmn", text.encode())], executable=True)

    # then
    counted = [p for p in found.problems if p.severity is Severity.DRAFT and p.element is None]
    assert {problem.process for problem in counted} == {None}
    assert not found.definitions[0].startable


def test_who_decides_is_part_of_the_work(drawing: Drawing) -> None:
    # given
    outcomes = Outcomes(work=30)
    (*_, last) = outcomes.shared_out(drawing("").root, Outcomes.ALWAYS, 10)

    # when / then
    with pytest.raises(TooIntricateError):
        for _ in range(10):
            outcomes.owners(last)


@pytest.mark.timeout(60)  # an isolate for each would take longer
def test_thousands_of_scripts_are_read_one_after_the_other() -> None:
    # given / when
    found = [compile_expression(f"a + {n}", language="javascript") for n in range(3_000)]

    # then
    assert found[-1].reads == {"a"}


def test_reading_a_script_runs_nothing_of_it() -> None:
    # given: were it run, what follows would be another language
    compile_expression("globalThis.Function = null", language="javascript")

    # when / then
    assert compile_expression("1 + 1", language="javascript").evaluate({}) == 2
