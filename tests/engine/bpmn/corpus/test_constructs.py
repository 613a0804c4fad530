"""Every construct of BPMN that runs: the order of its elements, its data, and how it ends."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.bpmn.xml import FLOW_NODES, B
from tests.engine.bpmn.corpus.coverage import scenarios
from tests.engine.bpmn.corpus.scenario import CONSTRUCTS, Scenario, played

every = pytest.mark.parametrize(
    "scenario", scenarios(), ids=[f"{one.diagram}: {one.sentence}" for one in scenarios()]
)
PROVING = [(one, name) for one in scenarios() for name in one.proves.split()]


@every
def test_a_construct_does_what_the_standard_says(scenario: Scenario) -> None:
    # given
    content = scenario.path.read_bytes()

    # when
    order, data, end = played(scenario, content)

    # then
    assert order == scenario.order
    assert scenario.masked(data) == scenario.data
    assert end == scenario.end


@pytest.mark.parametrize(
    ("scenario", "name"), PROVING, ids=[f"{one.diagram}-{name}" for one, name in PROVING]
)
def test_without_an_element_its_scenario_does_not_come_true(scenario: Scenario, name: str) -> None:
    # given
    root = etree.fromstring(scenario.path.read_bytes())
    found = list(root.iter(B + name))
    assert found, f"{scenario.diagram} holds no {name}"
    if name in FLOW_NODES and all(each.get("id") in scenario.order.split() for each in found):
        return  # it is in the order of what completed

    # when
    for each in found:
        parent = each.getparent()
        if parent is None:
            return
        parent.remove(each)

    # then
    assert not scenario.holds(etree.tostring(root))


def test_every_diagram_of_the_corpus_has_a_scenario() -> None:
    # given / when
    drawn = {path.stem for path in CONSTRUCTS.glob("*.bpmn")}

    # then
    assert drawn == {scenario.diagram for scenario in scenarios()}


def test_no_scenario_is_told_twice() -> None:
    # given
    told = [(scenario.diagram, scenario.sentence) for scenario in scenarios()]

    # when / then
    assert len(told) == len(set(told))
