"""A conversation link does not connect a conversation with who takes part in it.

One end is a participant, or an activity or event of one; the other is a conversation. Connect it
that way. A warning: conversations are shown and never run.

Source: BPMN 2.0.2, 9.5 (conversation links).
"""

from __future__ import annotations

from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import local

_CONVERSATIONS = frozenset({"callConversation", "conversation", "subConversation"})


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Count the conversations among the ends of every link."""
    for link in drawing.all("conversationLink"):
        ends = [drawing.referred(link.get(end)) for end in ("sourceRef", "targetRef")]
        kinds = [local(end) for end in ends if end is not None]
        if len(kinds) > 1 and sum(kind in _CONVERSATIONS for kind in kinds) != 1:
            findings.warning(
                link,
                "It does not connect one conversation with one participant.",
                "Connect a conversation with a participant.",
            )
