"""Signavio, Trisotech and the other drawing tools: read past, and named once a file."""

from __future__ import annotations

import pytest

from engine.definitions import Severity

TOOLS = [
    ("http://www.signavio.com", "Signavio"),
    ("http://www.trisotech.com/2015/triso/modeling", "Trisotech"),
    ("http://www.bizagi.com/bpmn20", "Bizagi"),
    ("http://www.boc-group.com/bpmn", "ADONIS"),
    ("http://www.software-ag.com/aris/bpmn", "ARIS"),
    ("http://bpmn.io/schema/bpmn/biocolor/1.0", "bpmn.io"),
    ("http://www.omg.org/spec/BPMN/non-normative/color/1.0", "the colour extension of the OMG"),
    ("http://www.bpsim.org/schemas/1.0", "BPSim"),
    ("http://bpmn.sourceforge.net/yaoqiang", "Yaoqiang"),
    ("http://www.modeliosoft.com/bpmn", "Modelio"),
    ("http://www.igrafx.com/bpmn", "iGrafx"),
    ("http://flowable.org/modeler", "Flowable's modeler"),
    ("http://sparxsystems.com/bpmn", "Enterprise Architect"),
]


@pytest.mark.parametrize(("namespace", "tool"), TOOLS)
def test_what_a_drawing_tool_keeps_is_named_once(vendor, namespace: str, tool: str) -> None:
    # given
    body = (
        f'<task id="a" xmlns:t="{namespace}" t:x="1"><extensionElements><t:label y="2"/>'
        f'</extensionElements></task><task id="b" xmlns:t="{namespace}" t:x="1"/>'
    )

    # when
    found = vendor(body)

    # then
    assert found.noted(Severity.INFO) == [
        ("defs", f"What {tool} keeps about its own drawing has no meaning for a run.")
    ]
    assert len(found.problems) == 1


def test_a_namespace_that_nobody_knows_is_named_as_it_is(vendor) -> None:
    # given
    body = '<task id="a" xmlns:o="urn:other" o:x="1"/><task id="b" xmlns:o="urn:other" o:x="1"/>'

    # when
    found = vendor(body)

    # then
    assert found.noted(Severity.INFO) == [
        ("defs", "Extensions of the namespace 'urn:other' have no effect here.")
    ]


@pytest.mark.parametrize("namespace", ["urn:other", "http://www.signavio.com"])
def test_a_declaration_that_nothing_uses_is_not_mentioned(vendor, namespace: str) -> None:
    assert vendor(f'<task xmlns:t="{namespace}"/>').problems == []
