"""What a form looks like and asks for, read from the settings of its account."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from channels.fields import Field
from channels.model import ChannelAccount

LANGUAGES = ("en", "de", "es", "fr")
_COLOUR = "#2450c8"
#: Submissions an hour, of a form.
_PER_HOUR = 200
FIELDS = (
    Field("title", "Title", "Stands above the form.", default="Write to us"),
    Field("intro", "Introduction", "A sentence or two below the title.", required=False),
    Field("language", "Language", "Of the form itself.", default="en", choices=LANGUAGES),
    Field(
        "origins",
        "Pages that may embed it",
        "Their origins, such as https://www.acme.example, with blanks between. Left empty: none; "
        "the form has a link of its own.",
        required=False,
    ),
    Field("colour", "Brand colour", "Of the button, such as #2450c8.", default=_COLOUR),
    Field("ask_name", "Ask for the name", default="yes", kind="flag"),
    Field("ask_email", "Ask for the e-mail address", default="yes", kind="flag"),
    Field("ask_order", "Ask for the order number", default="yes", kind="flag"),
    Field(
        "per_hour",
        "Submissions an hour",
        "Of all people together; what is beyond is refused.",
        default=str(_PER_HOUR),
        kind="number",
    ),
)
_HEX = re.compile(r"#[0-9a-f]{6}")
_HOST = re.compile(r"[a-z0-9.-]{1,253}|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True)
class Form:
    """A form. What was told and cannot be is as if nobody had told it."""

    title: str
    intro: str
    language: str
    colour: str  #: ``#rrggbb``
    origins: tuple[str, ...]  #: of the pages that may embed it
    asks: frozenset[str]  #: of ``name``, ``email``, ``order``
    per_hour: int

    @classmethod
    def of(cls, account: ChannelAccount) -> Form:
        """Read the settings of an account."""
        told = account.settings
        colour = str(told.get("colour") or "").lower()
        language = str(told.get("language") or "")
        per_hour = told.get("per_hour")
        origins = (origin_of(word) for word in str(told.get("origins") or "").split())
        return cls(
            title=str(told.get("title") or FIELDS[0].default),
            intro=str(told.get("intro") or ""),
            language=language if language in LANGUAGES else LANGUAGES[0],
            colour=colour if _HEX.fullmatch(colour) else _COLOUR,
            origins=tuple(one for one in origins if one is not None),
            asks=frozenset(
                one for one in ("name", "email", "order") if told.get(f"ask_{one}", True)
            ),
            per_hour=max(1, int(per_hour)) if isinstance(per_hour, int | float) else _PER_HOUR,
        )

    @property
    def ink(self) -> str:
        """Return the colour of letters that can be read on the brand colour: black or white."""
        red, green, blue = (int(self.colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        light = 0.2126 * _linear(red) + 0.7152 * _linear(green) + 0.0722 * _linear(blue)
        return "#000000" if light > 0.179 else "#ffffff"


def origin_of(text: str) -> str | None:
    """Return an origin as policies of browsers write it; None for anything else."""
    try:
        parts = urlsplit(text.strip().rstrip("/").lower())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{host}{port}"


def _linear(part: float) -> float:
    """Return the light of a part of a colour, as WCAG 2 counts it."""
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
