"""The page about diagrams names every extension that exists, and its example has no problem."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import Engine, Source
from engine.bpmn.extensions import extensions

EXAMPLE = re.compile(r"^```xml\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs/diagrams.md").read_text()


def test_every_extension_with_its_attributes_is_explained_and_no_other(page: str) -> None:
    # given
    section = page.split("## Extensions")[1].split("##")[0]
    named: dict[str, set[str]] = {}
    name = ""
    for line in section.splitlines():
        cells = [cell.strip(" `") for cell in line.split("|")]
        if len(cells) < 4 or cells[1] == "Element" or cells[1].startswith("--"):
            continue
        name = cells[1].removeprefix("corral:") or name
        named.setdefault(name, set()).update({cells[3]} - {""})

    # then
    assert named == {key: set(found.attributes) for key, found in extensions().items()}


def test_the_example_of_the_page_has_no_problem(page: str) -> None:
    # given
    (example,) = EXAMPLE.findall(page)

    # when
    engine = Engine.in_memory()
    reports = engine.lint([Source("callback.bpmn", example.encode())])
    engine.close()

    # then
    problems = [problem for report in reports for problem in report.problems]
    assert [p.message for p in problems if p.severity.value != "info"] == []
