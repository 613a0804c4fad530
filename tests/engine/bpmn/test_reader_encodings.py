"""Every encoding an XML file may declare, and the few that are refused."""

from __future__ import annotations

import pytest

from engine.bpmn.errors import UnreadableFileError
from engine.bpmn.reader import read
from engine.bpmn.xml import BPMN_NAMESPACE, B
from engine.definitions import Severity, Source

#: What the file declares, how Python writes it, and a name in letters that it has.
READ = [
    ("UTF-8", "utf-8", "Rücksendung 返品 🦄"),
    ("utf8", "utf-8-sig", "Rücksendung"),
    ("US-ASCII", "ascii", "Return"),
    ("UTF-16", "utf-16", "返品 🦄"),
    ("UTF-16LE", "utf-16-le", "返品"),
    ("UTF-16BE", "utf-16-be", "返品"),
    ("UTF-32", "utf-32", "返品"),
    ("UTF-32LE", "utf-32-le", "返品"),
    ("UTF-32BE", "utf-32-be", "返品"),
    ("ISO-8859-1", "iso-8859-1", "Rücksendung"),
    ("latin1", "iso-8859-1", "Rücksendung"),
    ("ISO-8859-2", "iso-8859-2", "Zwrot ładunku"),
    ("ISO-8859-5", "iso-8859-5", "Возврат"),
    ("ISO-8859-7", "iso-8859-7", "Επιστροφή"),
    ("ISO-8859-9", "iso-8859-9", "İade"),
    ("ISO-8859-15", "iso-8859-15", "Rücksendung für 3 €"),
    ("windows-1250", "windows-1250", "Zwrot ładunku"),
    ("windows-1251", "windows-1251", "Возврат"),
    ("windows-1252", "windows-1252", "Rücksendung für 3 €"),
    ("windows-1254", "windows-1254", "İade"),
    ("windows-1255", "windows-1255", "החזרה"),
    ("windows-1256", "windows-1256", "إرجاع"),
    ("windows-1258", "windows-1258", "Đơn"),
    ("KOI8-R", "koi8-r", "Возврат"),
    ("KOI8-U", "koi8-u", "Повернення"),
    ("macintosh", "mac-roman", "Rücksendung"),
    ("macroman", "mac-roman", "Rücksendung"),
    ("IBM850", "cp850", "Rücksendung"),
    ("TIS-620", "tis-620", "คืนสินค้า"),
    ("Shift_JIS", "shift_jis", "返品ソ"),
    ("x-sjis", "cp932", "返品①"),
    ("EUC-JP", "euc_jp", "返品"),
    ("GB2312", "gb2312", "退货"),
    ("GBK", "gbk", "退货"),
    ("GB18030", "gb18030", "退货 🦄"),
    ("Big5", "big5", "退貨"),
    ("EUC-KR", "euc_kr", "반품"),
    ("ks_c_5601-1987", "cp949", "반품"),
]
REFUSED = [
    ("UTF-7", "utf-7"),
    ("IBM037", "ascii"),
    ("IBM500", "ascii"),
    ("ISO-2022-JP", "iso2022_jp"),
    ("HZ-GB-2312", "hz"),
    ("rot13", "ascii"),
    ("zlib", "ascii"),
    ("unicode_escape", "ascii"),
    ("idna", "ascii"),
    ("martian", "ascii"),
]


def text(declared: str, name: str = "Return") -> str:
    return (
        f'<?xml version="1.0" encoding="{declared}"?>\n'
        f'<definitions xmlns="{BPMN_NAMESPACE}"><process id="p" name="{name}"/></definitions>'
    )


@pytest.mark.parametrize(("declared", "written", "name"), READ)
def test_given_a_declared_encoding_when_read_then_every_letter_is_right(
    declared: str, written: str, name: str
) -> None:
    # given
    content = text(declared, name).encode(written)

    # when
    found = read(Source("upload.bpmn", content))

    # then
    process = found.root.find(B + "process")
    assert process is not None
    assert process.get("name") == name
    assert found.problems == ()


@pytest.mark.parametrize(("declared", "written"), REFUSED)
def test_given_an_encoding_that_hides_markup_when_read_then_it_is_refused(
    declared: str, written: str
) -> None:
    # given
    content = text(declared).encode(written)

    # when
    with pytest.raises(UnreadableFileError) as refused:
        read(Source("upload.bpmn", content))

    # then
    assert refused.value.problem.rule in ("encoding", "not-xml")
    assert refused.value.problem.cure.endswith("Save it as UTF-8.") or (
        refused.value.problem.rule == "not-xml"
    )


def test_ebcdic_bytes_are_named() -> None:
    # given
    content = text("IBM037").encode("cp037")

    # when
    with pytest.raises(UnreadableFileError) as refused:
        read(Source("upload.bpmn", content))

    # then
    assert "EBCDIC" in refused.value.problem.message


@pytest.mark.parametrize("prefix", ["", "bpmn:", "bpmn2:", "semantic:", "b-1.x:", "モデル:"])
def test_any_prefix_is_read(prefix: str) -> None:
    # given
    declared = f"xmlns:{prefix[:-1]}" if prefix else "xmlns"
    content = (
        f'<{prefix}definitions {declared}="{BPMN_NAMESPACE}"><{prefix}process id="p"/>'
        f"</{prefix}definitions>"
    )

    # when
    found = read(Source("upload.bpmn", content.encode()))

    # then
    assert found.root.find(B + "process") is not None


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        ("Shift_JIS", b'name="\x81"'),
        ("EUC-JP", b'name="\x8f\xa1"'),
        ("UTF-16", b"\xff\xfe<\x00a\x00\x00\xd8<\x00"),
    ],
)
def test_broken_characters_are_refused_with_their_place(declared: str, content: bytes) -> None:
    # given
    head = b"" if declared == "UTF-16" else text(declared).split("?>")[0].encode() + b"?>"

    # when
    with pytest.raises(UnreadableFileError) as refused:
        read(Source("upload.bpmn", head + b"<a " + content if head else content))

    # then
    assert refused.value.problem.rule == "encoding"
    assert "byte" in refused.value.problem.message


def test_a_declared_encoding_that_is_really_utf_8_is_repaired() -> None:
    # given
    content = text("EUC-JP", "Größe ñ").encode("utf-8")

    # when
    found = read(Source("upload.bpmn", content))

    # then
    assert [problem.severity for problem in found.problems] == [Severity.INFO]
