"""What compiling one document needs everywhere: its declarations, and where problems go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from engine.bpmn import extensions
from engine.bpmn.errors import ExpressionError
from engine.bpmn.expressions import (
    Expression,
    Script,
    Unread,
    compile_expression,
    compile_script,
)
from engine.bpmn.lanes import Lanes
from engine.bpmn.languages import default_language
from engine.bpmn.problems import expression_problem, problem_at
from engine.bpmn.reader import Document
from engine.bpmn.specs.element import Origin
from engine.bpmn.xml import (
    B,
    Element,
    N,
    event_definitions,
    identity,
    line_of,
    local,
    plain_name,
    text_of,
)
from engine.definitions import Problem, Severity

T = TypeVar("T")
#: Texts whose value decides whether something happens.
_CONDITIONS = frozenset(
    {"conditionExpression", "condition", "loopCondition", "completionCondition"}
)
_DECLARED = ("message", "signal", "error", "escalation")


class Context:
    """One document in normal form while it is compiled."""

    def __init__(self, document: Document) -> None:
        """Look up what the document declares once."""
        self.root = document.root
        self.problems: list[Problem] = []
        self.declared = {e.get("id", ""): e for e in self.root if local(e) in _DECLARED}
        self._lanes = Lanes(document.root)
        #: What an association connects with the element of this id, at whichever end it stands.
        self.associated: dict[str, str] = {}
        for association in self.root.iter(B + "association"):
            ends = [plain_name(association.get(end)) for end in ("sourceRef", "targetRef")]
            for end, other in zip(ends, reversed(ends), strict=True):
                if end and other:
                    self.associated.setdefault(end, other)
        #: Event definitions that stand on their own, for others to refer to.
        self.shared_definitions = {one.get("id", ""): one for one in event_definitions(self.root)}
        self._language = default_language(self.root)

    # -- problems ------------------------------------------------------------------------------

    def error(self, element: Element, rule: str, message: str, cure: str) -> None:
        """Note what cannot run."""
        self.problems.append(problem_at(element, rule, Severity.ERROR, message, cure))

    def draft(self, element: Element, rule: str, message: str, cure: str) -> None:
        """Note what somebody has to supply before the definition can start."""
        self.problems.append(problem_at(element, rule, Severity.DRAFT, message, cure))

    # -- elements ------------------------------------------------------------------------------

    def origin(self, element: Element) -> Origin:
        """Return where a spec comes from; what a pass added has no id that people know."""
        added = element.get(N + "kind") or element.get(N + "implicit")
        key = element.get("id", "")
        return Origin(
            id=None if added else element.get(N + "as") or key,
            name=element.get("name"),
            kind=local(element),
            line=line_of(element),
            lane=self._lanes.of(element),
        )

    def settings(self, element: Element) -> Mapping[str, Any]:
        """Return Corral's extensions on ``element``, parsed; empty when one does not compile."""
        return self._tried(element, lambda: extensions.read(element), {})

    # -- texts ---------------------------------------------------------------------------------

    def expression(self, owner: Element, holder: Element | None) -> Expression | None:
        """Compile the text of ``holder``; None when it is absent or empty."""
        text = text_of(holder)
        if holder is None or not text:
            return None
        return self._tried(
            owner,
            lambda: compile_expression(
                text,
                element=identity(owner),
                line=line_of(holder),
                language=holder.get("language"),
                default=self._language,
                condition=local(holder) in _CONDITIONS,
            ),
            _stand_in(text),
        )

    def text_expression(self, owner: Element, text: str | None) -> Expression | None:
        """Compile an attribute that always is an expression; None when it is empty."""
        if not (text or "").strip():
            return None
        return self._tried(
            owner,
            lambda: compile_expression(
                text or "", element=identity(owner), line=line_of(owner), default=self._language
            ),
            _stand_in(text or ""),
        )

    def script(self, owner: Element, holder: Element) -> Script | None:
        """Compile the script of a script task; None when it does not compile."""
        return self._tried(
            owner,
            lambda: compile_script(
                holder.text or "",
                element=identity(owner),
                line=line_of(holder),
                language=owner.get("scriptFormat"),
                default=self._language,
                result=owner.get(N + "result") or None,
            ),
            None,
        )

    def _tried(self, owner: Element, compile_it: Callable[[], T], otherwise: T) -> T:
        try:
            return compile_it()
        except ExpressionError as error:
            self.problems.append(expression_problem(owner, error))
            return otherwise


def _stand_in(text: str) -> Expression:
    """Return what takes the place of an expression that does not compile; only trials meet it."""
    return Unread(text)
