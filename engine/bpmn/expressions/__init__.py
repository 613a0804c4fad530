"""Compiles the expressions and scripts of diagrams, in the language each is written in.

Nothing here, or below, reaches ``eval`` or ``exec``. A text is compiled once, at upload, where
every fault is found that can be; evaluation is bounded in work and size.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.protocol import (
    Expression,
    ExpressionLanguage,
    Literal,
    Place,
    Script,
)

#: What a document that names no language is written in, whatever its exporter's default is:
#: modelers write the XPath URI into every file because the standard's schema does.
_UNSAID = frozenset(
    {"", "http://www.w3.org/1999/xpath", "http://www.w3.org/1999/xml", "application/xpath"}
)
_DEFAULT = "python"


@functools.cache
def languages() -> Mapping[str, ExpressionLanguage]:
    """Return every language by each of its aliases; a language is a file of this folder."""
    found: dict[str, ExpressionLanguage] = {}
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        language = getattr(importlib.import_module(module.name), "LANGUAGE", None)
        if language is not None:
            found.update(dict.fromkeys(language.aliases, language))
    return MappingProxyType(found)


def compile_expression(
    text: str,
    *,
    element: str | None = None,
    line: int | None = None,
    language: str | None = None,
) -> Expression:
    """Return the compiled expression.

    Args:
        text: bare, or wrapped as exporters do: ``= x > 5``, ``${x > 5}``, ``#{x > 5}``.
        element: BPMN id of the element that holds it, for errors.
        line: 1-based line of the text in the file, for errors.
        language: name or URI as the drawing gives it; None for the default.

    Raises:
        ExpressionError: it does not compile, or its language is not known.
    """
    place = Place(unwrapped(text), element, line)
    return _language(language, place).expression(place)


def compile_value(
    text: str,
    *,
    element: str | None = None,
    line: int | None = None,
    language: str | None = None,
) -> Expression:
    """Return what an attribute of an extension means: an expression, or its text as it is.

    A text that begins with ``=``, or is wrapped in ``${}`` or ``#{}``, is an expression;
    ``language`` is that of such an expression.

    Raises:
        ExpressionError: it does not compile, or mixes text with ``${}``.
    """
    stripped = text.strip()
    if unwrapped(stripped) != stripped:
        return compile_expression(text, element=element, line=line, language=language)
    if "${" in stripped or "#{" in stripped:
        raise Place(stripped, element, line).error(
            "Text with ${...} inside is not filled in.", "Write = 'Hello ' + name instead."
        )
    return Literal(stripped)


def compile_script(
    text: str,
    *,
    element: str | None = None,
    line: int | None = None,
    language: str | None = None,
) -> Script:
    """Return the compiled script; arguments and errors as for :func:`compile_expression`."""
    place = Place(text, element, line)
    return _language(language, place).script(place)


def unwrapped(text: str) -> str:
    """Return an expression without the marks exporters put around it, and without outer space."""
    stripped = text.strip()
    if stripped[:2] in ("${", "#{") and stripped.endswith("}"):
        return stripped[2:-1].strip()
    if stripped.startswith("=") and not stripped.startswith("=="):
        return stripped[1:].strip()
    return stripped


def _language(name: str | None, place: Place) -> ExpressionLanguage:
    wanted = (name or "").strip().lower()
    if wanted in _UNSAID:
        wanted = _DEFAULT
    known = languages()
    if wanted not in known:
        names = ", ".join(sorted({language.name for language in known.values()}))
        raise place.error(
            f"The language '{(name or '').strip()}' is not known.",
            f"Write it in {names}, and name that language or none.",
        )
    return known[wanted]


__all__ = [
    "Expression",
    "ExpressionError",
    "ExpressionLanguage",
    "Literal",
    "Place",
    "Script",
    "compile_expression",
    "compile_script",
    "compile_value",
    "languages",
    "unwrapped",
]
