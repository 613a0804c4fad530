"""The pages about the languages are true: every example gives what the page says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.bpmn.expressions import compile_expression, languages

PAGES = Path(__file__).resolve().parents[4] / "docs" / "expressions"
VARIABLES = re.compile(r"^With `(\{.*\})`:$", re.MULTILINE)
EXAMPLE = re.compile(r"^\| `(.+)` \| `(.+)` \|$", re.MULTILINE)


def examples() -> Iterator[Any]:
    """Yield language, variables, text and value of each row of each page."""
    for page in sorted(PAGES.glob("[!R]*.md")):
        text = page.read_text(encoding="utf-8")
        given = VARIABLES.search(text)
        assert given is not None, page
        for row in EXAMPLE.finditer(text, given.end()):
            yield pytest.param(page.stem, given.group(1), *row.groups(), id=row.group(1))


@pytest.mark.parametrize(("language", "variables", "text", "expected"), list(examples()))
def test_an_example_gives_what_its_page_says(
    language: str, variables: str, text: str, expected: str
) -> None:
    # given
    expression = compile_expression(text, language=language)

    # when
    found = expression.evaluate(json.loads(variables))

    # then
    assert found == json.loads(expected)


def test_every_language_has_a_page() -> None:
    assert {language.name for language in languages().values()} == {
        page.stem for page in PAGES.glob("[!R]*.md")
    }
