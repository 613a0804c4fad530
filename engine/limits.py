"""How much one diagram, one run and one chain of runs may use before it is stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """The bounds of one engine. Beyond one of the first four there is an incident, and a cure."""

    #: Elements that one run of an instance may pass, from one wait to the next: an endless loop
    #: without a wait ends here. A run is one transaction, during which SQLite lets nobody else
    #: write; so many elements took a little over a second where we measured it.
    steps: int = 50_000
    #: The same in seconds of work, for drawings whose expressions take long.
    seconds: float = 5.0
    #: Seconds of work that one expression, script or decision may take in the sandbox; texts that
    #: need none are bounded by steps. There is one sandbox in a process of the operating system:
    #: the engine that was opened last decides.
    expression_seconds: float = 0.1
    #: Tokens alive in one instance at a time: a loop that forks ends here.
    tokens: int = 25_000
    #: Messages and signals in a row with which instances answer each other while nothing comes
    #: from outside, no person, timer, job or message: a conversation without end stops here.
    hops: int = 1_000
    #: Bytes of one uploaded file.
    upload_bytes: int = 5 * 1024 * 1024
    #: By name of a channel, how many characters it carries in a reply. Longer texts in a diagram
    #: are a warning, nothing more; without channels they are held against the 280 of X.
    replies: Mapping[str, int] = field(default_factory=dict)
    #: The same of private replies, where a channel carries another length of them.
    private_replies: Mapping[str, int] = field(default_factory=dict)


__all__ = ["Limits"]
