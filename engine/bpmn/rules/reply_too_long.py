"""A reply is longer than a channel carries.

The text of a ``reply.send`` job holds so much constant text that the channel refuses it: the job
fails each time and becomes an incident, and the customer waits. Shorten it, or send it in parts.

Counted is what stands in the diagram: a text as it is, or the constant parts of a text that is put
together; what variables add is not known here. The limits are those of the channels in use; where
nobody can tell them, that of X, 280 characters. A warning: other channels carry the reply.
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
_HOSTS = ("serviceTask", "sendTask", "businessRuleTask", "intermediateThrowEvent", "endEvent")
_CONSTANT = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_FILLED_IN = re.compile(r"[$#]\{[^}]*\}")
#: What may stand between the constants of a text that is put together, and nothing else.
_PUT_TOGETHER = re.compile(r"\s*[\w.]*\s*(\+\s*[\w.]*\s*)*")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the constant text of each reply."""
    limits = around.reply_limits or USUAL
    for element in drawing.all(*_HOSTS):
        job = effects.settings(element).get("job")
        if job is None or not isinstance(job.type, Literal) or job.type.text != JOB:
            continue
        length = sum(_length(value) for name, value in job.inputs if name == INPUT)
        short = sorted((limit, name) for name, limit in limits.items() if length > limit)
        if short:
            names = ", ".join(f"{name} carries {limit:,}" for limit, name in short[:5])
            findings.warning(
                element,
                f"The reply has at least {length:,} characters; {names}.",
                "Shorten the text, or send it in several replies.",
            )


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
