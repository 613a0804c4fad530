"""The page of elements says what the tests say, and leaves nothing out."""

from __future__ import annotations

import pytest

from engine.bpmn.reports import read
from engine.bpmn.vocabulary import FATES, Fate
from engine.definitions import Severity, Source
from tests.engine.bpmn.corpus.coverage import (
    ELSEWHERE,
    EVENTS_OF_BPMN,
    REFUSED_EVENTS,
    proofs_of_elements,
    proofs_of_events,
)
from tools.coverage_table import TARGET, page

ROOT = TARGET.parent.parent
REPORTED = sorted(name for name, fate in FATES.items() if fate is Fate.REPORTED)
SHOWN = sorted(name for name, fate in FATES.items() if fate is Fate.SHOWN)


def test_the_page_of_elements_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run make pages"


def test_every_element_that_runs_has_a_proof() -> None:
    # given
    proved = {*proofs_of_elements(), *ELSEWHERE}

    # when / then
    assert {name for name, fate in FATES.items() if fate is Fate.RUN} <= proved


def test_every_event_that_bpmn_allows_happens_in_a_scenario_or_is_named() -> None:
    # given
    allowed = {(place, trigger) for place, all_ in EVENTS_OF_BPMN.items() for trigger in all_}

    # when
    proved = set(proofs_of_events())

    # then
    assert allowed == proved | set(REFUSED_EVENTS)
    assert not proved & set(REFUSED_EVENTS)


@pytest.mark.parametrize("proof", sorted(set(ELSEWHERE.values())))
def test_a_proof_outside_the_corpus_is_there(proof: str) -> None:
    # given
    file, _, name = proof.partition("::")

    # when / then
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", REPORTED)
def test_what_is_reported_is_named_at_its_element(drawing, name: str) -> None:
    # given
    inside = name.endswith(("Choreography", "choreographyTask"))
    piece = f'<{name} id="x"/>'
    body = piece if inside else ""
    task = '<userTask id="a"/>' if inside else f'<userTask id="a">{piece}</userTask>'
    text = drawing.text(f'<startEvent id="s"/>{task}<endEvent id="e"/>{body}', "s a e")

    # when
    (report,) = read([Source("drawing.bpmn", text.encode())])

    # then
    at = {problem.element for problem in report.problems}
    assert "x" in at or "a" in at


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_shown_only_neither_runs_nor_stops(drawing, name: str) -> None:
    # given
    body = '<startEvent id="s"/><task id="a"/><endEvent id="e"/>'
    text = drawing.text(body, "s a e", beside=f'<{name} id="x"/>')

    # when
    (report,) = read([Source("drawing.bpmn", text.encode())])

    # then
    (definition,) = report.definitions
    assert "x" not in {element.id for element in definition.elements}
    assert "unsupported-element" not in {
        problem.rule for problem in report.problems if problem.severity is Severity.ERROR
    }
