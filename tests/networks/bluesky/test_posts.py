"""Records are written by anybody: what can be read of them, and what is made of the rest."""

from __future__ import annotations

from typing import Any

import pytest

from channels.networks.bluesky.posts import (
    Seen,
    did_of,
    mention_of,
    moment_of,
    parent_of,
    root_of,
    seen_of,
    words_of,
)
from tests.networks.bluesky.conftest import NOW

VIEW = {
    "uri": "at://did:plc:bob/app.bsky.feed.post/3k", "cid": "bafy",
    "author": {"did": "did:plc:bob"}, "record": {"text": "hello"},
    "indexedAt": "2026-03-02T09:00:00.000Z",
}  # fmt: skip


def link(text: str, shown: str, uri: str) -> dict[str, Any]:
    """Return a record whose text shows ``uri`` as ``shown``."""
    begin = text.encode().index(shown.encode())
    place = {"byteStart": begin, "byteEnd": begin + len(shown.encode())}
    return {"text": text, "facets": [{"index": place, "features": [{"uri": uri}]}]}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({"text": " hi "}, "hi"),
        ({"text": 7}, ""),
        ({}, ""),
        (link("é see example.com/ab... now", "example.com/ab...", "https://example.com/abcdef"),
         "é see https://example.com/abcdef now"),
        (link("see here", "here", "https://example.com"), "see here"),
        ({"text": "x", "facets": [{"index": {"byteStart": 5, "byteEnd": 90},
                                   "features": [{"uri": "u"}]}, 7]}, "x"),
        ({"text": "look", "embed": {"images": [{"alt": "a torn box"}, {"alt": ""}, 3]}},
         "look\n\n[image: a torn box]\n\n[image]\n\n[image]"),
        ({"text": "", "embed": {"external": {"uri": "https://e.example", "title": "News"}}},
         "[link: News] https://e.example"),
        ({"text": "q", "embed": {"media": {"video": {}, "alt": "unboxing"}}},
         "q\n\n[video: unboxing]"),
    ],
)  # fmt: skip
def test_words_are_whole_and_tell_what_is_attached(record: dict[str, Any], words: str) -> None:
    assert words_of(record) == words


@pytest.mark.parametrize(
    "embed",
    [
        {"record": {"uri": "at://did:plc:cid/app.bsky.feed.post/9"}},
        {"record": {"record": {"uri": "at://did:plc:cid/app.bsky.feed.post/9"}}, "media": {}},
    ],
)
def test_a_quoted_post_is_named(embed: dict[str, Any]) -> None:
    post = seen_of({**VIEW, "record": {"text": "look", "embed": embed}})
    assert mention_of(post, "t").quotes == "at://did:plc:cid/app.bsky.feed.post/9"


@pytest.mark.parametrize(
    "told",
    [
        None, 7, {}, {**VIEW, "uri": "https://x"}, {**VIEW, "record": []}, {**VIEW, "author": None},
        {**VIEW, "indexedAt": "yesterday"}, {**VIEW, "indexedAt": None},
    ],
)  # fmt: skip
def test_what_is_no_post_is_said_to_be_none(told: Any) -> None:
    with pytest.raises(ValueError, match=r"[Hh]as no"):
        seen_of(told)


def test_an_author_without_an_id_is_none() -> None:
    with pytest.raises(ValueError, match="no author"):
        mention_of(Seen("at://did:plc:b/p/1", "", NOW, {}, {}), "t")


def test_moments_are_utc_whatever_zone_they_are_written_in() -> None:
    for told in ("2026-03-02T10:00:00+01:00", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00"):
        assert moment_of(told) == NOW


@pytest.mark.parametrize(
    ("uri", "did"),
    [("at://did:plc:bob/x/y", "did:plc:bob"), ("at://bob.test/x/y", None), ("convo/1", None)],
)
def test_an_address_names_its_author(uri: str, did: str | None) -> None:
    assert did_of(uri) == did


@pytest.mark.parametrize("reply", [None, 7, {}, {"parent": 7, "root": {"uri": "x"}}])
def test_a_record_that_answers_nothing_sensible_answers_nothing(reply: Any) -> None:
    assert (parent_of({"reply": reply}), root_of({"reply": reply})) == (None, None)
