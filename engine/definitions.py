"""Process definitions, decisions and forms, and the deployments that made them current.

A *deployment* stores files as they came. A *definition* is one version of one executable
process or decision in one of those files. Versions count up from 1 for each key in a workspace;
the latest is what new instances use, running instances stay on theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.schedules import Schedule


class Severity(StrEnum):
    """How bad a problem is, mildest first."""

    INFO = "info"  #: rewritten, same meaning
    WARNING = "warning"  #: runs, probably not as meant
    DRAFT = "draft"  #: stored and shown; cannot start until somebody supplies what is missing
    ERROR = "error"  #: cannot run; the deployment is refused


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with, or was changed in, an uploaded file."""

    rule: str  #: id of the rule or pass, such as ``"gateway-without-condition"``
    severity: Severity
    element: str | None  #: BPMN id, None when the whole file is meant
    line: int | None  #: 1-based line in the uploaded bytes
    message: str  #: one sentence: what is wrong
    cure: str  #: one sentence: what to do
    name: str | None = None  #: the element's name in the drawing
    process: str | None = None  #: key of the process around it; None concerns the whole file


@dataclass(frozen=True, slots=True)
class Source:
    """A file to deploy or lint: its name tells the kind (``.bpmn``, ``.dmn``, ``.form``)."""

    name: str
    content: bytes

    @classmethod
    def of(cls, file: Path | Source) -> Source:
        """Read ``file``, or pass a source through. Raises ``OSError`` when it cannot be read."""
        return file if isinstance(file, Source) else cls(file.name, file.read_bytes())


class DefinitionKind(StrEnum):
    """What a definition runs."""

    PROCESS = "process"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class MessageStart:
    """A start event that waits for a message."""

    message: str
    element: str


@dataclass(frozen=True, slots=True)
class SignalStart:
    """A start event that waits for a signal."""

    signal: str
    element: str


@dataclass(frozen=True, slots=True)
class TimerStart:
    """A start event that waits for a time."""

    element: str
    schedule: Schedule
    slot: int = 0  #: tells apart several timers on one event


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """What pages and filters need to know of an element without compiling its definition."""

    id: str
    name: str | None
    kind: str  #: BPMN tag, such as ``"userTask"``
    #: Key or name of the decision that it asks, as written; None for an expression, and in what
    #: older versions of Corral stored.
    asks: str | None = None


@dataclass(frozen=True, slots=True)
class DefinitionDraft:
    """What reading a file found: a definition that has no id or version yet."""

    key: str
    name: str
    kind: DefinitionKind
    source: str  #: name of the file it came from
    executable: bool  #: as drawn
    startable: bool  #: no ``draft`` or ``error`` problem stands in the way
    message_starts: tuple[MessageStart, ...] = ()
    none_start: bool = True  #: can be started by :meth:`Engine.start`
    elements: tuple[ElementInfo, ...] = ()
    signal_starts: tuple[SignalStart, ...] = ()
    timer_starts: tuple[TimerStart, ...] = ()
    condition_starts: tuple[str, ...] = ()  #: ids of start events that wait for a condition
    version_tag: str | None = None  #: what its designer calls the version


@dataclass(frozen=True, slots=True)
class FileReport:
    """Everything that is known about one file after reading it."""

    file: str
    definitions: tuple[DefinitionDraft, ...]
    problems: tuple[Problem, ...]


#: Whether processes that do not say that they are executable are to be run: all or none of them,
#: those with these keys (the others are not), or None as long as nobody has been asked.
Executable = bool | Collection[str] | None


@dataclass(frozen=True, slots=True)
class NormalForm:
    """What a drawing was rewritten to before it was compiled."""

    xml: str
    notes: tuple[Problem, ...]  #: what each dialect and pass changed, in the order they ran


@dataclass(frozen=True, slots=True)
class Definition:
    """One stored version of one process or decision."""

    id: int
    key: str
    version: int
    name: str
    kind: DefinitionKind
    deployment_id: int
    resource: str  #: file name
    startable: bool
    deployed_at: datetime  #: UTC
    elements: tuple[ElementInfo, ...] = ()
    version_tag: str | None = None  #: what its designer calls the version


@dataclass(frozen=True, slots=True)
class Deployment:
    """The record of making definitions current."""

    id: int
    deployed_at: datetime  #: UTC
    by: str | None
    definitions: tuple[Definition, ...]
    #: By the name of each file, also of those that define nothing.
    found_in: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Those of all files."""
        return tuple(problem for found in self.found_in.values() for problem in found)


@dataclass(frozen=True, slots=True)
class Form:
    """A deployed form: form-js JSON, of which :mod:`engine.forms` knows the field types."""

    key: str
    schema: Mapping[str, Any] = field(default_factory=dict)
