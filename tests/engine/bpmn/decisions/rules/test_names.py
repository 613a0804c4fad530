"""Names that a text of a decision may use: of requirements, parameters, entries, fields."""

from __future__ import annotations

import pytest

from engine.bpmn.decisions.reporting import decision_reports
from engine.definitions import Problem
from tests.engine.bpmn.decisions.drawing import (
    decision,
    dmn,
    function,
    given,
    literal,
    policy,
    requirements,
    rows,
)

LOAN = (
    '<itemDefinition name="tLoan"><itemComponent name="first rate"><typeRef>number</typeRef>'
    "</itemComponent></itemDefinition>"
    '<itemDefinition name="tLoans" isCollection="true"><typeRef>tLoan</typeRef></itemDefinition>'
)


def problems(content: str) -> list[Problem]:
    """Return what is found in a file."""
    return list(decision_reports([dmn(content)])["table.dmn"].problems)


def context(*entries: tuple[str, str]) -> str:
    """Return a context; the last entry without a name is its result."""
    written = "".join(
        f"<contextEntry>{f'<variable name={name!r}/>' if name else ''}{value}</contextEntry>"
        for name, value in entries
    )
    return f"<context>{written}</context>"


def loop(tag: str, within: str, body: str) -> str:
    """Return a loop over a list, with the iterator ``my loan``."""
    inner = "return" if tag == "for" else "satisfies"
    variable = 'iteratorVariable="my loan"'
    return f"<{tag} {variable}><in>{literal(within)}</in><{inner}>{literal(body)}</{inner}></{tag}>"


def named(logic: str, *, type: str = "number", name: str = "my input") -> str:
    """Return a decision that requires input data with a name of two words."""
    variable = f'<variable name="{name}" typeRef="{type}"/>'
    data = f'<inputData id="i" name="{name}">{variable}</inputData>'
    return LOAN + data + decision(logic, needs="i:i")


SEEN = {
    "input data": named(literal("my input - 1")),
    "input data in a cell": named(rows("> my input | 1", "- | 2", policy=policy("FIRST"))),
    "input data as a column": named(
        rows("- | 1", inputs="x:number").replace("<text>x<", "<text>my input<")
    ),
    "fields": named(literal("my input.first rate + 1"), type="tLoan"),
    "fields in a filter": named(literal("my input[first rate > 1]"), type="tLoans"),
    "entries before": named(
        context(("my entry", literal("my input")), ("", literal("my entry + 1")))
    ),
    "the iterator of a loop": named(loop("for", "my input", "my loan.first rate"), type="tLoans"),
    "what came before in a loop": named(loop("for", "my input", "count(partial)"), type="tLoans"),
    "the iterator of a test": named(loop("some", "my input", "my loan = null"), type="tLoans"),
    "the items of a filter": named(
        f"<filter><in>{literal('my input')}</in>"
        f"<match>{literal('first rate > 1')}</match></filter>",
        type="tLoans",
    ),
    "parameters": function("f", "", literal("1"))
    + '<businessKnowledgeModel id="g" name="g"><encapsulatedLogic>'
    f'<formalParameter name="my value"/>{literal("my value + f()")}</encapsulatedLogic>'
    f"{requirements('f()')}</businessKnowledgeModel>",
    "functions": function("f", "x", literal("x")) + decision(literal("f(1)"), needs="f()"),
    "keys of a context in a text": decision(literal('{"my key": 1, other: my key}')),
    "process variables": given("a") + decision(literal("customer.reach > 5")),
}


@pytest.mark.parametrize("content", SEEN.values(), ids=SEEN)
def test_names_of_several_words_are_known_where_they_are_seen(content: str) -> None:
    # when / then
    assert problems(content) == []


UNSEEN = {
    "a name that nothing has": (decision(literal("my input + 1")), "'my input' is no variable."),
    "an entry that comes later": (
        decision(context(("a", literal("my entry")), ("my entry", literal("1")))),
        "'my entry' is no variable.",
    ),
    "a function that is not required": (
        decision(literal("g(1)")),
        "There is no function 'g'.",
    ),
    "a remark": (
        decision(rows("see the other table | 1", "- | 2", policy=policy("FIRST"))),
        "'see the other table' is no variable.",
    ),
}


@pytest.mark.parametrize(("content", "message"), UNSEEN.values(), ids=UNSEEN)
def test_names_of_several_words_are_refused_elsewhere(content: str, message: str) -> None:
    # when
    (problem,) = problems(content)

    # then
    assert problem.rule == "expression-not-compilable"
    assert problem.message.endswith(message)


def test_a_column_counts_in_the_text_as_it_was_written() -> None:
    # given
    table = rows('- | "a"', policy=policy("PRIORITY"), outputs="y:string", values='"a", "b" "c"')

    # when
    (problem, *_) = problems(decision(table))

    # then
    where = "Output y, values: position 10"
    assert problem.message == where + ' of \'"a", "b" "c"\': \'"c"\' is not expected here.'


def test_allowed_values_of_types_are_compiled_too() -> None:
    # given
    type = (
        '<itemDefinition id="t" name="tTier"><typeRef>string</typeRef><allowedValues>'
        "<text>'gold', 'silver'</text></allowedValues></itemDefinition>"
    )

    # when
    (problem,) = problems(type + decision(literal("1")))

    # then
    assert (problem.rule, problem.element) == ("expression-not-compilable", "t")
    assert problem.cure == 'Write texts in double quotes: "gold", "silver".'


def test_other_languages_are_compiled_by_themselves() -> None:
    # given
    language = 'expressionLanguage="python"'
    first = policy("FIRST")

    # when
    right = problems(decision(rows("value > 5 | 1", "- | 2", policy=first, language=language)))
    wrong = problems(decision(rows("value > | 1", "- | 2", policy=first, language=language)))

    # then
    assert right == []
    assert [problem.rule for problem in wrong] == ["expression-not-compilable"]


def test_a_language_that_is_not_run_is_refused() -> None:
    # given
    language = 'expressionLanguage="groovy"'

    # when
    found = problems(decision(rows("- | 1 + 1", language=language)))

    # then
    assert {problem.rule for problem in found} == {"expression-not-compilable"}
    assert "'groovy' is not run here" in found[0].message


def test_the_same_name_is_told_once_for_a_decision() -> None:
    # given
    content = given("paid") + decision(rows("> paid | paid", "- | paid", policy=policy("FIRST")))

    # when
    found = problems(content)

    # then
    assert [problem.rule for problem in found] == ["requirement-missing"]
    assert "'paid' is not required by 'd'" in found[0].message


def test_the_decision_of_another_file_hides_a_variable_of_its_name() -> None:
    # given
    other = dmn(decision(literal("1"), id="risk"), name="other.dmn", space="urn:other")

    # when
    reports = decision_reports([dmn(decision(literal("risk + 1"))), other])

    # then
    assert [problem.rule for problem in reports["table.dmn"].problems] == ["requirement-missing"]
    assert reports["other.dmn"].problems == ()


def test_what_is_imported_is_known_by_the_name_of_the_import() -> None:
    # given
    shared = dmn(given("Old age", "number"), name="shared.dmn", space="urn:shared")
    opening = '<import namespace="urn:shared" name="s" importType="x"/>'
    asking = dmn(
        opening
        + decision(literal("s.Old age + 1"), needs="i:urn:shared#Old_age").replace(
            "Old_age", "Old age"
        )
    )

    # when
    reports = decision_reports([asking, shared])

    # then
    assert [*reports["table.dmn"].problems, *reports["shared.dmn"].problems] == []
