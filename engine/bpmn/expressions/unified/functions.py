"""What a text may call by its bare name, and what it may ask of ``execution``.

``execution`` is the instance as Camunda 7, Flowable and Activiti show it to expressions. Here it
has its variables. What the instance knows about itself it reads from variables of a fixed name
(:data:`KNOWN`), which whoever starts the instance may give.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions.safe.limits import RefusedError, described
from engine.bpmn.expressions.unified.coercion import to_text
from engine.bpmn.expressions.unified.running import REMOVED, Run

#: The variable in which each property of ``execution`` is looked up.
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "businessKey": "businessKey",
        "id": "processInstanceId",
        "processBusinessKey": "businessKey",
        "processInstanceId": "processInstanceId",
    }
)


def _now(run: Run) -> datetime:
    if run.now is None:
        raise RefusedError("The time is not known here.", "Use it in conditions and timers.")
    return run.now


def _json(run: Run, value: Any) -> Any:
    """Return the value of a JSON text; what is no text is a value already."""
    if not isinstance(value, str):
        return value
    try:
        found = json.loads(value)
        # JSON as Python reads it may hold halves of characters and NaN, which nothing can keep.
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as fault:
        raise RefusedError("The text is no JSON.", "Check the variable.") from fault
    return found


def _get(run: Run, name: Any) -> Any:
    if not isinstance(name, str):
        raise RefusedError(f"{described(name)} is no name of a variable.", "Write it in quotes.")
    value = run.changes.get(name, run.variables.get(name))
    return None if value is REMOVED else value


def _has(run: Run, name: Any) -> bool:
    value = run.changes.get(to_text(name), run.variables.get(to_text(name), REMOVED))
    return value is not REMOVED


def _all(run: Run) -> dict[str, Any]:
    found = {**run.variables, **run.changes}
    return {name: value for name, value in found.items() if value is not REMOVED}


def _set(run: Run, name: str, value: Any) -> None:
    run.changes[name] = value


def _remove(run: Run, name: str) -> None:
    run.changes[name] = REMOVED


#: Functions by name; each gets the run first.
FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"now": _now, "dateTime": _now, "JSON": _json, "S": _json}
)
#: Methods of ``execution`` that look.
ASKING: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "getVariable": _get,
        "getVariableLocal": _get,
        "getVariableNames": lambda run: list(_all(run)),
        "getVariables": _all,
        "getVariablesLocal": _all,
        "hasVariable": _has,
        "hasVariableLocal": _has,
        **{
            f"get{name[0].upper()}{name[1:]}": lambda run, name=source: run.variable(name)
            for name, source in KNOWN.items()
        },
    }
)
#: Methods of ``execution`` that set variables: in scripts alone.
CHANGING: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "setVariable": _set,
        "setVariableLocal": _set,
        "removeVariable": _remove,
        "removeVariableLocal": _remove,
    }
)
