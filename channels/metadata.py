"""What cameras and programs write beside a picture: taken out, with no picture encoded anew.

A photograph tells where and when it was made, by which telephone, and what it showed before it was
cut; none of that is meant for a customer. Files are walked by their own structure and only what
makes the picture is kept, so what nobody here knows goes too. How a camera was held stays: without
it, the picture would lie on its side. Films keep their length, for their tables tell positions;
tracks of their own, in which action cameras write their way, stay. PDF files are not looked into.

Pure. Facts: ITU T.81 (JPEG), the PNG specification of 2025, RFC 9649 (WebP), GIF89a of 1990 with
the loop that Netscape added, ISO 14496-12 (MP4), and TIFF 6.0 for what EXIF is written in.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping

from channels.media import GIF, JPEG, MP4, PNG, WEBP

#: Where a scan of a JPEG ends: at any marker that is no part of it. What may fill the space before
#: one stays with the scan: a pattern for that, too, takes hours for a file that is full of it.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_SOI, _EOI, _SOS, _APP1 = b"\xff\xd8", 0xD9, 0xDA, 0xE1
#: Markers without a length.
_BARE = {0x01, *range(0xD0, 0xD8)}
#: Markers of comments and of what programs add; of the latter these are part of the picture.
_ADDED = {*range(0xE0, 0xF0), 0xFE}
_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_EXIF = b"Exif\0\0"
#: Bytes of a JFIF segment before the sides of its thumbnail, which may show more than the picture.
_JFIF = 12
#: Chunks of PNG that may be left out, and change how the picture looks, or how it moves.
_LOOKS = {b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"sPLT",
          b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT"}  # fmt: skip
_SHOWN = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
#: Flags of a WebP that say whether EXIF, and XMP, follow.
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
#: Blocks of a GIF, and its extensions: how long the next picture is shown, what programs add, and
#: words in place of a picture, which no program shows any more.
_IMAGE, _EXTENSION, _TRAILER = 0x2C, 0x21, 0x3B
_CONTROL, _APPLICATION, _WORDS = 0xF9, 0xFF, 0x01
#: Those who say in a GIF how often it moves, and the number of what they say it with.
_LOOPS, _TIMES = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}, 1
#: Boxes of a film that hold others, those that tell of it, and those that tell when it was made.
_ROOMS, _TOLD = {b"moov", b"trak", b"mdia"}, {b"udta", b"meta", b"uuid"}
_DATED = {b"mvhd", b"tkhd", b"mdhd"}
_ORIENTATION, _SHORT = 0x0112, 3


def without_metadata(content: bytes, type: str) -> bytes:
    """Return a file without what is not for its viewers; of a type that has no such it is the same.

    Raises:
        ValueError: it is not built as files of its type are, so nobody can say what is in it.
    """
    walk = _WALKS.get(type)
    try:
        return walk(content) if walk else content
    except (struct.error, IndexError) as error:
        raise ValueError("It ends in the middle of something.") from error


def orientation_of(exif: bytes) -> int:
    """Return how the camera was held, from 1 (upright) to 8; 1 also where that cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, at)
        for number in range(count):
            entry = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * number)
            if entry[:2] == (_ORIENTATION, _SHORT):
                return entry[3] if 1 <= entry[3] <= 8 else 1
    except struct.error:
        pass
    return 1


def _turned(exif: bytes) -> bytes | None:
    """Return EXIF that tells the orientation alone; None where the picture stands upright."""
    held = orientation_of(exif.removeprefix(_EXIF))
    if held == 1:
        return None
    entry = struct.pack(">HHIHH", _ORIENTATION, _SHORT, 1, held, 0)
    return b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)


def _jpeg(content: bytes) -> bytes:
    kept, at, turned = [_SOI], 2, False
    while True:
        if content[at] != 0xFF:
            raise ValueError("There is something between two parts of it.")
        while content[at] == 0xFF:
            at += 1
        marker, at = content[at], at + 1
        if marker == _EOI:
            break  # and whatever follows: other pictures, films
        if marker in _BARE:
            kept.append(bytes((0xFF, marker)))
            continue
        (size,) = struct.unpack_from(">H", content, at)
        part = content[at + 2 : at + size]
        if size < 2 or len(part) != size - 2:
            raise ValueError("It ends in the middle of a part.")
        at += size
        if marker == _APP1 and part.startswith(_EXIF) and not turned:
            exif = _turned(part)
            turned = exif is not None
            part = _EXIF + exif if exif else b""
        elif marker in _ADDED:
            part = _of_the_picture(marker, part)
        if part or marker not in _ADDED:
            kept.append(struct.pack(">BBH", 0xFF, marker, len(part) + 2) + part)
        if marker == _SOS:
            end = _MARKER.search(content, at)
            kept.append(content[at : end.start() if end else len(content)])
            if end is None:
                break  # cut off; what there is is shown
            at = end.start()
    return b"".join((*kept, bytes((0xFF, _EOI))))


def _of_the_picture(marker: int, part: bytes) -> bytes:
    """Return what a part that a program added says of the picture itself; empty: nothing."""
    begins = _KEPT.get(marker)
    if begins is None or not part.startswith(begins):
        return b""
    return part[:_JFIF] + bytes(2) if begins == _KEPT[0xE0] else part


def _png(content: bytes) -> bytes:
    kept, at, kind = [content[:8]], 8, b""
    while kind != b"IEND":
        size, kind = struct.unpack_from(">I4s", content, at)
        chunk = content[at : at + size + 12]
        if len(chunk) != size + 12 or not kind.isalpha():
            raise ValueError("It ends in the middle of a part.")
        at += len(chunk)
        if kind == b"eXIf" and (exif := _turned(chunk[8:-4])):
            check = zlib.crc32(kind + exif)
            kept.append(struct.pack(">I4s", len(exif), kind) + exif + struct.pack(">I", check))
        # Of a kind that begins with a capital letter nothing may be left out.
        elif kind[:1].isupper() or kind in _LOOKS:
            kept.append(chunk)
    return b"".join(kept)


def _webp(content: bytes) -> bytes:
    (whole,) = struct.unpack_from("<I", content, 4)
    if whole + 8 > len(content):
        raise ValueError("It ends before its end.")
    parts: list[tuple[bytes, bytes]] = []
    turned = False
    for kind, data in _chunks(content[12 : whole + 8]):
        if kind in _SHOWN:
            parts.append((kind, data))
        elif kind == b"EXIF" and not turned and (exif := _turned(data)):
            turned = True
            parts.append((kind, exif))
    kept = [b"WEBP"]
    for kind, data in parts:
        if kind == b"VP8X":
            flags = data[0] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if turned else 0)
            data = bytes((flags,)) + data[1:]
        kept.append(kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2))
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        kind, size = struct.unpack_from("<4sI", content, at)
        data = content[at + 8 : at + 8 + size]
        if len(data) != size:
            raise ValueError("It ends in the middle of a part.")
        yield kind, data
        at += 8 + size + size % 2


def _gif(content: bytes) -> bytes:
    at = 13 + _colours(content[10])
    if at > len(content):
        raise ValueError("It ends in the middle of a part.")
    kept, control = [content[:at]], b""
    while at < len(content) and (kind := content[at]) != _TRAILER:
        begin = at
        if kind == 0:
            at += 1  # some programs fill with it
        elif kind == _EXTENSION:
            label, at = content[at + 1], _blocks_end(content, at + 2)
            if label == _CONTROL:
                control = content[begin:at]
            elif label == _APPLICATION:
                kept.append(_loop(content[begin:at]))
            elif label == _WORDS:
                control = b""
        elif kind == _IMAGE:
            at = _blocks_end(content, at + 11 + _colours(content[at + 9]))
            kept += (control, content[begin:at])
            control = b""
        else:
            raise ValueError("There is something between two parts of it.")
    if all(one[:1] != bytes((_IMAGE,)) for one in kept):
        raise ValueError("It ends before its first picture.")
    return b"".join((*kept, bytes((_TRAILER,))))


def _colours(flags: int) -> int:
    """Return how many bytes a table of colours takes, as its flags say."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _blocks_end(content: bytes, at: int) -> int:
    """Return where blocks end, each of which says how long it is; one without length is last."""
    while size := content[at]:
        at += size + 1
    return at + 1


def _loop(extension: bytes) -> bytes:
    """Return how often a GIF moves, as a program added it; empty where it says something else."""
    name, said = extension[3:14], extension[14:]
    if extension[2] != len(name) or name not in _LOOPS or said[:2] != bytes((3, _TIMES)):
        return b""
    return extension[:14] + said[:4] + b"\0"


def _mp4(content: bytes) -> bytes:
    film = bytearray(content)
    rooms = [(0, len(film))]
    while rooms:
        at, end = rooms.pop()
        while at < end:
            size, kind = struct.unpack_from(">I4s", film, at)
            head = 8
            if size == 1:
                (size,), head = struct.unpack_from(">Q", film, at + 8), 16
            size = size or end - at
            if size < head or at + size > end:
                raise ValueError("A part of it is longer than what it is a part of.")
            if kind in _ROOMS:
                rooms.append((at + head, at + size))
            elif kind in _TOLD:
                film[at + 4 : at + 8] = b"free"
                film[at + head : at + size] = bytes(size - head)
            elif kind in _DATED:
                # Behind the version and its flags: two moments, of 8 bytes each in version 1.
                first = at + head + 4
                last = min(first + (16 if film[at + head] else 8), at + size)
                film[first:last] = bytes(max(last - first, 0))
            at += size
    return bytes(film)


_WALKS: Mapping[str, Callable[[bytes], bytes]] = {
    JPEG: _jpeg, PNG: _png, WEBP: _webp, GIF: _gif, MP4: _mp4,
}  # fmt: skip
