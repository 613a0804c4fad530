"""A stand-in for a blog with a feed: RSS or Atom, asked whether it has changed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from html import escape

from tests.networks.stand_in import Heard, StandIn, Told


@dataclass
class Entry:
    title: str
    html: str
    at: datetime | None
    id: str | None = None
    link: str | None = None
    author: str | None = None
    changed_at: datetime | None = None


@dataclass
class Blog(StandIn):
    """The blog. ``shown`` entries stand in its feed, the newest first."""

    atom: bool = False
    shown: int = 1_000
    entries: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def writes(self, html: str, at: datetime | None, title: str = "News", **more: str) -> Entry:
        number = len(self.entries) + 1
        names = {"id": f"urn:entry:{number}", "link": f"https://blog.example/{number}"}
        self.entries.append(Entry(title, html, at, **(names | more)))  # type: ignore[arg-type]
        return self.entries[-1]

    def answer(self, call: Heard) -> Told:
        content = (self._atom() if self.atom else self._rss()).encode()
        etag = f'"{hashlib.sha256(content).hexdigest()[:12]}"'
        if call.headers.get("If-None-Match") == etag:
            return Told(304, b"", {"ETag": etag})
        kind = "application/atom+xml" if self.atom else "application/rss+xml"
        return Told(200, content, {"ETag": etag, "content-type": kind})

    def _rss(self) -> str:
        items = []
        for one in reversed(self.entries[-self.shown :]):
            parts = [
                f"<title>{escape(one.title)}</title>",
                f"<description>{escape(one.html)}</description>",
                f"<link>{one.link}</link>" if one.link else "",
                f'<guid isPermaLink="false">{one.id}</guid>' if one.id else "",
                f"<pubDate>{format_datetime(one.at)}</pubDate>" if one.at else "",
                f"<dc:creator>{one.author}</dc:creator>" if one.author else "",
            ]
            items.append(f"<item>{''.join(parts)}</item>")
        head = '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        return f"{head}<channel><title>The Blog</title>{''.join(items)}</channel></rss>\n"

    def _atom(self) -> str:
        entries = [
            f"<entry><title>{escape(one.title)}</title><id>{one.id}</id>"
            f'<link rel="alternate" href="{one.link}"/>'
            f"<author><name>{one.author or 'Ann'}</name></author>"
            f"<published>{one.at:%Y-%m-%dT%H:%M:%SZ}</published>"
            f"<updated>{(one.changed_at or one.at):%Y-%m-%dT%H:%M:%SZ}</updated>"
            f'<content type="html">{escape(one.html)}</content></entry>'
            for one in reversed(self.entries[-self.shown :])
        ]
        head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Blog</title>'
        return f"{head}{''.join(entries)}</feed>"
