"""Slips of people who know other languages: found at the row, with what to write."""

from __future__ import annotations

import pytest

from engine.definitions import Problem, Severity
from tests.engine.bpmn.decisions.drawing import decision, function, given, literal, policy, rows
from tests.engine.bpmn.decisions.rules.test_tables_as_a_whole import problems

WORD, DATE, NUMBER = "word-without-quotes", "date-without-quotes", "number-misread"
UNREAD = "expression-not-compilable"
DECLARE = "If it is a variable, declare input data."
LIST = '<itemDefinition name="tLoan"><itemComponent name="rate"/></itemDefinition>'


def in_cell(
    cell: str, kind: str = "string", inputs: str = "x", outputs: str = "1"
) -> list[Problem]:
    """Return what is said of a table with this cell in its first row."""
    table = rows(f"{cell} | {outputs}", "- | 2", policy=policy("FIRST"), inputs=f"{inputs}:{kind}")
    return problems(decision(table))


def in_output(entry: str, kind: str) -> list[Problem]:
    """Return what is said of a table with this output."""
    return problems(decision(rows(f"- | {entry}", outputs=f"y:{kind}")))


# -- Words without quotes ------------------------------------------------------------------------


WORDS = {
    "a word": ("gold", "string", "gold is read as a variable.", 'Write "gold" in double quotes'),
    "a word in a column that nobody knows": ("gold", "", "gold is read as a", 'Write "gold" in'),
    "a word after =": ("= gold", "string", "gold is read as a variable.", 'Write = "gold" in'),
    "a word in not": ("not(gold)", "string", "gold is read as a", 'Write not("gold") in'),
    "a list": (
        "gold, silver",
        "string",
        "gold and silver are read as",
        'Write "gold", "silver" in',
    ),
    "one of a list": ('"gold", silver', "string", "silver is read", 'Write "gold", "silver" in'),
    "letters that are not English": ("café", "string", "café is read", 'Write "café" in'),
    "a word with a hyphen": ("e-mail", "string", "e-mail is read as arithmetic.", '"e-mail" in'),
    "a word with a slash": ("n/a", "string", "n/a is read as arithmetic.", 'Write "n/a" in'),
    "the name of a function": ("any", "string", "any is read as a variable.", 'Write "any" in'),
    "a word in a column of numbers": ("ten", "number", "ten is read as", "Write a number."),
    "yes": ("yes", "boolean", "yes is read as a variable.", "Write true or false."),
    "a duration": ("P1D", "dayTimeDuration", "P1D is read as", 'Write duration("P1D").'),
}


@pytest.mark.parametrize(("cell", "kind", "says", "cure"), WORDS.values(), ids=WORDS)
def test_a_word_without_quotes_is_told_at_its_row(
    cell: str, kind: str, says: str, cure: str
) -> None:
    # when
    (problem,) = in_cell(cell, kind)

    # then
    assert (problem.rule, problem.severity) == (WORD, Severity.WARNING)
    assert problem.message.startswith(f"Row 1, x: {says}")
    assert cure in problem.cure


@pytest.mark.parametrize(
    ("entry", "kind", "cure"),
    [
        ("care", "string", f'Write "care" in double quotes if it is a text. {DECLARE}'),
        ("ten", "number", f"Write a number. {DECLARE}"),
        ("today", "date", f"Write a date. {DECLARE}"),
    ],
)
def test_an_output_without_quotes_is_told_too(entry: str, kind: str, cure: str) -> None:
    # when
    (problem,) = in_output(entry, kind)

    # then
    assert problem.message == f"Row 1, y: {entry} is read as a variable."
    assert (problem.rule, problem.cure) == (WORD, cure)


@pytest.mark.parametrize("word", ["TRUE", "True", "FALSE", "NULL", "Null"])
def test_true_false_and_null_in_other_letters_are_refused(word: str) -> None:
    # given
    choice = decision(literal(f"if {word} = reach then 1 else 2"))

    # when
    told = [*in_cell(word, "boolean"), *in_output(word, "boolean"), *problems(choice)]

    # then
    assert {(problem.rule, problem.severity) for problem in told} == {(WORD, Severity.ERROR)}
    assert [problem.cure for problem in told] == [f"Write {word.lower()}."] * 3


def test_default_outputs_and_lists_of_values_are_looked_at() -> None:
    # given
    default = rows("> 5 | 1", outputs="y:string", default="care")
    allowed = rows('"a" | 1', "- | 2", policy=policy("FIRST"), inputs="x:string", allowed="a, b")

    # when
    (one,) = problems(decision(default.replace("<text>1<", '<text>"a"<')))
    (two,) = problems(decision(allowed))

    # then
    assert one.message == "Output y, default: care is read as a variable."
    assert two.message == "Input x, values: a and b are read as variables."


NAMES = {
    "input data": given("gold") + decision(rows("gold | 1", inputs="x:string"), needs="i:gold"),
    "another column": decision(rows("other | - | 1", inputs="x:string other:string")),
    "its own column": decision(rows("x | 1", inputs="x:string")),
    "a name that another cell compares with": decision(
        rows("= limit | - | 1", "- | > limit * 2 | 2", inputs="x:string z:number")
    ),
    "a name that an expression reads": decision(literal("gold"), id="a")
    + decision(rows("gold | 1", inputs="x:string")),
    "a parameter": function("f", "gold:string", rows("gold | gold", inputs="x:string")),
    "a comparison": decision(rows("> limit | 1", inputs="x:number")),
    "a path": decision(rows("- | facts.rate", outputs="y:number")),
    "a call": decision(rows("- | today()", outputs="y:date")),
    "arithmetic": decision(rows("- | total - tax")),
    "a context": decision(rows("- | loan", outputs="y:tLoan")),
    "what Camunda calls the value": decision(rows("cellInput | 1", inputs="x:string")),
    "values": decision(rows("true, null | 1", inputs="x:boolean")),
    "tests": decision(rows('contains(?, "a") and not(vip) | 1', inputs="x:string")),
}


@pytest.mark.parametrize("content", NAMES.values(), ids=NAMES)
def test_a_name_is_no_text_without_quotes(content: str) -> None:
    # when
    found = [problem for problem in problems(LIST + content) if problem.rule != "table-gap"]

    # then
    assert found == []


def test_a_word_that_is_like_a_name_may_be_that_name() -> None:
    # given
    table = rows("- | incme", inputs="x:string")

    # when
    (problem,) = problems(given("income", "number") + decision(table, needs="i:income"))

    # then
    assert problem.cure == f"Did you mean 'income'? Write a number. {DECLARE}"


def test_a_table_in_another_language_is_left_alone() -> None:
    # given
    language = 'expressionLanguage="python"'

    # when / then
    assert (
        problems(decision(rows("gold | gold", "- | 2", policy=policy("FIRST"), language=language)))
        == []
    )


# -- What does not compile -----------------------------------------------------------------------


SLIPS = {
    "> 5 and < 10": "Write (5..10).",
    '"gold" or "silver"': 'Write "gold", "silver".',
    "5 or 6": "Write 5, 6.",
    "=> 5": "Write >= 5.",
    "=< 5": "Write <= 5.",
    "<> 5": "Write not(5).",
    "!5": "Write not(5).",
    "== 5": "Compare with one '='.",
    "'gold'": 'Write texts in double quotes: "gold".',
    "key accounts": 'Write texts in double quotes: "key accounts".',
    "not gold": 'Write not("gold").',
    "5..10": "Write [5..10].",
}


@pytest.mark.parametrize(("cell", "cure"), SLIPS.items(), ids=SLIPS)
def test_a_cell_that_is_refused_comes_with_what_to_write(cell: str, cure: str) -> None:
    # when
    (problem,) = in_cell(cell, "")

    # then
    assert (problem.rule, problem.severity, problem.element) == (UNREAD, Severity.ERROR, "r1")
    assert problem.message.startswith("Row 1, x: position ")
    assert problem.cure == cure


def test_quotes_are_not_shown_in_quotes() -> None:
    # when
    (problem,) = in_output("'care'", "string")

    # then
    assert problem.message == "Row 1, y: position 1 of 'care': ' is not expected here."


def test_a_name_of_several_words_that_is_mistyped_is_recognised() -> None:
    # given
    income = '<inputData id="i" name="Monthly Income"><variable name="Monthly Income"/></inputData>'

    # when
    (typed,) = problems(income + decision(literal("Montly Income * 2"), needs="i:i"))
    (other,) = problems(income + decision(literal("net worth * 2"), needs="i:i"))

    # then
    assert typed.message == "Position 1 of 'Montly Income * 2': 'Montly Income' is no variable."
    assert typed.cure == "Did you mean 'Monthly Income'?"
    assert other.cure == 'Correct the name, or write texts in double quotes: "net worth".'


def test_names_that_may_be_meant_are_looked_for_a_hundred_times() -> None:
    # given
    entries = [f"<contextEntry>{literal(f'first nmae {at}')}</contextEntry>" for at in range(150)]
    data = "".join(given(f"first name {at}") for at in range(150))

    # when
    found = problems(data + decision(f"<context>{''.join(entries)}</context>"))

    # then
    assert {problem.rule for problem in found} == {UNREAD}
    assert sum(problem.cure.startswith("Did you mean") for problem in found) == 100


# -- Dates and numbers ---------------------------------------------------------------------------


DATES = {
    "2026-01-31": 'Write date("2026-01-31").',
    "> 2026-01-31": 'Write > date("2026-01-31").',
    "[2026-01-01..2026-12-31]": 'Write [date("2026-01-01")..date("2026-12-31")].',
    "date(2026-01-31)": 'Write date("2026-01-31").',
    "31/12/2026": 'Write dates as date("2026-01-31"): year, month, day.',
}


@pytest.mark.parametrize(("cell", "cure"), DATES.items(), ids=DATES)
def test_a_date_without_quotes_comes_with_what_to_write(cell: str, cure: str) -> None:
    # when
    (problem,) = in_cell(cell, "date")

    # then
    assert (problem.rule, problem.cure) == (DATE, cure)


def test_dates_are_looked_for_in_outputs_and_expressions() -> None:
    # when
    (output,) = in_output("2026-1-5", "date")
    (moment,) = in_cell("> 2026-01-31", "dateTime")
    (expression,) = problems(decision(literal("due > 2026-01-31")))

    # then
    assert (output.cure, output.severity) == ('Write date("2026-01-05").', Severity.WARNING)
    assert moment.cure == 'Write > date and time("2026-01-31T00:00:00Z").'
    assert expression.cure == 'Write due > date("2026-01-31").'
    assert expression.message == "2026-01-31 is arithmetic, and no date."


@pytest.mark.parametrize("cell", ["> 2026 - 1", '@"2026-01-31"', '"2026-01-31"', "x-2026-13-01"])
def test_numbers_and_texts_are_no_dates(cell: str) -> None:
    # when / then
    assert in_cell(cell, "") == []


NUMBERS = {
    "10,000": "Write 10000,",
    "< 1,000,000": "Write < 1000000,",
    "1,05": "Write 1.05,",
    "> 1,5": "Write > 1.5,",
    "<= 20,5": "Write <= 20.5,",
    "5-10": "Write [5..10].",
}


@pytest.mark.parametrize(("cell", "cure"), NUMBERS.items(), ids=NUMBERS)
def test_a_number_that_is_several_tests_is_told(cell: str, cure: str) -> None:
    # when
    (problem,) = in_cell(cell, "number")

    # then
    assert (problem.rule, problem.severity) == (NUMBER, Severity.WARNING)
    assert problem.cure.startswith(cure)


@pytest.mark.parametrize("cell", ["1,5", "1, 05", "< 1,5", "10,20,30", "10,100", "-5", "10 - 5"])
def test_a_list_that_may_be_meant_is_left_alone(cell: str) -> None:
    # when / then
    assert in_cell(cell, "number") == []


@pytest.mark.parametrize(
    ("cell", "kind", "cure"),
    [
        ('"5"', "number", "Write 5,"),
        ('"true"', "boolean", "Write true,"),
        ('"2026-01-31"', "date", 'Write date("2026-01-31"),'),
        ("5", "string", 'Write "5",'),
        ('"high"', "number", "Write a number,"),
    ],
)
def test_a_value_of_another_type_comes_as_the_type_has_it(cell: str, kind: str, cure: str) -> None:
    # when
    (problem,) = in_cell(cell, kind)

    # then
    assert problem.rule == "cell-of-another-type"
    assert problem.cure == f"{cure} or correct the type of the input."
