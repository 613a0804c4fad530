"""The documents are true: links lead somewhere, commands exist, words are explained."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

LINK = re.compile(r"(?<!\\)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
#: Every noun of the engine and the channels; the glossary explains each.
NOUNS = (
    *("workspace", "process definition", "deployment", "process instance", "element", "user task"),
    *("queue", "job", "incident", "event (in the inbox)", "message", "correlation key", "timer"),
    *("due date", "channel", "channel account", "mention", "conversation", "customer", "reply"),
    *("agent", "designer", "manager", "operator", "history", "form", "decision", "draft"),
)
#: Words that mean nothing here, because another word is used for it.
REFUSED = re.compile(r"\b(tenants?|tickets?|todos?|human tasks?|tweets?)\b", re.IGNORECASE)


def documents(texts: dict[Path, str]) -> dict[Path, str]:
    """Return the pages people read, without those made by a tool."""
    made = {Path("THIRD-PARTY-NOTICES.md")}
    return {p: t for p, t in texts.items() if p.suffix == ".md" and p not in made}


def rows(page: str) -> dict[str, list[str]]:
    """Return the rows of all tables of a page by their first cell."""
    cells = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in page.splitlines()
        if line.startswith("|") and not line.startswith("|--")
    ]
    return {row[0]: row[1:] for row in cells}


def test_every_link_leads_to_a_file_of_the_tree(root: Path, texts: dict[Path, str]) -> None:
    # when
    broken = []
    for path, text in documents(texts).items():
        for target in LINK.findall(FENCE.sub("", text)):
            if target.startswith(("http://", "https://", "#", "mailto:")):
                continue
            if not (root / path.parent / target.split("#")[0]).exists():
                broken.append(f"{path}: {target}")

    # then
    assert not broken


def test_every_make_command_in_the_documents_is_a_target(texts: dict[Path, str]) -> None:
    # given
    targets = set(re.findall(r"^([a-z-]+):", texts[Path("Makefile")], re.MULTILINE))

    # when
    named = {
        (str(path), target)
        for path, text in documents(texts).items()
        for target in re.findall(r"(?:`|^|&& )make ([a-z-]+)", text, re.MULTILINE)
    }

    # then
    assert named
    assert not {(path, target) for path, target in named if target not in targets}


def test_every_make_target_is_explained_to_contributors(texts: dict[Path, str]) -> None:
    # given
    targets = set(re.findall(r"^([a-z-]+):", texts[Path("Makefile")], re.MULTILINE))

    # when
    table = rows(texts[Path("CONTRIBUTING.md")])

    # then
    assert {f"`make {target}`" for target in targets - {"help"}} <= set(table)


def test_every_corral_command_in_the_documents_exists(texts: dict[Path, str]) -> None:
    # given
    corral = Path(sys.executable).parent / "corral"
    helped = subprocess.run([corral, "--help"], capture_output=True, text=True, check=True).stdout
    known = set(re.findall(r"^  ([a-z]+) ", helped, re.MULTILINE))

    # when
    named = {
        command
        for text in documents(texts).values()
        for command in re.findall(r"(?:`|^|/)corral ([a-z]+)", text, re.MULTILINE)
    }

    # then
    assert {"run", "deploy", "lint", "replay", "instances", "tasks", "incidents"} <= known
    assert named <= known


def test_every_command_is_in_the_readme(texts: dict[Path, str]) -> None:
    # given
    corral = Path(sys.executable).parent / "corral"
    helped = subprocess.run([corral, "--help"], capture_output=True, text=True, check=True).stdout

    # when
    commands = re.findall(r"^  ([a-z]+) ", helped, re.MULTILINE)

    # then
    assert [c for c in commands if f"`corral {c}" not in texts[Path("README.md")]] == []


@pytest.mark.parametrize("word", NOUNS)
def test_every_noun_of_the_product_is_explained(word: str, texts: dict[Path, str]) -> None:
    assert rows(texts[Path("docs/glossary.md")]).get(word, [""])[0]


def test_no_page_uses_a_word_that_another_word_stands_for(texts: dict[Path, str]) -> None:
    # given
    shown = [
        (path, text)
        for path, text in texts.items()
        if path.parts[:2] == ("webapp", "templates")
        or (path.suffix == ".md" and path != Path("docs/glossary.md"))
    ]

    # when
    used = [
        f"{path}: {match.group(0)}"
        for path, text in shown
        if path.name != "THIRD-PARTY-NOTICES.md"
        for match in REFUSED.finditer(re.sub(r"`[^`]*`|<!--.*?-->", "", text, flags=re.DOTALL))
    ]

    # then
    assert not used


def test_every_decision_names_a_test_that_exists(root: Path, texts: dict[Path, str]) -> None:
    # given
    pages = {p: t for p, t in texts.items() if re.match(r"docs/decisions/\d{4}-", p.as_posix())}

    # when
    missing = {
        f"{path.name}: {name}"
        for path, text in pages.items()
        for name in re.findall(r"`(tests/[^`]+)`", text) or ["names no test"]
        if not (root / name).exists()
    }

    # then
    assert len(pages) >= 8
    assert not missing


def test_every_decision_has_its_four_parts_and_a_line_in_the_list(texts: dict[Path, str]) -> None:
    # given
    listed = texts[Path("docs/decisions/README.md")]
    parts = ("## Context", "## Decision", "## Consequences", "## Confirmed by")

    # when
    pages = {p: t for p, t in texts.items() if re.match(r"docs/decisions/\d{4}-", p.as_posix())}
    incomplete = [p.name for p, t in pages.items() if not all(part in t for part in parts)]
    unlisted = [path.name for path in pages if f"({path.name})" not in listed]

    # then
    assert not incomplete
    assert not unlisted


def test_decision_numbers_are_used_once(texts: dict[Path, str]) -> None:
    # when
    numbers = [p.name[:4] for p in texts if re.match(r"docs/decisions/\d{4}-", p.as_posix())]

    # then
    assert len(numbers) == len(set(numbers))


def test_the_changelog_keeps_its_form(texts: dict[Path, str]) -> None:
    # given
    lines = texts[Path("CHANGELOG.md")].splitlines()
    sections = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

    # when
    versions = [line for line in lines if line.startswith("## ")]
    kinds = {line.removeprefix("### ") for line in lines if line.startswith("### ")}
    entries = [line for line in lines if line.startswith("- ")]

    # then
    assert versions[0] == "## [Unreleased]"
    assert all(re.match(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$", line) for line in versions[1:])
    assert kinds <= sections
    assert [line for line in entries if not re.search(r"\(#\d+\)$", line)] == []


def test_the_first_line_for_contributors_gets_it_running(texts: dict[Path, str]) -> None:
    # given
    lines = [line for line in texts[Path("CONTRIBUTING.md")].splitlines() if line]

    # then
    assert "make run" in lines[1]
    assert lines[2] == "## Where things are"


def test_contributors_find_things_where_the_house_says(root: Path, texts: dict[Path, str]) -> None:
    # given
    house = FENCE.findall(texts[Path("CONTRIBUTING.md")])[0]
    lines = [line for line in house.splitlines() if line.strip() and "```" not in line]

    # when
    places: list[Path] = []
    above: dict[int, Path] = {}
    for line in lines:
        depth = len(line) - len(line.lstrip())
        place = above.get(depth - 2, Path()) / line.split()[0]
        above[depth] = place
        places.append(place)

    # then
    assert [place for place in places if not (root / place).exists()] == []
    rooms = {path.parts[0] for path in texts if path.name == "__init__.py"}
    assert rooms <= {place.parts[0] for place in places}


def test_the_readme_names_the_two_commands_before_anything_else(texts: dict[Path, str]) -> None:
    # given
    blocks = FENCE.findall(texts[Path("README.md")])

    # then
    commands = [line.split("#")[0].strip() for line in blocks[0].splitlines()[1:-1]]
    assert commands == ["make run", "make test"]
