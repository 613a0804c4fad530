"""What elements of a model see of each other: types, requirements, services, other files."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from engine.bpmn.decisions import Decisions
from tests.engine.bpmn.decisions.drawing import (
    decided,
    decision,
    dmn,
    function,
    given,
    literal,
    rows,
)


def item(name: str, inside: str = "", attributes: str = "") -> str:
    return f'<itemDefinition name="{name}" {attributes}>{inside}</itemDefinition>'


def base(type: str, allowed: str = "") -> str:
    values = f"<allowedValues><text>{allowed}</text></allowedValues>" if allowed else ""
    return f"<typeRef>{type}</typeRef>{values}"


def part(name: str, type: str) -> str:
    return f'<itemComponent name="{name}"><typeRef>{type}</typeRef></itemComponent>'


TYPES = (
    item("tTier", base("string", '"gold", "silver"'))
    + item("tTiers", base("tTier"), 'isCollection="true"')
    + item("tPerson", part("name", "string") + part("born", "date"))
    + item("tPeople", base("tPerson"), 'isCollection="true"')
    + item("tScore", base("number", "[0..100]"))
)


@pytest.mark.parametrize(
    ("type", "value", "wanted"),
    [
        ("number", 5, 5),
        ("number", [5], 5),
        ("string", "a", "a"),
        ("tTier", "gold", "gold"),
        ("tTiers", ["gold", "silver"], ["gold", "silver"]),
        ("tTiers", "gold", ["gold"]),
        ("tScore", 100, 100),
        ("date", "2026-01-31", "2026-01-31"),
        ("date", date(2026, 1, 31), "2026-01-31"),
        ("time", "10:30:00Z", "10:30:00Z"),
        ("date and time", "2026-01-31T10:00:00+01:00", "2026-01-31T10:00:00+01:00"),
        ("date and time", datetime(2026, 1, 31, tzinfo=UTC), "2026-01-31T00:00:00Z"),
        ("days and time duration", "PT90M", "PT1H30M"),
        ("days and time duration", timedelta(minutes=90), "PT1H30M"),
        ("years and months duration", "P14M", "P1Y2M"),
        ("tPerson", {"name": "Ana", "born": "2000-02-29"}, {"name": "Ana", "born": "2000-02-29"}),
        ("tPerson", {"name": "Ana"}, {"name": "Ana", "born": None}),
        ("tPeople", [{"name": "Ana", "born": None}], [{"name": "Ana", "born": None}]),
        ("unknownToAll", 5, 5),
        ("", [1, "a"], [1, "a"]),
    ],
)
def test_an_input_is_taken_as_its_type_has_it(type: str, value: Any, wanted: Any) -> None:
    # given
    document = dmn(TYPES + given("x", type) + decision(literal("x"), needs="i:x"))

    # when
    found = decided(document, {"x": value})

    # then
    assert (found.outputs, found.failures) == (wanted, ())


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("number", "5"),
        ("string", 5),
        ("boolean", "true"),
        ("tTier", "bronze"),
        ("tTiers", ["gold", "bronze"]),
        ("tScore", 101),
        ("date", "2026-02-30"),
        ("date", "tomorrow"),
        ("days and time duration", "P1Y"),
        ("years and months duration", "P1D"),
        ("tPerson", {"name": 5, "born": None}),
        ("tPerson", "Ana"),
    ],
)
def test_an_input_of_another_type_is_null_and_a_failure_that_names_it(
    type: str, value: Any
) -> None:
    # given
    document = dmn(TYPES + given("x", type) + decision(literal("x = null"), needs="i:x"))

    # when
    found = decided(document, {"x": value})

    # then
    assert found.outputs is True
    assert "'x'" in found.failures[0].message


@pytest.mark.parametrize(
    ("type", "expression", "wanted"),
    [
        ("number", '"a"', None),
        ("number", "[5]", 5),
        ("tTiers", '"gold"', ["gold"]),
        ("tPerson", '{name: "Ana"}', None),
        ("date and time", 'date("2026-01-31")', "2026-01-31T00:00:00Z"),
        ("string", "null", None),
    ],
)
def test_a_decision_gives_what_its_type_allows(type: str, expression: str, wanted: Any) -> None:
    # given
    document = dmn(TYPES + decision(literal(expression), type=type))

    # when / then
    assert decided(document).outputs == wanted


def test_types_of_the_model_are_known_to_its_texts() -> None:
    # given
    texts = ["5 instance of tScore", '"a" instance of tScore', '["gold"] instance of tTiers']
    document = dmn(TYPES + decision(literal(f"[{', '.join(texts)}]")))

    # when / then
    assert decided(document).outputs == [True, False, True]


def test_required_decisions_come_first_and_are_told_in_order() -> None:
    # given
    document = dmn(
        given("x", "number")
        + decision(literal("b + 1"), id="c", needs="b")
        + decision(rows("> 5 | 10", "<= 5 | 20"), id="b", needs="i:x")
    )

    # when
    found = decided(document, {"x": 6}, asked="c")

    # then
    assert found.outputs == 11
    assert [(each.key, each.outputs) for each in found.evaluated] == [("b", 10), ("c", 11)]
    assert [rule.decision for rule in found.fired_rules] == ["b"]


def test_what_is_not_required_is_not_seen() -> None:
    # given
    document = dmn(decision(literal("1"), id="b") + decision(literal("[b]")))

    # when
    found = decided(document, {"b": 5})

    # then
    assert found.outputs == [None]


def test_what_the_model_does_not_know_is_seen_by_all() -> None:
    # given
    document = dmn(
        decision(literal("amount * 2"), id="b") + decision(literal("b + amount"), needs="b")
    )

    # when / then
    assert decided(document, {"amount": 3}).outputs == 9


def test_an_input_with_the_name_of_a_decision_stands_for_it() -> None:
    # given
    document = dmn(decision(literal("1"), id="b") + decision(literal("b + 1"), needs="b"))

    # when / then
    assert decided(document, {"b": 5}).outputs == 6


@pytest.mark.parametrize(
    "name", ["Loan-to-value ratio", "loan ratio", "loan/ratio", "loan and ratio"]
)
def test_names_may_hold_spaces_and_signs(name: str) -> None:
    # given
    named = f'<inputData id="ltv" name="{name}"/>'
    document = dmn(named + decision(literal(f"{name} + 1"), needs="i:ltv"))

    # when / then
    assert decided(document, {name: 79}).outputs == 80


def test_a_circle_of_requirements_is_a_problem() -> None:
    # given
    document = dmn(
        decision(literal("b"), id="a", needs="b") + decision(literal("a"), id="b", needs="a")
    )

    # when
    decisions = Decisions.of([document])

    # then
    (problem,) = [p for file in decisions.linked.files for p in file.problems]
    assert "requires itself" in problem.message
    assert decisions.decide("0#a", {}).outputs is None


SERVICE = (
    given("amount", "number")
    + decision(literal("amount * 0.2"), id="tax", needs="i:amount")
    + decision(literal("tax + fee"), id="total", needs="tax fee")
    + decision(literal("100"), id="fee")
    + '<decisionService id="s" name="s"><outputDecision href="#total"/>'
    '<encapsulatedDecision href="#tax"/><inputDecision href="#fee"/><inputData href="#amount"/>'
    "</decisionService>"
)


def test_a_service_is_asked_with_its_inputs() -> None:
    # given / when
    found = decided(dmn(SERVICE), {"amount": 50, "fee": 1}, asked="s")

    # then
    assert (found.outputs, found.failures) == (11, ())


def test_a_service_is_called_with_input_data_first() -> None:
    # given
    document = dmn(SERVICE + decision(literal("s(50, 1)"), needs="s()"))

    # when / then
    assert decided(document).outputs == 11


def test_a_service_with_several_outputs_gives_them_by_name() -> None:
    # given
    several = SERVICE.replace(
        '<outputDecision href="#total"/>',
        '<outputDecision href="#total"/><outputDecision href="#tax"/>',
    )

    # when / then
    assert decided(dmn(several), {"amount": 50, "fee": 1}, asked="s").outputs == {
        "total": 11,
        "tax": 10,
    }


def test_a_service_called_with_what_does_not_fit_is_null() -> None:
    # given
    document = dmn(SERVICE + decision(literal('[s("a", 1), s(1)]'), needs="s()"))

    # when
    found = decided(document)

    # then
    assert found.outputs == [None, None]
    assert len(found.failures) == 2


def imported(name: str, space: str) -> str:
    return (
        f'<import name="{name}" namespace="{space}" '
        'importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>'
    )


OTHER = dmn(
    item("tRate", base("number", "[0..1]"))
    + given("base", "number")
    + decision(literal("base * 2"), id="doubled", needs="i:base")
    + function("vat", "n:number", literal("n * 0.2")),
    name="other.dmn",
    space="urn:other",
)


def test_a_file_uses_elements_and_types_of_a_file_it_imports() -> None:
    # given
    main = dmn(
        imported("lib", "urn:other")
        + given("rate", "lib.tRate")
        + decision(
            literal("lib.doubled + lib.vat(rate * 100)"),
            needs="urn:other#doubled urn:other#vat() i:rate",
        ),
        name="main.dmn",
    )

    # when
    found = decided([main, OTHER], {"base": 4, "rate": 0.5})

    # then
    assert (found.outputs, found.failures) == (18, ())
    assert decided([main, OTHER], {"base": 4, "rate": 2}).failures


def test_an_import_without_a_name_brings_its_names_as_they_are() -> None:
    # given
    main = dmn(
        imported("", "urn:other") + decision(literal("doubled"), needs="urn:other#doubled"),
        name="main.dmn",
    )

    # when / then
    assert decided([OTHER, main], {"base": 4}).outputs == 8


def test_an_import_that_is_not_there_is_a_draft_that_says_what_to_deploy() -> None:
    # given
    main = dmn(
        imported("lib", "urn:other") + decision(literal("lib.doubled"), needs="urn:other#doubled")
    )

    # when
    (problem,) = Decisions.of([main]).linked.files[0].problems

    # then
    assert (problem.severity, "urn:other#doubled" in problem.message) == ("draft", True)


def test_the_outermost_file_is_asked_where_two_hold_the_same_name() -> None:
    # given
    main = dmn(imported("lib", "urn:other") + decision(literal("1"), id="doubled"), name="main.dmn")

    # when / then
    assert decided([OTHER, main], {"base": 4}, asked="doubled").outputs == 1


@pytest.mark.parametrize("needs", ["urn:other#base i:base", "i:base urn:other#base"])
def test_inputs_of_an_import_and_of_its_own_are_told_apart(needs: str) -> None:
    # given
    main = dmn(
        imported("lib", "urn:other")
        + given("base", "number")
        + decision(literal("[lib.base, base]"), needs=needs).replace(
            '<requiredDecision href="urn:other#base"/>', '<requiredInput href="urn:other#base"/>'
        ),
        name="main.dmn",
    )

    # when / then
    assert decided([main, OTHER], {"lib": {"base": 5}}).outputs == [5, None]
    assert decided([main, OTHER], {"lib": {"base": 5}, "base": 7}).outputs == [5, 7]
    assert decided([main, OTHER], {"lib.base": 5, "base": 7}).outputs == [5, 7]
