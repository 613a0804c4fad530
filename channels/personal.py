"""Personal data in a text: what nobody should read in a public reply.

Numbers are believed only when they prove themselves: a card by its issuer, length and check digit,
an IBAN by its country's length and its remainder, a phone number by the plan of its country and by
the way it is written. Dates, times, sums and numbers of tickets look much the same and are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import Leniency, MatchType, PhoneNumberMatch, PhoneNumberMatcher

#: Kinds of personal data, as rules name them.
KINDS = ("phone", "email", "card", "iban", "order")


@dataclass(frozen=True, slots=True)
class Personal:
    """One piece of personal data."""

    kind: str  #: one of :data:`KINDS`
    text: str  #: as it stands in the text
    start: int


#: Not behind another @: ``@bob@example.social`` is how a network names somebody in public.
_EMAIL = re.compile(
    r"(?<![\w@.+%-])[\w.+%-]{1,64}@(?:[^\W_](?:[\w-]{0,62}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w@])"
)
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"(?<![\w+])\d(?:[ \-\u00a0\u2011]?\d){11,18}(?!\w|[-.,]\d)")
#: Issuers by their first digits, and how long their numbers are.
_ISSUERS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6011|65|64[4-9]"), {16, 19}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16, 19}),
    (re.compile(r"30[0-5]|3[689]"), {14, 16, 19}),
    (re.compile(r"62"), {16, 17, 18, 19}),
)
_IBAN = re.compile(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ \u00a0]?[A-Za-z0-9]){11,30}")
#: Length of the IBANs of each country, from the registry of SWIFT.
_IBAN_LENGTHS = {
    country: length
    for length, countries in (
        (15, "NO"), (16, "BE"), (18, "DK FI FO GL NL SD FK"), (19, "MK SI"),
        (20, "AT BA EE KZ LT LU XK MN"), (21, "CH HR LI LV"), (22, "BG BH CR DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM TL SO"), (24, "AD CZ ES MD PK RO SA SE SK TN VG"), (25, "LY PT ST"),
        (26, "IS TR"), (27, "BI DJ FR GR IT MC MR SM"), (28, "AL AZ BY CY DO GT HU LB NI PL SV"),
        (29, "BR EG PS QA UA"), (30, "JO KW MU"), (31, "MT SC"), (32, "LC"), (33, "RU"),
    )
    for country in countries.split()
}  # fmt: skip
#: What is no phone number, though its digits may make one: addresses of pages, names of people and
#: topics, dates, times and sums.
_OTHER = re.compile(
    r"""
      \bhttps?://\S+ | \bwww\.\S+ | [@\#]\w[\w.-]*
    | (?<![-./\d])\d{1,4}([-./])\d{1,2}\1\d{1,4}\b (?![-./]\d)
      (?:[ T,]{1,2}\d{1,2}[:.]\d{2}(?:[:.]\d{2})?)?
    | (?<![:.\d])\d{1,2}[:.h]\d{2}\b (?![:.]\d) (?:[ ]?[-\u2013][ ]?\d{1,2}[:.h]\d{2}\b)?
    | [$€£¥₹][ ]?\d[\d.,' ]*
    | \b\d[\d.,']*[ ]?(?:[$€£¥₹%]|EUR|USD|GBP|CHF|INR|JPY|kg|km|GB|MB)(?!\w)
    | \b(?:19|20)\d{2}[ ]?[-\u2013/][ ]?(?:19|20)\d{2}\b
    """,
    re.VERBOSE,
)
#: Words before a number that say what it is, in the languages the product is used in most.
_CALLED = re.compile(
    r"(?:\b(?:tel|telefon\w*|t[eé]l[eé]fon\w*|telephone|phone|call|dial|ring|mobile?|mobil\w*|handy\w*|"
    r"fax|sms|whatsapp|anruf\w*|rufen?|ruft|appel\w*|joindre|portable|ll[aá]m\w*|m[oó]vil|celular|"
    r"chiam\w*|cellulare|bel|bellen|ligue|telem[oó]vel|zadzwo\w*|numer telefonu)\b"
    r"|\u260e|\u260f|\U0001f4de|\U0001f4f1|\u7535\u8bdd|\u96fb\u8a71|\u0647\u0627\u062a\u0641)"
    r"[^\n]{0,25}\Z",
    re.IGNORECASE,
)
_NUMBERED = re.compile(
    r"(?:[#№]|\bn[°º]|\b(?:no|nr|num|id|ticket|case|order|ref|reference|invoice|tracking|parcel|"
    r"shipment|booking|claim|contract|account|meter|customer|serial|version|flight|"
    r"\w*nummer|\w*auftrag|bestellung|rechnung|sendung|paket|vorgang|vertrag|fall|kunde|z[aä]hler|"
    r"pedido|factura|caso|env[ií]o|expediente|reserva|contrato|cliente|"
    r"commande|dossier|facture|suivi|colis|r[eé]f[eé]rence|contrat|"
    r"ordine|fattura|pratica|spedizione|bestelling|zaak|zam[oó]wieni\w*)\b)"
    r"(?:[\s.:-]{0,3}(?:no|nr|n[°º]|number|n[uú]mero|num[eé]ro|numer|id|code)\b)?"
    r"(?:[\s.:#№°º-]|\b(?:n|is|ist|es|est|lautet)\b){0,6}\Z",
    re.IGNORECASE,
)


def found(
    text: str, *, regions: Sequence[str], orders: Sequence[str] = (), own: Sequence[str] = ()
) -> list[Personal]:
    """Return the personal data in a text, in its order.

    Args:
        text: what is to be said.
        regions: countries by their two letters, whose national phone numbers are known.
        orders: patterns of numbers that name a customer's order, see :func:`pattern`.
        own: phone numbers, addresses and domains of our own, which anybody may know.
    """
    seen: list[Personal] = []
    left = text
    for kind, spans in (
        ("iban", _ibans), ("card", _cards), ("email", _emails),
        ("order", lambda told: _orders(told, orders)),
        ("phone", lambda told: _phones(told, regions, own)),
    ):  # fmt: skip
        here = [Personal(kind, text[start:end], start) for start, end in spans(left)]
        for one in here:
            # A number is one thing only; nothing else is looked for where it stood.
            left = _blanked(left, one.start, one.start + len(one.text))
        seen += here
    ours = {each.casefold().lstrip("@") for each in own}
    return sorted(
        (one for one in seen if one.kind != "email" or not _is_ours(one.text, ours)),
        key=lambda one: one.start,
    )


@lru_cache(maxsize=256)
def pattern(told: str) -> re.Pattern[str]:
    """Return what finds numbers of the form ``told``, such as ``NW-######``.

    ``#`` stands for a digit and ``@`` for a letter; anything else for itself, in any case.
    """
    signs = {"#": r"\d", "@": r"[^\W\d_]"}
    body = "".join(signs.get(sign, re.escape(sign)) for sign in told)
    return re.compile(rf"(?<!\w){body}(?!\w)", re.IGNORECASE)


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match[0][:2].upper())
        places = [at for at, sign in enumerate(match[0]) if sign.isalnum()]
        if length is None or len(places) < length:
            continue
        end = places[length - 1] + 1
        compact = "".join(match[0][at] for at in places[:length]).upper()
        if int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1:
            yield match.start(), match.start() + end


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _DIGITS.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        known = any(first.match(digits) and len(digits) in lengths for first, lengths in _ISSUERS)
        if known and len(set(digits)) > 1 and _luhn(digits):
            yield match.span()


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(sum(divmod(two, 10)) for two in doubled)) % 10 == 0


def _emails(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _EMAIL.finditer(text))


def _is_ours(address: str, ours: Iterable[str]) -> bool:
    told = address.casefold()
    domain = told.rpartition("@")[2]
    return any(told == one or domain == one or domain.endswith(f".{one}") for one in ours)


def _orders(text: str, patterns: Sequence[str]) -> Iterator[tuple[int, int]]:
    for told in patterns:
        yield from (match.span() for match in pattern(told).finditer(text))


def _phones(text: str, regions: Sequence[str], own: Sequence[str]) -> Iterator[tuple[int, int]]:
    if len(_DIGIT.findall(text)) < 7:
        return
    for other in _OTHER.finditer(text):
        text = _blanked(text, *other.span())
    matches = [
        match
        for region in (*regions, None)
        for match in PhoneNumberMatcher(text, region, Leniency.VALID)
    ]
    # The same digits are a number in several countries, and ours in one of them.
    ours = {(match.start, match.end) for match in matches if _is_our_phone(match, own)}
    ends = 0
    for match in sorted(matches, key=lambda one: (one.start, -one.end)):
        span = (match.start, match.end)
        if span not in ours and match.start >= ends and _reads_as_phone(text, match):
            ends = match.end
            yield span


def _reads_as_phone(text: str, match: PhoneNumberMatch) -> bool:
    """Tell whether the way a number is written, and what stands before it, make it a phone's."""
    before = text[max(0, match.start - 40) : match.start]
    if match.raw_string.startswith("+") or _CALLED.search(before):
        return True
    if _NUMBERED.search(before):
        return False
    written = match.raw_string
    return written.startswith(("0", "(")) or not written.isdigit()


def _is_our_phone(match: PhoneNumberMatch, own: Sequence[str]) -> bool:
    close = (MatchType.EXACT_MATCH, MatchType.NSN_MATCH)
    return any(
        phonenumbers.is_number_match(match.number, told) in close
        for told in own
        if sum(sign.isdigit() for sign in told) >= 5
    )


def _blanked(text: str, start: int, end: int) -> str:
    return f"{text[:start]}{'¦' * (end - start)}{text[end:]}"
