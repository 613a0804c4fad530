"""Checks what was submitted against a form, whoever submitted it.

A submission holds texts, as browsers send them, or JSON values. What the form does not have, does
not show or does not let people change is dropped: it never reaches a variable.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from engine.forms.fields import Field, FieldKind, Option
from engine.forms.patterns import TEXT_LENGTH
from engine.forms.reading import parse
from engine.forms.visibility import visible

#: Characters of a text where the form sets no lower limit.
LONGEST_TEXT = 20_000
MOST_FILES = 20
_TRUE = {"true", "on", "1", "yes"}
_FALSE = {"false", "off", "0", "no", ""}
#: NUL, and half of a character.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class _Refused(Exception):  # noqa: N818 - never leaves this module
    """The value does not fit its field; the text is for the person who filled it in."""


def initial(schema: Mapping[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """Return what each field shows first: the variable of its key, or its default.

    Fields with neither are left out.
    """
    values: dict[str, Any] = {}
    for field in parse(schema):
        if not field.kind.takes_input:
            continue
        value = variables.get(field.key)
        value = field.default if value is None else value
        if value is not None:
            values[field.key] = value
    return values


def options_of(field: Field, variables: Mapping[str, Any]) -> tuple[Option, ...]:
    """Return the options of ``field``; those from a variable are texts or ``{value, label}``."""
    listed = variables.get(field.options_from) if field.options_from else None
    found = list(field.options)
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, Mapping) and isinstance(entry.get("value"), str | int | float):
            found.append(Option(entry["value"], str(entry.get("label") or entry["value"])))
        elif isinstance(entry, str | int | float):
            found.append(Option(entry, str(entry)))
    return tuple(found)


def validate(
    schema: Mapping[str, Any],
    data: Mapping[str, Any],
    *,
    variables: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the clean data, and one sentence for each field that needs attention, by key.

    Args:
        schema: the form.
        data: what was submitted. A field that is missing keeps its variable, or has its default.
        variables: what conditions and options may look at beside the form's own fields.

    Returns:
        Only visible, changeable fields of the form are in the clean data: numbers as numbers,
        checkboxes as booleans, dates as ISO 8601 texts. An emptied field is ``""``, None or ``[]``.
        Clean data must not be used when there are errors.
    """
    fields = [field for field in parse(schema) if field.kind.takes_input]
    known = dict(variables or {})
    submitted, errors = _converted(fields, data, known)
    values = {**known, **_defaults(fields, known), **submitted}
    clean: dict[str, Any] = {}
    for field, shown in zip(fields, visible(fields, values), strict=True):
        if not shown or field.readonly:
            errors.pop(field.key, None)
            continue
        if field.key in errors:
            continue
        value = values.get(field.key)
        complaint = _complaint(field, value)
        if complaint:
            errors[field.key] = complaint
        elif field.key in submitted or (field.key not in known and value is not None):
            clean[field.key] = value
    return clean, errors


def _converted(
    fields: Sequence[Field], data: Mapping[str, Any], variables: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields:
        if field.key not in data or field.readonly:
            continue
        try:
            values[field.key] = _CONVERTERS[field.kind](field, data[field.key], variables)
        except _Refused as refusal:
            errors[field.key] = str(refusal)
        except ValueError:  # a whole number of thousands of digits cannot be written as a text
            errors[field.key] = "Write something shorter."
    return values, errors


def _defaults(fields: Sequence[Field], variables: Mapping[str, Any]) -> dict[str, Any]:
    return {
        field.key: field.default
        for field in fields
        if field.default is not None and variables.get(field.key) is None
    }


def _complaint(field: Field, value: Any) -> str:
    """Return what is wrong with a converted value, or ""."""
    if value is None or value == "" or value == []:
        return "Please fill this in." if field.required else ""
    if field.required and field.kind is FieldKind.CHECKBOX and value is False:
        return "Please tick this."
    if isinstance(value, str):
        return _complaint_about_text(field, value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if field.minimum is not None and value < field.minimum:
            return f"Give {field.minimum:g} or more."
        if field.maximum is not None and value > field.maximum:
            return f"Give {field.maximum:g} or less."
        if field.digits is not None and round(value, field.digits) != value:
            return f"Give at most {field.digits} decimal digits."
    return ""


def _complaint_about_text(field: Field, value: str) -> str:
    length = len(value)
    most = min(field.max_length or LONGEST_TEXT, TEXT_LENGTH if field.pattern else LONGEST_TEXT)
    if field.min_length is not None and length < field.min_length:
        return f"Write at least {field.min_length} characters; there are {length}."
    if length > most:
        return f"Write at most {most} characters; there are {length}."
    if field.pattern is not None and not field.pattern.search(value):
        return f"Write {field.pattern_hint}." if field.pattern_hint else "The form is not right."
    return ""


def _text(field: Field, value: Any, variables: Mapping[str, Any]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str | int | float):
        raise _Refused("Write a text.")
    text = str(value).replace("\r\n", "\n")
    if _UNSTORABLE.search(text):
        raise _Refused("There is a character in it that cannot be stored.")
    return text.strip() if field.kind is FieldKind.TEXTFIELD else text


def _number(field: Field, value: Any, variables: Mapping[str, Any]) -> float | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _Refused("Write a number.")
    text = str(value).strip()[:64]
    try:
        number: float = int(text)
    except ValueError:
        try:
            number = float(text)
        except ValueError as error:
            raise _Refused("Write a number, such as 12.50.") from error
    if not math.isfinite(number) or abs(number) > 10**15:
        raise _Refused("Write a smaller number.")
    return number


def _checkbox(field: Field, value: Any, variables: Mapping[str, Any]) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    word = str(value).strip().lower()
    if word in _TRUE or word in _FALSE:
        return word in _TRUE
    raise _Refused("Tick it or leave it.")


class _Choices:
    """The options of one field, found by their values; there may be thousands."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.options = options
        self._places: dict[tuple[bool, Any], int] = {}
        for place, option in enumerate(options):
            for value in (option.value, _written(option.value)):
                self._places.setdefault((isinstance(value, bool), value), place)

    def place(self, value: Any) -> int:
        """Return where the option is that ``value`` means; browsers send every one as a text."""
        if isinstance(value, str | int | float):
            found = self._places.get((isinstance(value, bool), value))
            if found is not None:
                return found
        raise _Refused("Choose one of the options.")


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _choice(field: Field, value: Any, variables: Mapping[str, Any]) -> Any:
    if value is None or value == "":
        return None
    choices = _Choices(options_of(field, variables))
    return choices.options[choices.place(value)].value


def _choices(field: Field, value: Any, variables: Mapping[str, Any]) -> list[Any]:
    if value is None or value == "":
        return []
    listed = value if isinstance(value, list | tuple) else [value]
    if len(listed) > 1_000:
        raise _Refused("Choose fewer options.")
    choices = _Choices(options_of(field, variables))
    chosen = (choices.place(entry) for entry in listed if entry is not None and entry != "")
    return [choices.options[place].value for place in dict.fromkeys(chosen)]


def _files(field: Field, value: Any, variables: Mapping[str, Any]) -> list[int]:
    """Return ids of files; whether there are such files is known to whoever keeps them."""
    listed = value if isinstance(value, list | tuple) else [value]
    if len(listed) > MOST_FILES:
        raise _Refused(f"Add at most {MOST_FILES} files.")
    texts = [str(one) for one in listed if one is not None and one != ""]
    if any(not (text.isascii() and text.isdecimal() and len(text) < 19) for text in texts):
        raise _Refused("Choose files that were added here.")
    return list(dict.fromkeys(map(int, texts)))


def _moment(field: Field, value: Any, variables: Mapping[str, Any]) -> str | None:
    if value is None or value == "":
        return None
    text = str(value).strip()[:40]
    try:
        if field.subtype == "date":
            return date.fromisoformat(text).isoformat()
        if field.subtype == "time":
            return time.fromisoformat(text).isoformat()
        return datetime.fromisoformat(text).isoformat()
    except ValueError as error:
        examples = {"date": "2026-03-02", "time": "09:30"}
        example = examples.get(field.subtype, "2026-03-02T09:30")
        raise _Refused(f"Write it like {example}.") from error


_CONVERTERS = {
    FieldKind.TEXTFIELD: _text,
    FieldKind.TEXTAREA: _text,
    FieldKind.NUMBER: _number,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.SELECT: _choice,
    FieldKind.RADIO: _choice,
    FieldKind.CHECKLIST: _choices,
    FieldKind.TAGLIST: _choices,
    FieldKind.DATETIME: _moment,
    FieldKind.FILEPICKER: _files,
}
