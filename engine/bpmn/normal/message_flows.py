"""Makes message flows between the pools of a file messages between their instances.

Each end of such a flow gets the message that the other names; where none is named, one is declared
after the flow. A task without a type that sends becomes a send task. Where one of the two
processes is started by the other, directly or through third ones, both ends correlate by the
conversation key (:mod:`engine.bpmn.conversations`), so that a reply finds the instance that asked;
otherwise, and where somebody wrote a correlation key, nothing is added.

Flows to and from pools without content, and to other elements, document: they leave an ``info``.
"""

from __future__ import annotations

from engine.bpmn.conversations import CONVERSATION_KEY, Link, links
from engine.bpmn.problems import Findings
from engine.bpmn.xml import B, C, Element, N, Names, add, local, plain_name

ORDER = 45


def apply(root: Element, names: Names, findings: Findings) -> None:
    """Name the messages and mark who takes part in a conversation."""
    found = links(root)
    for link in found:
        _name(root, link, names, findings)
    for link in _conversations(found):
        if not (_keyed(link.source) or _keyed(link.target)):
            for marked in (link.source, link.target, link.source_process, link.target_process):
                marked.set(N + "conversation", CONVERSATION_KEY)
    carrying = {link.flow for link in found}
    for flow in root.iter(B + "messageFlow"):
        if flow not in carrying and flow.get(N + "shown") is None:
            flow.set(N + "shown", "true")
            findings.info(flow, "The message flow documents who sends; nothing is sent along it.")


def _name(root: Element, link: Link, names: Names, findings: Findings) -> None:
    if local(link.source) == "task":
        link.source.tag = B + "sendTask"
        findings.info(link.source, "A message leaves it: it runs as a send task.")
    sending, receiving = _definition(link.source), _definition(link.target)
    said = [plain_name(each.get("messageRef")) for each in (sending, receiving)]
    if all(said):
        return
    reference = said[0] or said[1] or plain_name(link.flow.get("messageRef"))
    if not reference:
        name = link.flow.get("name") or link.flow.get("id") or link.target.get("name") or "message"
        message = add(root, "message", names)
        # Messages are known by name everywhere: the same word in another drawing is another one.
        message.set("name", f"{link.target_process.get('id')}.{' '.join(name.split())}")
        reference = message.get("id", "")
    for end, known in zip((sending, receiving), said, strict=True):
        if not known:
            end.set("messageRef", reference)
    findings.info(link.flow, "The message it carries has the name of the flow at both ends.")


def _definition(node: Element) -> Element:
    """Return what carries the ``messageRef``: the task itself, or an event's first open one."""
    definitions = node.findall(B + "messageEventDefinition")
    if not definitions:
        return node
    return next((one for one in definitions if not one.get("messageRef")), definitions[0])


def _keyed(node: Element) -> bool:
    own = node.findall(f"{B}extensionElements/{C}message")
    return any(settings.get("correlationKey") for settings in own)


def _conversations(found: list[Link]) -> list[Link]:
    """Return the links between processes of which one leads to the start of the other."""
    group: dict[Element, Element] = {}

    def leader(process: Element) -> Element:
        while process in group:
            process = group[process]
        return process

    for link in found:
        one, other = leader(link.source_process), leader(link.target_process)
        if one is not other and _starts(link):
            group[other] = one
    return [each for each in found if leader(each.source_process) is leader(each.target_process)]


def _starts(link: Link) -> bool:
    node = link.target
    if node.getparent() is not link.target_process:
        return False
    if local(node) == "startEvent" or node.get("instantiate") in ("true", "1"):
        return True
    gateways = {
        gateway.get("id")
        for gateway in link.target_process.findall(B + "eventBasedGateway")
        if gateway.get("instantiate") in ("true", "1")
    }
    return any(
        flow.get("sourceRef") in gateways and plain_name(flow.get("targetRef")) == node.get("id")
        for flow in (link.target_process.findall(B + "sequenceFlow") if gateways else ())
    )
