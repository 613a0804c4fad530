"""What holds for every pass: the order, a clean diagram, a second run, problems that help."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.bpmn.normal import normalise, passes
from tests.engine.bpmn.normal.messy import MESSY, START


def test_the_order_of_the_passes_is_without_ties() -> None:
    # given / when
    order = [step.ORDER for _, step in passes()]

    # then
    assert order == sorted(set(order))
    assert len(order) > 15


def test_a_clean_diagram_stays_as_it_is(drawing) -> None:
    # given
    found = drawing(START + '<userTask id="a"/><endEvent id="e"/>', "s a e")
    before = etree.tostring(found.root)

    # when
    problems = normalise(found)

    # then
    assert problems == []
    assert etree.tostring(found.root) == before


@pytest.mark.parametrize("name", MESSY)
def test_a_second_run_changes_nothing(drawing, name: str) -> None:
    # given
    beside = '<terminateEventDefinition id="shared"/><globalUserTask id="g1" name="Global"/>'
    found = drawing(MESSY[name], beside=beside, attributes="")
    normalise(found)
    once = etree.tostring(found.root)

    # when
    problems = normalise(found)

    # then
    assert problems == []
    assert etree.tostring(found.root) == once


@pytest.mark.parametrize("name", MESSY)
def test_every_problem_of_a_pass_names_an_element_and_a_cure(drawing, name: str) -> None:
    # given
    found = drawing(MESSY[name], beside='<globalTask id="g"/>', attributes="")

    # when
    problems = normalise(found)

    # then
    assert problems
    assert all(problem.element and problem.cure and problem.line for problem in problems)
