"""The result of a decision in the shape that a business rule task asks for."""

from __future__ import annotations

from typing import Any

from engine.bpmn.errors import ElementError

#: Shapes that know the outputs by their names alone, also where there is one or no rule fits.
OWN_NAMES = (None, "variables", "columns")


def mapped(outputs: dict[str, Any] | list[dict[str, Any]], shape: str | None) -> Any:
    """Return the outputs of a decision in another shape.

    Args:
        outputs: a dictionary, or a list of them.
        shape: one of :data:`engine.bpmn.extensions.decision.SHAPES`; None leaves them as they are.

    Raises:
        ElementError: there are more rules or outputs than the shape takes.
    """
    if shape is None or shape == "variables":
        return outputs
    rows = outputs if isinstance(outputs, list) else [outputs]
    if shape == "columns":
        names = dict.fromkeys(name for row in rows for name in row)
        several = {name: [row.get(name) for row in rows] for name in names}
        return several if isinstance(outputs, list) else outputs
    if shape == "resultList":
        return rows
    if shape == "collectEntries":
        return [_only(row) for row in rows]
    if shape == "plain":
        values = [_only(row) if len(row) == 1 else row for row in rows]
        return values if isinstance(outputs, list) else (values or [None])[0]
    if len(rows) > 1:
        raise ElementError(
            f"{len(rows)} rules of the decision fired, and one result is asked for.",
            "Make the rules exclude each other, or ask for the list of results.",
        )
    if not rows:
        return None
    return _only(rows[0]) if shape == "singleEntry" else rows[0]


def _only(entries: dict[str, Any]) -> Any:
    """Return the value of the only output."""
    if len(entries) > 1:
        raise ElementError(
            f"The decision has {len(entries)} outputs, and one is asked for.",
            "Ask for the whole result instead.",
        )
    return next(iter(entries.values()), None)


__all__ = ["OWN_NAMES", "mapped"]
