"""Decision tables: hit policies, types, defaults, and why a rule fired."""

from __future__ import annotations

from typing import Any

import pytest

from engine.bpmn.expressions.friendly.cells import parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError
from engine.decisions import Match
from tests.engine.bpmn.decisions.drawing import (
    NAMESPACES,
    decided,
    decision,
    dmn,
    given,
    policy,
    rows,
)

OVERLAPPING = ("> 0 | 1", "> 5 | 2", "> 9 | 2")
#: A cell that only the sandbox evaluates, so that the same table is made there.
SANDBOXED = "? ** 2 < 0 | 0"


def test_the_tables_for_the_sandbox_are_made_there() -> None:
    with pytest.raises(ElsewhereError):
        parse_tests(SANDBOXED.partition("|")[0])


@pytest.mark.parametrize("version", NAMESPACES)
def test_tables_of_every_version_are_read(version: str) -> None:
    # given
    document = dmn(decision(rows("> 5 | 1")), version)

    # when
    found = decided(document, {"x": 6})

    # then
    assert found.outputs == 1
    assert [(rule.id, rule.row, rule.decision) for rule in found.fired_rules] == [("r1", 1, "d")]


@pytest.mark.parametrize("more", [(), (SANDBOXED,)], ids=["plain", "sandbox"])
@pytest.mark.parametrize(
    ("attributes", "outputs", "fired"),
    [
        (policy("FIRST"), 1, [1]),
        (policy("COLLECT"), [1, 2, 2], [1, 2, 3]),
        (policy("RULE ORDER"), [1, 2, 2], [1, 2, 3]),
        (policy("COLLECT", "SUM"), 5, [1, 2, 3]),
        (policy("COLLECT", "COUNT"), 3, [1, 2, 3]),
        (policy("COLLECT", "MIN"), 1, [1, 2, 3]),
        (policy("COLLECT", "MAX"), 2, [1, 2, 3]),
    ],
)
def test_the_hit_policy_decides_among_several_rules(
    attributes: str, outputs: object, fired: list[int], more: tuple[str, ...]
) -> None:
    # given
    document = dmn(decision(rows(*OVERLAPPING, *more, policy=attributes)))

    # when
    found = decided(document, {"x": 10})

    # then
    assert found.outputs == outputs
    assert [rule.row for rule in found.fired_rules] == fired


@pytest.mark.parametrize("more", [(), (SANDBOXED.replace("0", '"low"'),)], ids=["plain", "sandbox"])
@pytest.mark.parametrize(
    ("name", "outputs"),
    [("PRIORITY", "high"), ("OUTPUT ORDER", ["high", "middle", "low"])],
)
def test_output_values_give_the_order(name: str, outputs: object, more: tuple[str, ...]) -> None:
    # given
    written = ('- | "low"', '- | "high"', '- | "middle"')
    table = rows(
        *written,
        *more,
        policy=policy(name),
        outputs="y:string",
        values='"high", "middle", "low"',
    )

    # when / then
    assert decided(dmn(decision(table)), {"x": 1}).outputs == outputs


@pytest.mark.parametrize("more", [(), (SANDBOXED,)], ids=["plain", "sandbox"])
def test_unique_with_several_rules_fails_and_names_them(more: tuple[str, ...]) -> None:
    # given
    document = dmn(decision(rows(*OVERLAPPING, *more, policy=policy("UNIQUE"))))

    # when
    found = decided(document, {"x": 10})

    # then
    assert found.outputs is None
    assert "rows 1, 2 and 3" in found.failures[0].message


def test_any_takes_rules_that_agree_and_fails_for_those_that_differ() -> None:
    # given
    document = dmn(decision(rows("> 5 | 1", "> 6 | 1", "> 9 | 2", policy=policy("ANY"))))

    # when
    agreeing, differing = decided(document, {"x": 7}), decided(document, {"x": 10})

    # then
    assert (agreeing.outputs, agreeing.failures) == (1, ())
    assert differing.outputs is None
    assert "rows 1, 2 and 3" in differing.failures[0].message


@pytest.mark.parametrize("more", [(), (SANDBOXED,)], ids=["plain", "sandbox"])
@pytest.mark.parametrize(
    ("attributes", "outputs"),
    [
        ("", None),
        (policy("FIRST"), None),
        (policy("COLLECT"), []),
        (policy("COLLECT", "SUM"), None),
        (policy("COLLECT", "COUNT"), 0),
    ],
)
def test_when_no_rule_fits_nothing_is_decided(
    attributes: str, outputs: object, more: tuple[str, ...]
) -> None:
    # given
    document = dmn(decision(rows("> 5 | 1", *more, policy=attributes)))

    # when
    found = decided(document, {"x": 1})

    # then
    assert (found.outputs, found.fired_rules, found.failures) == (outputs, (), ())


@pytest.mark.parametrize("more", [(), (SANDBOXED,)], ids=["plain", "sandbox"])
@pytest.mark.parametrize(
    ("attributes", "outputs"), [("", 7), (policy("COLLECT"), [7]), (policy("COLLECT", "MAX"), 7)]
)
def test_a_default_output_stands_in_when_no_rule_fits(
    attributes: str, outputs: object, more: tuple[str, ...]
) -> None:
    # given
    document = dmn(decision(rows("> 5 | 1", *more, policy=attributes, default="7")))

    # when / then
    assert decided(document, {"x": 1}).outputs == outputs


def test_several_outputs_are_a_dictionary_by_their_names() -> None:
    # given
    document = dmn(decision(rows('> 5 | "care" | 2', outputs="queue:string level:number")))

    # when / then
    assert decided(document, {"x": 6}).outputs == {"queue": "care", "level": 2}


def test_inputs_are_expressions_and_what_is_missing_is_null() -> None:
    # given
    table = rows(
        '"gold" | null | 1',
        "- | > 5 | 2",
        "- | - | 3",
        policy=policy("FIRST"),
        inputs="customer.tier:string order.amount:number",
    )
    document = dmn(decision(table))

    # when / then
    assert decided(document, {"customer": {"tier": "gold"}}).outputs == 1
    assert decided(document, {"customer": None, "order": {"amount": 6}}).outputs == 2
    assert decided(document, {"customer": "text"}).outputs == 3


def test_the_result_says_which_values_passed_which_tests() -> None:
    # given
    table = rows('> 5 | - | "a", "b" | 1', inputs="x:number z:string kind:string")
    noted = table.replace("</rule>", text_of_note("Large ones") + "</rule>")

    # when
    (rule,) = decided(dmn(decision(noted)), {"x": 6, "kind": "b"}).fired_rules

    # then
    assert rule.because == (Match("x", 6, "> 5"), Match("kind", "b", '"a", "b"'))
    assert (rule.outputs, rule.annotations) == ({"y": 1}, ("Large ones",))


def text_of_note(content: str) -> str:
    return f"<annotationEntry><text>{content}</text></annotationEntry>"


@pytest.mark.parametrize("language", ["python", "juel", "javascript"])
def test_a_table_may_be_in_another_language(language: str) -> None:
    # given
    cells = {
        "python": ("value > limit | len(name)", "'{}' | 2"),
        "juel": ("${cellInput > limit} | ${name.length()}", "${'x'} | 2"),
        "javascript": ("value > limit | name.length", "'x' | 2"),
    }[language]
    document = dmn(
        decision(rows(*cells, policy=policy("FIRST"), language=f'expressionLanguage="{language}"'))
    )

    # when / then
    assert decided(document, {"x": 9, "limit": 7, "name": "abc"}).outputs == 3
    assert decided(document, {"x": 7, "limit": 7, "name": "abc"}).outputs is None


@pytest.mark.parametrize(
    ("language", "cell"), [("", "{} > 5"), ("juel", "${{{} > 5}}"), ("python", "{} > 5")]
)
@pytest.mark.parametrize("name", ["cellInput", "theAge"])
def test_cells_of_camunda_7_know_the_value_by_a_name(name: str, language: str, cell: str) -> None:
    # given
    written = f'expressionLanguage="{language}"' if language else ""
    table = rows(f"{cell.format(name)} | 1", inputs="age:number", language=written)
    named = table.replace(
        "<input>",
        '<input xmlns:camunda="http://camunda.org/schema/1.0/dmn" camunda:inputVariable="theAge">',
    )

    # when / then
    if name == "theAge" or language:
        assert decided(dmn(decision(named)), {"age": 7}).outputs == 1
    assert decided(dmn(decision(named)), {"age": 3}).outputs is None
    if name == "cellInput":
        assert decided(dmn(decision(table)), {"age": 7}).outputs == 1


def test_dates_of_columns_are_read_from_texts() -> None:
    # given
    document = dmn(decision(rows('< date("2026-03-01") | 1', inputs="due:date")))

    # when / then
    assert decided(document, {"due": "2026-02-28"}).outputs == 1
    assert "such as 2026-03-01" in decided(document, {"due": "soon"}).failures[0].message


def test_what_fails_in_another_language_is_said() -> None:
    # given
    table = rows("- | missing + 1", language='expressionLanguage="python"')

    # when
    found = decided(dmn(decision(table)), {"x": 1})

    # then
    assert found.outputs is None
    assert "no variable 'missing'" in found.failures[0].message


@pytest.mark.parametrize(
    ("kind", "value"),
    [("number", "5"), ("string", 5), ("boolean", 1), ("integer", 1.5), ("number", True)],
)
def test_an_input_of_the_wrong_type_fails_and_is_named(kind: str, value: object) -> None:
    # given
    document = dmn(decision(rows("- | 1", inputs=f"x:{kind}")))

    # when
    found = decided(document, {"x": value})

    # then
    assert found.outputs is None
    assert "'x'" in found.failures[0].message


def test_what_the_model_types_itself_is_not_typed_again_by_a_column() -> None:
    # given: modelers write "string" at every column
    document = dmn(given("x", "number") + decision(rows("> 5 | 1", inputs="x:string"), needs="i:x"))

    # when
    found = decided(document, {"x": 6})

    # then
    assert (found.outputs, found.failures) == (1, ())


def test_input_values_that_are_not_allowed_fail() -> None:
    # given
    document = dmn(decision(rows("- | 1", inputs="x:string", allowed='"a", "b"')))

    # when / then
    assert decided(document, {"x": "a"}).outputs == 1
    assert "do not allow" in decided(document, {"x": "c"}).failures[0].message


def test_an_output_of_the_wrong_type_fails_and_names_its_row() -> None:
    # given
    document = dmn(decision(rows("- | name")))

    # when
    found = decided(document, {"name": "text"})

    # then
    assert found.outputs is None
    assert "row 1" in found.failures[0].message


def test_a_sum_of_texts_fails() -> None:
    # given
    document = dmn(decision(rows("- | name", policy=policy("COLLECT", "SUM"), outputs="y:")))

    # when / then
    assert "SUM" in decided(document, {"name": "text"}).failures[0].message


def test_deciding_changes_no_variable() -> None:
    # given
    variables: dict[str, Any] = {"x": 6, "d": {"k": [1]}}

    # when
    decided(dmn(decision(rows("> 5 | count(d.k)"))), variables)

    # then
    assert variables == {"x": 6, "d": {"k": [1]}}


@pytest.mark.parametrize("more", [(), (SANDBOXED,)], ids=["plain", "sandbox"])
@pytest.mark.parametrize(
    ("name", "written", "values", "outputs"),
    [
        ("PRIORITY", ('- | "b"', "- | 1"), "true, false", "b"),
        ("OUTPUT ORDER", ("- | [1]", "- | [true]"), "[true], [1]", [[True], [1]]),
        (
            "OUTPUT ORDER",
            ("- | {a: 1}", "- | {a: true}"),
            "{a: true}, {a: 1}",
            [{"a": True}, {"a": 1}],
        ),
        ("ANY", ("- | 1", "- | true"), "", None),
        ("ANY", ("- | [0]", "- | [false]"), "", None),
        ("ANY", ("- | {a: 1, b: 2}", "- | {b: 2, a: 1}"), "", {"a": 1, "b": 2}),
        ("ANY", ("- | 1", "- | 1.0"), "", 1),
    ],
)
def test_outputs_are_the_same_when_their_types_are(
    name: str, written: tuple[str, ...], values: str, outputs: Any, more: tuple[str, ...]
) -> None:
    # given
    table = rows(*written, *more, policy=policy(name), outputs="y:", values=values)

    # when
    found = decided(dmn(decision(table)), {"x": 1})

    # then
    assert str(found.outputs) == str(outputs)
    assert bool(found.failures) is (outputs is None)


@pytest.mark.parametrize("more", [(), (SANDBOXED,)], ids=["plain", "sandbox"])
def test_so_many_rules_are_told_and_no_more(more: tuple[str, ...]) -> None:
    # given
    table = rows(*(f"- | {n}" for n in range(700)), *more, policy=policy("COLLECT"))

    # when
    found = decided(dmn(decision(table)), {"x": 1})

    # then
    assert found.outputs == [*range(700)]
    assert [rule.row for rule in found.fired_rules] == [*range(1, 501)]


@pytest.mark.parametrize("text", ["x", "[x][1]"], ids=["plain", "sandbox"])
def test_what_is_not_given_is_told_with_its_element(text: str) -> None:
    # given
    document = dmn(given("x") + decision(rows("- | 1", inputs=f"{text}:"), needs="i:x"))

    # when
    found = decided(document, {})

    # then
    assert [(each.element, each.message) for each in found.warnings] == [("x", "'x' is not given.")]
