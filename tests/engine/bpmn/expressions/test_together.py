"""The conditions of a gateway: in order, lazily, with one call of the sandbox."""

from __future__ import annotations

import pytest

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import compile_expression, feel
from engine.bpmn.expressions.together import each_value


def test_values_come_in_order_whatever_language_each_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    texts = [
        ("count(distinct values(tags)) > 1", "feel"),
        ("amount > 1", "feel"),
        ("len(tags)", "python"),
        ("${tags.size()}", None),
        ("sum(append([amount], 1))", "feel"),
    ]
    expressions = [compile_expression(text, language=language) for text, language in texts]
    asked: list[str] = []
    ask = feel.SANDBOX.ask
    monkeypatch.setattr(feel.SANDBOX, "ask", lambda *request: asked.append("") or ask(*request))

    # when
    values = list(each_value(expressions, {"amount": 4, "tags": ["a"]}))

    # then
    assert values == [False, True, 1, 1, 5]
    assert len(asked) == 1


def test_a_later_failure_matters_only_when_its_turn_comes() -> None:
    # given
    texts = ["count(distinct values([1])) = 1", "[1..5]"]
    expressions = [compile_expression(text, language="feel") for text in texts]
    values = each_value(expressions, {})

    # when
    first = next(values)

    # then
    assert first is True
    with pytest.raises(ExpressionError, match="range"):
        next(values)
