"""A reply is longer than a channel carries.

The text of a ``reply.send`` job holds so much constant text that the channel refuses it: the job
fails each time and becomes an incident, and the customer waits. Shorten it, or have it sent in
parts: the input ``split``, where it is true, makes a numbered thread of it.

Counted is what stands in the diagram: a text as it is, or the constant parts of a text that is put
together; what variables add is not known here. The limits are those of the channels in use, of
private replies where the input ``private`` is always true; where nobody can tell them, those of X:
280 characters, and 10,000 in private. A text that may be split is held against 25 posts. A
warning: other channels carry the reply.

Files are not counted: they are added to a conversation while it goes on, so no diagram can name
one. A job passes on the ids that a form gave it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.bpmn.analysis import effects
from engine.bpmn.drawing import Drawing
from engine.bpmn.expressions import Expression, Literal
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings

JOB, INPUT = "reply.send", "text"
#: What is taken where nobody can tell which channels there are.
USUAL: Mapping[str, int] = {"X": 280}
USUAL_PRIVATE: Mapping[str, int] = {"X": 10_000}
#: Posts of a thread at most, and characters of the number at the end of each: `` (12/25)``.
PARTS, MARK = 25, 8
_HOSTS = ("serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent")
_CONSTANT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_FILLED_IN = re.compile(r"[$#]\{[^}]*\}")
#: What may stand between the constants of a text that is put together, and nothing else.
_PUT_TOGETHER = re.compile(r"\s*[\w.]*\s*(\+\s*[\w.]*\s*)*")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the constant text of each reply."""
    for element in drawing.all(*_HOSTS):
        job = effects.settings(element).get("job")
        if job is None or not isinstance(job.type, Literal) or job.type.text != JOB:
            continue
        inputs = dict(job.inputs)
        length = sum(_length(value) for name, value in job.inputs if name == INPUT)
        limits = _limits(around, private=_is(inputs.get("private"), "true"))
        splits = "split" in inputs and not _is(inputs["split"], "false")
        short = sorted(
            (limit, name)
            for name, limit in limits.items()
            if length > (PARTS * max(limit - MARK, 1) if splits else limit)
        )
        if short:
            each = f" in each of {PARTS} posts" if splits else ""
            names = ", ".join(f"{name} carries {limit:,}" for limit, name in short[:5])
            findings.warning(
                element,
                f"The reply has at least {length:,} characters; {names}{each}.",
                "Shorten it." if splits else "Shorten the text, or have it split into a thread.",
            )


def _limits(around: Surroundings, *, private: bool) -> Mapping[str, int]:
    """Return the limits a reply is held against; where it may be public, those of public ones."""
    limits = around.reply_limits or USUAL
    apart = around.private_reply_limits if around.reply_limits else USUAL_PRIVATE
    return {**limits, **apart} if private else limits


def _is(value: Expression | None, constant: str) -> bool:
    """Tell whether an input is always that truth value; a plain text is none, and so is false."""
    if value is None or isinstance(value, Literal):
        return constant == "false"
    return value.text.strip().removeprefix("=").strip().lower() == constant


def _length(text: Expression) -> int:
    """Return how many characters the text has whatever the variables hold."""
    if isinstance(text, Literal):
        return len(text.text)
    if _FILLED_IN.search(text.text):
        return len(_FILLED_IN.sub("", text.text))
    if not _PUT_TOGETHER.fullmatch(_CONSTANT.sub("", text.text)):
        return 0  # a choice or a function may drop any of them
    parts = (found.group(1) or found.group(2) or "" for found in _CONSTANT.finditer(text.text))
    return sum(len(re.sub(r"\\.", "x", part)) for part in parts)
