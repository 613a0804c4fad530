"""Every finding has a page, and the pages say what the code and its tests say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from engine.bpmn.dialects import dialects
from engine.bpmn.explanations import explain
from engine.bpmn.normal import passes
from engine.bpmn.other_findings import OTHERS
from engine.bpmn.rules import rules
from tools import rule_pages

ID = re.compile(r"[a-z]+(-[a-z]+)+")
#: What is called with the id of a finding.
MAKERS = {
    *("error", "draft", "warning", "_error", "_warn", "_warning", "_problem", "_too_much"),
    *("problem_at", "Problem", "UnreadableFileError", "Findings"),
}


def name_of(call: ast.Call) -> str:
    """Return what is called, without what it belongs to."""
    return ast.unparse(call.func).rpartition(".")[2]


def emitted(root: Path) -> Iterator[str]:
    """Yield every id that the engine gives a finding, outside the folders where files name them."""
    for path in sorted((root / "engine").rglob("*.py")):
        if path.parent.name in ("rules", "normal", "storage"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or name_of(node) not in MAKERS:
                continue
            texts = [a.value for a in node.args[:3] if isinstance(a, ast.Constant)]
            one_word = name_of(node) == "UnreadableFileError"
            yield from (
                text
                for text in texts[:1]
                if isinstance(text, str) and (ID.fullmatch(text) or (one_word and text.isalpha()))
            )


def test_the_pages_are_up_to_date(root: Path) -> None:
    # given
    written = {path.name: path.read_text() for path in (root / "docs" / "rules").glob("*.md")}

    # when
    made = rule_pages.files()

    # then
    stale = sorted(
        name for name in made.keys() | written.keys() if made.get(name) != written.get(name)
    )
    assert not stale, "Run make pages."


def test_every_finding_has_a_page(root: Path) -> None:
    # given
    pages = {page.id for page in rule_pages.pages()}

    # when
    without = sorted(set(emitted(root)) - pages)

    # then
    assert not without, "Give each a rule of its own, or a text in engine/bpmn/other_findings.py."


def test_no_text_is_about_a_finding_that_nobody_makes(root: Path) -> None:
    # given
    modules = {name for name, _ in (*rules(), *passes(), *dialects())}

    # when
    made = set(emitted(root)) - modules

    # then
    assert set(OTHERS) <= made


def test_every_page_names_its_severity_and_explains_itself() -> None:
    # given
    groups = ("What passes rewrite", "What dialects translate")
    silent = {page.id for page in rule_pages.pages() if page.group in groups}

    # when
    bare = [
        page.id
        for page in rule_pages.pages()
        if not page.text or (not page.severities and page.id not in silent)
    ]

    # then
    assert bare == []
    assert all(explain(page.id) for page in rule_pages.pages())


def test_rules_whose_constraint_is_in_a_table_show_an_example() -> None:
    # given
    pages = rule_pages.files()

    # when / then
    assert "```xml" in pages["message-flow-kind.md"]
    assert "7.6.2" in pages["message-flow-kind.md"]
