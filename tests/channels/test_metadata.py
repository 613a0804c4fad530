"""What cameras write beside a picture does not leave the house; the picture does, as it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from channels.media import GIF, JPEG, MP4, PDF, PNG, WEBP
from channels.metadata import orientation_of, without_metadata
from tests.pictures import (
    TOLD,
    box,
    exif,
    film,
    gif,
    gif_extension,
    gif_picture,
    jpeg,
    jpeg_part,
    png,
    png_chunk,
    webp,
)

EXIF = b"Exif\0\0"
LOOP = gif_extension(0xFF, b"NETSCAPE2.0", b"\x01\x05\0")
SHOWN = gif_extension(0xF9, b"\x04\x0a\0\0")
ICC, ADOBE = b"ICC_PROFILE\0\x01\x01colours", b"Adobe\0d\0\0\0\0\x01"


@pytest.mark.parametrize(
    ("type", "content", "left"),
    [
        (JPEG, jpeg(jpeg_part(0xE1, EXIF + exif())), jpeg()),
        (JPEG, jpeg(jpeg_part(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + TOLD)), jpeg()),
        (JPEG, jpeg(jpeg_part(0xED, TOLD), jpeg_part(0xFE, TOLD), jpeg_part(0xEB, TOLD)), jpeg()),
        (JPEG, jpeg(jpeg_part(0xE2, b"MPF\0" + TOLD)) + jpeg(jpeg_part(0xE1, TOLD)), jpeg()),
        (JPEG, jpeg(scan=b"\x12\xff\xc4\0\x04ab\xff\xfe\0\x03c" + jpeg_part(0xDA, b"1") + b"\x34"),
         jpeg(scan=b"\x12\xff\xc4\0\x04ab" + jpeg_part(0xDA, b"1") + b"\x34")),
        (JPEG, jpeg(jpeg_part(0xE2, ICC), jpeg_part(0xEE, ADOBE)),
         jpeg(jpeg_part(0xE2, ICC), jpeg_part(0xEE, ADOBE))),
        (JPEG, jpeg(end=b""), jpeg()),
        (JPEG, jpeg().replace(b"\0\x01\0\x01\0\0", b"\0\x01\0\x01\x01\x01" + TOLD[:3], 1)
         .replace(b"\xff\xe0\0\x10", b"\xff\xe0\0\x13"), jpeg()),
        (PNG, png(b"x", png_chunk(b"eXIf", exif()), png_chunk(b"tEXt", TOLD)), png(b"x")),
        (PNG, png(b"x", png_chunk(b"iTXt", TOLD), png_chunk(b"zTXt", TOLD),
                  png_chunk(b"tIME", TOLD), png_chunk(b"caBX", TOLD)), png(b"x")),
        (PNG, png() + TOLD, png()),
        (PNG, png(b"x", png_chunk(b"PLTE", b"abc"), png_chunk(b"tRNS", b"\0")),
         png(b"x", png_chunk(b"PLTE", b"abc"), png_chunk(b"tRNS", b"\0"))),
        (WEBP, webp((b"EXIF", exif()), (b"XMP ", TOLD), (b"WHAT", TOLD), flags=0x2C) + TOLD,
         webp(flags=0x20)),
        (MP4, film(box(b"udta", TOLD), box(b"trak", box(b"meta", TOLD))),
         film(box(b"free", bytes(len(TOLD))), box(b"trak", box(b"free", bytes(len(TOLD)))))),
        (MP4, film(box(b"trak", box(b"tkhd", b"\0\0\0\x07" + TOLD[:8] + b"1234")
                       + box(b"mdia", box(b"mdhd", b"\x01\0\0\0" + TOLD[:16] + b"1234")))),
         film(box(b"trak", box(b"tkhd", b"\0\0\0\x07" + bytes(8) + b"1234")
                  + box(b"mdia", box(b"mdhd", b"\x01\0\0\0" + bytes(16) + b"1234"))))),
        (GIF, gif(SHOWN, gif_extension(0xFE, TOLD, TOLD), gif_picture(colours=True), SHOWN),
         gif(SHOWN, gif_picture(colours=True), SHOWN)),
        (GIF, gif(LOOP, gif_extension(0xFF, b"XMP DataXMP", TOLD), colours=False),
         gif(LOOP, colours=False)),
        (GIF, gif(gif_extension(0xFF, b"NETSCAPE2.0", b"\x01\x05\0", TOLD)), gif(LOOP)),
        (GIF, gif(gif_extension(0xFF, b"NETSCAPE2.0", TOLD), gif_extension(0xFF, TOLD)), gif()),
        (GIF, gif(SHOWN, gif_extension(0x01, bytes(12), TOLD), gif_extension(0x99, TOLD)), gif()),
        (GIF, gif(b"\0") + TOLD, gif()),
        (GIF, gif(end=b""), gif()),
        (PDF, b"%PDF-1.7", b"%PDF-1.7"),
    ],
)  # fmt: skip
def test_only_what_makes_the_picture_is_left(type: str, content: bytes, left: bytes) -> None:
    found = without_metadata(content, type)
    assert found == left
    assert TOLD not in found
    assert without_metadata(found, type) == found


def test_a_file_that_is_made_to_keep_us_busy_is_walked_once() -> None:
    # What may fill the space before a marker, a million times, and no marker.
    full = jpeg(scan=b"\xff" * 1_000_000 + b"\0")
    assert without_metadata(full, JPEG) == full
    # Blocks of one byte.
    many = gif(gif_extension(0xFE, *[b"x"] * 1_000_000))
    assert without_metadata(many, GIF) == gif()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("type", "with_exif"),
    [
        (JPEG, lambda told: jpeg(jpeg_part(0xE1, EXIF + told))),
        (PNG, lambda told: png(b"x", png_chunk(b"eXIf", told))),
        (WEBP, lambda told: webp((b"EXIF", EXIF + told), flags=0x08)),
    ],
)
def test_a_picture_taken_sideways_does_not_come_to_lie_on_its_side(
    type: str, with_exif: Callable[[bytes], bytes], order: str
) -> None:
    found = without_metadata(with_exif(exif(6, order)), type)
    at = found.index(b"MM\0*")
    assert orientation_of(found[at:]) == 6
    assert b"phone" not in found
    assert without_metadata(found, type) == found


@pytest.mark.parametrize(
    "told", [b"", b"MM", b"MM\0*\0\0\0\x08", b"XX" + exif(6)[2:], exif(9), exif(0)]
)
def test_what_cannot_be_read_of_a_camera_is_upright(told: bytes) -> None:
    assert orientation_of(told) == 1


@pytest.mark.parametrize(
    ("type", "content"),
    [
        (JPEG, b"\xff\xd8\xff"), (JPEG, b"\xff\xd8\xff\xe1\xff\xff"), (JPEG, b"\xff\xd8\xffJFIF"),
        (JPEG, jpeg()[:30]), (PNG, b"\x89PNG\r\n\x1a\n a picture"), (PNG, png()[:-1]),
        (WEBP, webp()[:-1]), (WEBP, b"RIFF\x04\0\0\0"), (MP4, film()[:-1]),
        (GIF, b"GIF89a moving"), (GIF, b"GIF89a"), (GIF, gif()[:15]), (GIF, gif()[:-2]),
        (GIF, gif(TOLD)), (MP4, film(box(b"tkhd", b""))[:-6]),
        (MP4, b"\0\0\0\x04ftyp"), (MP4, b"\0\0\0\x01ftypisom"),
    ],
)  # fmt: skip
def test_a_file_in_which_nobody_can_say_what_is_is_damaged(type: str, content: bytes) -> None:
    with pytest.raises(ValueError, match=r"It ends|part|between"):
        without_metadata(content, type)
