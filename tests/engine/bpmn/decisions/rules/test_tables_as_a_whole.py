"""What is said of tables: types that count, cases in words, how much is told."""

from __future__ import annotations

import pytest

from engine.bpmn.decisions.reporting import decision_reports
from engine.definitions import Problem, Severity
from tests.engine.bpmn.decisions.drawing import decision, dmn, given, literal, policy, rows

FIRST = policy("FIRST")
WHOLE = '<itemDefinition name="tAge"><typeRef>integer</typeRef></itemDefinition>'
PERCENT = (
    '<itemDefinition name="tPercent"><typeRef>number</typeRef><allowedValues>'
    "<text>[0..100]</text></allowedValues></itemDefinition>"
)


def problems(content: str) -> list[Problem]:
    """Return what is found in a file."""
    return list(decision_reports([dmn(content)])["table.dmn"].problems)


def messages(*written: str, types: str = "", **more: str) -> list[str]:
    """Return what is said of a table."""
    return [problem.message for problem in problems(types + decision(rows(*written, **more)))]


# -- Types ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("string", "> 5"),
        ("boolean", '"true"'),
        ("date", '"2026-01-31"'),
        ("date", 'date and time("2026-01-31T00:00:00Z")'),
        ("integer", "1.5"),
        ("dayTimeDuration", 'duration("P1M")'),
    ],
)
def test_a_cell_that_can_never_be_of_its_type_is_an_error(kind: str, cell: str) -> None:
    # given
    table = rows(f"{cell} | 1", "- | 2", policy=FIRST, inputs=f"x:{kind}")

    # when
    (problem,) = problems(decision(table))

    # then
    assert (problem.rule, problem.severity) == ("cell-of-another-type", Severity.ERROR)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        ("integer", "> 1.5"),
        ("date", '< date("2026-01-31")'),
        ("date", "null"),
        ("duration", 'duration("P1M")'),
        ("time", '@"10:00:00"'),
        ("list", "5"),
        ("tUnknown", "5"),
        ("string", "upper + lower"),
    ],
)
def test_a_cell_that_may_be_of_its_type_is_none(kind: str, cell: str) -> None:
    # given
    table = rows(f"{cell} | 1", "- | 2", policy=FIRST, inputs=f"x:{kind}")

    # when / then
    assert problems(decision(table)) == []


def test_the_type_that_the_model_declares_counts_before_that_of_the_column() -> None:
    # given: modelers write "string" at every column
    table = rows("> 5 | 1", "- | 2", policy=FIRST, inputs="x:string")
    wrong = rows('"a" | 1', "- | 2", policy=FIRST, inputs="x:string")

    # when / then
    assert problems(given("x", "number") + decision(table, needs="i:x")) == []
    (problem,) = problems(given("x", "number") + decision(wrong, needs="i:x"))
    assert problem.severity == Severity.ERROR


def test_a_column_that_is_computed_may_say_string_without_meaning_it() -> None:
    # given
    table = rows("> 5 | 1", "- | 2", policy=FIRST, inputs="count(x):string")

    # when / then
    assert problems(decision(table)) == []


def test_another_type_that_a_computed_column_says_is_held_against_it() -> None:
    # given
    table = rows('"a" | 1', "- | 2", policy=FIRST, inputs="count(x):number")

    # when
    (problem,) = problems(decision(table))

    # then
    assert (problem.rule, problem.severity) == ("cell-of-another-type", Severity.WARNING)


def test_the_type_of_a_decision_is_that_of_its_table() -> None:
    # given
    first = decision(rows('- | "high"', outputs="risk:string"), id="risk")
    second = decision(rows("> 5 | 1", "- | 2", policy=FIRST, inputs="risk:"), needs="risk")

    # when
    (problem,) = problems(first + second)

    # then
    assert problem.message == "Row 1: 'risk' is a string, so it never is 5."


def test_a_default_output_has_a_type_too() -> None:
    # when
    (problem,) = problems(decision(rows("> 5 | 1", default='"a"')))

    # then
    assert (problem.rule, problem.severity) == ("output-of-another-type", Severity.ERROR)
    assert problem.message == 'In the default output: "a" is no number.'


def test_a_value_alone_is_a_list_and_a_date_is_midnight() -> None:
    # given
    types = (
        '<itemDefinition name="tAll" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    )
    row = '- | 5 | date("2026-01-31") | null'

    # when / then
    assert messages(row, outputs="a:tAll b:dateTime c:number", types=types) == []


# -- Cases ---------------------------------------------------------------------------------------


GAPS = {
    "numbers between rows": (("< 10 | 1", "> 20 | 2"), {}, ["x in [10..20]"]),
    "one number": (("< 10 | 1", "> 10 | 2"), {}, ["x = 10"]),
    "numbers beyond": (("[0..10) | 1", "[10..20] | 2"), {}, ["(x < 0 or x > 20)"]),
    "a switch": (("true | 1",), {"inputs": "x:boolean"}, ["x = false"]),
    "null that a cell asks for": (("null | 1", "< 5 | 2"), {}, ["x >= 5"]),
    "dates": (
        ('< date("2026-01-01") | 1', '> date("2026-06-30") | 2'),
        {"inputs": "x:date"},
        ['x in [date("2026-01-01")..date("2026-06-30")]'],
    ),
    "whole numbers leave none": (
        ("<= 17 | 1", ">= 18 | 2"),
        {"inputs": "x:tAge", "types": WHOLE},
        [],
    ),
    "numbers that are not whole": (("<= 17 | 1", ">= 18 | 2"), {}, ["x in (17..18)"]),
    "allowed values": (
        ("< 50 | 1", "> 60 | 2"),
        {"inputs": "x:tPercent", "types": PERCENT},
        ["x in [50..60]"],
    ),
    "all that is allowed": (
        ("[0..50] | 1", "(50..100] | 2"),
        {"inputs": "x:tPercent", "types": PERCENT},
        [],
    ),
    "input values": (
        ('"a" | 1', '"b" | 2'),
        {"inputs": "x:string", "allowed": '"a", "b", "c"'},
        ['x = "c"'],
    ),
    "two columns": (
        ("< 5 | < 5 | 1", ">= 5 | - | 2"),
        {"inputs": "x:number z:number"},
        ["x < 5 and z >= 5"],
    ),
    "a column twice": (
        ("< 5 | > 0 | 1", ">= 5 | - | 2"),
        {"inputs": "x:number x:number"},
        ["x <= 0"],
    ),
    "codes": (("1 | 1", "2 | 2"), {}, ["x not in (1, 2)"]),
    "a default output": (("> 5 | 1",), {"default": "0"}, []),
    "a list of results": (("> 5 | 1",), {"policy": policy("COLLECT")}, []),
    "a row that may fit": (("> 5 | 1", "<= limit | 2"), {}, []),
    "a column nobody understands": (
        ("? instance of number | 1",),
        {"inputs": "x:"},
        [],
    ),
    "limits nobody understands": (("> 5 | 1",), {"allowed": "? > limit"}, []),
}


@pytest.mark.parametrize(("written", "more", "cases"), GAPS.values(), ids=GAPS)
def test_the_missing_case_is_said_in_words(
    written: tuple[str, ...], more: dict[str, str], cases: list[str]
) -> None:
    # when
    found = messages(*written, **more)

    # then
    assert found == [f"No row fits when {case}." for case in cases]


def test_five_missing_cases_are_told_and_the_others_counted() -> None:
    # given
    letters = [f'"{letter}"' for letter in "abcdefgh"]
    written = [f"{letter} | {letter} | 1" for letter in letters]

    # when
    found = messages(*written, inputs="x:string z:string", allowed=", ".join(letters))

    # then
    assert len(found) == 6
    assert found[0] == 'No row fits when x = "a" and z != "a".'
    assert found[-1] == "There are 3 more cases that no row fits."


def test_the_rows_that_one_overlaps_are_named_together() -> None:
    # when
    found = messages("< 10 | 1", ">= 10 | 2", "> 5 | 3")

    # then
    assert found == ["Rows 1 and 3 both fit when x in (5..10). Row 3 overlaps rows 1 and 2."]


def test_ten_rows_that_overlap_are_told_and_the_others_counted() -> None:
    # when
    found = messages(*(f">= {at} | {at}" for at in range(14)), "< 0 | 0")

    # then
    assert len(found) == 11
    assert found[-1] == "There are 3 more rows that overlap others."


def test_rows_that_agree_or_cannot_be_compared_do_not_disagree() -> None:
    # when / then
    assert messages("- | 1", "> 5 | 1.0", "> 6 | limit + 0", policy=policy("ANY")) == []


def test_a_last_row_takes_null_and_is_reached() -> None:
    # when / then
    assert messages("true | 1", "false | 2", "- | 3", policy=FIRST, inputs="x:boolean") == []


def test_a_row_that_another_one_covers_is_told_with_it() -> None:
    # when
    found = messages("> 5 | 1", "> 9 | 2", "- | 3", policy=FIRST)

    # then
    assert found == ["Row 2 never counts: row 1 takes all its values."]


def test_a_row_that_looks_at_variables_covers_none() -> None:
    # when / then
    assert messages("> limit | 1", "- | 2", policy=FIRST) == []
    assert messages("- | 1", "> limit | 2", policy=FIRST) == [
        "Row 2 never counts: row 1 takes all its values."
    ]


def test_what_never_fits_is_told_once_with_its_reason() -> None:
    # when
    twice = messages("> 9 | < 5 | 1", "- | - | 2", policy=FIRST, inputs="x:number x:number")
    unlisted = problems(decision(rows("5 | 1", "- | 2", policy=FIRST, allowed="[10..20]")))

    # then
    assert twice == ["Row 1 never fits: there is no such 'x'."]
    assert [problem.rule for problem in unlisted] == ["cell-not-listed"]


def test_outputs_are_held_against_the_allowed_values_of_their_type() -> None:
    # given
    table = rows("> 5 | 120", "- | 5", policy=FIRST, outputs="y:tPercent")

    # when
    (problem,) = problems(PERCENT + decision(table))

    # then
    assert (problem.rule, problem.severity) == ("output-not-listed", Severity.WARNING)
    assert problem.cure == "Use one of [0..100], or add the value there."


def test_tables_inside_of_other_expressions_are_looked_at() -> None:
    # given
    inner = rows("< 10 | 1", "> 20 | 2")
    entries = f'<contextEntry><variable name="a"/>{inner}</contextEntry>'

    # when
    (problem,) = problems(decision(f"<context>{entries}</context>"))

    # then
    assert problem.message == "No row fits when x in [10..20]."


def test_a_table_without_inputs_has_one_case() -> None:
    # given
    table = "<decisionTable><output/><rule><outputEntry><text>1</text></outputEntry></rule>"

    # when / then
    assert problems(decision(f"{table}</decisionTable>")) == []


def test_a_table_that_is_too_entangled_says_so_and_guesses_nothing() -> None:
    # given: every row leaves another hole, so that there are thousands of regions
    width = 12
    written = [
        " | ".join(
            f"[{(at * 7 + place * 3) % 90}..{(at * 5 + place) % 95})" for place in range(width)
        )
        for at in range(200)
    ]
    inputs = " ".join(f"x{place}:number" for place in range(width))

    # when
    found = problems(decision(rows(*(f"{row} | 1" for row in written), inputs=inputs)))

    # then
    assert "table-too-large" in {problem.rule for problem in found}
    assert all(problem.severity in (Severity.WARNING, Severity.INFO) for problem in found)


def test_a_table_of_very_many_columns_is_not_looked_at_as_a_whole() -> None:
    # given
    inputs = [f"x{at}:number" for at in range(101)]
    row = " | ".join(["> 5"] * len(inputs))

    # when
    found = problems(decision(rows(f"{row} | 1", inputs=" ".join(inputs))))

    # then
    assert [(problem.rule, problem.severity) for problem in found] == [
        ("table-too-large", Severity.INFO)
    ]


def test_a_decision_without_a_table_is_left_alone() -> None:
    # when / then
    assert problems(decision(literal("1 + 1"), type="number")) == []


def test_no_more_faulty_texts_are_looked_at_than_are_told() -> None:
    # given
    table = rows(*(f'"a" "{number}" | 1' for number in range(600)), inputs="x:string")

    # when
    *told, others = problems(decision(table))

    # then
    assert len(told) == 500
    assert {problem.rule for problem in told} == {"expression-not-compilable"}
    assert others.message == "1 or more others of this kind are in the file."
