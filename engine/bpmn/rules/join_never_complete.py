"""A parallel gateway waits for a token on every flow into it, and not all of them come.

The flows come from a decision that takes only some of its ways (an exclusive, event-based or
inclusive gateway, an interrupting boundary event, one of several start events), or lead back from
behind the gateway itself. The instance waits there for ever: a deadlock. Join alternatives with an
exclusive gateway, and ways of an inclusive gateway with an inclusive one.

A draft where no run can pass the gateway, a warning where only some can, or where an end event
that ends everything may come first. Silent where it cannot be decided: behind complex joins and
loops that do not end in one way, and where decisions look at the same variables.

Source: BPMN 2.0.2, 13.4.1 (the parallel gateway needs a token on each incoming flow).
"""

from __future__ import annotations

from engine.bpmn.analysis.correlation import free
from engine.bpmn.analysis.tokens import Stuck, TokenFlow, ends_early, token_flows
from engine.bpmn.drawing import Drawing
from engine.bpmn.problems import Findings
from engine.bpmn.rules import Surroundings
from engine.bpmn.xml import SCOPES, Element, local


def check(drawing: Drawing, findings: Findings, around: Surroundings) -> None:
    """Look at the joins of every scope at which tokens can be missing."""
    for flow in token_flows(drawing).values():
        for stuck in flow.stuck:
            if stuck.certain or free(drawing, stuck.because):
                _note(flow, stuck, findings)


def _note(flow: TokenFlow, stuck: Stuck, findings: Findings) -> None:
    gateway = flow.graph.nodes[stuck.node]
    inputs = len(flow.graph.into[stuck.node])
    if stuck.from_behind:
        message = f"It waits for {inputs} tokens, and one of them can only come from behind it"
        cure = "Let the flow that leads back enter an exclusive gateway in front of it."
    elif not stuck.because:
        message = f"It waits for {inputs} tokens, and no token ever takes some of these flows"
        cure = "Connect what leads to it to the flow, or remove the flow."
    else:
        deciders = ", ".join(map(_named, stuck.because[:3]))
        message = f"It waits for {inputs} tokens, and {deciders} does not send all of them"
        cure = "Join with the kind of gateway that split: exclusive with exclusive, for example."
    if stuck.certain and not ends_early(flow.graph):
        findings.draft(gateway, f"{message}: no instance ever gets past it.", cure)
    else:
        findings.warning(gateway, f"{message}: an instance can wait here for ever.", cure)


def _named(element: Element) -> str:
    if local(element) in SCOPES:
        return "the choice between its start events"
    return f"'{(element.get('name') or '').strip() or element.get('id')}'"
