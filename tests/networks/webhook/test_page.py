"""The page that tells other systems how to call us is true: schema, examples and what we take."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from channels.errors import NotUnderstoodError
from channels.networks.webhook.calls import page_of
from tests.networks.webhook.house import NOW, created

PAGE = Path(__file__).parents[3] / "docs/channels/webhook.md"
_FENCED = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS: list[dict[str, Any]] = [
    json.loads(block) for block in _FENCED.findall(PAGE.read_text("utf-8"))
]
(SCHEMA,) = [block for block in BLOCKS if "$schema" in block]
CALLS = [block for block in BLOCKS if str(block.get("type")).startswith("mention.")]


def is_valid(told: Any) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(told))


@pytest.mark.parametrize("told", CALLS, ids=lambda told: told["type"])
def test_each_example_fits_the_schema_and_is_taken(told: dict[str, Any]) -> None:
    assert is_valid(told)
    page = page_of(json.dumps(told).encode(), NOW)
    assert len(page.mentions) + len(page.edits) + len(page.deletions) == 1


@pytest.mark.parametrize(
    "told",
    [
        created(in_reply_to=None, private=None, url=None, created_at=None, conversation=None),
        created(author={"id": "b", "handle": None, "name": None, "email": None, "reach": None}),
        created(text="x" * 100_000, id="x" * 200),
        created(id="x" * 201), created(text=" "), created(text=None), created(author={}),
        created(author={"id": "b", "reach": 1.5}), created(private="no"), created(url="ftp://x"),
        {**created(), "type": "mention.liked"},
        {"type": "mention.edited", "timestamp": "2026-03-02T09:00:00Z", "data": {"id": "1"}},
        {"type": "mention.deleted", "timestamp": "2026-03-02T09:00:00Z", "data": {}},
        {"type": "mention.deleted", "data": {"id": "1"}},
    ],
)  # fmt: skip
def test_the_schema_takes_what_we_take(told: dict[str, Any]) -> None:
    try:
        page_of(json.dumps(told).encode(), NOW)
        taken = True
    except NotUnderstoodError:
        taken = False
    assert is_valid(told) is taken


def test_the_examples_are_of_each_kind() -> None:
    assert {told["type"] for told in CALLS} == set(SCHEMA["properties"]["type"]["enum"])
