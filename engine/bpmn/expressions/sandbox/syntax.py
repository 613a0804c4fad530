"""What the sandbox says of a text of FEEL before it is run: the names it reads, or the fault in it.

The faults are those of feelin, and three that it lets pass though nothing but null would come of
them: ``==``, functions that there are none of, and names of several words.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions.protocol import Place
from engine.bpmn.expressions.sandbox.process import BUNDLE, SANDBOX, SandboxError

#: What a text is: one that gives a value, or the tests of a cell in a decision table.
Kind: TypeAlias = Literal["expression", "tests"]

#: The names that are known where a text stands, each with those inside of it, 0 where there are
#: none: ``{"customer": {"first name": 0}}``.
Names: TypeAlias = Mapping[str, Any]
_NO_NAMES: Names = MappingProxyType({})

#: The first ``==`` outside of texts and comments.
_DOUBLE = re.compile(
    r"(?:[^\"=/]|\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/|/|=(?!=))*+(?P<slip>==)?", re.DOTALL
)
#: Texts and comments, in which nothing is called.
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)


def names_read(place: Place, kind: Kind, names: Names = _NO_NAMES) -> frozenset[str]:
    """Return the names of the variables that a text reads.

    Args:
        place: the text.
        kind: what it is.
        names: known where it stands. They may hold spaces and signs, so what a text means depends
            on them.

    Raises:
        ExpressionError: it is no FEEL, or says something that FEEL has no meaning for.
    """
    slip = _DOUBLE.search(place.text)
    if slip is not None and slip.group("slip"):
        # feelin would read a comparison with a test, which is never true.
        raise place.error(
            "'==' is not FEEL.", "Compare with one '='.", column=slip.start("slip") + 1
        )
    checked = _checked(kind, place.text, names)
    if "reads" not in checked:
        raise _unreadable(place, checked)
    strange = [name for name in checked["reads"] if name not in names]
    if strange:
        _check_strange(place, kind, strange, names)
    return frozenset(checked["reads"])


def _check_strange(place: Place, kind: Kind, strange: list[str], names: Names) -> None:
    """Look at names that are not known: most are variables, some are slips."""
    bare = _QUOTED.sub(" ", place.text)
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
            raise _of_several_words(place, name, kind)


def _inside(names: Names) -> Iterator[str]:
    for name, within in names.items():
        yield name
        if isinstance(within, Mapping):
            yield from _inside(within)


def _of_several_words(place: Place, name: str, kind: Kind) -> ExpressionError:
    # FEEL takes any words for a name; a remark would be null, and false, for ever.
    cure = "Write a comparison; names of variables are one word."
    if kind == "tests":
        cure = f'Write texts in double quotes: "{name}"; names of variables are one word.'
    column = place.text.find(name.partition(" ")[0]) + 1
    return place.error(f"'{name}' is no variable.", cure, column=column)


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
