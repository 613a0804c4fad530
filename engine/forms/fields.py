"""The fields of a form, as pages show them and submissions are checked against."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from engine.bpmn.expressions import Expression


class FieldKind(StrEnum):
    """The components of form-js that are known, by its own names."""

    TEXTFIELD = "textfield"
    TEXTAREA = "textarea"
    NUMBER = "number"
    CHECKBOX = "checkbox"
    SELECT = "select"
    RADIO = "radio"
    CHECKLIST = "checklist"
    TAGLIST = "taglist"
    DATETIME = "datetime"
    FILEPICKER = "filepicker"  #: ids of files that somebody added
    TEXT = "text"  #: static text
    GROUP = "group"  #: heading of the fields that follow with the same ``group``
    SEPARATOR = "separator"
    SPACER = "spacer"

    @property
    def takes_input(self) -> bool:
        """Say whether somebody fills it in."""
        return self not in _STATIC

    @property
    def has_options(self) -> bool:
        """Say whether its values come from a list."""
        return self in _WITH_OPTIONS

    @property
    def gives_list(self) -> bool:
        """Say whether its value is a list."""
        return self in (FieldKind.CHECKLIST, FieldKind.TAGLIST, FieldKind.FILEPICKER)


_STATIC = {FieldKind.TEXT, FieldKind.GROUP, FieldKind.SEPARATOR, FieldKind.SPACER}
_WITH_OPTIONS = {FieldKind.SELECT, FieldKind.RADIO, FieldKind.CHECKLIST, FieldKind.TAGLIST}


@dataclass(frozen=True, slots=True)
class Option:
    """One value a person may choose."""

    value: Any  #: text, number or boolean
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One component of a form. Groups are flat: their members follow them in the list."""

    kind: FieldKind
    key: str  #: name of the variable; empty for what takes no input
    id: str = ""
    label: str = ""
    description: str = ""
    text: str = ""  #: plain text of a static component
    required: bool = False
    readonly: bool = False  #: shown, never taken from a submission
    min_length: int | None = None  #: characters
    max_length: int | None = None  #: characters
    minimum: float | None = None
    maximum: float | None = None
    digits: int | None = None  #: decimal digits a number may have
    pattern: re.Pattern[str] | None = None  #: found somewhere in the text
    pattern_hint: str = ""  #: what a text that fits looks like
    options: tuple[Option, ...] = ()
    options_from: str | None = None  #: variable that holds the options as a list
    default: Any = None
    subtype: str = ""  #: of datetime: ``date``, ``time`` or ``datetime``
    group: str = ""  #: id of the group around it
    #: Each has to be false for the field to be shown: its own condition and those of its groups.
    hide: tuple[Expression, ...] = ()
