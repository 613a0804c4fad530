"""What refers to what: by which attribute or element, to elements of which kind, at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from engine.bpmn.drawing import Drawing
from engine.bpmn.schema import CALLABLE
from engine.bpmn.vocabulary import EVENT_DEFINITIONS
from engine.bpmn.xml import ACTIVITIES, EVENTS, FLOW_NODES, B, Element, local, plain_name, text_of
from engine.definitions import Severity

#: Element: its attribute, and the kind of element the attribute refers to.
REFERENCES = {
    "messageEventDefinition": ("messageRef", "message"),
    "signalEventDefinition": ("signalRef", "signal"),
    "errorEventDefinition": ("errorRef", "error"),
    "escalationEventDefinition": ("escalationRef", "escalation"),
    "sendTask": ("messageRef", "message"),
    "receiveTask": ("messageRef", "message"),
}
_XML_SCHEMA = "http://www.w3.org/2001/XMLSchema"
#: Prefixes that people write without declaring them, for types that no document defines.
_TYPES = {"xs", "xsd", "java", "http", "https"}


def declarations(root: Element, kind: str) -> dict[str, Element]:
    """Return what the document declares of ``kind`` (``"message"``, ...), by id."""
    return {child.get("id", ""): child for child in root if local(child) == kind}


class Reference(NamedTuple):
    """A way to refer from one element to another."""

    owner: str
    #: An attribute of the owner, or an element directly in it that holds the id as its text.
    by: str
    kinds: frozenset[str]
    #: What a reference to nothing, and one to another kind of element, costs.
    lost: Severity
    odd: Severity


_W, _D, _E = Severity.WARNING, Severity.DRAFT, Severity.ERROR
_ITEMS = frozenset({"dataInput", "dataObject", "dataOutput", "dataStore", "property"})
_SHOWN_ITEMS = _ITEMS | {"dataObjectReference", "dataStoreReference"}
_CONVERSATIONS = frozenset({"callConversation", "conversation", "subConversation"})
_COLLABORATIONS = frozenset({"collaboration", "choreography", "globalConversation"})


def _many(
    owners: Iterable[str], by: str, kinds: Iterable[str], lost: Severity = _W, odd: Severity = _W
) -> Iterator[Reference]:
    for owner in owners:
        yield Reference(owner, by, frozenset(kinds), lost, odd)


#: Every reference that has no rule of its own.
TABLE: tuple[Reference, ...] = (
    *_many(("messageFlow",), "messageRef", ("message",)),
    *_many(("correlationPropertyRetrievalExpression",), "messageRef", ("message",), _D, _D),
    *_many(("messageEventDefinition",), "operationRef", ("operation",)),
    *_many(("serviceTask", "sendTask", "receiveTask", "ioBinding"), "operationRef", ("operation",)),
    *_many(("operation",), "inMessageRef", ("message",)),
    *_many(("operation",), "outMessageRef", ("message",)),
    *_many(("operation",), "errorRef", ("error",)),
    *_many(("message",), "itemRef", ("itemDefinition",)),
    *_many(sorted(_SHOWN_ITEMS), "itemSubjectRef", ("itemDefinition",)),
    *_many(("error", "escalation", "signal"), "structureRef", ("itemDefinition",)),
    *_many(("dataObjectReference",), "dataObjectRef", ("dataObject",), _W, _D),
    *_many(("dataStoreReference",), "dataStoreRef", ("dataStore",)),
    *_many(("participant",), "processRef", ("process",), _W, _D),
    *_many(("participant",), "interfaceRef", ("interface",)),
    *_many(("lane",), "flowNodeRef", FLOW_NODES),
    *_many(("group",), "categoryValueRef", ("categoryValue",)),
    *_many(("process", "globalTask", "globalUserTask"), "supportedInterfaceRef", ("interface",)),
    *_many(("process",), "definitionalCollaborationRef", _COLLABORATIONS),
    *_many(("process",), "supports", ("process",)),
    *_many(("inputSet",), "dataInputRefs", ("dataInput",)),
    *_many(("inputSet",), "optionalInputRefs", ("dataInput",)),
    *_many(("inputSet",), "whileExecutingInputRefs", ("dataInput",)),
    *_many(("inputSet",), "outputSetRefs", ("outputSet",)),
    *_many(("outputSet",), "dataOutputRefs", ("dataOutput",)),
    *_many(("outputSet",), "optionalOutputRefs", ("dataOutput",)),
    *_many(("outputSet",), "whileExecutingOutputRefs", ("dataOutput",)),
    *_many(("outputSet",), "inputSetRefs", ("inputSet",)),
    *_many(("dataInputAssociation", "dataOutputAssociation"), "sourceRef", _SHOWN_ITEMS, _D),
    *_many(("dataInputAssociation", "dataOutputAssociation"), "targetRef", _SHOWN_ITEMS, _D),
    *_many(("correlationSubscription",), "correlationKeyRef", ("correlationKey",), _D, _D),
    *_many(
        ("correlationKey", "correlationPropertyBinding"),
        "correlationPropertyRef",
        ("correlationProperty",),
        _D,
        _D,
    ),
    *_many(("correlationProperty",), "type", ("itemDefinition",)),
    *_many(("resourceRole", "performer", "humanPerformer"), "resourceRef", ("resource",)),
    *_many(("potentialOwner",), "resourceRef", ("resource",)),
    *_many(("resourceParameterBinding",), "parameterRef", ("resourceParameter",)),
    *_many(
        ("collaboration", "globalConversation"),
        "choreographyRef",
        ("choreography", "globalChoreographyTask"),
    ),
    *_many(
        ("callChoreography",), "calledChoreographyRef", ("choreography", "globalChoreographyTask")
    ),
    *_many(("callConversation",), "calledCollaborationRef", _COLLABORATIONS),
    *_many(sorted(_CONVERSATIONS), "participantRef", ("participant",)),
    *_many(sorted(_CONVERSATIONS | {"choreographyTask"}), "messageFlowRef", ("messageFlow",)),
    *_many(("choreographyTask", "subChoreography"), "participantRef", ("participant",)),
    *_many(("choreographyTask", "subChoreography"), "initiatingParticipantRef", ("participant",)),
    *_many(("participantAssociation",), "innerParticipantRef", ("participant",)),
    *_many(("participantAssociation",), "outerParticipantRef", ("participant",)),
    *_many(
        ("conversationLink",), "sourceRef", _CONVERSATIONS | {"participant"} | EVENTS | ACTIVITIES
    ),
    *_many(
        ("conversationLink",), "targetRef", _CONVERSATIONS | {"participant"} | EVENTS | ACTIVITIES
    ),
    *_many(("association",), "sourceRef", ()),
    *_many(("association",), "targetRef", ()),
    *_many(
        ("multiInstanceLoopCharacteristics",), "noneBehaviorEventRef", EVENT_DEFINITIONS, _D, _D
    ),
    *_many(("multiInstanceLoopCharacteristics",), "oneBehaviorEventRef", EVENT_DEFINITIONS, _D, _D),
)
#: A called element in sight has to be one that can be called; others are looked up when deployed.
CALLED = Reference("callActivity", "calledElement", CALLABLE, _D, _D)


def referring(drawing: Drawing, reference: Reference) -> Iterator[tuple[Element, str]]:
    """Yield every owner with the text it refers by; what other documents define is left out."""
    for owner in drawing.all(reference.owner):
        texts = [owner.get(reference.by), *map(text_of, owner.findall(B + reference.by))]
        for text in texts:
            if text and text.strip() and not _defined_elsewhere(drawing, owner, text.strip()):
                yield owner, text.strip()


def _defined_elsewhere(drawing: Drawing, owner: Element, text: str) -> bool:
    prefix, colon, _ = text.rpartition(":")
    if text.startswith(("${", "#{", "=")) or prefix in _TYPES:
        return True
    if not colon or text in drawing.by_id:
        return False
    imported = drawing.remembered(
        "imported", lambda: {_XML_SCHEMA, *(one.get("namespace") for one in drawing.all("import"))}
    )
    return owner.nsmap.get(prefix) in imported


def lost(drawing: Drawing, text: str) -> bool:
    """Say whether a reference leads to nothing."""
    return text not in drawing.by_id and drawing.referred(text) is None


def found(drawing: Drawing, text: str) -> Element | None:
    """Return what a reference leads to; ids with a colon in them are taken as they are."""
    return drawing.by_id[text] if text in drawing.by_id else drawing.referred(text)


def named(text: str) -> str:
    """Return a reference as people are shown it."""
    return plain_name(text)
