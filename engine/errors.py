"""What the engine refuses, and what to do about it.

Every message says what happened, where, and what to do. The data is on attributes, so that
callers decide by them and never by the text::

    EngineError
    +-- NotFoundError                  no such row in this workspace
    |   +-- NoSuchDecisionError        no decision of that name where it was looked for
    |       +-- UnaskableVersionError  not in that version, or a draft
    +-- DeploymentRefusedError         the files have problems of severity ``error``
    +-- NotStartableError              a draft, or a definition without a suitable start event
    +-- UserTaskError
    |   +-- AlreadyClaimedError        another agent has the user task
    |   +-- UserTaskClosedError        completed or cancelled meanwhile
    |   +-- FormRejectedError          the submitted data does not satisfy the form
    +-- JobClosedError                 completed, failed for good or cancelled meanwhile
    +-- IncidentClosedError            resolved meanwhile
    +-- StaleRevisionError             another worker wrote the instance first; safe to try again
    +-- UnsuitableValueError           a variable holds something that cannot be stored
    +-- TimerExpressionError           a text is not a date, a duration or a cycle
    +-- StorageError                   the database cannot be opened or has an unknown schema
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class EngineError(Exception):
    """Anything the engine refuses. The text is fit to be shown to a person."""


class NotFoundError(EngineError):
    """There is no such row in the workspace that asked."""

    def __init__(self, kind: str, key: object) -> None:
        """Name the noun, as in ``docs/glossary.md``, and the key that was asked for."""
        super().__init__(
            f"There is no {kind} {key!r} in this workspace. Check the id, or the workspace."
        )
        self.kind = kind
        self.key = key


class NoSuchDecisionError(NotFoundError):
    """None of the files that were asked holds such a decision, or none that is deployed is it."""

    def __init__(self, key: str, known: Sequence[str], *, deployed: str | None = None) -> None:
        """Name those that there are, up to ten; ``deployed`` says which version was looked for."""
        super().__init__("decision", key)
        held = ", ".join(repr(each) for each in known[:10]) or "none"
        more = f" and {len(known) - 10} more" if known[10:] else ""
        there = "in these files. They hold"
        if deployed is not None:
            there = f"deployed{deployed} that can be asked. There are"
        self.args = (f"There is no decision {key!r} {there}: {held}{more}.",)


class UnaskableVersionError(NoSuchDecisionError):
    """The decision is deployed, but not in the version that is wanted, or only as a draft."""

    def __init__(self, key: str, why: str) -> None:
        """``why`` goes on after its name: ``"is not deployed in version 9; ..."``."""
        super().__init__(key, ())
        self.args = (f"The decision {key!r} {why}",)


class DeploymentRefusedError(EngineError):
    """The uploaded files cannot run. Nothing was stored."""

    def __init__(self, problems: Sequence[Any]) -> None:
        """Keep the :class:`~engine.definitions.Problem` list; the text quotes the first error."""
        first = next((p for p in problems if p.severity == "error"), None)
        detail = f" {first.message} {first.cure}" if first else ""
        errors = sum(p.severity == "error" for p in problems)
        super().__init__(f"The deployment was refused: {errors} error(s).{detail}")
        self.problems = tuple(problems)


class NotStartableError(EngineError):
    """The definition exists but no instance of it can be started in the way that was asked."""

    def __init__(self, key: str, why: str) -> None:
        """Say which definition, and why it cannot start."""
        super().__init__(f"{key!r} cannot be started: {why}")
        self.key = key


class UserTaskError(EngineError):
    """A user task cannot be claimed or completed."""


class AlreadyClaimedError(UserTaskError):
    """Another agent has claimed the user task."""

    def __init__(self, user_task_id: int, holder: str) -> None:
        """Keep who holds it, so that a page can say so."""
        super().__init__(
            f"{holder} has already claimed this user task. "
            f"Take another one, or ask {holder} to release it."
        )
        self.user_task_id = user_task_id
        self.holder = holder


class UserTaskClosedError(UserTaskError):
    """The user task was completed or cancelled meanwhile. What was submitted is not applied."""

    def __init__(self, user_task_id: int, status: str) -> None:
        """Keep the status it has now."""
        super().__init__(
            f"This user task is already {status}. Nothing was changed; go back to the queue."
        )
        self.user_task_id = user_task_id
        self.status = status


class FormRejectedError(UserTaskError):
    """The submitted data does not satisfy the form of the user task."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep one sentence for each field key."""
        super().__init__(
            "Some answers need attention: " + " ".join(f"{k}: {v}" for k, v in errors.items())
        )
        self.errors = dict(errors)


class JobClosedError(EngineError):
    """The job does not wait for a result any more."""

    def __init__(self, job_id: int, status: str) -> None:
        """Keep the status it has now."""
        super().__init__(f"Job {job_id} is already {status}; the result was not applied.")
        self.job_id = job_id
        self.status = status


class IncidentClosedError(EngineError):
    """The incident was resolved in the meantime."""

    def __init__(self, incident_id: int) -> None:
        """Keep the id."""
        super().__init__(f"Incident {incident_id} is already resolved. Refresh the list.")
        self.incident_id = incident_id


class StaleRevisionError(EngineError):
    """Another worker wrote the instance first. Nothing was stored; trying again is safe."""


class UnsuitableValueError(EngineError):
    """A variable, payload or form answer holds a value that is no JSON, no date and no moment."""

    def __init__(self, value: object) -> None:
        """Name the type of the value; the value itself may be private."""
        super().__init__(
            f"A value of type {type(value).__name__} cannot be stored. Use text, finite numbers, "
            "true/false, nothing, lists, and dictionaries with text keys, dates or date-times."
        )
        self.type = type(value).__name__


class TimerExpressionError(EngineError):
    """A timer's text is not an ISO 8601 date, duration or cycle that we can count on."""

    def __init__(self, text: str, why: str) -> None:
        """Quote at most 80 characters of the text, and say what would be understood."""
        super().__init__(f"{text[:80]!r} is not a time we understand: {why}")
        self.text = text
        self.why = why


class StorageError(EngineError):
    """The database cannot be used as it is; the text says how to cure it."""
