"""The words of a post or an entry: HTML, as servers of many makes write it, to plain text.

Nothing of the markup is trusted or kept; what is shown is text. Paragraphs, line breaks, lists,
quotations and code keep their shape, and a link whose text is not its address shows both.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from channels.well_formed import tidied

#: Elements that begin and end a line; those with an empty line around them; those without words.
_LINES = frozenset({"div", "li", "tr", "ul", "ol", "dt", "dd", "hr", "figure", "figcaption"})
_BLOCKS = frozenset({"p", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "table"})
_SILENT = frozenset({"script", "style", "template", "noscript", "title", "iframe", "object"})
#: Classes of links whose text says all there is: people and hashtags.
_NAMES = frozenset({"mention", "hashtag"})
#: Elements that are looked at, and what of them is.
_TAGS = _LINES | _BLOCKS | {"a", "br", "img"}
_ATTRIBUTES = {"a": {"href", "class"}, "img": {"alt", "class"}}
#: Quotations within each other that are shown as such: what strangers write may be made to take
#: long to read.
_DEEPEST = 5
#: Stands for a space of code until the end, when no other is touched any more.
_SPACE = "\ue000"
_SPACES = re.compile(r"[ \t\r\n\f]+")
_EDGES = re.compile(r"[ \t]*\n[ \t]*")
_GAPS = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """Return the text of a post as people read it, without trailing space.

    Markup that is broken or cut off gives what can be read of it.
    """
    if "<" not in html and "&" not in html:
        return html.strip()
    reader = _Reader()
    reader.feed(tidied(html, tags=_TAGS, attributes=_ATTRIBUTES, silent=_SILENT))
    reader.close()
    return reader.text()


class _Dot(str):
    """What stands in front of a point of a list: its text follows on the same line."""


class _Reader(HTMLParser):
    """Collects the pieces of a text; a piece that is a number asks for so many line ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str | int] = []
        self._silent = 0
        self._kept = 0  # depth of elements whose spaces are kept
        self._lists: list[int | None] = []  # the next number, or None of a list of dots
        self._quoted: list[int] = []  # where each open quotation begins
        self._deeper = 0  # quotations open beyond those
        self._link: tuple[str, int] | None = None  # address, and where its text begins

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag == "br":
            self._pieces.append("\n")
        elif tag == "a":
            self._open_link({name: value or "" for name, value in attrs})
        elif tag == "img":
            self._picture({name: value or "" for name, value in attrs})
        elif tag in _BLOCKS or tag in _LINES:
            self._open_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        elif tag == "a":
            self._close_link()
        elif tag in _BLOCKS or tag in _LINES:
            self._close_block(tag)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            kept = data.expandtabs(4).replace(" ", _SPACE)
            self._pieces.append(kept if self._kept else _SPACES.sub(" ", data))

    def text(self) -> str:
        """Return what was collected."""
        self._close_link()
        self._deeper = 0
        while self._quoted:
            self._close_block("blockquote")
        return _joined(self._pieces).replace(_SPACE, " ")

    def _open_block(self, tag: str) -> None:
        if not (self._pieces and isinstance(self._pieces[-1], _Dot)):
            self._pieces.append(self._ends(tag))
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "li":
            self._pieces.append(self._dot())
        elif tag == "blockquote" and len(self._quoted) == _DEEPEST:
            self._deeper += 1
        elif tag == "blockquote":
            self._quoted.append(len(self._pieces))
        elif tag == "pre":
            self._kept += 1

    def _close_block(self, tag: str) -> None:
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "blockquote" and self._deeper:
            self._deeper -= 1
        elif tag == "blockquote" and self._quoted:
            begin = self._quoted.pop()
            inner = _joined(self._pieces[begin:])
            quoted = "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
            self._pieces[begin:] = [quoted] if inner else []
        elif tag == "pre":
            self._kept = max(self._kept - 1, 0)
        self._pieces.append(self._ends(tag))

    def _ends(self, tag: str) -> int:
        """Return how many line ends stand around an element: paragraphs of a list are close."""
        return 2 if tag in _BLOCKS and not self._lists else 1

    def _picture(self, attributes: dict[str, str]) -> None:
        """Take what a picture says: emoji are words of their own."""
        told = attributes.get("alt", "").strip()
        if told and not self._silent:
            emoji = "emoji" in attributes.get("class", "").split()
            self._pieces.append(told if emoji else f"[{told}]")

    def _dot(self) -> str:
        if not self._lists or (number := self._lists[-1]) is None:
            return _Dot("- ")
        self._lists[-1] = number + 1
        return _Dot(f"{number}. ")

    def _open_link(self, attributes: dict[str, str]) -> None:
        self._close_link()
        address = attributes.get("href", "")
        told = _NAMES.intersection(attributes.get("class", "").split())
        if address.startswith(("http://", "https://")) and not told:
            self._link = (address, len(self._pieces))

    def _close_link(self) -> None:
        if self._link is None:
            return
        address, begin = self._link
        self._link = None
        shown = _joined(self._pieces[begin:])
        if not shown or _is_address(shown, address):
            self._pieces[begin:] = [address]
        elif not shown.startswith(("@", "#")):
            self._pieces.append(f" ({address})")


def _joined(pieces: list[str | int]) -> str:
    """Return pieces as one text: of line ends that meet, the most that one asks for are made."""
    parts: list[str] = []
    wanted = 0
    for piece in pieces:
        if isinstance(piece, int):
            wanted = max(wanted, piece)
        elif piece.strip(" ") or not wanted:
            if wanted and parts:
                parts.append("\n" * wanted)
            wanted = 0
            parts.append(piece)
    text = _EDGES.sub("\n", "".join(parts).replace("\u200b", "")) if parts else ""
    return _GAPS.sub("\n\n", text).strip()


def _is_address(shown: str, address: str) -> bool:
    """Tell whether the text of a link is its address, perhaps shortened."""
    bare = address.split("://", 1)[1].removeprefix("www.").rstrip("/")
    seen = shown.split("://", 1)[-1].removeprefix("www.").rstrip("/").rstrip("…").rstrip(".")
    return bool(seen) and bare.startswith(seen)
