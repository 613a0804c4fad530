"""What an account of a network has to be told before it can be read, and whether it was told.

A network's file lists its :class:`Field` objects; the form in the web application, the prompts of
``corral channels add`` and the checks are all made from them. Secret ones are kept apart from the
first moment: they are sealed (see :mod:`channels.sealing`) and never shown again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from channels.errors import AccountRejectedError

#: Characters of one answer at most.
LONGEST = 4_000
#: Choices that a message names at most.
MANY = 20
#: Days of the past at most, however many are told: no moment is before the calendar begins.
_MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to be told."""

    name: str  #: its key among the settings, or among the secrets, of the account
    label: str  #: as people read it
    hint: str = ""  #: where to find it, what it is for
    secret: bool = False
    required: bool = True
    default: str = ""
    #: ``text``, ``number``, ``flag`` (yes or no) or ``address`` (http or https)
    kind: str = "text"
    choices: tuple[str, ...] = ()
    #: Whether it says where calls go that bear the secrets. See :func:`asked_anew`.
    leads: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What an account was told, ready to be kept."""

    settings: Mapping[str, Any]
    secrets: Mapping[str, str]


def told(fields: Sequence[Field], given: Mapping[str, str]) -> Told:
    """Return what was given, checked and sorted into settings and secrets.

    Args:
        fields: of the network.
        given: by name of the field; an empty text is the same as nothing.

    Raises:
        AccountRejectedError: something is missing, unknown or wrong; it names each field.
    """
    errors = dict.fromkeys(given.keys() - {one.name for one in fields}, "No such setting.")
    settings: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for field in fields:
        answer = str(given.get(field.name) or field.default).strip()
        try:
            value = _read(field, answer)
        except ValueError as wrong:
            errors[field.name] = str(wrong)
            continue
        if value is None:
            continue
        if field.secret:
            secrets[field.name] = answer
        else:
            settings[field.name] = value
    if errors:
        raise AccountRejectedError(errors)
    return Told(settings, secrets)


def asked_anew(
    fields: Sequence[Field],
    before: Mapping[str, Any],
    now: Mapping[str, Any],
    kept: Collection[str],
) -> dict[str, str]:
    """Return why each secret that would be kept has to be told again; empty: none has.

    A secret was told for one server. Whoever may change where calls go, and does not know it,
    would have it sent to a server of their own.

    Args:
        fields: of the network.
        before: settings of the account as they are.
        now: as they shall be.
        kept: names of the secrets that are not given with the change.
    """
    moved = [
        field.label
        for field in fields
        if field.leads and _leads_to(field, before) != _leads_to(field, now)
    ]
    if not moved:
        return {}
    why = (
        f"Tell it again: {' and '.join(moved)} would change, and what is kept is sent to no other "
        "place than the one it was told for."
    )
    return {field.name: why for field in fields if field.secret and field.name in kept}


def number(told: Any, usual: float) -> float:
    """Return a number of the settings of an account; the usual one where none was told."""
    valid = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if valid else usual


def days(told: Any, usual: float) -> timedelta:
    """Return so many days back as a setting of an account says, or as is usual."""
    return timedelta(days=min(number(told, usual), _MOST_DAYS))


def _leads_to(field: Field, settings: Mapping[str, Any]) -> str:
    told = settings.get(field.name)
    return str(field.default if told is None else told).strip().rstrip("/")


def _read(field: Field, answer: str) -> Any:
    if not answer:
        if field.required:
            raise ValueError("Is missing.")
        return None
    if len(answer) > LONGEST or "\x00" in answer:
        raise ValueError(f"Is longer than {LONGEST} characters, or no text.")
    if field.choices and answer not in field.choices:
        raise ValueError(f"Is none of {_some(field.choices)}.")
    if field.kind == "number":
        return _number(answer)
    if field.kind == "flag":
        return answer.lower() in {"yes", "true", "on", "1"}
    if field.kind == "address":
        return _address(answer)
    return answer


def _some(choices: Sequence[str]) -> str:
    """Return the choices in words; of very many, the first: two hundred explain nothing."""
    few = ", ".join(choices[:MANY])
    return few if len(choices) <= MANY else f"{few} or {len(choices) - MANY} others"


def _number(answer: str) -> float:
    try:
        number = float(answer)
    except ValueError:
        raise ValueError("Is no number.") from None
    if not 0 <= number < 10**12:
        raise ValueError("Is not between 0 and a million millions.")
    return int(number) if number == int(number) else number


def _address(answer: str) -> str:
    try:
        parts = urlsplit(answer)
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("Is no address: write https://host.")
    return answer.rstrip("/")
