"""Evaluates the conditions of one gateway: as few calls of the sandbox as can be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.feel import FeelExpression, evaluate_together
from engine.bpmn.expressions.protocol import Expression


def each_value(
    expressions: Sequence[Expression],
    variables: Mapping[str, Any],
    *,
    now: datetime | None = None,
) -> Iterator[Any]:
    """Yield the value of each expression, in order; none is looked at before it is asked for.

    Those that the sandbox has to answer are answered in one call, when the first is asked for. A
    failure of a later one is raised when its turn comes, if it comes.

    Raises:
        ExpressionError: the expression whose turn it is failed.
    """
    asked = [one for one in expressions if isinstance(one, FeelExpression) and one.plain is None]
    together = {id(one) for one in asked} if len(asked) > 1 else set()
    answers: dict[int, Any] = {}
    for expression in expressions:
        if id(expression) not in together:
            yield expression.evaluate(variables, now=now)
            continue
        if not answers:
            found = evaluate_together(asked, variables, now=now)
            answers = {id(one): answer for one, answer in zip(asked, found, strict=True)}
        answer = answers[id(expression)]
        if isinstance(answer, ExpressionError):
            raise answer
        yield answer
