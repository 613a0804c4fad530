"""Writes small files of decisions for the tests in this folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from engine.bpmn.decisions import Decisions
from engine.bpmn.reader import Document, read
from engine.decisions import Decision
from engine.definitions import Source

NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def dmn(
    content: str,
    version: str = "1.5",
    attributes: str = "",
    *,
    name: str = "table.dmn",
    space: str = "urn:test",
) -> Document:
    """Return the document with these elements."""
    opening = f'<definitions xmlns="{NAMESPACES[version]}" namespace="{space}" {attributes}>'
    return read(Source(name, f"{opening}{content}</definitions>".encode()))


def text(tag: str, content: str, attributes: str = "") -> str:
    """Return an element with a text inside; ``""`` where there is none."""
    return f"<{tag}{attributes}><text>{escape(content)}</text></{tag}>" if content else ""


def rows(
    *written: str,
    policy: str = "",
    inputs: str = "x:number",
    outputs: str = "y:number",
    values: str = "",
    default: str = "",
    language: str = "",
    allowed: str = "",
) -> str:
    """Return a decision table; rows are cells separated by ``|``, columns are ``text:type``."""
    columns = ""
    for column in inputs.split():
        written_text, _, kind = column.partition(":")
        reference = f' typeRef="{kind}"' if kind else ""
        expression = text("inputExpression", written_text, reference)
        columns += f"<input>{expression}{text('inputValues', allowed)}</input>"
    for column in outputs.split():
        name, _, kind = column.partition(":")
        reference = f' typeRef="{kind}"' if kind else ""
        inside = text("outputValues", values) + text("defaultOutputEntry", default)
        columns += f'<output name="{name}"{reference}>{inside}</output>'
    width, body = len(inputs.split()), ""
    for number, row in enumerate(written, start=1):
        entries = ""
        for place, cell in enumerate(part.strip() for part in row.split("|")):
            tag = "inputEntry" if place < width else "outputEntry"
            entries += f"<{tag}><text>{escape(cell)}</text></{tag}>"
        body += f'<rule id="r{number}">{entries}</rule>'
    return f"<decisionTable {policy} {language}>{columns}{body}</decisionTable>"


def policy(name: str, aggregation: str = "") -> str:
    """Return the attributes of a hit policy."""
    return f'hitPolicy="{name}"' + (f' aggregation="{aggregation}"' if aggregation else "")


def decision(logic: str, *, id: str = "d", type: str = "", needs: str = "") -> str:
    """Return a decision; ``needs`` are ids, of knowledge with ``()`` behind it."""
    reference = f" typeRef={quoteattr(type)}" if type else ""
    variable = f'<variable name="{id}"{reference}/>'
    return f'<decision id="{id}" name="{id}">{variable}{requirements(needs)}{logic}</decision>'


def requirements(needs: str) -> str:
    """Return what an element requires: ``"a i:b f()"`` are a decision, an input, a function."""
    written = ""
    for need in needs.split():
        kind, id = ("i", need[2:]) if need.startswith("i:") else ("", need)
        if id.endswith("()"):
            href = f"<requiredKnowledge href={quoteattr(_href(id[:-2]))}/>"
            written += f"<knowledgeRequirement>{href}</knowledgeRequirement>"
            continue
        tag = "requiredInput" if kind == "i" else "requiredDecision"
        href = f"<{tag} href={quoteattr(_href(id))}/>"
        written += f"<informationRequirement>{href}</informationRequirement>"
    return written


def _href(id: str) -> str:
    return id if "#" in id else f"#{id}"


def literal(content: str, type: str = "") -> str:
    """Return a literal expression."""
    return text("literalExpression", content, f" typeRef={quoteattr(type)}" if type else "")


def given(id: str, type: str = "") -> str:
    """Return input data."""
    reference = f" typeRef={quoteattr(type)}" if type else ""
    return f'<inputData id="{id}" name="{id}"><variable name="{id}"{reference}/></inputData>'


def function(id: str, parameters: str, logic: str, needs: str = "") -> str:
    """Return a business knowledge model; parameters are ``name:type``."""
    formal = ""
    for parameter in parameters.split():
        name, _, kind = parameter.partition(":")
        reference = f' typeRef="{kind}"' if kind else ""
        formal += f'<formalParameter name="{name}"{reference}/>'
    return (
        f'<businessKnowledgeModel id="{id}" name="{id}"><variable name="{id}"/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{requirements(needs)}"
        "</businessKnowledgeModel>"
    )


def decided(
    document: Document | list[Document],
    inputs: Mapping[str, Any] | None = None,
    *,
    asked: str = "d",
) -> Decision:
    """Return what is decided, with dates as texts."""
    decisions = Decisions.of(document if isinstance(document, list) else [document])
    key = decisions.find(asked)
    assert key is not None
    return decisions.decide(key, inputs or {}, as_texts=True, overriding=True)
