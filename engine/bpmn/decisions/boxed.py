"""Boxed expressions of DMN: the XML of each kind to its class in :mod:`.model`.

What is wrong goes to the findings at the element, and reading goes on: what could not be read is
None, and null when it is evaluated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from engine.bpmn.decisions import model
from engine.bpmn.decisions.dmn import child, children, tag_of, text_in
from engine.bpmn.decisions.model import Boxed
from engine.bpmn.decisions.tables import read_table
from engine.bpmn.decisions.types import Lookup, type_named
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element


class Reader:
    """Reads the expressions of one file."""

    def __init__(self, findings: Findings, lookup: Lookup) -> None:
        """``findings`` take what is wrong; ``lookup`` knows the types of the file."""
        self.findings, self.lookup = findings, lookup

    def inside(self, element: Element | None) -> Boxed | None:
        """Return the first expression in ``element``; None where there is none."""
        found = element if element is not None else ()
        inner = next((each for each in found if tag_of(each) in READERS), None)
        return self.boxed(inner) if inner is not None else None

    def boxed(self, element: Element) -> Boxed:
        """Return the expression that ``element`` is."""
        return READERS[tag_of(element)](self, element)

    def type(self, element: Element | None) -> model.Type | None:
        """Return the type that ``element`` names."""
        return type_named(element.get("typeRef"), self.lookup) if element is not None else None


def _literal(reader: Reader, element: Element) -> model.Literal:
    imported = child(element, "importedValues")
    if imported is not None:
        reader.findings.error(
            imported,
            "Its value comes from another file.",
            "Write the expression here; nothing is fetched.",
        )
    text = text_in(element)
    _only_feel(reader, element, [text])
    return model.Literal(id=element.get("id"), type=reader.type(element), text=text)


def _only_feel(reader: Reader, element: Element, texts: Iterable[model.Text | None]) -> None:
    """Find texts in another language where they stand inside of another expression.

    There the sandbox evaluates them, which knows FEEL alone.
    """
    around = element.getparent()
    if around is not None and tag_of(around) != "decision":
        named = {text.language for text in texts if text is not None and text.language}
        if named:
            reader.findings.error(
                element,
                f"Inside of another expression texts are FEEL, and not {', '.join(sorted(named))}.",
                "Write it in FEEL, or make it a decision of its own that this one requires.",
            )


def _table(reader: Reader, element: Element) -> model.Table:
    table = read_table(reader, element)
    _only_feel(reader, element, model.texts_of(table))
    return table


def _context(reader: Reader, element: Element) -> model.Context:
    entries = []
    for each in children(element, "contextEntry"):
        variable = child(each, "variable")
        name = variable.get("name") if variable is not None else None
        value = reader.inside(each)
        entries.append(model.Entry(name, reader.type(variable), value, each.get("id")))
    return model.Context(id=element.get("id"), type=reader.type(element), entries=tuple(entries))


def _invocation(reader: Reader, element: Element) -> model.Invocation:
    bindings = []
    for each in children(element, "binding"):
        parameter = child(each, "parameter")
        name = (parameter.get("name") if parameter is not None else None) or ""
        bindings.append(model.Binding(name, reader.inside(each)))
    return model.Invocation(
        id=element.get("id"),
        type=reader.type(element),
        called=reader.inside(element),
        bindings=tuple(bindings),
    )


def _function(reader: Reader, element: Element) -> model.Function:
    kind = (element.get("kind") or "FEEL").strip()
    if kind != "FEEL":
        reader.findings.draft(
            element,
            f"It is a function in {kind}, which is not run.",
            "Write it in FEEL, or let a service task do it in the process.",
        )
    parameters = tuple(
        model.Parameter(each.get("name") or "", reader.type(each))
        for each in children(element, "formalParameter")
    )
    return model.Function(
        id=element.get("id"),
        type=reader.type(element),
        parameters=parameters,
        body=reader.inside(element),
        language=None if kind == "FEEL" else kind,
    )


def _list(reader: Reader, element: Element) -> model.ListOf:
    items = tuple(reader.boxed(each) for each in element if tag_of(each) in READERS)
    return model.ListOf(id=element.get("id"), type=reader.type(element), items=items)


def _relation(reader: Reader, element: Element) -> model.Relation:
    columns = children(element, "column")
    rows = tuple(
        tuple(reader.boxed(cell) for cell in row if tag_of(cell) in READERS)
        for row in children(element, "row")
    )
    return model.Relation(
        id=element.get("id"),
        type=reader.type(element),
        columns=tuple(
            model.Parameter(each.get("name") or "", reader.type(each)) for each in columns
        ),
        rows=rows,
    )


def _conditional(reader: Reader, element: Element) -> model.Conditional:
    return model.Conditional(
        id=element.get("id"),
        type=reader.type(element),
        if_=reader.inside(child(element, "if")),
        then=reader.inside(child(element, "then")),
        else_=reader.inside(child(element, "else")),
    )


def _filter(reader: Reader, element: Element) -> model.Filter:
    return model.Filter(
        id=element.get("id"),
        type=reader.type(element),
        in_=reader.inside(child(element, "in")),
        match=reader.inside(child(element, "match")),
    )


def _for(reader: Reader, element: Element) -> model.For:
    return model.For(
        id=element.get("id"),
        type=reader.type(element),
        variable=element.get("iteratorVariable") or "",
        in_=reader.inside(child(element, "in")),
        return_=reader.inside(child(element, "return")),
    )


def _quantified(reader: Reader, element: Element) -> model.Some | model.Every:
    kind = model.Some if tag_of(element) == "some" else model.Every
    return kind(
        id=element.get("id"),
        type=reader.type(element),
        variable=element.get("iteratorVariable") or "",
        in_=reader.inside(child(element, "in")),
        satisfies=reader.inside(child(element, "satisfies")),
    )


READERS: Mapping[str, Callable[[Reader, Element], Boxed]] = {
    "literalExpression": _literal,
    "decisionTable": _table,
    "context": _context,
    "invocation": _invocation,
    "functionDefinition": _function,
    "encapsulatedLogic": _function,
    "list": _list,
    "relation": _relation,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
}
