"""Small files as cameras and programs write them, with what they tell beside the picture."""

from __future__ import annotations

import struct
import zlib

#: Where, when and by which telephone: what no file may tell strangers.
TOLD = b"Meier's phone, 52.5200 N 13.4050 E"


def exif(orientation: int = 1, order: str = ">") -> bytes:
    """Return EXIF as cameras write it: another entry first, then how they were held."""
    entries = struct.pack(f"{order}HHII", 0x010F, 2, len(TOLD), 38)
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    head = {">": b"MM\0*", "<": b"II*\0"}[order] + struct.pack(f"{order}IH", 8, 2)
    return head + entries + bytes(4) + TOLD


def png(words: bytes = b"a parcel", *more: bytes) -> bytes:
    """Return a PNG; ``more`` are chunks between its head and its picture."""
    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    chunks = (png_chunk(b"IHDR", head), *more, png_chunk(b"IDAT", words), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return one chunk."""
    check = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + check


def jpeg(
    *more: bytes, scan: bytes = b"\x12\xff\x00\xff\xd0\x34", end: bytes = b"\xff\xd9"
) -> bytes:
    """Return a JPEG; ``more`` are parts before its table and its scan."""
    jfif = jpeg_part(0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0")
    table, begin = jpeg_part(0xDB, bytes(65)), jpeg_part(0xDA, b"\x01\x01\0\0\x3f\0")
    return b"\xff\xd8" + jfif + b"".join(more) + table + begin + scan + end


def jpeg_part(marker: int, data: bytes) -> bytes:
    """Return one part."""
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def webp(*more: tuple[bytes, bytes], flags: int = 0) -> bytes:
    """Return a WebP; ``more`` are chunks behind its picture."""
    chunks = ((b"VP8X", bytes((flags,)) + bytes(9)), (b"VP8 ", b"pixel"), *more)
    body = b"WEBP" + b"".join(
        kind + struct.pack("<I", len(data)) + data + bytes(len(data) % 2) for kind, data in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


def gif(*more: bytes, colours: bool = True, end: bytes = b"\x3b") -> bytes:
    """Return a GIF; ``more`` are blocks between its head and its picture."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80 if colours else 0, 0, 0)
    table = b"\0\0\0\xff\xff\xff"
    return head + (table if colours else b"") + b"".join(more) + gif_picture() + end


def gif_picture(pixels: bytes = b"\x44\x01", *, colours: bool = False) -> bytes:
    """Return one picture of a GIF, with a table of four colours of its own, or without."""
    flags, table = (0x81, bytes(12)) if colours else (0, b"")
    told = struct.pack("<BHHHHB", 0x2C, 0, 0, 1, 1, flags)
    return told + table + b"\x02" + bytes((len(pixels),)) + pixels + b"\0"


def gif_extension(label: int, *blocks: bytes) -> bytes:
    """Return one extension of a GIF."""
    return bytes((0x21, label)) + b"".join(bytes((len(one),)) + one for one in blocks) + b"\0"


def box(kind: bytes, data: bytes) -> bytes:
    """Return one box of a film."""
    return struct.pack(">I4s", len(data) + 8, kind) + data


def film(*more: bytes) -> bytes:
    """Return a film; ``more`` are boxes inside what describes it."""
    describes = box(b"moov", box(b"mvhd", bytes(24)) + b"".join(more))
    return box(b"ftyp", b"isom\0\0\x02\0") + describes + box(b"mdat", b"frames")
