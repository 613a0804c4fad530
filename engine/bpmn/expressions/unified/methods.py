"""The methods of Java that only look at data: ``name.startsWith('A')``, ``items.size()``.

They are named and counted as in ``java.lang.String``, ``java.util.List``, ``java.util.Map``, in
the numbers, in Joda's ``DateTime`` and in the JSON values of Camunda Spin. None changes a value.
Regular expressions are not run: one that needs its special signs is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions.safe.limits import SIZE, RefusedError, described, too_large
from engine.bpmn.expressions.unified.coercion import equals, order, to_boolean, to_number, to_text
from engine.bpmn.expressions.unified.moments import MOMENT_METHODS

Method = Callable[..., Any]
#: Says whether two values are equal, and counts that it was asked.
Same = Callable[[Any, Any], bool]


def method(value: Any, name: str) -> Method:
    """Return method ``name`` of ``value``, still to be given ``value`` itself.

    Raises:
        RefusedError: a value of this kind has no such method.
    """
    for kind, methods in _METHODS:
        if isinstance(value, kind) and name in methods:
            return methods[name]
    if value is not None and name in _ANY:
        return _ANY[name]
    raise RefusedError(
        f"{described(value)} has no method '{name}'.",
        "Check that the variable is set and of the type that was meant.",
    )


def candidates(name: str) -> list[Method]:
    """Return every method of that name, whatever it is a method of."""
    return [methods[name] for methods in (*(each for _, each in _METHODS), _ANY) if name in methods]


def replaced(text: str, old: Any, new: Any) -> str:
    """Return ``text`` with every ``old`` replaced. Raises when that would grow too large."""
    old, new = to_text(old), to_text(new)
    if text.count(old) * max(len(new) - len(old), 0) + len(text) > SIZE:
        raise too_large()
    return text.replace(old, new)


def _plain(pattern: Any) -> str:
    """Return the text that a pattern without special signs stands for."""
    text = to_text(pattern)
    plain = re.sub(r"\\([^\w\s])", "", text)
    if re.search(r"[.^$*+?()\[\]{}|\\]", plain):
        raise RefusedError(
            f"The regular expression {text!r:.40} is not run.",
            "Use contains, startsWith, endsWith or a plain text.",
        )
    return re.sub(r"\\([^\w\s])", r"\1", text)


def _split(text: str, pattern: Any, limit: Any = 0) -> list[str]:
    separator, most = _plain(pattern), int(to_number(limit))
    if not separator:
        return list(text)
    parts = text.split(separator, most - 1) if most > 0 else text.split(separator)
    while most == 0 and len(parts) > 1 and not parts[-1]:
        parts.pop()  # Java leaves empty texts at the end out
    return parts


def _substring(text: str, start: Any, end: Any = None) -> str:
    first, last = int(to_number(start)), len(text) if end is None else int(to_number(end))
    if not 0 <= first <= last <= len(text):
        raise RefusedError(
            f"The text has {len(text)} signs, not {first} to {last}.", "Ask its length() first."
        )
    return text[first:last]


def _sign_at(text: str, index: Any) -> str:
    return _substring(text, index, to_number(index) + 1)


def _element(items: list[Any], index: Any) -> Any:
    position = int(to_number(index))
    if not 0 <= position < len(items):
        raise RefusedError(
            f"The list has {len(items)} items, and none at {position}.", "Ask its size() first."
        )
    return items[position]


def _index(items: Iterable[Any], wanted: Any, *, same: Same = equals) -> int:
    return next((i for i, item in enumerate(items) if same(item, wanted)), -1)


def _last_index(items: list[Any], wanted: Any, *, same: Same = equals) -> int:
    return next((i for i in reversed(range(len(items))) if same(items[i], wanted)), -1)


def _contains(items: Iterable[Any], wanted: Any, *, same: Same = equals) -> bool:
    return _index(items, wanted, same=same) >= 0


def _contains_all(items: list[Any], wanted: Any, *, same: Same = equals) -> bool:
    return all(_contains(items, one, same=same) for one in wanted)


def _contains_value(mapping: dict[str, Any], value: Any, *, same: Same = equals) -> bool:
    return _contains(mapping.values(), value, same=same)


def _equals(value: Any, other: Any, *, same: Same = equals) -> bool:
    return same(value, other)


def _property(value: dict[str, Any], name: Any) -> Any:
    key = to_text(name)
    if key not in value:
        raise RefusedError(f"There is no part {key!r:.60}.", "Ask hasProp() first.")
    return value[key]


def _concatenated(text: str, *more: Any) -> str:
    joined = text + "".join(map(to_text, more))
    if len(joined) > SIZE:
        raise too_large()
    return joined


_TEXT: dict[str, Method] = {
    "length": len,
    "isEmpty": lambda text: not text,
    "isBlank": lambda text: not text.strip(),
    "charAt": _sign_at,
    "concat": _concatenated,
    "contains": lambda text, part: to_text(part) in text,
    "endsWith": lambda text, end: text.endswith(to_text(end)),
    "equalsIgnoreCase": lambda text, other: (
        other is not None and text.casefold() == to_text(other).casefold()
    ),
    "indexOf": lambda text, part, start=0: text.find(to_text(part), int(to_number(start))),
    "lastIndexOf": lambda text, part: text.rfind(to_text(part)),
    "matches": lambda text, pattern: text == _plain(pattern),
    "replace": replaced,
    "replaceAll": lambda text, pattern, new: replaced(text, _plain(pattern), new),
    "split": _split,
    "startsWith": lambda text, start: text.startswith(to_text(start)),
    "strip": str.strip,
    "substring": _substring,
    "toLowerCase": str.lower,
    "toUpperCase": str.upper,
    "trim": str.strip,
}
_LIST: dict[str, Method] = {
    "size": len,
    "isEmpty": lambda items: not items,
    "contains": _contains,
    "containsAll": _contains_all,
    "elements": list,
    "get": _element,
    "indexOf": _index,
    "lastIndexOf": _last_index,
    "subList": lambda items, start, end: items[int(to_number(start)) : int(to_number(end))],
}
_MAP: dict[str, Method] = {
    "size": len,
    "isEmpty": lambda mapping: not mapping,
    "containsKey": lambda mapping, key: to_text(key) in mapping,
    "containsValue": _contains_value,
    "fieldNames": list,
    "get": lambda mapping, key: mapping.get(to_text(key)),
    "getOrDefault": lambda mapping, key, other: mapping.get(to_text(key), other),
    "hasProp": lambda mapping, key: to_text(key) in mapping,
    "keySet": list,
    "prop": _property,
    "values": lambda mapping: list(mapping.values()),
}
_NUMBER: dict[str, Method] = {
    "doubleValue": float,
    "floatValue": float,
    "intValue": int,
    "longValue": int,
}
_ANY: dict[str, Method] = {
    "boolValue": to_boolean,
    "booleanValue": to_boolean,
    "compareTo": order,
    "equals": _equals,
    "numberValue": to_number,
    "stringValue": to_text,
    "toString": to_text,
    "value": lambda value: value,
}
_METHODS: tuple[tuple[type | tuple[type, ...], dict[str, Method]], ...] = (
    (str, _TEXT),
    (list, _LIST),
    (dict, _MAP),
    ((int, float), _NUMBER),
    (date, MOMENT_METHODS),
)
#: Methods that are also given, as ``same``, how values are compared.
COMPARING = frozenset((_index, _last_index, _contains, _contains_all, _contains_value, _equals))
#: Methods that do not look into what they are called on, however long it is.
SHALLOW = frozenset(
    {
        *("charAt", "containsKey", "get", "getOrDefault", "hasProp", "isEmpty", "length", "prop"),
        *("size", "value"),
        *("contains", "containsAll", "containsValue", "indexOf", "lastIndexOf", "subList"),
    }
)
#: Every name that may stand behind a dot and before a bracket.
METHOD_NAMES = frozenset(_ANY).union(*(methods for _, methods in _METHODS))
_STATIC: dict[str, Method] = {
    "Boolean.parseBoolean": to_boolean,
    "Boolean.valueOf": to_boolean,
    "Double.parseDouble": lambda text: float(to_number(text)),
    "Double.valueOf": lambda text: float(to_number(text)),
    "Integer.parseInt": lambda text: int(to_number(text)),
    "Integer.toString": to_text,
    "Integer.valueOf": lambda text: int(to_number(text)),
    "Long.parseLong": lambda text: int(to_number(text)),
    "Long.valueOf": lambda text: int(to_number(text)),
    "Math.abs": lambda number: abs(to_number(number)),
    "Math.ceil": lambda number: float(-(-to_number(number) // 1)),
    "Math.floor": lambda number: float(to_number(number) // 1),
    "Math.max": lambda one, two: max(to_number(one), to_number(two)),
    "Math.min": lambda one, two: min(to_number(one), to_number(two)),
    "Math.round": lambda number: int((to_number(number) + 0.5) // 1),
    "String.valueOf": to_text,
}
#: What may be called on a class of Java, by class and method.
STATIC: Mapping[str, Method] = MappingProxyType(_STATIC)
