"""A yes or no means the same in each of the ways that XML Schema allows."""

from __future__ import annotations

import pytest

from engine.bpmn.normal import normalise
from engine.bpmn.rules import diagnose
from tests.engine.bpmn.normal.messy import START

SPELLINGS = [
    ("1", "true"),
    ("0", "false"),
    (" true ", "true"),
    ("True", "true"),
    ("FALSE", "false"),
]


@pytest.mark.parametrize(("written", "meant"), SPELLINGS)
def test_every_spelling_is_rewritten_and_noted(drawing, written: str, meant: str) -> None:
    # given
    found = drawing(START + f'<task id="b" isForCompensation="{written}"/>')

    # when
    notes = [one for one in normalise(found) if one.rule == "boolean-attributes"]

    # then
    assert drawing.find(found, "b").get("isForCompensation") == meant
    assert [(one.element, one.severity) for one in notes] == [("b", "info")]


def test_what_is_neither_yes_nor_no_stays(drawing) -> None:
    # given
    found = drawing(START + '<task id="a" isForCompensation="perhaps"/>')

    # when
    normalise(found)

    # then
    assert drawing.find(found, "a").get("isForCompensation") == "perhaps"


@pytest.mark.parametrize("yes", ["1", "true"])
@pytest.mark.parametrize(
    "element",
    [
        '<receiveTask id="a" instantiate="{}" messageRef="m"/>',
        '<subProcess id="a" triggeredByEvent="{}"/>',
        '<task id="a" isForCompensation="{}"/>',
    ],
)
def test_what_starts_by_itself_is_reachable_in_each_spelling(
    drawing, element: str, yes: str
) -> None:
    # given
    found = drawing(START + element.format(yes), beside='<message id="m" name="m"/>')

    # when
    rules = {one.rule for one in diagnose(found) if one.element == "a"}

    # then
    assert not rules & {"unreachable", "correlation-missing"}
