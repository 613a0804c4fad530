"""JavaScript for script tasks and conditions, each run in a realm of its own in the sandbox.

Variables are globals; what a script assigns to a global, or gives to ``execution.setVariable``,
becomes a variable. There is no host: no files, no network, no Java, and a clock that stands at the
moment of the engine.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.bpmn.errors import ExpressionError, VariableError
from engine.bpmn.expressions.protocol import Place, ResultScript
from engine.bpmn.expressions.safe.limits import SCRIPT_LENGTH, SIZE
from engine.bpmn.expressions.sandbox.border import incoming, outgoing
from engine.bpmn.expressions.sandbox.process import SANDBOX, SandboxError
from engine.bpmn.variables import storable

_RUNNER = (Path(__file__).parent / "sandbox" / "script.js").read_text(encoding="utf-8")
_STRINGS = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
_NAMES = re.compile(r"(?<![.\w$])[A-Za-z_$][\w$]*")
_ASSIGNED = re.compile(r"(?<![.\w$])([A-Za-z_$][\w$]*)\s*(?:[-+*/%]|\*\*|\|\||&&|\?\?)?=(?![=>])")
_DECLARED = re.compile(r"\b(?:let|const|function|class)\s+([A-Za-z_$][\w$]*)")
_GET = re.compile(r"\.(?:getVariable|getVariableLocal|hasVariable)\(\s*[\"']([^\"']+)[\"']")
_SET = re.compile(r"\.(?:set|remove)Variable(?:Local)?\(\s*[\"']([^\"']+)[\"']")
#: What scripts of other engines reach the host with.
_HOST = re.compile(
    r"\b(Java\.type|Packages\b|importPackage|importClass|java\.\w+|require(?=\s*\())"
)
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        Array Boolean Date Error Infinity JSON Map Math NaN Number Object Promise RegExp Set String
        Symbol async await break case catch class const continue default delete do else execution
        false finally for function globalThis if import in instanceof isFinite isNaN let new null
        of parseFloat parseInt print println return switch this throw true try typeof undefined
        var void while
        """,
    )
)
_CURE = "Check the script, and the values that the variables can have."


@dataclass(frozen=True, slots=True)
class JavaScriptExpression:
    """A compiled expression; implements :class:`~.protocol.Expression`."""

    place: Place
    reads: frozenset[str]

    @property
    def text(self) -> str:
        """The expression as it was written."""
        return self.place.text

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime | None = None) -> Any:
        """Return the value; see :meth:`.protocol.Expression.evaluate`."""
        return _ran(self.place, variables, now)["value"]


@dataclass(frozen=True, slots=True)
class JavaScriptScript:
    """A compiled script; implements :class:`~.protocol.Script`.

    What it reads and writes is what its text shows: a name put together at run time is not seen.
    """

    place: Place
    reads: frozenset[str]
    writes: frozenset[str]
    result: str | None = None

    @property
    def text(self) -> str:
        """The script as it was written."""
        return self.place.text

    def run(self, variables: MutableMapping[str, Any], *, now: datetime | None = None) -> None:
        """Set variables; see :meth:`.protocol.Script.run`."""
        answer = _ran(self.place, variables, now)
        variables.update(answer["set"])
        for name in answer["removed"]:
            variables.pop(name, None)
        if self.result is not None:
            variables[self.result] = answer["value"]


class JavaScript:
    """The language of both; implements :class:`~.protocol.ExpressionLanguage`."""

    name = "javascript"
    aliases = frozenset(
        {
            "javascript",
            "js",
            "ecmascript",
            "text/javascript",
            "application/javascript",
            "application/ecmascript",
            "text/ecmascript",
            "graal.js",
            "nashorn",
            "http://www.javascript.com/javascript",
        }
    )

    def expression(self, place: Place) -> JavaScriptExpression:
        """Compile one expression; its syntax is checked in the sandbox."""
        _check(place)
        return JavaScriptExpression(place, _reads(place.text))

    def script(self, place: Place, result: str | None = None) -> JavaScriptScript | ResultScript:
        """Compile a script; with ``result`` that variable gets the value of its last statement."""
        _check(place)
        bare = _STRINGS.sub("''", place.text)
        writes = {*_ASSIGNED.findall(bare), *_SET.findall(place.text)} - set(
            _DECLARED.findall(bare)
        )
        named = {result} if result else set()
        return JavaScriptScript(
            place, _reads(place.text), frozenset(writes - _WORDS | named), result
        )


def _reads(text: str) -> frozenset[str]:
    bare = _STRINGS.sub("''", text)
    names = {*_NAMES.findall(bare), *_GET.findall(text)}
    return frozenset(names - _WORDS - set(_DECLARED.findall(bare)))


def _check(place: Place) -> None:
    """Refuse what is empty, too long, reaches for a host, or is no JavaScript."""
    if not place.text.strip():
        raise place.error("The script is empty.", "Write its statements.")
    if len(place.text) > SCRIPT_LENGTH:
        raise place.error(f"It has more than {SCRIPT_LENGTH:,} characters.", "Split the script.")
    host = _HOST.search(_STRINGS.sub(lambda found: " " * len(found.group()), place.text))
    if host is not None:
        raise place.error(
            f"'{host.group(1)}' does not exist here.",
            "Let a service task do it: its job type says which job handler does the work.",
            line=place.text.count("\n", 0, host.start()) + 1,
        )
    try:
        _checked(place.text)
    except SandboxError as failure:
        cure = failure.cure or "Check brackets, quotes and operators."
        raise place.error(f"It cannot be read: {_plain(str(failure))}.", cure) from failure


@functools.lru_cache(maxsize=1024)
def _checked(text: str) -> str:
    return SANDBOX.ask("C", text)


def _ran(place: Place, variables: Mapping[str, Any], now: datetime | None) -> dict[str, Any]:
    try:
        moment = None if now is None else now.isoformat()
        payload = outgoing({"variables": dict(variables), "text": place.text, "now": moment})
        text = SANDBOX.ask("S", f"({_RUNNER})({json.dumps(payload)})")
        if len(text) > SIZE:
            raise SandboxError(f"its variables grow beyond {SIZE // 1024} kB")
        # A script can set what its text does not show, so everything is looked at here.
        return _answer(storable(incoming(text), "script"))
    except SandboxError as failure:
        raise _failed(place, str(failure), failure.cure or _CURE) from failure
    except (TypeError, ValueError, VariableError) as failure:
        raise _failed(place, str(failure)) from failure


def _answer(found: Any) -> dict[str, Any]:
    """Return what a script answers, which it can have a hand in: it shares its realm with ours."""
    parts = found if isinstance(found, dict) else {}
    removed = parts.get("removed")
    if "value" in parts and isinstance(parts.get("set"), dict) and isinstance(removed, list):
        return {**parts, "removed": [name for name in removed if isinstance(name, str)]}
    raise SandboxError("it changes what JavaScript itself needs")


def _failed(place: Place, reason: str, cure: str = _CURE) -> ExpressionError:
    return place.error(f"It failed: {_plain(reason)}.", cure)


def _plain(reason: str) -> str:
    """Return the sentence of V8 without the kind of error."""
    return re.sub(r"^\w*Error: ", "", reason).strip().rstrip(".") or "it stopped"


LANGUAGE = JavaScript()
