"""FEEL, the language of DMN and of Camunda 8: ``amount > 5 and tier in ("gold", "silver")``.

``feelin``, the interpreter that bpmn.io keeps, answers in the sandbox; what is plain is answered
here, the same (:mod:`~.friendly`). What is missing or does not fit is null, as FEEL says, and null
counts as false in a condition; a condition that gives a text or a number fails. ``now()`` is the
clock of the engine, ``today()`` its date in UTC.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.friendly.budget import begin
from engine.bpmn.expressions.friendly.cells import Test, parse_tests
from engine.bpmn.expressions.friendly.operations import ElsewhereError, result
from engine.bpmn.expressions.friendly.parsing import Node, parse
from engine.bpmn.expressions.protocol import Place, ResultScript
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH, check_extent, described
from engine.bpmn.expressions.sandbox.border import incoming, moment_text, outgoing
from engine.bpmn.expressions.sandbox.process import SANDBOX, SandboxError
from engine.bpmn.expressions.sandbox.syntax import Kind, names_read

_CURE = "Check the values that the variables can have."


@dataclass(frozen=True, slots=True)
class FeelExpression:
    """A compiled expression; implements :class:`~.protocol.Expression`."""

    place: Place
    reads: frozenset[str]
    #: The closure of a plain expression; None when the sandbox has to answer.
    plain: Node | None = field(default=None, repr=False, compare=False)
    #: Whether its value is to be true or false.
    decides: bool = False

    @property
    def text(self) -> str:
        """The expression as it was written."""
        return self.place.text

    def as_condition(self) -> FeelExpression:
        """Return the same, failing where its value is neither true, false nor null."""
        return replace(self, decides=True)

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Return the value; see :meth:`.protocol.Expression.evaluate`."""
        answer = self._answer(variables, now)
        if isinstance(answer, ExpressionError):
            raise answer
        return answer

    def _answer(self, variables: Mapping[str, Any], now: datetime | None) -> Any:
        if self.plain is not None:
            begin()
            try:
                return self.checked(result(self.plain(variables)))
            except ElsewhereError:
                pass  # cheaper than suppress()
        return evaluate_together([self], variables, now=now)[0]

    def checked(self, value: Any) -> Any:
        """Return ``value``, or the error it is for a condition."""
        if not self.decides or value is None or isinstance(value, bool):
            return value
        return self.place.error(
            f"It gives {described(value)}, which is neither true nor false.",
            "Write a comparison, such as amount > 100.",
        )


@dataclass(frozen=True, slots=True)
class FeelTests:
    """A compiled cell on the input side of a decision table: FEEL's *unary tests*."""

    place: Place
    #: Names of variables; ``?``, the value of the column, is none of them.
    reads: frozenset[str]
    #: The closure of a plain cell; None when the sandbox has to answer.
    plain: Test | None = field(default=None, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The cell as it was written."""
        return self.place.text

    def passes(
        self, value: Any, variables: Mapping[str, Any], *, now: datetime | None = None
    ) -> bool:
        """Say whether ``value``, which ``?`` stands for, passes; null counts as no.

        Raises:
            ExpressionError: it failed, or did too much work.
        """
        if self.plain is not None:
            begin()
            try:
                return self.plain(value, variables)
            except ElsewhereError:
                pass  # cheaper than suppress(): a table asks this for every rule
        (answer,) = pass_together([self], value, variables, now=now)
        if isinstance(answer, ExpressionError):
            raise answer
        return answer


def evaluate_together(
    expressions: Sequence[FeelExpression],
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> list[Any]:
    """Return the value of each expression, or the error of each that failed, in one call."""
    return [
        answer if isinstance(answer, ExpressionError) else expression.checked(answer)
        for expression, answer in zip(
            expressions, _answers("expression", expressions, variables, now), strict=True
        )
    ]


def pass_together(
    cells: Sequence[FeelTests],
    value: Any,
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> list[bool | ExpressionError]:
    """Say of each cell of a column whether ``value`` passes, or its error, in one call."""
    answers = _answers("tests", cells, variables, now, {"?": value})
    return [answer if isinstance(answer, ExpressionError) else answer is True for answer in answers]


def _answers(
    kind: Kind,
    texts: Sequence[FeelExpression | FeelTests],
    variables: Mapping[str, Any],
    now: datetime | None,
    more: Mapping[str, Any] = MappingProxyType({}),
) -> list[Any]:
    """Return what the sandbox answers to each text: its value, or the error that it is."""
    needed = {name for text in texts for name in text.reads}
    known = {name: variables[name] for name in needed if name in variables}
    try:
        check_extent({**known, **more})
        request = outgoing(
            {
                "run": [(kind, text.place.text) for text in texts],
                "variables": {**known, **more},
                "now": None if now is None else moment_text(now),
            }
        )
        answers = incoming(SANDBOX.ask("F", request))
    except SandboxError as failure:
        return [_failed(text.place, str(failure), failure.cure or _CURE) for text in texts]
    except (TypeError, ValueError) as failure:
        return [_failed(text.place, str(failure)) for text in texts]
    return [
        answer["value"] if "value" in answer else _failed(text.place, answer["error"])
        for text, answer in zip(texts, answers, strict=True)
    ]


class Feel:
    """The language; implements :class:`~.protocol.ExpressionLanguage`."""

    name = "feel"
    aliases = frozenset(
        {
            "feel",
            "s-feel",
            "friendly-enough-expression-language",
            "application/feel",
            "http://www.omg.org/spec/feel/20140401",
            "https://www.omg.org/spec/feel/20140401",
            "http://www.omg.org/spec/dmn/20180521/feel/",
            "https://www.omg.org/spec/dmn/20180521/feel/",
            "http://www.omg.org/spec/dmn/20191111/feel/",
            "https://www.omg.org/spec/dmn/20191111/feel/",
            "https://www.omg.org/spec/dmn/20211108/feel/",
            "https://www.omg.org/spec/dmn/20230324/feel/",
        }
    )

    def expression(self, place: Place) -> FeelExpression:
        """Compile one expression; the same text is parsed once."""
        if not place.text.strip():
            raise place.error("The expression is empty.", "Write one, such as amount > 100.")
        _check_length(place)
        known = _plain(place.text)
        if known is not None:
            return FeelExpression(place, known[1], known[0])
        return FeelExpression(place, names_read(place, "expression"))

    def tests(self, place: Place) -> FeelTests:
        """Compile a cell on the input side of a decision table; an empty one passes any value.

        Raises:
            ExpressionError: it is no list of tests; with the column.
        """
        _check_length(place)
        known = _plain_tests(place.text)
        if known is not None:
            return FeelTests(place, known[1], known[0])
        return FeelTests(place, names_read(place, "tests"))

    def script(self, place: Place, result: str | None = None) -> ResultScript:
        """Compile an expression whose value ``result`` gets; FEEL sets variables no other way."""
        if result is None:
            raise place.error(
                "A FEEL script does not say which variable gets its value.",
                "Name its result variable.",
            )
        return ResultScript(self.expression(place), result)


@functools.lru_cache(maxsize=4096)
def _plain(text: str) -> tuple[Node, frozenset[str]] | None:
    try:
        return parse(text)
    except ElsewhereError:
        return None


@functools.lru_cache(maxsize=4096)
def _plain_tests(text: str) -> tuple[Test, frozenset[str]] | None:
    try:
        return parse_tests(text)
    except ElsewhereError:
        return None


def _check_length(place: Place) -> None:
    if len(place.text) > EXPRESSION_LENGTH:
        raise place.error(f"It has more than {EXPRESSION_LENGTH:,} characters.", "Make it shorter.")


def _failed(place: Place, reason: str, cure: str = _CURE) -> ExpressionError:
    return place.error(f"It failed: {reason.rstrip('.')}.", cure)


LANGUAGE = Feel()
