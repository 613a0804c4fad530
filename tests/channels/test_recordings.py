"""Files of recorded conversations in three formats."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.errors import ChannelRefusedError, UnreadableRecordingError
from channels.model import ChannelAccount, Mention, OwnPost
from channels.networks.recorded import Recorded
from channels.recordings import Recording
from channels.recordings.rows import moment

HEADER = "tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id\n"
CARE = Path(__file__).resolve().parents[3] / "shared" / "data" / "care-conversations.json"


def told(minute: int) -> str:
    return f"Tue Oct 31 22:{minute:02}:47 +0000 2017"


def csv_of(folder: Path, *rows: str) -> Path:
    path = folder / "tweets.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def lines_of(folder: Path, *posts: dict[str, Any] | str) -> Path:
    path = folder / "posts.jsonl"
    texts = (post if isinstance(post, str) else json.dumps(post) for post in posts)
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def dialog(session: str, turns: list[tuple[str, str, str]], **more: Any) -> dict[str, Any]:
    content = [
        {who: who + "-name" if who != "agent" else "Acme", "datetime": f"2020-04-01T{at}:00.000Z",
         "message": f"says {tweet}", "tweet_ID": tweet}
        for who, tweet, at in turns
    ]  # fmt: skip
    header = {"company": "Acme", "sessionID": session, "duration": "01:00:00.0"}
    return {"dialogHeader": header, "dialogContent": content, **more}


def shown(recording: Recording) -> list[tuple[str, str, str, str]]:
    """Return kind, external id, account and thread of each post."""
    return [
        ("own" if isinstance(p.post, OwnPost) else "mention", p.post.external_id, p.account,
         p.post.thread)
        for p in recording.posts(limit=1000)
    ]  # fmt: skip


def test_csv_rows_in_any_order_become_threads_of_the_company_that_answers(tmp_path: Path) -> None:
    # given: an answer stands before its question, and a follow-up before both
    path = csv_of(
        tmp_path,
        f"3,77,True,{told(3)},still broken,,2.0",
        f"2,Acme,False,{told(2)},we look,3,1",
        f'1,77,True,{told(1)},"@acme broken,\nvery",2,',
        f"9,88,True,{told(4)},@acme and me,,",
    )

    # when
    with Recording(path) as recording:
        found = shown(recording)
        first = recording.posts(limit=1)[0].post

    # then
    assert found == [
        ("mention", "1", "Acme", "1"), ("own", "2", "Acme", "1"),
        ("mention", "3", "Acme", "1"), ("mention", "9", "Acme", "9"),
    ]  # fmt: skip
    assert isinstance(first, Mention)
    assert first.text == "@acme broken,\nvery"
    assert first.created_at == datetime(2017, 10, 31, 22, 1, 47, tzinfo=UTC)


def test_malformed_csv_rows_are_reported_with_line_and_reason_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    # given
    path = csv_of(
        tmp_path,
        f"1,77,True,{told(1)},@acme hi,,",
        "2,77,True",
        f"3,77,maybe,{told(1)},@acme hi,,",
        "4,77,True,yesterday,@acme hi,,",
        f"5,77,True,{told(1)},,,",
        f",77,True,{told(1)},@acme hi,,",
        f"7,77,True,{told(5)},nobody is addressed,,",
        f"8,77,True,{told(6)},@acme again,,",
    )
    path.write_bytes(path.read_bytes() + f"9,77,True,{told(7)},@acme \xff,,\n".encode("latin-1"))

    # when
    with Recording(path) as recording:
        found = [external_id for _, external_id, _, _ in shown(recording)]
        skipped = {one.line: one.reason for one in recording.skipped}

    # then
    assert found == ["1", "8"]
    assert list(skipped) == [3, 4, 5, 6, 7, 10, 8]
    assert "fewer than the columns" in skipped[3]
    assert "'maybe'" in skipped[4]
    assert "'yesterday'" in skipped[5]
    assert "UTF-8" in skipped[10]
    assert "which account" in skipped[8]


def test_posts_that_answer_each_other_in_a_circle_do_not_hang(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"1,77,True,{told(1)},@acme a,,2", f"2,77,True,{told(2)},@acme b,,1")
    with Recording(path) as recording:
        assert len(recording) == 2


def test_a_long_thread_is_one_thread(tmp_path: Path) -> None:
    rows = [f"{n},77,True,{told(n % 60)},@acme {n},,{n - 1 or ''}" for n in range(1, 300)]
    with Recording(csv_of(tmp_path, *reversed(rows))) as recording:
        assert {thread for _, _, _, thread in shown(recording)} == {"1"}


def test_care_dialogs_become_conversations_with_the_answer_at_its_turn(tmp_path: Path) -> None:
    # given
    link = {"url_utterance": "read this", "tweet_ID": "50", "turn": "3"}
    path = tmp_path / "care.json"
    path.write_text(json.dumps([
        dialog("s1", [("client", "1", "10:00"), ("client1", "2", "10:05")], agentURL=link),
        dialog("s2", [("client", "1", "10:00"), ("agent", "3", "12:00")]),
        {"dialogHeader": {}},
        dialog("s3", [("client", "4", "13:00"), ("nobody", "5", "13:01")]),
    ]))  # fmt: skip

    # when
    with Recording(path) as recording:
        found = shown(recording)
        skipped = [(one.line, one.reason) for one in recording.skipped]

    # then
    assert found == [
        ("mention", "1", "Acme", "1-s1"), ("mention", "1~s2", "Acme", "1-s2"),
        ("mention", "2", "Acme", "1-s1"), ("own", "50", "Acme", "1-s1"),
        ("own", "3", "Acme", "1-s2"), ("mention", "4", "Acme", "4-s3"),
    ]  # fmt: skip
    assert [line for line, _ in skipped] == [3, 4]
    assert "turn 2" in skipped[1][1]


def test_own_json_lines_may_name_everything(tmp_path: Path) -> None:
    # given
    path = lines_of(
        tmp_path,
        {"id": 1, "account": "@acme", "author": "bob", "text": "hi", "at": "2026-01-01T10:00:00Z"},
        {"id": "2", "account": "acme", "author": {"id": "b", "handle": "bob", "reach": 7,
         "name": "Bob"}, "text": "again", "at": "2026-01-01T11:00:00+01:00", "in_reply_to": "1",
         "private": True, "url": "https://example.org/2"},
        {"id": "3", "account": "acme", "author": "acme", "own": True, "text": "yes",
         "at": "2026-01-01T12:00:00Z", "thread": "special"},
        "not json", '{"id": "4"}', "[1]",
        {"id": "5", "account": "a", "author": "b", "text": "x", "at": "2026-01-01T12:00:00"},
        {"id": "6", "account": "a", "author": {"handle": "b", "reach": "many"}, "text": "x",
         "at": "2026-01-01T12:00:00Z"},
    )  # fmt: skip

    # when
    with Recording(path) as recording:
        found = shown(recording)
        second = recording.posts(limit=2)[1].post
        lines = [one.line for one in recording.skipped]

    # then
    assert sorted(found) == [
        ("mention", "1", "acme", "1"), ("mention", "2", "acme", "1"),
        ("own", "3", "acme", "special"),
    ]  # fmt: skip
    assert isinstance(second, Mention)
    assert lines == [4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"[1, 2", b'[{"a": ', b"\xff\xfe", b"a,b\n1,2\n", b"tweet_id,b\n"]
)
def test_what_is_no_recording_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UnreadableRecordingError):
        Recording(path)


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecordingError, match="cannot be read"):
        Recording(tmp_path / "nothing.csv")
    account = ChannelAccount(1, "recorded", "acme", settings={"file": str(tmp_path / "no.csv")})
    with pytest.raises(ChannelRefusedError):
        list(Recorded().fetch(account, None))


@pytest.mark.parametrize("text", ["", "yesterday", "2020-01-01T10:00:00", "Tue Foo 31 1:1:1 +0 1"])
def test_a_time_without_a_zone_or_sense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        moment(text)


@pytest.mark.skipif(not CARE.exists(), reason="the public care conversations are not here")
def test_the_public_care_conversations_are_read_whole() -> None:
    with Recording(CARE) as recording:
        assert (len(recording), recording.mentions(), recording.skipped_count) == (1211, 625, 0)
        assert len(recording.accounts()) == 24
        assert len({thread for _, _, _, thread in map(_whole, recording.posts(limit=5000))}) == 525


def _whole(post: Any) -> tuple[str, str, str, str]:
    return "", "", "", post.post.thread
