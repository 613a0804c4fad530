"""What a channel account is told, as a form shows it, and what a browser sends back for it.

A secret is never shown again: its input is empty whatever is kept or was typed, and empty means
that it stays as it is. What has to be told comes first; what has a default is folded away.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from channels.fields import Field

#: Names of the inputs start with these, so that no field of a network meets one of the page.
SET, FORGET = "set.", "forget"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing to be told, as the template shows it."""

    field: Field
    value: str = ""  #: never of a secret
    error: str | None = None
    kept: bool = False  #: a secret that the account has

    @property
    def name(self) -> str:
        """Return the name of its input."""
        return SET + self.field.name

    @property
    def on(self) -> bool:
        """Tell whether a flag is set."""
        return self.value.lower() in {"yes", "true", "on", "1"}

    @property
    def must(self) -> bool:
        """Tell whether the form cannot be sent without an answer of the person."""
        return self.field.required and not self.field.default and not self.kept

    @property
    def first(self) -> bool:
        """Tell whether it is shown at once: it has to be told, is secret, or a server's address."""
        field = self.field
        told = field.required or field.kind == "address"
        return field.secret or bool(told and not field.default)


def asked(
    fields: Sequence[Field],
    *,
    told: Mapping[str, Any] | None = None,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    kept: Collection[str] = (),
) -> list[Asked]:
    """Return the form of an account.

    Args:
        fields: of the network.
        told: settings of an account that is there.
        typed: what came with a form that is shown again, by name of the field.
        errors: what is wrong, by name of the field.
        kept: names of the secrets the account has.
    """
    views = []
    for field in fields:
        value = "" if field.secret else _shown(field, told, typed)
        error = (errors or {}).get(field.name)
        views.append(Asked(field, value, error, field.secret and field.name in kept))
    return views


def given(fields: Sequence[Field], form: MultiDict[str, str]) -> dict[str, str]:
    """Return what a browser sent for the fields, by name. Of a check box the last word counts."""
    sent = {field.name: form.getlist(SET + field.name) for field in fields}
    return {name: values[-1] for name, values in sent.items() if values}


def forgotten(fields: Sequence[Field], form: MultiDict[str, str]) -> list[str]:
    """Return the names of the optional secrets that are to be kept no longer."""
    optional = {field.name for field in fields if field.secret and not field.required}
    return [name for name in form.getlist(FORGET) if name in optional]


def _shown(field: Field, told: Mapping[str, Any] | None, typed: Mapping[str, str] | None) -> str:
    if typed is not None:
        return typed.get(field.name, "")
    if told is None:
        return field.default
    value = told.get(field.name, "")
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
