"""HTML that strangers wrote, made well-formed before anything of ours reads it.

The parser of the standard library fails on some of what is no HTML, and takes a time that grows
with the square of what is left open. Whoever writes a post could stop its account that way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from html import escape, unescape

import nh3

from channels.storable import clean

#: Characters of HTML that are looked at.
LONGEST = 200_000
#: Elements within elements. What makes it safe takes a time that grows with the square of them.
_DEEPEST = 800
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>?")
#: They hold nothing, or end where the next one begins.
_SHALLOW = {
    "br", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "p", "td", "th", "tr", "wbr",
}  # fmt: skip


def tidied(
    html: str, *, tags: Set[str], attributes: Mapping[str, Set[str]], silent: Set[str]
) -> str:
    """Return ``html`` with these elements and attributes alone, each closed.

    Args:
        html: of whatever make, cut off or not.
        tags: elements that stay; of others their words do.
        attributes: that stay, by element.
        silent: elements whose words go as well.
    """
    html = clean(html[:LONGEST])
    if _is_too_deep(html):
        return escape(unescape(_TAG.sub(" ", html)))
    return nh3.clean(
        html,
        tags=set(tags),
        attributes={tag: set(names) for tag, names in attributes.items()},
        clean_content_tags=set(silent),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    )


def _is_too_deep(html: str) -> bool:
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _SHALLOW:
            depth = max(depth + (-1 if tag[1] else 1), 0)
        if depth > _DEEPEST:
            return True
    return False
