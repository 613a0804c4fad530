"""Writes docs/rules: a page for every finding a file can have, and a table of them all.

What a page says is the docstring of the rule, pass or dialect; its severities are those its code
gives; the sentences of the standard and the example come from the tables of the tests, so that what
the page claims is what the tests show.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from lxml import etree

from engine.bpmn.decisions.rules import rules as decision_rules
from engine.bpmn.dialects import dialects
from engine.bpmn.normal import passes
from engine.bpmn.other_findings import BESIDE, COMPILING, DEPLOYING, READING, Finding
from engine.bpmn.rules import rules

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "rules"
SEVERITIES = ("error", "draft", "warning", "info")
#: An example longer than this teaches less than the sentence beside it.
_LONGEST_EXAMPLE = 24
_WIDTH = 98
_TABLES = ("tests.engine.bpmn.rules", "tests.engine.bpmn.decisions.rules")

HEAD = """# Findings

Every problem that Corral can find in a file, by its id. An `error` refuses the upload, a `draft` is
stored and never starts, a `warning` runs, an `info` was rewritten or read past without a change of
meaning: [decision 0014](../decisions/0014-severity-of-structural-faults.md). These pages are made
by `make pages` from the code and its tests; do not edit them.
"""


@dataclass(slots=True)
class Page:
    """What is known about one finding."""

    id: str
    group: str
    text: str
    severities: list[str]
    sentences: list[Any] = field(default_factory=list)

    @property
    def first(self) -> str:
        """The sentence that says what is wrong."""
        return " ".join(self.text.partition("\n\n")[0].split())


def main() -> int:
    """Write the pages, or with ``--check`` exit 1 when they are not what would be written."""
    written = {TARGET / name: text for name, text in files().items()}
    stale = [path for path in TARGET.glob("*.md") if path not in written]
    changed = [
        path
        for path, text in written.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        if stale or changed:
            print(f"{len(stale + changed)} pages of docs/rules are out of date. Run make pages.")
        return 1 if stale or changed else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.unlink()
    for path in changed:
        path.write_text(written[path], encoding="utf-8")
    return 0


def files() -> dict[str, str]:
    """Return the content of every page by its file name."""
    found = pages()
    return {"README.md": _index(found), **{f"{page.id}.md": _text(page) for page in found}}


def pages() -> list[Page]:
    """Return what is known about every finding, group by group, by name."""
    found = [*_of_modules("Rules", rules())]
    found += _of_texts("While a file is read", READING)
    found += _of_texts("While files are deployed", DEPLOYING)
    found += _of_texts("While a drawing is compiled", COMPILING)
    found += _of_modules("Decisions", decision_rules())
    found += _of_texts("In decisions and forms, while they are read", BESIDE)
    found += _of_modules("What passes rewrite", passes())
    found += _of_modules("What dialects translate", dialects())
    by_rule: dict[str, list[Any]] = {}
    for sentence in _sentences():
        by_rule.setdefault(sentence.rule, []).append(sentence)
    unique: dict[str, Page] = {}
    for page in found:
        page.sentences = by_rule.get(page.id, [])
        unique.setdefault(page.id, page)
    return list(unique.values())


def _of_modules(group: str, modules: Iterable[tuple[str, Any]]) -> Iterator[Page]:
    for name, module in sorted(modules, key=lambda entry: entry[0]):
        text = _markdown(inspect.cleandoc(module.__doc__ or ""))
        yield Page(name, group, text, severities_of(module))


def _of_texts(group: str, texts: dict[str, Finding]) -> Iterator[Page]:
    for name, finding in sorted(texts.items()):
        paragraphs = (textwrap.fill(one, _WIDTH) for one in finding.text.split("\n\n"))
        yield Page(name, group, "\n\n".join(paragraphs), list(finding.severities))


def severities_of(module: ModuleType) -> list[str]:
    """Return the severities that the code of a module, or of what it imports nearby, gives."""
    given = _given(module)
    if not given:
        # A thin module leaves the finding to its room: a dialect to what vendors share.
        near = {
            sys.modules[value.__module__]
            for value in vars(module).values()
            if getattr(value, "__module__", "").startswith("engine.bpmn.")
            and value.__module__ not in ("engine.bpmn.problems", "engine.bpmn.rules")
        }
        given = set().union(*map(_given, near)) if near else set()
    return [severity for severity in SEVERITIES if severity in given]


def _given(module: ModuleType) -> set[str]:
    attributes = [
        node
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if type(node) is ast.Attribute
    ]
    noted = {node.attr for node in attributes if "findings" in ast.unparse(node.value)}
    named = {node.attr.lower() for node in attributes if ast.unparse(node.value) == "Severity"}
    return (noted | named) & set(SEVERITIES)


def _sentences() -> Iterator[Any]:
    """Yield every sentence of the standard that a table of the tests breaks and keeps."""
    seen: set[str] = set()
    for name in (name for table in _TABLES for name in _modules(table)):
        for value in vars(importlib.import_module(name)).values():
            for entry in value if isinstance(value, list) else ():
                if hasattr(entry, "sentence") and entry.sentence not in seen:
                    seen.add(entry.sentence)
                    yield entry


def _modules(folder: str) -> list[str]:
    """Return the names of the modules in a folder of tests and in those below it."""
    outer, _, name = folder.rpartition(".")
    paths = importlib.import_module(outer).__path__
    below = [str(Path(path) / name) for path in paths]
    return sorted(info.name for info in pkgutil.walk_packages(below, f"{folder}."))


# -- Markdown ------------------------------------------------------------------------------------


def _text(page: Page) -> str:
    parts = [f"# {page.id}", f"Severity: {_severities(page)}.", page.text]
    if page.sentences:
        rows = ["| What the standard says | Clause | Severity |", "|---|---|---|"]
        rows += [f"| {one.sentence} | {one.clause} | {one.severity} |" for one in page.sentences]
        parts.append("\n".join(rows))
    example = _example(page)
    if example:
        language = "xml" if example.startswith("<") else "text"
        parts.append(f"For example, wrong:\n\n```{language}\n{example}\n```")
    parts.append("[All findings](README.md)")
    return "\n\n".join(parts) + "\n"


def _severities(page: Page) -> str:
    return ", ".join(page.severities) or "none, a rule tells of it"


def _index(found: list[Page]) -> str:
    parts = [HEAD]
    for group in dict.fromkeys(page.group for page in found):
        rows = [
            f"| [{page.id}]({page.id}.md) | {_severities(page)} | {page.first} |"
            for page in found
            if page.group == group
        ]
        parts.append(
            "\n".join([f"## {group}\n", "| Id | Severity | What it says |", "|---|---|---|"])
        )
        parts[-1] += "\n" + "\n".join(rows) + "\n"
    return "\n".join(parts)


def _markdown(text: str) -> str:
    """Return a docstring as Markdown."""
    text = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", text)
    return text.replace("``", "`")


def _example(page: Page) -> str:
    """Return the shortest drawing that has the problem; empty when none is short."""
    drawings = (_drawing(one) for one in page.sentences)
    short = [one for one in drawings if one and one.count("\n") < _LONGEST_EXAMPLE]
    return min(short, key=len, default="")


def _drawing(sentence: Any) -> str:
    if hasattr(sentence.wrong, "picture"):
        return str(sentence.wrong.picture())
    conftest = importlib.import_module("tests.engine.bpmn.conftest")
    if isinstance(sentence.wrong, str):
        text = f"{conftest.HEAD}{sentence.wrong}</definitions>"
    else:
        text = conftest.Drawing().text(*sentence.wrong, beside=sentence.beside)
    root = etree.fromstring(text)
    etree.indent(root)
    inside = (etree.tostring(child, encoding="unicode") for child in root)
    lines = re.sub(r' xmlns(:\w+)?="[^"]*"', "", "".join(inside)).rstrip().split("\n")
    # The children of the definitions stand two spaces in, but for the first line of each.
    return "\n".join(line.removeprefix("  ") for line in lines)


if __name__ == "__main__":
    sys.exit(main())
