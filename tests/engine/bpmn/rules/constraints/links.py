"""Link events."""

from __future__ import annotations

from tests.engine.bpmn.rules.constraints.writing import (
    DRAFT,
    ERROR,
    PLAIN,
    TASK,
    WARNING,
    Constraint,
    event,
    link,
    sub,
)

CATCH, THROW = "intermediateCatchEvent", "intermediateThrowEvent"
PAIR = PLAIN + link(THROW, "x") + link(CATCH, "y")
JOINED = ("s a x", "y e")


def named(throws: str, catches: str) -> str:
    """Return a pair of links with these ``target`` and ``source`` children."""
    return (
        PLAIN
        + link(THROW, "x", more=f"<target>{throws}</target>")
        + link(CATCH, "y", more=f"<source>{catches}</source>")
    )


LINKS = [
    Constraint(
        "A link does not end at what starts a process",
        "10.5.5",
        "misplaced-trigger",
        ERROR,
        "x",
        (event("startEvent", "x", "link") + TASK, "x a"),
        (PAIR, *JOINED),
    ),
    Constraint(
        "A catching link has no incoming flow",
        "10.5.4",
        "link-with-wrong-flows",
        DRAFT,
        "y",
        (PAIR, *JOINED, "a y"),
        (PAIR, *JOINED),
    ),
    Constraint(
        "A throwing link has no outgoing flow",
        "10.5.4",
        "link-with-wrong-flows",
        DRAFT,
        "x",
        (PAIR, *JOINED, "x e"),
        (PAIR, *JOINED),
    ),
    Constraint(
        "A link has a name",
        "10.5.5",
        "link-name-missing",
        DRAFT,
        "y",
        (PLAIN + link(THROW, "x") + link(CATCH, "y", ""), *JOINED),
        (PAIR, *JOINED),
    ),
    Constraint(
        "A throwing link is caught",
        "10.5.4",
        "unmatched-link",
        DRAFT,
        "x",
        (PLAIN + link(THROW, "x"), "s a e", "a x"),
        (PAIR, *JOINED),
    ),
    Constraint(
        "A catching link is thrown to",
        "10.5.4",
        "unmatched-link",
        DRAFT,
        "y",
        (PLAIN + link(CATCH, "y"), "s a e", "y e"),
        (PAIR, *JOINED),
    ),
    Constraint(
        "A link has one target",
        "10.5.4",
        "link-caught-twice",
        ERROR,
        "z",
        (PAIR + link(CATCH, "z"), *JOINED, "z e"),
        (PAIR + link(THROW, "z"), *JOINED, "a z"),
    ),
    Constraint(
        "A link does not lead into a sub-process",
        "10.5.4",
        "unmatched-link",
        DRAFT,
        "x",
        (PLAIN + link(THROW, "x") + sub("b", link(THROW, "i") + link(CATCH, "y")), "s a x", "s b"),
        (PAIR, *JOINED),
    ),
    Constraint(
        "The target of a link names it as its source",
        "10.5.5",
        "link-ends-disagree",
        WARNING,
        "x",
        (PLAIN + link(THROW, "x", more="<target>y-link</target>") + link(CATCH, "y"), *JOINED),
        (named("y-link", "x-link"), *JOINED),
    ),
    Constraint(
        "The source of a link names it as its target",
        "10.5.5",
        "link-ends-disagree",
        WARNING,
        "y",
        (
            PLAIN + link(THROW, "x") + link(CATCH, "y", more="<source>x-link</source>"),
            *JOINED,
        ),
        (named("y-link", "x-link"), *JOINED),
    ),
]
