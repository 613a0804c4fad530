"""The multiplicity of a participant contradicts itself.

The minimum is a number from 0 on, the maximum one from 1 on and not below the minimum. Correct
the numbers. An error: there is no way to read them; and modelers check them.

Source: BPMN 2.0.2, 9.3 (``participantMultiplicity``).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Compare both numbers with each other and with their limits."""
    for multiplicity in drawing.all("participantMultiplicity"):
        least, most = (
            _number(multiplicity.get("minimum"), 0),
            _number(multiplicity.get("maximum"), 1),
        )
        if least is None or most is None or least < 0 or most < max(1, least):
            findings.error(
                multiplicity,
                f"Minimum {multiplicity.get('minimum')} and maximum "
                f"{multiplicity.get('maximum')} are no multiplicity.",
                "Choose a minimum from 0 on, and a maximum of at least 1 and the minimum.",
            )


def _number(text: str | None, otherwise: int) -> int | None:
    try:
        return otherwise if text is None else int(text)
    except ValueError:
        return None
