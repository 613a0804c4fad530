"""What a file of this folder gives: one extension, and how its attributes are read."""

from __future__ import annotations

from typing import Any, Protocol

from engine.bpmn.expressions import Expression, Literal, Place, compile_value
from engine.bpmn.languages import default_language
from engine.bpmn.xml import Element, identity, line_of


class Extension(Protocol):
    """One extension element. The file's instance is called ``EXTENSION``."""

    #: Local name of the element: ``"userTask"`` for ``<corral:userTask/>``.
    name: str
    #: Local names of the BPMN elements it may stand on.
    hosts: frozenset[str]
    #: Attributes it may carry; others are reported.
    attributes: frozenset[str]
    #: Corral elements it may hold; others are reported.
    children: frozenset[str]
    # One of which an element may carry several says so with ``repeatable = True``.

    def parse(self, element: Element, host: Element) -> Any:
        """Return the settings as a frozen record.

        Args:
            element: the extension itself.
            host: the BPMN element it stands on; errors name it.

        Raises:
            ExpressionError: a setting does not compile.
        """
        ...


def setting(element: Element, attribute: str, host: Element) -> Expression | None:
    """Return an attribute as a compiled value; None when it is absent or empty."""
    text = (element.get(attribute) or "").strip()
    if not text:
        return None
    return value_of(text, element, host)


def value_of(text: str, element: Element, host: Element) -> Expression:
    """Compile a value on ``element``, in its own language or in that of the document."""
    return compile_value(
        text,
        element=identity(host),
        line=line_of(element),
        language=element.get("language"),
        default=default_language(element),
    )


def variable(element: Element, attribute: str, host: Element, *, example: str) -> str | None:
    """Return an attribute that names a variable; None when it is absent or empty.

    Raises:
        ExpressionError: it cannot be the name of a variable.
    """
    name = (element.get(attribute) or "").strip()
    if name and (not name.isidentifier() or name.startswith("_")):
        raise Place(name, identity(host), line_of(element)).error(
            f"'{attribute}' is not the name of a variable.", f'Write {attribute}="{example}".'
        )
    return name or None


def whole_number(element: Element, attribute: str, host: Element, *, usual: int) -> int:
    """Return an attribute that has to be a whole number from 0 up; ``usual`` when absent.

    Raises:
        ExpressionError: it is anything else.
    """
    value = setting(element, attribute, host)
    if value is None:
        return usual
    if isinstance(value, Literal) and value.text.isascii() and value.text.isdigit():
        number = int(value.text[:9])
        if number <= 1_000:
            return number
    raise Place(value.text, identity(host), line_of(element)).error(
        f"'{attribute}' is not a whole number from 0 to 1,000.", f'Write {attribute}="{usual}".'
    )
