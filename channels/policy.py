"""What may be said in a reply: rules of a workspace, and what they find in a text.

Pure functions: they are told the text, the rules and what is known around them. A finding either
blocks the reply or warns; a person may send it in spite of a warning. What has to stay private is
looked for in public replies alone; banned phrases everywhere.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import phonenumbers

from channels import personal, phrases
from channels.errors import PolicyRejectedError


class Level(StrEnum):
    """What a finding of a rule does."""

    OFF = "off"  #: nothing; it is not looked for
    WARN = "warn"  #: it is shown, and a person may send the reply all the same
    BLOCK = "block"  #: the reply is not sent


#: The rules, what each finds, and what it does unless a workspace says otherwise.
RULES: Mapping[str, tuple[str, Level]] = {
    "phone": ("a phone number", Level.BLOCK),
    "email": ("an e-mail address", Level.BLOCK),
    "card": ("the number of a payment card", Level.BLOCK),
    "iban": ("a bank account (IBAN)", Level.BLOCK),
    "order": ("an order number", Level.BLOCK),
    "banned": ("a banned phrase", Level.BLOCK),
    "link": ("a link on a network that charges for it", Level.WARN),
    "same_text": ("words that went out from another account", Level.WARN),
}
#: Longest list of a rule, and longest line of it.
MOST_LINES, LONGEST_LINE = 500, 200
#: Texts shorter than this, counted in letters and digits, are alike by chance: "Thank you!"
ALIKE_FROM = 25


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be said in one workspace."""

    levels: Mapping[str, Level] = field(
        default_factory=lambda: {name: level for name, (_, level) in RULES.items()}
    )
    #: Countries, by two letters, whose phone numbers are known in their national form.
    regions: Sequence[str] = ("GB", "US", "DE", "FR", "ES", "IT")
    #: Phone numbers, e-mail addresses and domains of our own, which may be said.
    own: Sequence[str] = ()
    #: Forms of order numbers, such as ``NW-######``: see :func:`channels.personal.pattern`.
    orders: Sequence[str] = ()
    banned: Sequence[str] = ()
    #: Channels on which the same words from two accounts are held against both.
    alike_on: Sequence[str] = ("x",)
    #: Seconds for which the replies of people wait, so that they can be withdrawn.
    grace: int = 0


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around a text."""

    private: bool = False  #: only the customer will read it
    can_be_private: bool = False  #: the network could carry it to the customer alone
    link_price: str | None = None  #: what it costs because of a link in it, such as ``"$0.20"``
    said_elsewhere: bool = False  #: the same words went out from another account


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that a rule speaks of."""

    rule: str  #: one of :data:`RULES`
    level: Level
    excerpt: str  #: as it stands in the text; empty when it is the whole of it
    message: str
    cure: str


def check(text: str, rules: Rules, around: Around) -> tuple[Finding, ...]:
    """Return what the rules find in a text, what blocks it first."""
    found = [
        *(() if around.private else _personal(text, rules, around)),
        *_banned(text, rules),
        *(() if around.private else _public(text, rules, around)),
    ]
    kept = [one for one in found if one.level is not Level.OFF]
    return tuple(sorted(kept, key=lambda one: one.level is not Level.BLOCK))


def blocking(found: Iterable[Finding]) -> list[Finding]:
    """Return those that block."""
    return [one for one in found if one.level is Level.BLOCK]


def refusal(found: Iterable[Finding]) -> str:
    """Return why a text is not sent, in one line, without the data nobody should read."""
    told = dict.fromkeys(f"{RULES[one.rule][0]}" for one in blocking(found))
    return f"Not sent: the reply holds {' and '.join(told)}. " + next(
        one.cure for one in blocking(found)
    )


def token(found: Iterable[Finding]) -> str:
    """Return what stands for exactly these warnings: a person confirms them, and no later ones."""
    told = "\n".join(sorted(f"{one.rule}:{one.excerpt}" for one in found))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:24]


def said(text: str) -> str | None:
    """Return a digest of what a text says, whatever its spelling; None for short ones.

    Addresses of people at its beginning, links, marks, and the number of a part do not count.
    """
    plain = _LINK.sub(" ", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"^(?:\s*@[\w.@-]+)+|\s\(\d+/\d+\)\Z", " ", plain)
    words = re.findall(r"\w+", plain.casefold())
    if sum(map(len, words)) < ALIKE_FROM:
        return None
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()


def read(stored: Mapping[str, Any] | None) -> Rules:
    """Return the rules as they were stored; what is missing or not understood is as usual."""
    usual = Rules()
    if not stored:
        return usual
    levels = {
        name: Level(level) if (level := _map(stored.get("levels")).get(name)) in set(Level)
        else usual.levels[name]
        for name in RULES
    }  # fmt: skip
    lists = {
        name: tuple(str(one) for one in stored[name])
        for name in ("regions", "own", "orders", "banned", "alike_on")
        if isinstance(stored.get(name), list | tuple)
    }
    grace = stored.get("grace")
    return replace(
        usual, levels=levels, grace=grace if type(grace) is int and grace > 0 else 0, **lists
    )


def write(rules: Rules) -> dict[str, Any]:
    """Return the rules as they are stored.

    Raises:
        PolicyRejectedError: a list, a country or a form of numbers does not do.
    """
    errors = {}
    for name in ("own", "orders", "banned", "regions", "alike_on"):
        lines = getattr(rules, name)
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            errors[name] = f"At most {MOST_LINES} lines of {LONGEST_LINE} characters each."
    if strange := set(rules.regions) - phonenumbers.SUPPORTED_REGIONS:
        errors["regions"] = (
            f"No country: {', '.join(sorted(strange))}. Use two letters, such as GB."
        )
    if vague := [one for one in rules.orders if sum(sign in "#@" for sign in one) < 3]:
        errors["orders"] = (
            f"{vague[0]!r} fits too much. Use at least three of # (digit), @ (letter)."
        )
    if not 0 <= rules.grace <= 3600:
        errors["grace"] = "Between 0 and 3600 seconds."
    if errors:
        raise PolicyRejectedError(errors)
    return {
        "levels": {name: level.value for name, level in rules.levels.items()},
        "regions": list(rules.regions),
        "own": list(rules.own),
        "orders": list(rules.orders),
        "banned": list(rules.banned),
        "alike_on": list(rules.alike_on),
        "grace": rules.grace,
    }


def _map(told: object) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _personal(text: str, rules: Rules, around: Around) -> Iterator[Finding]:
    way_out = "Take it out, or send the reply to the customer alone."
    cure = way_out if around.can_be_private else "Take it out: everybody could read it."
    looked_for = {name for name in personal.KINDS if rules.levels[name] is not Level.OFF}
    if not looked_for:
        return
    for one in personal.found(text, regions=rules.regions, orders=rules.orders, own=rules.own):
        message = f"The text holds {RULES[one.kind][0]}, and everybody can read it."
        yield Finding(one.kind, rules.levels[one.kind], one.text, message, cure)


def _banned(text: str, rules: Rules) -> Iterator[Finding]:
    plain = phrases.plain(text)
    for phrase in rules.banned:
        if found := phrases.pattern(phrase).search(plain):
            message = f"The text says “{found[0].strip()}”, which this workspace does not say."
            yield Finding("banned", rules.levels["banned"], found[0].strip(), message, "Reword it.")


def _public(text: str, rules: Rules, around: Around) -> Iterator[Finding]:
    if around.link_price:
        yield Finding(
            "link",
            rules.levels["link"],
            "",
            f"A post with a link costs {around.link_price} on this network.",
            "Leave the link out, or send it all the same.",
        )
    if around.said_elsewhere:
        yield Finding(
            "same_text",
            rules.levels["same_text"],
            "",
            "The same words went out from another account. The network may hold that against both.",
            "Say it in other words, or send it all the same.",
        )


_LINK = re.compile(r"https?://\S+", re.IGNORECASE)
