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


NESTED = "x = 1\n" + "\n".join(["x = [[[[[[[[x]]]]]]]]"] * 190)
UNKEPT = [
    ("good = 1\na = 2 ** 70", ""),
    (f"good = 1\n{NESTED}", ""),
    ("good = 1\ndel amount\na = now() - now()", ""),
    ("2 ** 70", f'{NEUTRAL} n:result="a"'),
    ("${execution.setVariable('a', JSON('99999999999999999999999'))}", 'scriptFormat="juel"'),
    ("${execution.setVariable('a', JSON('[[1e999]]'))}", 'scriptFormat="juel"'),
    (r"""${execution.setVariable('a', JSON('"\\ud800"'))}""", 'scriptFormat="juel"'),
    ("execution.setVariable('a' + 'b', new Date(NaN))", 'scriptFormat="javascript"'),
]


@pytest.mark.parametrize(("text", "attributes"), UNKEPT)
def test_a_script_whose_values_cannot_be_kept_is_an_incident_and_sets_nothing(
    play, draw, text, attributes
):
    # given
    body = '<startEvent id="s"/>' + draw.script("t", text, attributes) + draw.flow("s", "t")

    # when
    case = play(body, {"amount": 120})

    # then
    assert case.incident.element == "t"
    assert case.data == {"amount": 120}


@pytest.mark.parametrize(("text", "attributes"), UNKEPT)
def test_a_value_that_cannot_be_kept_is_caught_at_an_error_boundary(play, draw, text, attributes):
    # given
    body = (
        '<startEvent id="s"/>'
        + draw.script("t", text, attributes)
        + draw.boundary("b", "t", "<errorEventDefinition/>")
        + '<userTask id="u"/>'
        + draw.flow("s", "t")
        + draw.flow("b", "u")
    )

    # when
    case = play(body, {"amount": 120})

    # then
    assert case.at() == ["u"]
    assert "good" not in case.data
    assert case.data["amount"] == 120


def test_a_name_that_a_script_puts_together_is_set_and_kept(play, draw):
    # given
    text = "execution.setVariable('a' + 'b', {deep: [1]}); execution.removeVariable('am' + 'ount')"
    script = draw.script("t", text, 'scriptFormat="javascript"')

    # when
    case = play('<startEvent id="s"/>' + script + draw.flow("s", "t"), {"amount": 120})

    # then
    assert case.data == {"ab": {"deep": [1]}}


def test_a_value_that_cannot_be_kept_behind_a_timer_is_an_incident_at_its_element(play, draw):
    # given
    timer = draw.catch("c", draw.duration("PT1H"))
    body = '<startEvent id="s"/>' + timer + draw.script("t", "a = 2 ** 70")
    case = play(body + draw.flow("s", "c", "t"), {"amount": 120})

    # when
    case.later(hours=1)

    # then
    assert case.incident.element == "t"
    assert "more than 64 bits" in case.incident.what
    assert case.data == {"amount": 120}
