"""An id begins with a digit, or has spaces or signs in it.

The schema wants ids that are XML names: a letter or underscore first, then letters, digits,
points, hyphens and underscores. Such ids are kept as they are and work here; other tools may
refuse the file. Give the element another id. A warning, said once for a document: it runs.

Source: BPMN 2.0.2, ``Semantic.xsd`` (``id`` is an ``xsd:ID``).
"""

from __future__ import annotations

import re

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings

_NAME = re.compile(r"[^\W\d][\w.\-]*")
_SHOWN = 3


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at every id."""
    odd = [key for key in drawing.by_id if not _NAME.fullmatch(key)]
    if odd:
        more = f" and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else ""
        findings.warning(
            drawing.by_id[odd[0]],
            f"It is no XML name: {', '.join(map(repr, odd[:_SHOWN]))}{more}.",
            "Begin ids with a letter or underscore, without spaces and signs.",
        )
