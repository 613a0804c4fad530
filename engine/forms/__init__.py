"""Forms of user tasks: the part of the form-js JSON schema that Corral shows and checks.

A form is read once (:func:`read_form`), shown field by field (:func:`parse`, :func:`initial`,
:func:`visible`) and checked again when it is submitted (:func:`validate`), whoever sends
it. Nothing here knows a page or a database.

Known components: textfield, textarea, number, checkbox, select, radio, checklist, taglist,
datetime, filepicker, text, group, separator, spacer. Any other is a problem.
"""

from __future__ import annotations

from engine.forms.fields import Field, FieldKind, Option
from engine.forms.reading import parse, problems, read_form
from engine.forms.validation import initial, options_of, validate
from engine.forms.visibility import visible

__all__ = [
    "Field",
    "FieldKind",
    "Option",
    "initial",
    "options_of",
    "parse",
    "problems",
    "read_form",
    "validate",
    "visible",
]
