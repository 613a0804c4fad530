"""HTML of a mail as safe text: what a person would read of it, without what it is made of."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from channels.well_formed import tidied

_TAGS = {
    "a", "blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "img", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "img": {"alt"}}
_SILENT = {"script", "style", "title", "head"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "table", "ul", "ol", "dl"}
_LINES = {"div", "tr", "li", "dt", "dd", "hr", "blockquote"}
#: Quotations within quotations that are told apart.
_DEEPEST = 5
#: White space of HTML, in which a no-break space is none.
_SPACE = re.compile(r"[ \t\r\n\f]+")


def text_in(html: str) -> str:
    """Return the words of ``html``. Quotations become lines that begin with ``>``."""
    reader = _Reader()
    reader.feed(tidied(html, tags=_TAGS, attributes=_ATTRIBUTES, silent=_SILENT))
    reader.close()
    return reader.text()


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
