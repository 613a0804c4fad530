"""A timer waits for no time at all.

Its duration is zero or negative, so it is due the moment it is armed: a boundary event interrupts
before anybody could do anything, an intermediate event is a detour. Give it a duration above zero.
A warning: it runs as the standard says. Dates in the past are not looked at, because a diagram is
read before anybody knows when it runs.
"""

from __future__ import annotations

import re

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import B, text_of

_DURATION = re.compile(r"([+-]?)P(?:\d[\d.,]*[YMWD])*(?:T(?:\d[\d.,]*[HMS])*)?")


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every duration that stands there as it is."""
    for timer in drawing.all("timerEventDefinition"):
        text = text_of(timer.find(B + "timeDuration")).upper()
        found = _DURATION.fullmatch(text)
        event = timer.getparent()
        if found is None or event is None or not any(sign.isdigit() for sign in text):
            continue
        if found.group(1) == "-" or not any(sign in "123456789" for sign in text):
            findings.warning(
                event,
                f"Its duration {text:.40} is over at once: it never waits.",
                "Give it a duration above zero, such as PT15M.",
            )
