"""What the rules for decisions ask for: one file breaks each sentence, another keeps it."""

from __future__ import annotations

from typing import NamedTuple

from engine.definitions import Severity
from tests.engine.bpmn.decisions.drawing import decision, given, literal, policy, rows

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR
TIERS = '"gold", "silver"'


class Drawn(NamedTuple):
    """A table as people see it."""

    rows: tuple[str, ...]
    hits: str = "UNIQUE"
    aggregation: str = ""
    inputs: str = "amount:number"
    outputs: str = "y:number"
    values: str = ""
    default: str = ""
    allowed: str = ""

    def xml(self) -> str:
        """Return the file."""
        logic = rows(
            *self.rows,
            policy=policy(self.hits, self.aggregation),
            inputs=self.inputs,
            outputs=self.outputs,
            values=self.values,
            default=self.default,
            allowed=self.allowed,
        )
        return decision(logic)

    def picture(self) -> str:
        """Return the table in letters, for the pages."""
        head = [f"{self.hits} {self.aggregation}".strip()]
        head += [" ".join(one.split(":")) for one in (*self.inputs.split(), *self.outputs.split())]
        body = [[str(at), *map(str.strip, row.split("|"))] for at, row in enumerate(self.rows, 1)]
        if self.allowed or self.values:
            columns = len(self.inputs.split())
            outputs = len(self.outputs.split())
            body.insert(0, ["", *[self.allowed] * columns, *[self.values] * outputs])
        widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
        lines = [
            "| " + " | ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True))
            for line in (head, *body)
        ]
        return "\n".join(f"{line} |" for line in lines)


class Sentence(NamedTuple):
    """One sentence, the problem when it is broken, and what the two files hold."""

    sentence: str
    clause: str
    rule: str
    severity: Severity
    #: Id of the element the problem is shown at.
    at: str
    #: Words that the message has.
    says: str
    wrong: Drawn | str
    right: Drawn | str


def table(*written: str, **more: str) -> Drawn:
    """Return a table with these rows."""
    return Drawn(written, **more)


SENTENCES = [
    Sentence(
        "A cell is a list of tests.",
        "DMN 1.5, 7.3.3",
        "expression-not-compilable",
        ERROR,
        "r1",
        "Row 1, amount: position 5 of '> 5 6': '6' is not expected here.",
        table("> 5 6 | 1", "- | 2", hits="FIRST"),
        table("> 5, 6 | 1", "- | 2", hits="FIRST"),
    ),
    Sentence(
        "Tests of a cell are separated by commas.",
        "DMN 1.5, 7.3.3",
        "expression-not-compilable",
        ERROR,
        "r1",
        "Row 1, amount: position 5 of '> 5 and < 9': Tests cannot be joined with 'and'.",
        table("> 5 and < 9 | 1", "- | 2", hits="FIRST"),
        table("(5..9) | 1", "- | 2", hits="FIRST"),
    ),
    Sentence(
        "A text stands in double quotes.",
        "DMN 1.5, 10.3.1.2",
        "word-without-quotes",
        WARNING,
        "r1",
        "Row 1, tier: gold is read as a variable.",
        table("gold | 1", "- | 2", hits="FIRST", inputs="tier:string"),
        table('"gold" | 1', "- | 2", hits="FIRST", inputs="tier:string"),
    ),
    Sentence(
        "The words true, false and null are written in small letters.",
        "DMN 1.5, 10.3.1.2",
        "word-without-quotes",
        ERROR,
        "r1",
        "Row 1, vip: TRUE is read as a variable.",
        table("TRUE | 1", "- | 2", hits="FIRST", inputs="vip:boolean"),
        table("true | 1", "- | 2", hits="FIRST", inputs="vip:boolean"),
    ),
    Sentence(
        "A date is written as a call, or after an at sign.",
        "DMN 1.5, 10.3.1.2",
        "date-without-quotes",
        ERROR,
        "r1",
        "Row 1, due: 2026-01-31 is arithmetic, and no date.",
        table("> 2026-01-31 | 1", "- | 2", hits="FIRST", inputs="due:date"),
        table('> @"2026-01-31" | 1', "- | 2", hits="FIRST", inputs="due:date"),
    ),
    Sentence(
        "A date without zeros could be meant as arithmetic.",
        "DMN 1.5, 10.3.1.2",
        "date-without-quotes",
        WARNING,
        "r1",
        "Row 1, due: 2026-12-31 is arithmetic, and no date.",
        table("> 2026-12-31 | 1", "- | 2", hits="FIRST", inputs="due:date"),
        table('> date("2026-12-31") | 1', "- | 2", hits="FIRST", inputs="due:date"),
    ),
    Sentence(
        "A comma in a cell separates tests, not thousands.",
        "DMN 1.5, 7.3.3",
        "number-misread",
        WARNING,
        "r1",
        "Row 1, amount: 10,000 is read as 10 or 000.",
        table("10,000 | 1", "- | 2", hits="FIRST"),
        table("10000 | 1", "- | 2", hits="FIRST"),
    ),
    Sentence(
        "An output entry is an expression.",
        "DMN 1.5, 8.2.9",
        "expression-not-compilable",
        ERROR,
        "r1",
        "if a then b",
        table("- | if a then b"),
        table("- | if a then b else c", outputs="y"),
    ),
    Sentence(
        "A decision sees what it requires, and nothing else of the model.",
        "DMN 1.5, 7.3.1",
        "requirement-missing",
        WARNING,
        "d",
        "'Amount paid' is not required by 'd'",
        given("Amount paid", "number") + decision(literal("Amount paid * 2")),
        given("a", "number") + decision(literal("a * 2"), needs="i:a"),
    ),
    Sentence(
        "A cell holds values of the type of its input.",
        "DMN 1.5, 8.2.4",
        "cell-of-another-type",
        ERROR,
        "r1",
        "'amount' is a number, so it never is \"5\"",
        table('"5" | 1', "- | 2", hits="FIRST"),
        table("5 | 1", "- | 2", hits="FIRST"),
    ),
    Sentence(
        "Each test of a cell can fit.",
        "DMN 1.5, 8.2.4",
        "cell-of-another-type",
        WARNING,
        "r1",
        "never is true",
        table("5, true | 1", "- | 2", hits="FIRST"),
        table("5, 6 | 1", "- | 2", hits="FIRST"),
    ),
    Sentence(
        "An output entry is of the type of its output.",
        "DMN 1.5, 8.2.5",
        "output-of-another-type",
        ERROR,
        "r1",
        'In row 1: "high" is no number.',
        table('- | "high"'),
        table('- | "high"', outputs="y:string"),
    ),
    Sentence(
        "A literal expression is of the type of its decision.",
        "DMN 1.5, 10.3.2.9.4",
        "output-of-another-type",
        WARNING,
        "d",
        "so it is null",
        decision(literal('"high"'), type="number"),
        decision(literal("5"), type="number"),
    ),
    Sentence(
        "A cell asks for values that are among the input values.",
        "DMN 1.5, 8.2.4",
        "cell-not-listed",
        WARNING,
        "r1",
        '"goldd" is not among the values',
        table('"goldd" | 1', "- | 2", hits="FIRST", inputs="tier:string", allowed=TIERS),
        table('"gold" | 1', "- | 2", hits="FIRST", inputs="tier:string", allowed=TIERS),
    ),
    Sentence(
        "An output entry is one of the output values.",
        "DMN 1.5, 8.2.5",
        "output-not-listed",
        WARNING,
        "r1",
        'the output "bronze" is not among',
        table('- | "bronze"', outputs="y:string", values=TIERS),
        table('- | "gold"', outputs="y:string", values=TIERS),
    ),
    Sentence(
        "A table that gives one result has a row for every case.",
        "DMN 1.5, 8.2.8",
        "table-gap",
        WARNING,
        "d",
        'No row fits when amount > 100 and tier = "silver".',
        table("<= 100 | - | 1", '> 100 | "gold" | 2', inputs="amount:number tier:tTier"),
        table("<= 100 | - | 1", "> 100 | - | 2", inputs="amount:number tier:tTier"),
    ),
    Sentence(
        "A case that nobody has named is only remarked on.",
        "DMN 1.5, 8.2.8",
        "table-gap",
        INFO,
        "d",
        'No row fits when tier not in ("gold", "silver").',
        table('"gold" | 1', '"silver" | 2', inputs="tier:string"),
        table('"gold" | 1', '"silver" | 2', inputs="tier:string", allowed=TIERS),
    ),
    Sentence(
        "At most one row fits under UNIQUE.",
        "DMN 1.5, 8.2.8",
        "rows-overlap",
        WARNING,
        "r2",
        "Rows 1 and 2 both fit when amount = 100.",
        table("<= 100 | 1", ">= 100 | 2"),
        table("<= 100 | 1", "> 100 | 2"),
    ),
    Sentence(
        "Rows that fit together agree under ANY.",
        "DMN 1.5, 8.2.8",
        "rows-disagree",
        WARNING,
        "r2",
        "Rows 1 and 2 give different outputs, and both fit when amount > 5.",
        table("- | 1", "> 5 | 2", hits="ANY"),
        table("- | 1", "> 5 | 1", hits="ANY"),
    ),
    Sentence(
        "Under FIRST a row takes values that those above it leave.",
        "DMN 1.5, 8.2.8",
        "row-unreachable",
        WARNING,
        "r3",
        "Row 3 never counts: rows 1 and 2 together take all its values.",
        table("< 50 | 1", "[50..100] | 2", "[10..90] | 3", "- | 4", hits="FIRST"),
        table("< 50 | 1", "[50..80] | 2", "[10..90] | 3", "- | 4", hits="FIRST"),
    ),
    Sentence(
        "Under PRIORITY a row takes values that more important ones leave.",
        "DMN 1.5, 8.2.8",
        "row-unreachable",
        WARNING,
        "r1",
        "Row 1 never counts: row 2 takes all its values.",
        table('> 5 | "silver"', '- | "gold"', hits="PRIORITY", outputs="y:string", values=TIERS),
        table('> 5 | "gold"', '- | "silver"', hits="PRIORITY", outputs="y:string", values=TIERS),
    ),
    Sentence(
        "There are values that fit a row.",
        "DMN 1.5, 7.3.3",
        "row-never-fits",
        WARNING,
        "r1",
        "Row 1 never fits: there is no such 'amount'.",
        table("(5..5) | 1", "- | 2", hits="FIRST"),
        table("[5..5] | 1", "- | 2", hits="FIRST"),
    ),
    Sentence(
        "No row stands twice in a table that collects.",
        "DMN 1.5, 8.2.8",
        "row-twice",
        WARNING,
        "r3",
        "Row 3 is the same as row 1, so its result counts twice.",
        table("> 5 | 1", "> 9 | 1", "> 5 | 1", hits="COLLECT", aggregation="SUM"),
        table("> 5 | 1", "> 9 | 1", hits="COLLECT", aggregation="SUM"),
    ),
    Sentence(
        "A row that stands twice changes no smallest or largest result.",
        "DMN 1.5, 8.2.8",
        "row-twice",
        INFO,
        "r2",
        "Row 2 is the same as row 1.",
        table("> 5 | 1", "> 5 | 1", hits="COLLECT", aggregation="MAX"),
        table("> 5 | 1", "> 5 | 2", hits="COLLECT", aggregation="MAX"),
    ),
]
