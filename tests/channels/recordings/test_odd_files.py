"""Files as people really have them: other programs' exports, broken lines, half characters."""

from __future__ import annotations

import csv
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.errors import UnreadableRecordingError
from channels.model import Mention, Skipped
from channels.recordings import Recording, Row, care_json, json_lines, tweets_csv

COLUMNS = ",".join(tweets_csv.COLUMNS)
WHEN = "Tue Oct 31 22:10:47 +0000 2017"
POST = {"id": "1", "account": "acme", "author": "bob", "text": "hi", "at": "2026-01-01T10:00:00Z"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "recording"


def texts(path: Path) -> list[str]:
    with Recording(path) as recording:
        return [found.post.text for found in recording.posts(limit=1000)]


def reasons(path: Path) -> list[tuple[int, str]]:
    with Recording(path) as recording:
        return [(one.line, one.reason) for one in recording.skipped]


# -- CSV -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_with_any_line_ends_and_a_byte_order_mark_is_read(
    file: Path, end: str, mark: str
) -> None:
    file.write_bytes(f"{mark}{COLUMNS}{end}1,7,True,{WHEN},@acme hi,,{end}".encode())
    assert texts(file) == ["@acme hi"]


def test_quotes_commas_and_line_breaks_in_a_field_belong_to_its_text(file: Path) -> None:
    # given
    said = "@acme \"really\"?\n\nNo, never;\r\n«très» 🐎, 'x'"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(tweets_csv.COLUMNS)
        writer.writerow(["1", "7", "True", WHEN, said, "", ""])
        writer.writerow(["2", "7", "True", "never", "@acme", "", ""])

    # when / then: the line of a problem is the last of its row
    assert texts(file) == [said]
    assert [line for line, _ in reasons(file)] == [6]


def test_columns_in_another_order_among_others_and_in_capitals_are_found(file: Path) -> None:
    shuffled = ["Extra", *reversed([name.upper() for name in tweets_csv.COLUMNS]), " more "]
    cells = ["?", "", "", "@acme hi", WHEN, "True", "7", "1", "!"]
    file.write_text(f"{','.join(shuffled)}\n{','.join(cells)}\n")
    assert texts(file) == ["@acme hi"]


@pytest.mark.parametrize("gone", tweets_csv.COLUMNS[1:])
def test_a_column_that_is_missing_is_named(file: Path, gone: str) -> None:
    file.write_text(COLUMNS.replace(gone, "other", 1) + "\n")
    with pytest.raises(UnreadableRecordingError, match=gone):
        Recording(file)


def test_bytes_that_are_not_utf_8_cost_their_row_alone_wherever_they_are(file: Path) -> None:
    # given: one in each cell that is used
    cells = [b"1", b"7", b"True", WHEN.encode(), b"@acme hi", b"", b"2"]
    rows = []
    for place in (0, 1, 2, 3, 4, 6):
        broken = [cell + b"\xe9" if at == place else cell for at, cell in enumerate(cells)]
        rows.append(b",".join(broken))
    rows.append(b"9,7,True,%s,@acme fine,\xff,\n" % WHEN.encode())

    # when
    file.write_bytes(COLUMNS.encode() + b"\n" + b"\n".join(rows))

    # then
    assert texts(file) == ["@acme fine"]
    assert [line for line, _ in reasons(file)] == [2, 3, 4, 5, 6, 7]


def test_a_field_beyond_every_measure_costs_its_row_alone(file: Path) -> None:
    long = "x" * (csv.field_size_limit() + 1)
    rows = [f"1,7,True,{WHEN},@acme {long},,", f"2,7,True,{WHEN},@acme hi,,"]
    file.write_text("\n".join([COLUMNS, *rows]) + "\n")
    assert texts(file)[-1:] == ["@acme hi"]
    assert "is not CSV" in reasons(file)[0][1]


@pytest.mark.parametrize(
    "when",
    ["", "0001-01-01T00:00:00+10:00", "Tue Oct 32 22:10:47 +0000 2017", "Tue Oct x 1:1:1 +0000 1",
     "2017-10-31T22:10:47", "1509487847"],
)  # fmt: skip
def test_a_time_that_is_none_costs_its_row_alone(file: Path, when: str) -> None:
    file.write_text(f"{COLUMNS}\n1,7,True,{when},@acme no,,\n2,7,1,{WHEN},@acme hi,,\n")
    assert texts(file) == ["@acme hi"]
    assert [line for line, _ in reasons(file)] == [2]


def test_a_long_file_is_read_row_by_row(file: Path) -> None:
    # given
    rows = 20_000
    with file.open("w") as out:
        out.write(COLUMNS + "\n")
        for number in range(rows):
            out.write(f"{number},7,True,{WHEN},@acme {'word ' * 20}{number},,{number - 1 or ''}\n")

    # when
    tracemalloc.start()
    count = sum(isinstance(row, Row) for row in tweets_csv.read(file))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    # then: the file has 3 MB, what is held at a time is a page of it
    assert count == rows
    assert file.stat().st_size > 2_500_000
    assert peak < 300_000


def test_a_recording_holds_a_chunk_of_a_long_file_and_no_more(file: Path) -> None:
    # given: each thread has two posts, the answers stand far behind the questions
    pairs = 6_000
    with file.open("w") as out:
        out.write(COLUMNS + "\n")
        for number in range(pairs):
            out.write(f"{number},7,True,{WHEN},@acme {'word ' * 40},,\n")
        for number in range(pairs):
            out.write(f"{pairs + number},acme,False,{WHEN},{'yes ' * 40},,{number}\n")

    # when
    tracemalloc.start()
    with Recording(file) as recording:
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        posts, mentions = len(recording), recording.mentions()
        last = recording.posts(after=2 * pairs - 1, limit=5)

    # then
    assert (posts, mentions) == (2 * pairs, pairs)
    assert len(last) == 1
    assert peak < file.stat().st_size


# -- JSON Lines ------------------------------------------------------------------------------------


def test_a_broken_line_costs_itself_alone(file: Path) -> None:
    # given
    broken = [
        "{", "[]", "null", "7", '"text"', "{}", '{"id": 1', "\x00", "[" * 100_000,
        json.dumps({**POST, "at": "0001-01-01T00:00:00+10:00"}),
        json.dumps({**POST, "at": 7}), json.dumps({**POST, "author": None}),
        json.dumps({**POST, "author": {"handle": "b", "id": "\ud800"}}),
        json.dumps({**POST, "author": {"handle": "b", "id": {"a": 1}}}),
        json.dumps({**POST, "author": {"handle": "b", "reach": 10**30}}),
        json.dumps({**POST, "text": "half \udc00"}), json.dumps({**POST, "text": "  "}),
        json.dumps({**POST, "own": "false"}), json.dumps({**POST, "private": "no"}),
        json.dumps({**POST, "in_reply_to": ["1"]}), json.dumps({**POST, "url": 7.5}),
    ]  # fmt: skip

    # when
    file.write_text("\n".join([json.dumps(POST), *broken, json.dumps({**POST, "id": "2"}), ""]))

    # then
    assert texts(file) == ["hi", "hi"]
    found = reasons(file)
    assert [line for line, _ in found] == list(range(2, 2 + len(broken)))
    assert all(reason for _, reason in found)


@pytest.mark.parametrize("gone", sorted(POST))
def test_a_field_that_is_needed_is_named_where_it_is_missing(file: Path, gone: str) -> None:
    more = {key: value for key, value in POST.items() if key != gone}
    file.write_text(json.dumps(more) + "\n" + json.dumps(POST) + "\n")
    ((line, reason),) = reasons(file)
    assert line == 1
    assert "missing" in reason
    assert gone in reason or gone == "author"


def test_bytes_that_are_not_utf_8_cost_their_line_alone(file: Path) -> None:
    latin = json.dumps({**POST, "text": "crème"}, ensure_ascii=False).encode("latin-1")
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps(POST).encode() + b"\r\n\r\n" + latin + b"\n")
    assert texts(file) == ["hi"]
    assert [line for line, _ in reasons(file)] == [3]


@given(st.lists(st.text(max_size=60) | st.from_regex(r"\{[^\n]{0,60}\}", fullmatch=True)))
def test_any_lines_are_posts_or_skipped_and_never_an_error(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    path = tmp_path_factory.mktemp("lines") / "posts"
    path.write_text("\n".join(lines), encoding="utf-8", errors="replace")
    assert all(isinstance(found, Row | Skipped) for found in json_lines.read(path))


# -- dialogs ---------------------------------------------------------------------------------------


def dialog(session: str = "s", **changes: Any) -> dict[str, Any]:
    turn = {"client": "Bob", "datetime": "2020-04-01T10:00:00Z", "message": "hi", "tweet_ID": "1"}
    link = {"url_utterance": "sorry", "tweet_ID": "2", "turn": "2"}
    header = {"company": "Acme", "sessionID": session, "duration": "01:00:00.0"}
    whole = {"dialogHeader": header, "dialogContent": [turn], "agentURL": link}
    for path, value in changes.items():
        part, _, key = path.partition("__")
        place: Any = whole[part][0] if part == "dialogContent" and key else whole
        place = whole[part] if key and part != "dialogContent" else place
        place[key or part] = value
    return whole


ODD_DIALOGS: list[Any] = [
    None, 7, "text", [], {}, dialog(dialogHeader=None), dialog(dialogHeader=[]),
    dialog(dialogHeader__company=None), dialog(dialogHeader__sessionID=7),
    dialog(dialogContent=None), dialog(dialogContent=[]), dialog(dialogContent={"a": 1}),
    dialog(dialogContent="text"), dialog(dialogContent=[None]), dialog(dialogContent=[["client"]]),
    dialog(dialogContent__tweet_ID=None), dialog(dialogHeader__company="half \ud800"),
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD_DIALOGS)
def test_a_dialog_that_is_none_costs_itself_alone(file: Path, odd: Any) -> None:
    file.write_text(json.dumps([dialog("first"), odd, dialog("last")]))
    assert texts(file) == ["hi", "hi", "sorry", "sorry"]
    assert {line for line, _ in reasons(file)} == {2}


@pytest.mark.parametrize(
    "changes",
    [
        {"dialogContent__datetime": None}, {"dialogContent__datetime": 7},
        {"dialogContent__datetime": "0001-01-01T00:00:00+10:00"}, {"dialogContent__message": ""},
        {"dialogContent__message": "half \ud800"}, {"dialogContent__client": 7},
    ],
)  # fmt: skip
def test_a_turn_that_is_none_is_told_with_its_dialog_and_number(
    file: Path, changes: dict[str, Any]
) -> None:
    # given
    odd = dialog(**changes)
    odd["dialogContent"].append({**dialog()["dialogContent"][0], "tweet_ID": "3"})

    # when
    file.write_text(json.dumps([odd]))

    # then
    assert "hi" in texts(file)
    ((line, reason),) = reasons(file)
    assert line == 1
    assert "dialog 1, turn 1" in reason


@pytest.mark.parametrize(
    "changes",
    [
        {"agentURL": None}, {"agentURL": "text"}, {"agentURL": [1]}, {"agentURL__turn": "9" * 5000},
        {"agentURL__turn": None}, {"agentURL__tweet_ID": 7}, {"agentURL__url_utterance": "\ud800"},
        {"agentURL__url_utterance": ""}, {"dialogHeader__duration": "inf:0:0"},
        {"dialogHeader__duration": "nan:0:0"}, {"dialogHeader__duration": "-1:0:0"},
        {"dialogHeader__duration": 7}, {"dialogHeader__duration": f"{9 * 10**6}0:0:0"},
        {"dialogHeader__duration": "99999999999999:0:0"},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_placed_does_not_cost_the_turns(
    file: Path, changes: dict[str, Any]
) -> None:
    file.write_text(json.dumps([dialog(**changes)]))
    assert texts(file)[0] == "hi"


def test_the_customer_of_a_dialog_is_known_by_the_name_the_turn_gives(file: Path) -> None:
    file.write_text(json.dumps([dialog()]))
    with Recording(file) as recording:
        first = recording.posts(limit=1)[0].post
    assert isinstance(first, Mention)
    assert first.author.handle == "Bob"


def test_dialogs_come_one_by_one_in_the_order_of_the_file(file: Path) -> None:
    file.write_text(json.dumps([dialog("a"), None, dialog("b")]))
    rows: Iterator[Row | Skipped] = care_json.read(file)
    assert [row.line for row in rows] == [1, 1, 2, 3, 3]
