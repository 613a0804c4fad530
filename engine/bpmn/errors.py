"""What reading, checking and running diagrams refuses.

The errors as a tree::

    EngineError
    +-- UnreadableFileError      the bytes are not a BPMN or DMN file that can be looked at
    +-- ExpressionError          an expression or script cannot be compiled or evaluated
    +-- DecisionError            a decision table cannot be read, or its hit policy is violated
    +-- ElementError             an element cannot be executed; becomes an incident there
    |   +-- StepLimitError       an instance that never comes to rest
    +-- VariableError            a value that no variable can hold
    +-- StateError               stored bytes that cannot be read back

Linting raises none of them: each of the first three becomes a
:class:`~engine.definitions.Problem`. While an instance runs, all but the last two end at an error
boundary event or in an incident.
"""

from __future__ import annotations

from engine.definitions import Problem, Severity
from engine.errors import EngineError


class UnreadableFileError(EngineError):
    """The bytes are not a BPMN or DMN file that can be looked at."""

    def __init__(
        self, rule: str, message: str, cure: str, *, line: int | None = None, file: str = ""
    ) -> None:
        """Keep the parts of the problem; ``rule`` is its id, ``line`` 1-based where known."""
        super().__init__(f"{file}: {message} {cure}" if file else f"{message} {cure}")
        self.problem = Problem(rule, Severity.ERROR, None, line, message, cure)
        self.file = file


class ExpressionError(EngineError):
    """An expression or script cannot be compiled, or failed when it was evaluated."""

    def __init__(
        self,
        reason: str,
        cure: str,
        *,
        text: str = "",
        element: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        """Say where and what to do.

        Args:
            reason: one sentence without a name of the place.
            cure: one sentence: what to do.
            text: the expression as it was written.
            element: BPMN id of the element that holds it.
            line: 1-based line of the element in the file.
            column: 1-based column inside ``text``; None when the whole text is meant.
        """
        place = f" of {element}" if element else ""
        where = f", column {column}" if column else ""
        shown = text if len(text) <= 120 else text[:117] + "..."
        super().__init__(f"In the expression '{shown}'{place}{where}: {reason} {cure}")
        self.reason = reason
        self.cure = cure
        self.text = text
        self.element = element
        self.line = line
        self.column = column


class DecisionError(EngineError):
    """A decision cannot be read, or its hit policy does not allow what its rules say."""

    def __init__(
        self, reason: str, cure: str, *, decision: str, element: str | None = None
    ) -> None:
        """Name the decision by its key, and the element inside it where one is to blame."""
        super().__init__(f"In the decision {decision!r}: {reason} {cure}")
        self.reason = reason
        self.cure = cure
        self.decision = decision
        self.element = element


class ElementError(EngineError):
    """An element cannot be executed with the variables it met."""

    def __init__(self, what: str, cure: str, *, code: str = "element.failed") -> None:
        """Keep both sentences for the incident.

        Args:
            what: one sentence: what happened.
            cure: one sentence: what to do.
            code: BPMN error code under which a boundary event may catch it.
        """
        super().__init__(f"{what} {cure}")
        self.what = what
        self.cure = cure
        self.code = code


class StepLimitError(ElementError):
    """An instance took more steps in one run than any sound diagram needs."""

    def __init__(self, limit: int) -> None:
        """Name the limit; an endless loop of the diagram is by far the likeliest reason."""
        super().__init__(
            f"The instance took {limit:,} steps without coming to rest.",
            "Look for a loop whose condition never changes, correct a variable, then try again.",
            code="step.limit",
        )
        self.limit = limit


class TimeLimitError(ElementError):
    """An instance ran longer than one transaction may take."""

    def __init__(self, limit: float) -> None:
        """Name the limit, in seconds."""
        super().__init__(
            f"The instance ran for {limit:g} seconds without coming to rest.",
            "Look for an endless loop or slow expressions; trying again goes on from here.",
            code="time.limit",
        )
        self.limit = limit


class TokenLimitError(ElementError):
    """More tokens are alive in an instance than any sound diagram needs."""

    def __init__(self, limit: int) -> None:
        """Name the limit; a loop that forks each time is by far the likeliest reason."""
        super().__init__(
            f"More than {limit:,} tokens are alive in the instance.",
            "Look for a loop that leaves something behind each time it comes round.",
            code="token.limit",
        )
        self.limit = limit


class HopLimitError(ElementError):
    """Instances answer each other without end, while nothing comes from outside."""

    def __init__(self, name: str, limit: int) -> None:
        """Name what was to be thrown, and the limit."""
        super().__init__(
            f"'{name}' was not sent: {limit:,} messages and signals of instances led to it, one to "
            "the next, and nothing came from outside.",
            "Look for processes that message each other for ever; trying again goes on with it.",
            code="hop.limit",
        )
        self.limit = limit


class VariableError(EngineError):
    """A value cannot be kept in a variable."""

    def __init__(self, path: str, reason: str) -> None:
        """Name the variable, with the keys that lead to the value."""
        super().__init__(
            f"The variable {path!r} {reason}. Use text, numbers, true or false, null, dates, "
            "lists and dictionaries with text keys."
        )
        self.path = path


class StateError(EngineError):
    """The stored state of an instance cannot be read. Nothing was changed."""

    def __init__(self, reason: str) -> None:
        """Say what is wrong with the bytes."""
        super().__init__(
            f"The stored state of the instance cannot be read: {reason}. "
            "Restore the instance from a backup, or cancel it and start a new one."
        )
