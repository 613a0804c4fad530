"""Which files of a mail are kept, and under which names."""

from __future__ import annotations

import base64

import pytest

from channels.mail import files
from tests.channels.mail.letters import mention


def with_files(*told: tuple[str, bytes], kind: str = "application/octet-stream") -> str:
    """Return a mail with files; each is told by its name, as a header has it, and its content."""
    parts = "".join(
        f"--b\nContent-Type: {kind}\nContent-Disposition: attachment; {name}\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(content).decode()}\n"
        for name, content in told
    )
    return (
        "From: ana@home.example\nSubject: Files\nMessage-ID: <f@home.example>\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nwords\n{parts}--b--\n"
    )


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('filename="bill.pdf"', "bill.pdf"),
        ("filename=bill.pdf", "bill.pdf"),
        ("filename*=utf-8''Rechnung%20M%C3%A4rz.pdf", "Rechnung März.pdf"),
        ("filename*0*=utf-8''Rech; filename*1*=nung%20%E2%9C%93.pdf", "Rechnung ✓.pdf"),
        ('filename="=?utf-8?Q?Rechnung_M=C3=A4rz.pdf?="', "Rechnung März.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\Users\\\\ana\\\\bill.pdf"', "bill.pdf"),
        ('filename="bill\tof\tana.pdf"', "bill of ana.pdf"),
        ('filename="invoice\u202efdp.txt"', "invoicefdp.txt"),
        ('filename=""', "file 1"),
        ("", "file 1"),
        (f'filename="{"x" * 400}.pdf"', f"{'x' * 138}….pdf"),
        ('filename="שלום.pdf"', "שלום.pdf"),
    ],
)
def test_names_of_files_are_read_and_made_harmless(header: str, name: str) -> None:
    # when
    (found,) = mention(with_files((header, b"content"))).attachments

    # then
    assert (found.name, found.content) == (name, b"content")


@pytest.mark.parametrize(
    "name", ["run.exe", "RUN.EXE", "bill.pdf.js", "bill.scr ", "x.lnk.", "a.hta", "b.vbs"]
)
def test_a_program_is_left_out_and_told_of(name: str) -> None:
    # when
    found = mention(with_files((f'filename="{name}"', b"MZ"), ('filename="b.pdf"', b"%PDF")))

    # then
    assert [each.name for each in found.attachments] == ["b.pdf"]
    assert "was left out: programs are not kept.]" in found.text


def test_a_large_file_is_left_out_and_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(files, "LARGEST", 1024**2)

    # when
    found = mention(with_files(('filename="film.mov"', b"x" * (1024**2 + 1))))

    # then
    assert found.attachments == ()
    assert found.text.endswith("[film.mov was left out: it is larger than 1 MB.]")


def test_files_that_are_too_large_together_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(files, "ALL", 2 * 1024**2)
    told = [(f'filename="{n}.raw"', b"x" * 1024**2) for n in range(3)]

    # when
    found = mention(with_files(*told))

    # then
    assert [each.name for each in found.attachments] == ["0.raw", "1.raw"]
    assert "2.raw was left out: the files of the mail are larger than 2 MB" in found.text


def test_only_so_many_files_are_kept() -> None:
    # when
    found = mention(with_files(*((f'filename="{n}.txt"', b"x") for n in range(60))))

    # then
    assert len(found.attachments) == files.MOST
    assert found.text.count("was left out: more than 20 files") == files.MOST


def test_a_picture_that_only_counts_readers_is_not_kept() -> None:
    # when
    pixel, picture = (
        mention(with_files(('filename="p.gif"', b"G" * size), kind="image/gif"))
        for size in (43, 4_300)
    )

    # then
    assert pixel.attachments == ()
    assert [each.type for each in picture.attachments] == ["image/gif"]


@pytest.mark.parametrize("kind", ["text/html; charset=x", "TEXT/HTML", "nonsense", "a/b\u202e"])
def test_types_are_those_of_a_header_or_none(kind: str) -> None:
    # when
    (found,) = mention(with_files(('filename="x.bin"', b"<script>"), kind=kind)).attachments

    # then
    assert found.type in {"text/html", "text/plain", "application/octet-stream"}


def test_broken_base64_gives_what_can_be_read() -> None:
    # given
    mail = with_files(('filename="x.txt"', b"hello world")).replace("aGVsbG8", "aGVs*bG8")

    # when
    (found,) = mention(mail).attachments

    # then
    assert b"hello" in found.content
