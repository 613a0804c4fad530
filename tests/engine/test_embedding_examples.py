"""The examples of docs/embedding.md run as they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "embedding.md"
BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: (?P<file>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def test_every_block_of_the_page_runs_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    blocks = list(BLOCK.finditer(PAGE.read_text(encoding="utf-8")))
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}

    # when
    for block in blocks:
        if block["file"]:
            Path(block["file"]).write_text(block["text"], encoding="utf-8")
        else:
            line = PAGE.read_text(encoding="utf-8")[: block.start()].count("\n") + 1
            code = "\n" * line + block["text"]
            exec(compile(code, str(PAGE), "exec"), names)

    # then
    assert sum(block["language"] == "python" for block in blocks) >= 8


def test_the_page_names_every_use_case_of_the_issue() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for name in ("deploy", "start", "user_tasks", "claim", "complete", "correlate", "jobs"):
        assert f"engine.{name}(" in text
