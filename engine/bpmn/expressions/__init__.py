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
    Unread,
)

#: What a document that names no language is written in, whatever its exporter's default is:
#: modelers write the XPath URI into every file because the standard's schema does.
_UNSAID = frozenset(
    {
        "",
        "http://www.w3.org/1999/xpath",
        "http://www.w3.org/1999/xml",
        "http://www.w3.org/tr/xpath",
        "http://www.w3.org/2001/xmlschema",
        "https://www.w3.org/1999/xpath",
        "application/xpath",
    }
)
_DEFAULT = "python"
_JUEL = "juel"


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
    default: str | None = None,
    condition: bool = False,
) -> Expression:
    """Return the compiled expression.

    Args:
        text: bare, or marked as exporters do: ``= x > 5``, ``${x > 5}``, ``#{x > 5}``.
        element: BPMN id of the element that holds it, for errors.
        line: 1-based line of the text in the file, for errors.
        language: name or URI that stands at the text itself.
        default: name or URI that the document gives for texts that say nothing. What stands
            in ``${}`` is JUEL whatever the document says.
        condition: whether its value decides; JUEL converts it to true or false then.

    Raises:
        ExpressionError: it does not compile, or its language is not known.
    """
    chosen = _language(_chosen(text, language, default), Place(text.strip(), element, line))
    bare = text.strip() if chosen.name == _JUEL and _in_braces(text) else unwrapped(text)
    compiled = chosen.expression(Place(bare, element, line))
    return compiled.as_condition() if condition and hasattr(compiled, "as_condition") else compiled


def compile_value(
    text: str,
    *,
    element: str | None = None,
    line: int | None = None,
    language: str | None = None,
    default: str | None = None,
) -> Expression:
    """Return what an attribute of an extension means: an expression, or its text as it is.

    A text that begins with ``=`` is an expression in the language of the document; one with
    ``${}`` or ``#{}`` in it is JUEL. Arguments and errors as for :func:`compile_expression`.
    """
    if is_marked(text):
        return compile_expression(
            text, element=element, line=line, language=language, default=default
        )
    return Literal(text.strip())


def compile_script(
    text: str,
    *,
    element: str | None = None,
    line: int | None = None,
    language: str | None = None,
    default: str | None = None,
    result: str | None = None,
) -> Script:
    """Return the compiled script.

    Args:
        text: as written.
        element: BPMN id of the element that holds it, for errors.
        line: 1-based line of the text in the file, for errors.
        language: name or URI that stands at the script itself.
        default: name or URI that the document gives.
        result: variable that gets the value of the script, which then is an expression.

    Raises:
        ExpressionError: it does not compile, or its language is not known.
    """
    chosen = _language(_chosen(text, language, default), Place(text.strip(), element, line))
    if chosen.name != _JUEL and result is not None:
        text = unwrapped(text)
    return chosen.script(Place(text, element, line), result)


def is_marked(text: str) -> bool:
    """Say whether ``text`` is, or holds, an expression: ``= x``, ``${x}``, ``Hello ${x}``."""
    return _after_equals(text.strip()) or _in_braces(text)


def is_said(language: str | None) -> bool:
    """Say whether ``language`` names one, and not what exporters write into every file."""
    return (language or "").strip().lower() not in _UNSAID


def unwrapped(text: str) -> str:
    """Return an expression without the marks exporters put around it, and without outer space."""
    stripped = text.strip()
    if stripped[:2] in ("${", "#{") and stripped.endswith("}"):
        return stripped[2:-1].strip()
    if _after_equals(stripped):
        return stripped[1:].strip()
    return stripped


def _after_equals(stripped: str) -> bool:
    return stripped.startswith("=") and not stripped.startswith("==")


def _in_braces(text: str) -> bool:
    return ("${" in text or "#{" in text) and not _after_equals(text.strip())


def _chosen(text: str, language: str | None, default: str | None) -> str | None:
    if is_said(language):
        return language
    return _JUEL if _in_braces(text) else default


def _language(name: str | None, place: Place) -> ExpressionLanguage:
    wanted = (name or "").strip().lower() if is_said(name) else _DEFAULT
    known = languages()
    if wanted not in known:
        names = ", ".join(sorted({language.name for language in known.values()}))
        raise place.error(
            f"The language '{(name or '').strip():.60}' is not run here.",
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
    "Unread",
    "compile_expression",
    "compile_script",
    "compile_value",
    "is_marked",
    "is_said",
    "languages",
    "unwrapped",
]
