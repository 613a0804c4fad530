"""What the sandbox says of a text of FEEL before it is run: the names it reads, or the fault in it.

The faults are those of feelin, and some that it lets pass though nothing but null would come of
them: slips (:mod:`~engine.bpmn.expressions.slips`), functions that there are none of, and names of
several words.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.protocol import Place
from engine.bpmn.expressions.sandbox.process import BUNDLE, SANDBOX, SandboxError
from engine.bpmn.expressions.slips.hints import hint
from engine.bpmn.expressions.slips.signs import slip_in
from engine.bpmn.expressions.slips.spans import blanked

#: What a text is: one that gives a value, or the tests of a cell in a decision table.
Kind: TypeAlias = Literal["expression", "tests"]

#: The names that are known where a text stands, each with those inside of it, 0 where there are
#: none: ``{"customer": {"first name": 0}}``.
Names: TypeAlias = Mapping[str, Any]
_NO_NAMES: Names = MappingProxyType({})

#: Finds the name that may be meant by one that nothing has.
Meant: TypeAlias = Callable[[str], str | None]


def names_read(
    place: Place, kind: Kind, names: Names = _NO_NAMES, meant: Meant | None = None
) -> frozenset[str]:
    """Return the names of the variables that a text reads.

    Args:
        place: the text.
        kind: what it is.
        names: known where it stands. They may hold spaces and signs, so what a text means depends
            on them.
        meant: finds the name that may be meant by one that is not known. None: nothing has a name
            of several words there.

    Raises:
        ExpressionError: it is no FEEL, or says something that FEEL has no meaning for.
    """
    slip = slip_in(place.text, tests=kind == "tests", names=_inside(names))
    if slip is not None:
        raise place.error(slip.reason, slip.cure, column=slip.at + 1)
    checked = _checked(kind, place.text, names)
    if "reads" not in checked:
        raise _unreadable(place, kind, checked)
    strange = [name for name in checked["reads"] if name not in names]
    if strange:
        several = _check_strange(place, strange, names)
        if several is not None:
            cure = _cure(place, several, kind, meant)
            column = place.text.find(several.partition(" ")[0]) + 1
            raise place.error(f"'{several}' is no variable.", cure, column=column)
    return frozenset(checked["reads"])


def _check_strange(place: Place, strange: list[str], names: Names) -> str | None:
    """Look at names that are not known: most are variables. Returns one that cannot be."""
    bare = blanked(place.text)
    # A filter sees the names inside of what it filters, an entry of a context those before it.
    inside = {*_inside(names), *re.findall(r'"([^"]*)"\s*:', place.text)}
    for name in strange:
        if name in inside:
            continue
        if re.search(rf"(?<![\w.]){re.escape(name)}\s*\(", bare):
            # Nothing but null would come of it, whatever it is given.
            raise place.error(
                f"There is no function '{name}'.", "Use one that FEEL has, or compute it."
            )
        if " " in name:
            return name
    return None


def _inside(names: Names) -> Iterator[str]:
    for name, within in names.items():
        yield name
        if isinstance(within, Mapping):
            yield from _inside(within)


def _cure(place: Place, name: str, kind: Kind, meant: Meant | None) -> str:
    """Return what to write for a name of several words that is not known."""
    # FEEL takes any words for a name; a remark would be null, and false, for ever.
    negated = name.removeprefix("not ")
    if kind == "tests" and negated != name:
        return f'Write not("{negated}").'
    near = meant(name) if meant is not None else None
    if near is not None:
        return f"Did you mean '{near}'?"
    quoted = f'texts in double quotes: "{name}"'
    if meant is None:
        wanted = f"Write {quoted}" if kind == "tests" else "Write a comparison"
        return f"{wanted}; names of variables are one word."
    alone = name == " ".join(place.text.split())
    return f"Write {quoted}." if alone else f"Correct the name, or write {quoted}."


@functools.lru_cache(maxsize=4096)
def _asked(kind: Kind, text: str, names: str) -> str:
    """Return what the sandbox says about ``text``, as JSON. Raises :class:`SandboxError`."""
    return SANDBOX.ask("F", f'{{"check": [{json.dumps(kind)}, {json.dumps(text)}, {names}]}}')


def _checked(kind: Kind, text: str, names: Names) -> dict[str, Any]:
    if not BUNDLE.exists():
        return {"missing": True}
    try:
        checked: dict[str, Any] = json.loads(_asked(kind, text, json.dumps({**names})))
    except SandboxError as failure:
        return {"failure": str(failure), "cure": failure.cure}
    return checked


def _unreadable(place: Place, kind: Kind, checked: dict[str, Any]) -> ExpressionError:
    if "missing" in checked:
        return place.error("FEEL is not installed here.", "Run make install.")
    if "failure" in checked:
        cure = checked.get("cure") or "Make it simpler."
        return place.error(f"It cannot be read: {checked['failure'].rstrip('.')}.", cure)
    at = checked.get("at")
    found = checked.get("error") or ""
    # A quote in quotes would not be seen.
    shown = found if "'" in found else f"'{found}'"
    what = f"{shown} is not expected here." if found.strip() else "It ends too early."
    column = None if at is None else at + 1
    return place.error(what, hint(place.text, tests=kind == "tests"), column=column)
