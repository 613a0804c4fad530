"""Diagrams in the languages of their modelers: conditions, scripts and what fails in them."""

from __future__ import annotations

import pytest

from engine.ports import FailureWait

NEUTRAL = 'xmlns:n="urn:corral:normal"'


def choice(draw, condition: str, language: str = "") -> str:
    """A gateway that leads to ``yes`` where ``condition`` holds, else to ``no``."""
    return (
        '<startEvent id="s"/><exclusiveGateway id="g" default="g-no"/>'
        + draw.nodes("task", "yes", "no")
        + draw.flow("s", "g", "no")
        + draw.when("g", "yes", condition).replace(
            "<conditionExpression>", f"<conditionExpression {language}>"
        )
    )


@pytest.mark.parametrize(
    ("condition", "language"),
    [
        ("amount > 100 and tier == 'gold'", ""),
        ("${amount > 100 && tier == 'gold'}", ""),
        ('amount > 100 and tier = "gold"', 'language="feel"'),
        ("count([amount]) = 1", 'language="https://www.omg.org/spec/DMN/20191111/FEEL/"'),
        ("amount > 100 && tier === 'gold'", 'language="javascript"'),
        ("${agreed}", ""),
    ],
)
@pytest.mark.parametrize("amount", [120, 5])
def test_a_gateway_understands_every_language(play, draw, condition, language, amount):
    # given
    agreed = "true" if amount > 100 else "false"
    body = choice(draw, condition, language)

    # when
    case = play(body, {"amount": amount, "tier": "gold", "agreed": agreed})

    # then
    assert case.completed
    assert ("yes" in case.ran) is (amount > 100 or "count" in condition)


@pytest.mark.parametrize(
    ("text", "attributes", "expected"),
    [
        ("total = amount * 2", "", 240),
        ("total = amount * 2;", 'scriptFormat="javascript"', 240),
        ("amount * 2", f'scriptFormat="JavaScript" {NEUTRAL} n:result="total"', 240),
        ("${execution.setVariable('total', amount * 2)}", 'scriptFormat="juel"', 240),
        ("${amount * 2}", f'{NEUTRAL} n:result="total"', 240),
        ("= amount * 2", f'scriptFormat="feel" {NEUTRAL} n:result="total"', 240),
        ("= {a: [amount]}", f'scriptFormat="feel" {NEUTRAL} n:result="total"', {"a": [120]}),
    ],
)
def test_a_script_task_understands_every_language(play, draw, text, attributes, expected):
    # given
    body = '<startEvent id="s"/>' + draw.script("t", text, attributes) + draw.flow("s", "t")

    # when
    case = play(body, {"amount": 120})

    # then
    assert case.data["total"] == expected


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("for (;;);", 'scriptFormat="javascript"'),
        ("throw new Error('no stock')", 'scriptFormat="javascript"'),
        ("for i in 1..999999999 return i", f'scriptFormat="feel" {NEUTRAL} n:result="x"'),
        ("${amount / nothing}", f'{NEUTRAL} n:result="x"'),
    ],
)
def test_a_text_that_fails_or_never_ends_is_an_incident_at_its_element(
    play, draw, text, attributes
):
    # given
    body = '<startEvent id="s"/>' + draw.script("t", text, attributes) + draw.flow("s", "t")

    # when
    case = play(body, {"amount": 120, "nothing": None})

    # then
    (failure,) = case.waits(FailureWait)
    assert failure.element == "t"
    assert case.data == {"amount": 120, "nothing": None}
