"""The shapes that the result of a decision may take."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.decisions.shapes import mapped
from engine.bpmn.errors import ElementError

ONE, TWO = {"kind": "refund"}, {"kind": "refund", "days": 3}


@pytest.mark.parametrize(
    ("outputs", "shape", "expected"),
    [
        (TWO, None, TWO),
        (ONE, "singleEntry", "refund"),
        ([ONE], "singleEntry", "refund"),
        ([], "singleEntry", None),
        ([TWO], "singleResult", TWO),
        ([ONE, {"kind": "gift"}], "collectEntries", ["refund", "gift"]),
        (TWO, "resultList", [TWO]),
        (ONE, "plain", "refund"),
        (TWO, "plain", TWO),
        ([ONE, {"kind": "gift"}], "plain", ["refund", "gift"]),
        (TWO, "variables", TWO),
    ],
)
def test_a_result_takes_the_shape_asked_for(outputs: Any, shape: str | None, expected: Any) -> None:
    assert mapped(outputs, shape) == expected


@pytest.mark.parametrize(
    ("outputs", "shape"),
    [(TWO, "singleEntry"), ([ONE, ONE], "singleResult"), ([TWO], "collectEntries")],
)
def test_a_result_that_does_not_fit_the_shape_is_an_incident(outputs: Any, shape: str) -> None:
    with pytest.raises(ElementError):
        mapped(outputs, shape)
