"""Files of replies: of which type one is, and what a network says about those it carries.

Pure: nothing here calls a network or opens a row. What somebody uploads is believed in nothing but
its bytes: its type is read from how it begins, and its name is only ever shown or saved under.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

#: Bytes of one file that is kept at most; files that one user task may add.
LARGEST, MOST = 16 * 1024**2, 20
#: Characters of an alternative text that are kept at most.
LONGEST_ALT = 2_000
_LONGEST_NAME = 120

JPEG, PNG, WEBP, GIF = "image/jpeg", "image/png", "image/webp", "image/gif"
MP4, PDF = "video/mp4", "application/pdf"
#: How a file of each type may be called; the first is added where a name says otherwise.
ENDINGS: Mapping[str, tuple[str, ...]] = {
    JPEG: ("jpg", "jpeg"), PNG: ("png",), WEBP: ("webp",), GIF: ("gif",), MP4: ("mp4", "m4v"),
    PDF: ("pdf",),
}  # fmt: skip
PICTURES = frozenset({JPEG, PNG, WEBP})
EVERYTHING = frozenset(ENDINGS)
#: Brands by which a film of MPEG-4 names itself; pictures (HEIC, AVIF) and sounds have others.
_FILMS = re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4V |MSNV|dash|mmp4")


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes out with a reply."""

    id: int
    name: str
    type: str  #: as its bytes say, such as ``image/png``; empty: there is no such file any more
    size: int  #: bytes
    digest: str  #: SHA-256 of the content
    alt: str = ""  #: what it shows, for people who cannot see it
    content: bytes = field(default=b"", repr=False)  #: only while it is sent


@dataclass(frozen=True, slots=True)
class Allowed:
    """Files of one kind that a reply may carry."""

    what: str  #: how people call several of them, such as ``pictures``
    types: frozenset[str]
    most: int
    largest: int  #: bytes of each


@dataclass(frozen=True, slots=True)
class MediaRules:
    """What a network says about the files of one reply. As it is: it carries none."""

    kinds: tuple[Allowed, ...] = ()
    mixed: bool = False  #: several kinds may go together
    alt: int = LONGEST_ALT  #: characters of an alternative text
    whole: int | None = None  #: bytes of all files together; None: as they come


#: What X says, and whoever behaves like it.
LIKE_X = MediaRules(
    (
        Allowed("pictures", PICTURES, most=4, largest=5 * 1024**2),
        Allowed("GIFs", frozenset({GIF}), most=1, largest=15 * 1024**2),
        Allowed("films", frozenset({MP4}), most=1, largest=512 * 1024**2),
    ),
    alt=1_000,
)
#: The same in a message to one person.
LIKE_X_IN_PRIVATE = MediaRules(
    tuple(Allowed(one.what, one.types, 1, one.largest) for one in LIKE_X.kinds), alt=1_000
)


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that the files of a reply break."""

    message: str
    cure: str

    def __str__(self) -> str:
        """Return both, as a refusal says it."""
        return f"{self.message} {self.cure}"


def type_of(content: bytes) -> str | None:
    """Return the type that the first bytes of a file tell; None for any that is not sent."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp" and _FILMS.match(content[8:12]):
        return MP4
    return PDF if content.startswith(b"%PDF-") else None


def name_of(told: str, type: str) -> str:
    """Return the name a file is kept and sent under: one that does not hide of which type it is."""
    bare = PurePosixPath(told.replace("\\", "/")).name
    plain = "".join(sign for sign in bare if sign.isprintable() and sign not in '<>:"|?*')
    stem, dot, ending = plain.strip(". ").rpartition(".")
    if dot and ending.lower() in ENDINGS[type]:
        return f"{stem[:_LONGEST_NAME]}.{ending.lower()}"
    return f"{plain.strip('. ')[:_LONGEST_NAME] or 'file'}.{ENDINGS[type][0]}"


def alt_of(told: str) -> str:
    """Return an alternative text as it is kept: one paragraph, and not endless."""
    return " ".join(told.replace("\0", "").split())[:LONGEST_ALT]


def broken(
    files: Sequence[Enclosure], rules: MediaRules, network: str, *, private: bool = False
) -> tuple[Broken, ...]:
    """Return the rules of ``network`` that the files of one reply break, with the cures."""
    if gone := [str(one.id) for one in files if not one.type]:
        told = f"There is no file {', '.join(gone)} in this conversation."
        return (Broken(told, "Add it anew."),)
    if files and not rules.kinds:
        where = " in a private reply" if private else ""
        return (Broken(f"{network} carries no files{where}.", "Take them out."),)
    return (*_one_by_one(files, rules, network), *_together(files, rules, network))


def with_alts(text: str, files: Sequence[Enclosure]) -> str:
    """Return all words of a reply: what describes its files is read by the public, too."""
    return "\n".join((text, *(one.alt for one in files if one.alt)))


def kept(files: Sequence[Enclosure]) -> list[dict[str, Any]]:
    """Return files as they are kept with their reply; what they hold is kept elsewhere."""
    names = ("id", "name", "type", "size", "digest", "alt")
    return [{name: getattr(one, name) for name in names} for one in files]


def read(stored: Sequence[Mapping[str, Any]] | None) -> tuple[Enclosure, ...]:
    """Return files as :func:`kept` wrote them."""
    return tuple(Enclosure(**one) for one in stored or ())


def megabytes(size: int) -> str:
    """Return a size as people read it."""
    if size < 1_000:
        return f"{size} bytes"
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"


def _one_by_one(files: Sequence[Enclosure], rules: MediaRules, network: str) -> Iterator[Broken]:
    for one in files:
        kind = _kind(one, rules)
        if kind is None:
            told = " and ".join(each.what for each in rules.kinds)
            yield Broken(
                f"{one.name} is {ENDINGS[one.type][0].upper()}; {network} carries {told} alone.",
                "Take it out.",
            )
        elif one.size > kind.largest:
            yield Broken(
                f"{one.name} has {megabytes(one.size)}; {network} carries {kind.what} of "
                f"{megabytes(kind.largest)} at most.",
                "Save it smaller and add it anew.",
            )
        if len(one.alt) > rules.alt:
            yield Broken(
                f"The description of {one.name} has {len(one.alt)} characters; {network} carries "
                f"{rules.alt}.",
                f"Shorten it by {len(one.alt) - rules.alt}.",
            )


def _together(files: Sequence[Enclosure], rules: MediaRules, network: str) -> Iterator[Broken]:
    counts = Counter(kind for one in files if (kind := _kind(one, rules)) is not None)
    for kind, count in counts.items():
        if count > kind.most:
            yield Broken(
                f"There are {count} {kind.what}; {network} carries {kind.most} in one reply.",
                f"Take {count - kind.most} out.",
            )
    if len(counts) > 1 and not rules.mixed:
        told = " and ".join(kind.what for kind in counts)
        yield Broken(f"{network} does not carry {told} together.", "Leave one kind of them.")
    size = sum(one.size for one in files)
    if rules.whole is not None and size > rules.whole:
        yield Broken(
            f"All files have {megabytes(size)}; {network} carries {megabytes(rules.whole)}.",
            "Take some out, or save them smaller.",
        )


def _kind(file: Enclosure, rules: MediaRules) -> Allowed | None:
    return next((kind for kind in rules.kinds if file.type in kind.types), None)
