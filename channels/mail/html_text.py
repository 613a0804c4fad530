"""HTML of a mail as safe text: what a person would read of it, without what it is made of."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import nh3

#: Characters of HTML that are looked at.
LONGEST = 200_000
#: Elements within elements. What makes it safe takes a time that grows with the square of them.
_DEEPEST_ELEMENT = 800
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>?")
#: They hold nothing, or end where the next one begins.
_SHALLOW = {
    "br", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "p", "td", "th", "tr", "wbr",
}  # fmt: skip
_TAGS = {
    "a", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "img", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "tr", "ul",
}  # fmt: skip
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "ul", "ol", "dl"}
_LINES = {"div", "tr", "li", "dt", "dd", "hr", "blockquote"}
#: Quotations within quotations that are told apart.
_DEEPEST = 5
#: White space of HTML, in which a no-break space is none.
_SPACE = re.compile(r"[ \t\r\n\f]+")


def text_in(html: str) -> str:
    """Return the words of ``html``. Quotations become lines that begin with ``>``."""
    html = html[:LONGEST]
    if _is_too_deep(html):
        return unescape(_TAG.sub(" ", html)).strip()
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}, "img": {"alt"}},
        clean_content_tags={"script", "style", "title", "head"},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.text()


def _is_too_deep(html: str) -> bool:
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _SHALLOW:
            depth = max(depth + (-1 if tag[1] else 1), 0)
        if depth > _DEEPEST_ELEMENT:
            return True
    return False


class _Reader(HTMLParser):
    """Puts words on lines. It is given cleaned HTML, whose tags are closed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._quoted = 0
        self._preformatted = 0
        self._link: tuple[str, str] | None = None  #: where a link leads, and the line before it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "br":
            self._end_line()
        elif tag == "img":
            self._line += f"[{alt}]" if (alt := (told.get("alt") or "").strip()) else ""
        elif tag == "a":
            self._link = (told.get("href") or "", self._line)
        elif tag in {"td", "th"} and self._line.strip():
            self._line += " "
        else:
            self._block(tag)
        self._quoted += tag == "blockquote"
        self._preformatted += tag == "pre"
        if tag == "li":
            self._line = "- "

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
            return
        self._block(tag)
        self._quoted = max(self._quoted - (tag == "blockquote"), 0)
        self._preformatted = max(self._preformatted - (tag == "pre"), 0)

    def handle_data(self, data: str) -> None:
        if self._preformatted:
            *whole, last = data.split("\n")
            for line in whole:
                self._line += line
                self._end_line()
            self._line += last
            return
        words = _SPACE.sub(" ", data)
        self._line += words.lstrip(" ") if not self._line or self._line.endswith(" ") else words

    def text(self) -> str:
        self._block("div")
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def _end_link(self) -> None:
        target, before = self._link or ("", "")
        self._link = None
        shown = self._line.removeprefix(before).strip()
        bare = target.removeprefix("mailto:").removeprefix("tel:")
        if target and shown and bare.rstrip("/") not in shown and shown not in bare:
            self._line += f" ({bare[:300]})"

    def _block(self, tag: str) -> None:
        if tag not in _PARAGRAPHS and tag not in _LINES:
            return
        if self._line.strip():
            self._end_line()
        if tag in _PARAGRAPHS and self._lines and self._lines[-1].strip("> "):
            self._lines.append(self._mark())
        self._line = ""

    def _end_line(self) -> None:
        self._lines.append(self._mark() + self._line.replace("\xa0", " ").rstrip())
        self._line = ""

    def _mark(self) -> str:
        return "> " * min(self._quoted, _DEEPEST)
