"""A deployed form as a page shows it, and what a browser sends back for it.

What a form may hold and what a submission means is decided by :mod:`engine.forms`; this module
pairs each field with the value, the error and the visibility it has on one page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.forms import Field, FieldKind, Option, initial, options_of, parse, visible

#: ``= next_step = "close"``, or with ``!=``: what a browser can follow while the person chooses.
#: Other reasons to hide the field may stand before it, with ``or``: those are as the server says.
_FOLLOWED = re.compile(
    r"""(?!.*\b(?:if|for|some|every)\b)(?:(.*)\bor\b)?=?\s*([A-Za-z]\w*)\s*(!?=)\s*"([^"\\]*)"\s*""",
    re.ASCII | re.DOTALL,
)
#: Variables whose text goes out through a channel, so that its limit matters while writing.
_COMPOSED = {"answer", "reply", "text"}


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field, or one piece of layout, as the template shows it."""

    field: Field
    value: Any = None
    error: str | None = None
    options: tuple[Option, ...] = ()
    hidden: bool = False  #: as things stand; the browser may show it when another field changes
    hide_field: str | None = None  #: hidden while this field ...
    hide_value: str | None = None  #: ... has this value,
    hide_unless: bool = False  #: or, where this is True, has another one

    @property
    def composes(self) -> bool:
        """Tell whether the text goes out through a channel."""
        return self._is_answer and not self.field.readonly

    @property
    def offers(self) -> bool:
        """Tell whether such a text is shown to somebody who cannot change it."""
        return self._is_answer and self.field.readonly

    @property
    def _is_answer(self) -> bool:
        return self.field.kind is FieldKind.TEXTAREA and self.field.key in _COMPOSED

    def chosen(self, option: Option) -> bool:
        """Tell whether ``option`` is, or is among, the value."""
        if isinstance(self.value, list | tuple):
            return option.value in self.value or str(option.value) in self.value
        return self.value is not None and str(option.value) == str(self.value)


def fields(
    schema: Mapping[str, Any],
    variables: Mapping[str, Any],
    *,
    sent: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> list[FieldView]:
    """Return the fields of a form in order.

    Args:
        schema: form-js JSON.
        variables: what the user task sees.
        sent: what a person sent before; wins over the variables.
        errors: one sentence for each field that was refused.
    """
    values = initial(schema, variables) | dict(sent or {})
    seen = {**variables, **values}
    found = parse(schema)
    return [
        _view(field, values, seen, errors or {}, hidden=not shown)
        for field, shown in zip(found, visible(found, seen), strict=True)
    ]


def submitted(schema: Mapping[str, Any], form: MultiDict[str, str]) -> dict[str, Any]:
    """Return what a browser sent for the fields of a form, still as texts.

    A check box that is not ticked is not sent at all, so its absence means no; any other field
    that is absent was hidden.
    """
    data: dict[str, Any] = {}
    for field in parse(schema):
        if not field.kind.takes_input or field.readonly:
            continue
        if field.kind is FieldKind.CHECKBOX:
            data[field.key] = field.key in form
        elif field.kind.gives_list:
            data[field.key] = form.getlist(field.key)
        elif field.key in form:
            data[field.key] = form[field.key]
    return data


def opened_with(schema: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that the fields of the form show, as they are now."""
    keys = (field.key for field in parse(schema) if field.kind.takes_input)
    return {key: variables[key] for key in keys if key in variables}


def _view(
    field: Field,
    values: Mapping[str, Any],
    seen: Mapping[str, Any],
    errors: Mapping[str, str],
    *,
    hidden: bool,
) -> FieldView:
    name, value, unless = _followed(field, seen, hidden=hidden) or (None, None, False)
    return FieldView(
        field=field,
        value=values.get(field.key),
        error=errors.get(field.key),
        options=options_of(field, seen),
        hidden=hidden,
        hide_field=name,
        hide_value=value,
        hide_unless=unless,
    )


def _followed(
    field: Field, seen: Mapping[str, Any], *, hidden: bool
) -> tuple[str, str, bool] | None:
    """Return the field, its value, and whether it is another one, that alone hide ``field``.

    None: a browser cannot tell, or another reason hides it anyway.
    """
    found = _FOLLOWED.fullmatch(field.hide[0].text.strip()) if len(field.hide) == 1 else None
    if found is None:
        return None
    besides, name, sign, value = found.groups()
    unless = sign == "!="
    if (
        besides is not None
        and hidden
        and not visible([field], {**seen, name: value if unless else None})[0]
    ):
        return None
    return name, value, unless
