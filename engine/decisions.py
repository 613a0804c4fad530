"""What a decision gave, and why.

A *decision* is asked by its key (the id in its file) or its name. It gives a value as DMN says:
that of its expression; for a decision table with one output column the value of that column, with
several a dictionary by their names, and a list of either where several rules count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Match:
    """One input of a rule that fired: the value, and the test it passed."""

    input: str  #: label of the column, or its expression
    value: Any
    test: str  #: as written in the table


@dataclass(frozen=True, slots=True)
class FiredRule:
    """A rule that led to the result."""

    id: str
    row: int  #: 1-based
    decision: str = ""  #: key of the decision whose table holds it
    because: tuple[Match, ...] = ()  #: inputs that any value passes are left out
    outputs: Mapping[str, Any] = field(default_factory=dict)
    annotations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A decision that was evaluated on the way, and what it gave."""

    key: str
    name: str
    outputs: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something is null that should not be."""

    element: str | None  #: id in the file
    message: str  #: one sentence

    @property
    def follows(self) -> bool:
        """Tell whether it says only that something was null before, not why."""
        begins = self.message.startswith
        return begins("Cannot invoke") or (
            begins(("Can't ", "Property ", "Key ")) and "null" in self.message
        )


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one decision."""

    outputs: Any  #: its value; None also where it failed
    fired_rules: tuple[FiredRule, ...] = ()  #: of all tables, in the order they were evaluated
    evaluated: tuple[Evaluated, ...] = ()  #: the asked one last
    #: A contradicted hit policy, a value of another type, a text that cannot be read or is endless.
    failures: tuple[Failure, ...] = ()
    #: What FEEL turned into null on the way, such as a variable that is not there.
    warnings: tuple[Failure, ...] = ()


def causes_first(warnings: Iterable[Failure]) -> tuple[list[Failure], list[Failure]]:
    """Return what made something null, and what only followed from that; each message once.

    Where nothing tells a cause, all of them are taken for one.
    """
    once = {(each.element, each.message): each for each in warnings}.values()
    causes = [each for each in once if not each.follows]
    followed = [each for each in once if each.follows]
    return (causes, followed) if causes else (followed, [])


# -- how a decision is shown ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WantedInput:
    """A value that has to be given to a decision."""

    name: str  #: with dots where it is a field: ``"customer.tier"``
    type: str = ""  #: as people call it, such as ``"number"``; empty where any will do
    choices: tuple[str, ...] = ()  #: the texts that it may be, where its type lists them
    path: tuple[str, ...] = ()  #: the names on the way to it: ``("customer", "tier")``
    label: str = ""  #: as a column of a table calls it, or ``"Customer: tier"``
    elements: tuple[str, ...] = ()  #: ids in the file that its failures name


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a decision table, or of a relation."""

    label: str
    text: str = ""  #: expression of an input, name of an output, where the label does not say it
    type: str = ""
    values: str = ""  #: those it may have, as written


@dataclass(frozen=True, slots=True)
class Row:
    """A rule of a decision table. An empty test passes any value."""

    number: int  #: 1-based
    tests: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...] = ()  #: empty where none says anything
    elements: tuple[str, ...] = ()  #: ids in the file: of the rule and of its cells


@dataclass(frozen=True, slots=True)
class Grid:
    """A decision table as it is drawn."""

    policy: str
    aggregation: str
    inputs: tuple[Column, ...]
    outputs: tuple[Column, ...]
    rows: tuple[Row, ...]
    defaults: tuple[str, ...] = ()  #: where no rule fits; empty where there are none


@dataclass(frozen=True, slots=True)
class Box:
    """A boxed expression as it is drawn: a text, a table, or boxes in a box."""

    kind: str  #: ``"literal"``, ``"table"``, ``"context"``, ``"relation"`` ...
    label: str = ""  #: what stands before it: the name of an entry, ``"if"``
    text: str = ""
    grid: Grid | None = None
    inside: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Required:
    """An input, or another decision, service or knowledge model, on which a decision depends."""

    key: str
    name: str
    kind: str  #: ``"input"``, ``"decision"``, ``"service"`` or ``"knowledge"``
    type: str = ""  #: of its value, as people call it
    #: What it depends on itself; empty also where that stands elsewhere in the same tree.
    inside: tuple[Required, ...] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeView:
    """A business knowledge model as it is drawn."""

    key: str
    name: str
    logic: Box | None = None


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What there is to see of a decision, also of a draft."""

    key: str
    name: str
    kind: str  #: as of :class:`Required`
    question: str = ""  #: what it answers, as its designer wrote
    inputs: tuple[WantedInput, ...] = ()  #: of itself and of all that it requires
    requires: tuple[Required, ...] = ()  #: directly, less the inputs
    logic: Box | None = None
    everything: tuple[Required, ...] = ()  #: the tree of what it requires, inputs as well
    knowledge: tuple[KnowledgeView, ...] = ()  #: those among it, each once
    names: Mapping[str, str] = field(default_factory=dict)  #: of itself and those, by their keys
