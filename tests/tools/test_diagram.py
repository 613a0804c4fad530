"""Pictures of diagrams: each says which diagram it shows, so that none grows stale unseen."""

import struct
import zlib
from pathlib import Path

import pytest

from processes import files, shipped
from tools import diagram

DIAGRAMS = [file for name in shipped() for file in files(name) if file.suffix == ".bpmn"]


def dot() -> bytes:
    """Return a PNG of one black pixel."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    )


def chunks(picture: bytes) -> list[bytes]:
    """Return the names of the chunks of a PNG whose sums are right."""
    found, place = [], 8
    while place < len(picture):
        (length,) = struct.unpack(">I", picture[place : place + 4])
        told = picture[place + 4 : place + 8 + length]
        assert picture[place + 8 + length : place + 12 + length] == struct.pack(
            ">I", zlib.crc32(told)
        )
        found.append(told[:4])
        place += 12 + length
    return found


def test_a_marked_picture_stays_a_picture() -> None:
    # when
    picture = diagram.marked(dot(), b"<definitions/>")

    # then
    assert chunks(picture) == [b"IHDR", b"tEXt", b"IDAT", b"IEND"]


def test_a_picture_knows_its_diagram_from_a_changed_one() -> None:
    # given
    picture = diagram.marked(dot(), b"<definitions/>")

    # then
    assert diagram.shows(picture, b"<definitions/>")
    assert not diagram.shows(picture, b"<definitions />")
    assert not diagram.shows(dot(), b"<definitions/>")


@pytest.mark.parametrize("drawn", DIAGRAMS, ids=lambda file: file.stem)
def test_the_pictures_of_a_shipped_process_show_it_as_it_is(drawn: Path) -> None:
    # given
    pictures = sorted(drawn.parent.glob("picture-*.png"))

    # when
    stale = [
        each.name for each in pictures if not diagram.shows(each.read_bytes(), drawn.read_bytes())
    ]

    # then
    assert pictures
    assert stale == [], "Draw them anew: python -m tools.diagram"
