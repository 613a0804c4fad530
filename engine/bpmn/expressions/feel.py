"""FEEL, the language of DMN and of Camunda 8: ``amount > 5 and tier in ("gold", "silver")``.

``feelin``, the interpreter that bpmn.io keeps, answers in the sandbox; what is plain is answered
here, the same (:mod:`~.friendly`). What is missing or does not fit is null, as FEEL says, and null
counts as false in a condition; a condition that gives a text or a number fails. ``now()`` is the
clock of the engine, ``today()`` its date in UTC.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.friendly.operations import ElsewhereError, result
from engine.bpmn.expressions.friendly.parsing import Node, parse
from engine.bpmn.expressions.protocol import Place, ResultScript
from engine.bpmn.expressions.safe.limits import EXPRESSION_LENGTH, described
from engine.bpmn.expressions.sandbox.border import incoming, moment_text, outgoing
from engine.bpmn.expressions.sandbox.process import BUNDLE, SANDBOX, SandboxError

#: The first ``==`` outside of texts and comments.
_DOUBLE = re.compile(
    r"(?:[^\"=/]|\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/|/|=(?!=))*+(?P<slip>==)?", re.DOTALL
)
_CURE = "Check the values that the variables can have."
#: Texts and comments, in which nothing is called.
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)


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
            with contextlib.suppress(ElsewhereError):
                return self.checked(result(self.plain(variables)))
        return evaluate_together([self], variables, now=now)[0]

    def checked(self, value: Any) -> Any:
        """Return ``value``, or the error it is for a condition."""
        if not self.decides or value is None or isinstance(value, bool):
            return value
        return self.place.error(
            f"It gives {described(value)}, which is neither true nor false.",
            "Write a comparison, such as amount > 100.",
        )


def evaluate_together(
    expressions: Sequence[FeelExpression],
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> list[Any]:
    """Return the value of each expression, or the error of each that failed, in one call."""
    needed = {name for expression in expressions for name in expression.reads}
    try:
        request = outgoing(
            {
                "run": [("expression", expression.text) for expression in expressions],
                "variables": {name: variables[name] for name in needed if name in variables},
                "now": None if now is None else moment_text(now),
            }
        )
        answers = incoming(SANDBOX.ask("F", request))
    except (SandboxError, TypeError, ValueError) as failure:
        return [_failed(expression.place, str(failure)) for expression in expressions]
    return [
        expression.checked(answer["value"])
        if "value" in answer
        else _failed(expression.place, answer["error"])
        for expression, answer in zip(expressions, answers, strict=True)
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
        if len(place.text) > EXPRESSION_LENGTH:
            raise place.error(
                f"It has more than {EXPRESSION_LENGTH:,} characters.", "Make it shorter."
            )
        known = _plain(place.text)
        if known is not None:
            return FeelExpression(place, known[1], known[0])
        slip = _DOUBLE.search(place.text)
        if slip is not None and slip.group("slip"):
            # feelin would read a comparison with a test, which is never true.
            raise place.error(
                "'==' is not FEEL.", "Compare with one '='.", column=slip.start("slip") + 1
            )
        checked = _checked(place.text)
        if "reads" not in checked:
            raise _unreadable(place, checked)
        bare = _QUOTED.sub(" ", place.text)
        for name in checked["reads"]:
            if re.search(rf"(?<![\w.]){re.escape(name)}\s*\(", bare):
                # Nothing but null would come of it, whatever it is given.
                raise place.error(
                    f"There is no function '{name}'.", "Use one that FEEL has, or compute it."
                )
            if " " in name:
                # FEEL takes any words for a name; a remark would be null, and false, for ever.
                raise place.error(
                    f"'{name}' is no variable.",
                    "Write a comparison; names of variables are one word.",
                    column=place.text.find(name.partition(" ")[0]) + 1,
                )
        return FeelExpression(place, frozenset(checked["reads"]))

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
def _parsed(text: str) -> str:
    """Return what the sandbox says about ``text``, as JSON. Raises :class:`SandboxError`."""
    return SANDBOX.ask("F", json.dumps({"check": ["expression", text]}))


def _checked(text: str) -> dict[str, Any]:
    if not BUNDLE.exists():
        return {"missing": True}
    try:
        checked: dict[str, Any] = json.loads(_parsed(text))
    except SandboxError as failure:
        return {"failure": str(failure)}
    return checked


def _unreadable(place: Place, checked: dict[str, Any]) -> ExpressionError:
    if "missing" in checked:
        return place.error("FEEL is not installed here.", "Run make install.")
    if "failure" in checked:
        return place.error(f"It cannot be read: {checked['failure']}.", "Make it simpler.")
    at = checked.get("at")
    found = checked.get("error") or ""
    what = f"'{found}' is not expected here." if found.strip() else "It ends too early."
    column = None if at is None else at + 1
    return place.error(what, _hint(place.text), column=column)


def _hint(text: str) -> str:
    for sign, hint in (
        ("==", "Compare with one '='."),
        ("&&", "Write 'and' instead of '&&'."),
        ("||", "Write 'or' instead of '||'."),
        ("!", "Write not(...) instead of '!'."),
        ("'", 'Write texts in double quotes: "gold".'),
        ("?", "Write 'if a then b else c'."),
    ):
        if sign in text and not (sign == "!" and "!=" in text):
            return hint
    return "Check operators, brackets and quotes."


def _failed(place: Place, reason: str) -> ExpressionError:
    return place.error(f"It failed: {reason.rstrip('.')}.", _CURE)


LANGUAGE = Feel()
