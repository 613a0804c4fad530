"""Which fields of a form are shown.

The conditions come from an upload, so all of a form share one budget: those for the sandbox are
asked in one call, so that at most one ends it, and the others have two seconds together. What was
not found out by then hides nothing: better one field too many than an answer that nobody can give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from engine.bpmn.expressions import Expression
from engine.bpmn.expressions.feel import FeelExpression, evaluate_together
from engine.bpmn.work import Stopwatch
from engine.forms.fields import Field

#: Seconds for the conditions that are evaluated one after the other.
_SECONDS = 2.0

#: A condition, however many fields have it.
_Key: TypeAlias = tuple[type[Expression], str]


def visible(fields: Sequence[Field], values: Mapping[str, Any]) -> list[bool]:
    """Say of each field whether it is shown while the form and the variables hold ``values``."""
    conditions = {_key(each): each for field in fields for each in field.hide}
    hiding = _hiding(conditions, values) if conditions else set()
    return [hiding.isdisjoint(map(_key, field.hide)) for field in fields]


def _key(condition: Expression) -> _Key:
    return type(condition), condition.text


def _hiding(conditions: Mapping[_Key, Expression], values: Mapping[str, Any]) -> set[_Key]:
    """Return those that are true; nothing else hides a field."""
    together = {
        key: each
        for key, each in conditions.items()
        if isinstance(each, FeelExpression) and each.plain is None
    }
    found = dict(zip(together, _together([*together.values()], values), strict=False))
    stopwatch = Stopwatch()
    for key, condition in conditions.items():
        if key not in together and not stopwatch.exceeds(_SECONDS):
            found[key] = _value(condition, values)
    return {key for key, value in found.items() if value is True}


def _together(conditions: Sequence[FeelExpression], values: Mapping[str, Any]) -> Sequence[Any]:
    try:
        return evaluate_together(conditions, values) if conditions else ()
    except Exception:  # noqa: BLE001 - a fault of the form must not keep people from filling it in
        return ()


def _value(condition: Expression, values: Mapping[str, Any]) -> Any:
    try:
        return condition.evaluate(values)
    except Exception:  # noqa: BLE001 - as above
        return None


__all__ = ["visible"]
