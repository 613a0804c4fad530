"""What an expression language gives to the rest of the room.

One file beside this one implements :class:`ExpressionLanguage` for one language and names its
instance ``LANGUAGE``; it is found, not registered. Everything compiled is immutable and may be
shared by threads.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.bpmn.errors import ExpressionError


class Expression(Protocol):
    """A compiled text that gives a value."""

    @property
    def text(self) -> str:
        """The expression as it was written."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """Names of the variables it looks at."""
        ...

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Return the value. Changes no variable.

        Raises:
            ExpressionError: it failed, or did too much work.
        """
        ...


class Script(Protocol):
    """A compiled text that sets variables."""

    @property
    def text(self) -> str:
        """The script as it was written."""
        ...

    @property
    def reads(self) -> frozenset[str]:
        """Names of the variables it looks at before it sets them."""
        ...

    @property
    def writes(self) -> frozenset[str]:
        """Names of the variables it sets or deletes."""
        ...

    def run(self, variables: MutableMapping[str, Any], *, now: datetime | None = None) -> None:
        """Set variables: all that the script sets, or, when it fails, none.

        Raises:
            ExpressionError: it failed, or did too much work.
        """
        ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands, for errors."""

    text: str
    element: str | None = None  #: BPMN id
    line: int | None = None  #: 1-based, of the text's first line in the file

    def error(
        self, reason: str, cure: str, *, line: int | None = None, column: int | None = None
    ) -> ExpressionError:
        """Return an error at this place.

        Args:
            reason: what is wrong.
            cure: what to do.
            line: 1-based line inside the text; None when the first is meant.
            column: 1-based column in that line.
        """
        in_file = self.line + (line or 1) - 1 if self.line is not None else None
        return ExpressionError(
            reason, cure, text=self.text, element=self.element, line=in_file, column=column
        )


@dataclass(frozen=True, slots=True)
class ResultScript:
    """An expression whose value one variable gets: a :class:`Script` of any language."""

    expression: Expression
    result: str

    @property
    def text(self) -> str:
        """The expression as it was written."""
        return self.expression.text

    @property
    def reads(self) -> frozenset[str]:
        """Names of the variables the expression looks at."""
        return self.expression.reads

    @property
    def writes(self) -> frozenset[str]:
        """The one variable."""
        return frozenset({self.result})

    def run(self, variables: MutableMapping[str, Any], *, now: datetime | None = None) -> None:
        """Set the variable; see :meth:`Script.run`."""
        variables[self.result] = self.expression.evaluate(variables, now=now)


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that is its own value: an :class:`Expression` that reads nothing."""

    text: str
    reads: frozenset[str] = frozenset()

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True, slots=True)
class Unread:
    """A text that did not compile: an :class:`Expression` in a draft, which has no value."""

    text: str
    reads: frozenset[str] = frozenset()

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Raise :class:`ExpressionError`."""
        place = Place(self.text)
        raise place.error("it cannot be read.", "Write it in a language that is run here.")


class ExpressionLanguage(Protocol):
    """One language that expressions and scripts may be written in."""

    #: As people call it: ``"python"``.
    name: str
    #: Lower-case names and URIs by which drawings refer to it, ``name`` among them.
    aliases: frozenset[str]

    def expression(self, place: Place) -> Expression:
        """Compile ``place.text``. Raises :class:`ExpressionError` with the column."""
        ...

    def script(self, place: Place, result: str | None = None) -> Script:
        """Compile ``place.text`` as a script. Raises :class:`ExpressionError` with line.

        With ``result``, the name of a variable, the text is an expression whose value it gets.
        """
        ...
