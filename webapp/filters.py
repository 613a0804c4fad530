"""How moments, people and states are written on pages.

Time is shown as a distance («in 12 min») with the exact moment on hover, in the person's zone or
else that of the workspace. The same words are made in ``frontend/src/times.js``, which keeps
them true while a page stays open.

Vocabulary: an *urgency* is ``late``, ``soon`` (due within the hour) or ``calm``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, g
from flask_login import current_user
from markupsafe import Markup, escape

from channels.costs import dollars
from channels.networks import title_of
from channels.policy import RULES
from engine.figures import COUNTED
from webapp.assets import icon
from webapp.services import services

SOON = timedelta(hours=1)
_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

_URGENCIES = (
    ("calm", "clock", ""),
    ("soon", "alarm", "Soon: "),
    ("late", "alert-triangle", "Late: "),
)
_NETWORK_ICONS = {
    "x": "brand-x",
    "mastodon": "brand-mastodon",
    "bluesky": "brand-bluesky",
    "email": "mail",
    "facebook": "brand-facebook",
    "instagram": "brand-instagram",
    "reddit": "brand-reddit",
    "slack": "brand-slack",
    "mattermost": "message-circle",
    "discourse": "bubble-text",
    "form": "forms",
    "feed": "rss",
    "feeds": "rss",
    "phone": "phone",
    "webhook": "webhook",
    "recorded": "history",
    "demo": "messages",
}
#: Networks on which nobody is addressed with a sign before the name: a number, a name of our own.
_UNADDRESSED = frozenset({"email", "feed", "form", "phone", "webhook"})


def now() -> datetime:
    """Return the present of the engine, UTC; one request sees one present."""
    moment: datetime | None = g.get("now")
    if moment is None:
        moment = g.now = services().engine.clock.now()
    return moment


def zone() -> ZoneInfo:
    """Return the zone of the person who looks, else that of the workspace, else UTC."""
    found: ZoneInfo | None = g.get("zone")
    if found is None:
        wanted = getattr(current_user, "zone", "") or services().engine.workspace.zone
        try:
            found = g.zone = ZoneInfo(wanted)
        except (ZoneInfoNotFoundError, ValueError):
            found = g.zone = ZoneInfo("UTC")
    return found


def distance(moment: datetime, since: datetime) -> str:
    """Return how far ``moment`` is from ``since`` in words: ``"in 12 min"``, ``"3 days ago"``."""
    seconds = (moment - since).total_seconds()
    size = abs(seconds)
    if size < 45:
        return "just now" if seconds <= 0 else "in under a minute"
    if size < 90 * _MINUTE:
        text = f"{_rounded(size / _MINUTE)} min"
    elif size < 36 * _HOUR:
        text = f"{_rounded(size / _HOUR)} h"
    else:
        days = _rounded(size / _DAY)
        text = f"{days} {'day' if days == 1 else 'days'}"
    return f"{text} ago" if seconds < 0 else f"in {text}"


def lateness(due: datetime, since: datetime) -> str:
    """Return a due date in words: ``"in 12 min"``, ``"now"`` or ``"2 h late"``."""
    text = distance(due, since)
    if text == "just now":
        return "now"
    return f"{text.removesuffix(' ago')} late" if due < since else text


def urgency(due: datetime | None, since: datetime) -> str:
    """Return ``late``, ``soon`` or ``calm``; what has no due date is calm."""
    if due is None or due - since > SOON:
        return "calm"
    return "late" if due < since else "soon"


def exact(moment: datetime) -> str:
    """Return a moment to the minute in the reader's zone: ``"Sun 22 Nov 2026, 18:52 UTC"``."""
    return moment.astimezone(zone()).strftime("%a %-d %b %Y, %H:%M %Z")


def clock_time(moment: datetime) -> str:
    """Return the time of day, with the date in front when it is another day."""
    local = moment.astimezone(zone())
    today = now().astimezone(zone()).date()
    return local.strftime("%H:%M" if local.date() == today else "%-d %b %H:%M")


def when(moment: datetime | None) -> Markup:
    """Return a moment as a ``<time>`` with the distance as text and the exact moment on hover."""
    if moment is None:
        return Markup('<span class="muted">never</span>')
    return _time(moment, distance(moment, now()))


def due(moment: datetime | None, clock: str = "Due") -> Markup:
    """Return a due date with its urgency as colour, icon and word, and whose clock it is."""
    if moment is None:
        return Markup('<span class="due due-none">no due date</span>')
    present = now()
    state = urgency(moment, present)
    signs = _signs(*(icon(sign, size="sm") for _, sign, _ in _URGENCIES))
    title = escape(f"{clock}: {exact(moment)}")
    time = _time(moment, lateness(moment, present), titled=False)
    return Markup(  # noqa: S704 - escaped above
        f'<span class="due due-{state}" data-due="{state}" title="{title}">{signs}{time}</span>'
    )


def initials(name: str) -> str:
    """Return up to two letters for an avatar; the first sign of a name without letters."""
    words = [word for word in name.replace(".", " ").replace("_", " ").split() if word]
    letters = [word[0] for word in words if word[0].isalnum()][:2]
    return "".join(letters).upper() or name[:1] or "?"


def network_icon(channel: str) -> str:
    """Return the name of the icon of a network."""
    return _NETWORK_ICONS.get(channel, "world")


def network_title(channel: str) -> str:
    """Return what people call a network: ``"Facebook Page"``; one we do not have, by its key."""
    known = g.get("networks")
    if known is None:
        known = g.networks = services().accounts.networks()
    found = known.get(channel)
    return title_of(found) if found else channel.capitalize()


def addressed(handle: str, channel: str) -> str:
    """Return a handle as people of its network write it: ``@maya``, or the number of a phone."""
    plain = channel in _UNADDRESSED or "@" in handle or " " in handle
    return handle if plain else f"@{handle}"


def words(identifier: str | None) -> str:
    """Return an id as words: ``"answer_complaint"`` and ``"answerComplaint"`` read alike."""
    if not identifier:
        return ""
    spaced = "".join(f" {c.lower()}" if c.isupper() else c for c in identifier)
    text = spaced.replace("_", " ").replace("-", " ").strip()
    return text[:1].upper() + text[1:]


def mood(sentiment: float | None) -> tuple[str, str]:
    """Return icon and word for a sentiment between -1 and 1."""
    if sentiment is None:
        return "mood-neutral", "not measured"
    if sentiment <= -0.25:
        return "mood-sad", "angry" if sentiment <= -0.6 else "unhappy"
    return ("mood-smile", "happy") if sentiment >= 0.25 else ("mood-neutral", "neutral")


def priority(value: int) -> str:
    """Return a priority between 0 and 100 as a word."""
    return "high" if value >= 70 else "normal" if value >= 40 else "low"


def value_text(value: Any) -> str:
    """Return a JSON value as people read it in a tree of variables."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def as_written(value: Any) -> str:
    """Return a JSON value as programs write it, so that a text is told from a number."""
    return json.dumps(value, ensure_ascii=False, default=str)


def thousands(number: int) -> str:
    """Return a large count short: ``"12.4 k"``."""
    if number < 10_000:
        return f"{number:,}"
    return f"{number / 1000:.1f} k" if number < 1_000_000 else f"{number / 1_000_000:.1f} m"


def counted(number: int) -> str:
    """Return a number that was counted up to a bound: ``"1,000+"`` when counting ended there."""
    return total([number])


def total(numbers: Iterable[int]) -> str:
    """Return the sum of such numbers: ``"3,120+"`` when counting one of them ended early."""
    found = list(numbers)
    return f"{sum(found):,}{'+' if any(number >= COUNTED for number in found) else ''}"


def warned(rules: str | None) -> str:
    """Return what rules warned of that a person confirmed, as they are written down."""
    known = [RULES[name][0] for name in (rules or "").split(", ") if name in RULES]
    return " and ".join(known) or "something"


def add_to(app: Flask) -> None:
    """Make the filters known to every template of ``app``."""
    for function in (
        when,
        due,
        exact,
        clock_time,
        initials,
        network_icon,
        network_title,
        addressed,
        words,
        mood,
        priority,
        value_text,
        as_written,
        thousands,
        counted,
        total,
        dollars,
        warned,
    ):
        app.add_template_filter(function)


@lru_cache(maxsize=8)
def _signs(*icons: Markup) -> Markup:
    """Return icon and word of every urgency; the style sheet shows the one that holds."""
    return Markup("").join(
        Markup('<span class="when-{}">{}<span class="sr">{}</span></span>').format(name, sign, word)
        for (name, _, word), sign in zip(_URGENCIES, icons, strict=True)
    )


def _time(moment: datetime, text: str, *, titled: bool = True) -> Markup:
    # Not Markup.format(): it takes twenty times as long, and a page has dozens of moments.
    stamp = moment.astimezone(UTC).isoformat(timespec="seconds")
    title = f' title="{escape(exact(moment))}"' if titled else ""
    html = f'<time datetime="{stamp}" data-rel{title}>{escape(text)}</time>'
    return Markup(html)  # noqa: S704 - escaped above


def _rounded(number: float) -> int:
    # Half up, as JavaScript's Math.round does; Python's round() goes to the even number.
    return int(number + 0.5)
