"""The default language: a safe subset of Python.

An expression is one Python expression without statements, lambdas or underscores. A script is
lines of ``name = expression``, ``name["key"] = expression``, ``name.key = expression`` and
``del name``; the right side is an expression of the same kind. Values never change in place: an
assignment to a part copies what is around the part, so that two variables never share it.
"""

from __future__ import annotations

import ast
import functools
import textwrap
import warnings
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from engine.bpmn.expressions.protocol import Place, ResultScript
from engine.bpmn.expressions.safe.assignments import Statement, read_statement
from engine.bpmn.expressions.safe.checking import check
from engine.bpmn.expressions.safe.evaluation import Evaluation
from engine.bpmn.expressions.safe.limits import (
    EXPRESSION_LENGTH,
    SCRIPT_LENGTH,
    STATEMENTS,
    RefusedError,
)
from engine.bpmn.expressions.safe.quick import LEFT, Node, quick

T = TypeVar("T")
#: Signs of other languages in a text that is no Python, and what to write.
_HINTS = (
    ("&&", "Write 'and' instead of '&&'."),
    ("||", "Write 'or' instead of '||'."),
    ("?", "Write 'a if condition else b' instead of 'condition ? a : b'."),
    ("!", "Write 'not' instead of '!'."),
    ("<>", "Write '!=' instead of '<>'."),
    ("${", "Write one ${...} around the whole expression, or none."),
)


@dataclass(frozen=True, slots=True)
class PythonExpression:
    """A compiled expression; implements :class:`~.protocol.Expression`."""

    place: Place
    reads: frozenset[str]
    node: ast.expr = field(repr=False)
    plain: Node | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """The expression as it was written."""
        return self.place.text

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Return the value; see :meth:`.protocol.Expression.evaluate`."""
        if self.plain is not None:
            try:
                return self.plain(variables)
            except LEFT:
                pass  # the evaluation takes it, or says what is wrong
        try:
            return Evaluation(variables, now).value(self.node)
        except RefusedError as refusal:
            raise _error(self.place, refusal) from refusal


@dataclass(frozen=True, slots=True)
class PythonScript:
    """A compiled script; implements :class:`~.protocol.Script`."""

    place: Place
    reads: frozenset[str]
    writes: frozenset[str]
    statements: tuple[Statement, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The script as it was written."""
        return self.place.text

    def run(self, variables: MutableMapping[str, Any], *, now: datetime | None = None) -> None:
        """Set variables; see :meth:`.protocol.Script.run`."""
        working = dict(variables)
        evaluation = Evaluation(working, now)
        try:
            for statement in self.statements:
                statement.apply(working, evaluation)
        except RefusedError as refusal:
            raise _error(self.place, refusal) from refusal
        for name in self.writes:
            if name in working:
                variables[name] = working[name]
            else:
                variables.pop(name, None)


class Python:
    """The language of both; implements :class:`~.protocol.ExpressionLanguage`."""

    name = "python"
    aliases = frozenset(
        {
            "python",
            "python3",
            "text/python",
            "text/x-python",
            "application/python",
            "application/x-python",
            "https://www.python.org",
        }
    )

    def expression(self, place: Place) -> PythonExpression:
        """Compile one expression; the same text is parsed once."""
        return _compiled(place, lambda: PythonExpression(place, *_parsed_expression(place.text)))

    def script(self, place: Place, result: str | None = None) -> PythonScript | ResultScript:
        """Compile the lines of a script; the same text is parsed once."""
        if result is not None:
            return ResultScript(self.expression(place), result)
        return _compiled(place, lambda: PythonScript(place, *_parsed_script(place.text)))


def _compiled(place: Place, compile_it: Callable[[], T]) -> T:
    """Turn what stops a compilation into an error with its place."""
    try:
        return compile_it()
    except RefusedError as refusal:
        raise _error(place, refusal) from refusal


@functools.lru_cache(maxsize=4096)
def _parsed_expression(text: str) -> tuple[frozenset[str], ast.expr, Node | None]:
    if not text.strip():
        raise RefusedError("The expression is empty.", "Write an expression, such as amount > 100.")
    if len(text) > EXPRESSION_LENGTH:
        raise RefusedError(
            f"It has more than {EXPRESSION_LENGTH:,} characters.", "Make it shorter."
        )
    try:
        tree = _parse(text.strip(), "eval")
    except RefusedError:
        if "\n" not in text:
            raise
        # Exporters break long conditions over lines, which Python allows in brackets alone.
        tree = _parse(f"({text.strip()}\n)", "eval")
    checked = check(tree)
    assert isinstance(tree, ast.Expression)  # noqa: S101 - mode "eval" gives nothing else
    return checked.reads, tree.body, quick(tree.body)


@functools.lru_cache(maxsize=1024)
def _parsed_script(text: str) -> tuple[frozenset[str], frozenset[str], tuple[Statement, ...]]:
    if len(text) > SCRIPT_LENGTH:
        raise RefusedError(f"It has more than {SCRIPT_LENGTH:,} characters.", "Split the script.")
    try:
        tree = _parse(textwrap.dedent(text), "exec")
    except RefusedError:
        # <script>a = 1\n    b = 2</script>: the first line stands behind the tag.
        tree = _parse("\n".join(line.strip() for line in text.split("\n")), "exec")
    assert isinstance(tree, ast.Module)  # noqa: S101 - mode "exec" gives nothing else
    if len(tree.body) > STATEMENTS:
        raise RefusedError(f"It has more than {STATEMENTS} lines.", "Split the script.")
    statements = tuple(read_statement(line) for line in tree.body)
    reads: set[str] = set()
    writes: set[str] = set()
    for statement in statements:
        reads |= statement.reads - writes
        writes.add(statement.name)
    return frozenset(reads), frozenset(writes), statements


def _parse(text: str, mode: str) -> ast.AST:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text, mode=mode)
    except SyntaxError as error:
        refusal = RefusedError(f"It cannot be read: {error.msg}.", _hint(text))
        refusal.line = error.lineno
        refusal.offset = max((error.offset or 1) - 1, 0)
        raise refusal from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise RefusedError(
            "It is nested too deep, or holds odd signs.", "Make it simpler."
        ) from error


def _hint(text: str) -> str:
    for sign, hint in _HINTS:
        if sign in text and not (sign == "!" and "!=" in text):
            return hint
    if "=" in text:
        return "Compare with '=='; set variables with lines of name = expression in a script."
    return "Check brackets and quotes."


def _error(place: Place, refusal: RefusedError) -> Exception:
    column = None if refusal.offset is None else refusal.offset + 1
    return place.error(refusal.reason, refusal.cure, line=refusal.line, column=column)


LANGUAGE = Python()
