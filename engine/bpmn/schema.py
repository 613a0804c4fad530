"""What the standard's schema says about elements: where each stands, what it has, its values.

Facts of ``Semantic.xsd`` of BPMN 2.0.2, as far as rules ask for them. The schema itself is not used
to check uploads: it says no to drawings that every modeler writes and that run well.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.bpmn.vocabulary import EVENT_DEFINITIONS
from engine.bpmn.xml import ACTIVITIES, CHOREOGRAPHY, EVENTS, FLOW_NODES, SCOPES
from engine.definitions import Severity

_CATCHING = frozenset({"startEvent", "intermediateCatchEvent", "boundaryEvent"})
_THROWING = frozenset({"endEvent", "intermediateThrowEvent", "implicitThrowEvent"})
_GLOBAL_TASKS = frozenset(
    {
        "globalTask",
        "globalUserTask",
        "globalScriptTask",
        "globalManualTask",
        "globalBusinessRuleTask",
    }
)
#: What a call activity may call.
CALLABLE = _GLOBAL_TASKS | {"process"}
_COLLABORATIONS = frozenset(
    {"collaboration", "choreography", "globalChoreographyTask", "globalConversation"}
)
_FLOW_SCOPES = SCOPES | {"choreography", "globalChoreographyTask", "subChoreography"}
_CONVERSATIONS = frozenset({"callConversation", "conversation", "subConversation"})
_ROLES = frozenset({"humanPerformer", "performer", "potentialOwner", "resourceRole"})
_ITEMS = frozenset(
    {
        "dataInput",
        "dataObject",
        "dataObjectReference",
        "dataOutput",
        "dataStore",
        "dataStoreReference",
        "property",
    }
)
_ROOT = (
    CALLABLE
    | EVENT_DEFINITIONS
    | (_COLLABORATIONS - {"collaboration"})
    | {
        "category",
        "collaboration",
        "correlationProperty",
        "dataStore",
        "endPoint",
        "error",
        "escalation",
        "interface",
        "itemDefinition",
        "message",
        "partnerEntity",
        "partnerRole",
        "resource",
        "signal",
    }
)


def _places() -> dict[str, frozenset[str]]:
    inside_events = EVENTS | {"definitions", "event"}
    loops = {"multiInstanceLoopCharacteristics"}
    parts: list[tuple[frozenset[str] | set[str], frozenset[str] | set[str]]] = [
        (_ROOT - EVENT_DEFINITIONS, {"definitions"}),
        (EVENT_DEFINITIONS, inside_events),
        ({"eventDefinitionRef"}, EVENTS),
        (FLOW_NODES | {"sequenceFlow"}, _FLOW_SCOPES),
        ({"dataObject", "dataObjectReference", "dataStoreReference"}, _FLOW_SCOPES),
        ({"association", "group", "textAnnotation"}, _FLOW_SCOPES | _COLLABORATIONS),
        ({"standardLoopCharacteristics", "multiInstanceLoopCharacteristics"}, ACTIVITIES),
        ({"inputDataItem", "outputDataItem", "loopDataInputRef", "loopDataOutputRef"}, loops),
        ({"loopCardinality", "complexBehaviorDefinition"}, loops),
        ({"loopCondition"}, {"standardLoopCharacteristics"}),
        ({"completionCondition"}, {"adHocSubProcess", *loops}),
        ({"conditionExpression"}, {"sequenceFlow"}),
        ({"condition"}, {"complexBehaviorDefinition", "conditionalEventDefinition"}),
        ({"timeCycle", "timeDate", "timeDuration"}, {"timerEventDefinition"}),
        ({"script"}, {"scriptTask", "globalScriptTask"}),
        ({"laneSet"}, SCOPES),
        ({"lane"}, {"laneSet", "childLaneSet"}),
        ({"childLaneSet", "flowNodeRef", "partitionElement"}, {"lane"}),
        ({"ioSpecification"}, ACTIVITIES | CALLABLE),
        ({"dataInput", "inputSet"}, _THROWING | {"ioSpecification"}),
        ({"dataOutput", "outputSet"}, _CATCHING | {"ioSpecification"}),
        ({"dataInputAssociation"}, ACTIVITIES | _THROWING),
        ({"dataOutputAssociation"}, ACTIVITIES | _CATCHING),
        ({"property"}, ACTIVITIES | EVENTS | {"process"}),
        ({"dataState"}, _ITEMS),
        ({"participant", "conversationLink"}, _COLLABORATIONS),
        ({"messageFlow", "messageFlowAssociation"}, _COLLABORATIONS),
        (_CONVERSATIONS, _COLLABORATIONS | {"subConversation"}),
        ({"participantMultiplicity"}, {"participant"}),
        ({"correlationKey"}, _COLLABORATIONS | CHOREOGRAPHY | _CONVERSATIONS),
        ({"correlationSubscription"}, {"process"}),
        ({"operation"}, {"interface"}),
        (_ROLES, ACTIVITIES | CALLABLE),
        ({"categoryValue"}, {"category"}),
        ({"text"}, {"textAnnotation"}),
    ]
    found: dict[str, frozenset[str]] = {}
    for tags, parents in parts:
        for tag in tags:
            found[tag] = found.get(tag, frozenset()) | parents
    return found


#: Element: the elements it may stand directly in. What is not listed may stand in many.
PLACES = _places()

#: Attributes of the type ``xs:boolean``, and the elements that have them; None: several do.
BOOLEANS = frozenset(
    {
        "cancelActivity",
        "cancelRemainingInstances",
        "instantiate",
        "isClosed",
        "isCollection",
        "isExecutable",
        "isForCompensation",
        "isImmediate",
        "isInterrupting",
        "isRequired",
        "isSequential",
        "isUnlimited",
        "mustUnderstand",
        "parallelMultiple",
        "testBefore",
        "triggeredByEvent",
        "waitForCompletion",
    }
)

#: Attribute: the values it may have, and whether another one changes what runs.
ENUMERATIONS: dict[str, tuple[tuple[str, ...], bool]] = {
    "associationDirection": (("None", "One", "Both"), False),
    "behavior": (("None", "One", "All", "Complex"), True),
    "eventGatewayType": (("Exclusive", "Parallel"), True),
    "gatewayDirection": (("Unspecified", "Converging", "Diverging", "Mixed"), False),
    "itemKind": (("Information", "Physical"), False),
    "method": (("##Compensate", "##Image", "##Store"), False),
    "ordering": (("Parallel", "Sequential"), True),
    "processType": (("None", "Public", "Private"), False),
}


class Part(NamedTuple):
    """Something that an element has to have: attributes and elements, each or any of them."""

    owner: str
    attributes: tuple[str, ...]
    children: tuple[str, ...]
    #: What its absence costs.
    severity: Severity


_W, _D = Severity.WARNING, Severity.DRAFT
PARTS = (
    Part("association", ("sourceRef", "targetRef"), (), _W),
    Part("conversationLink", ("sourceRef", "targetRef"), (), _W),
    Part("interface", ("name",), ("operation",), _W),
    Part("operation", ("name",), ("inMessageRef",), _W),
    Part("resource", ("name",), (), _W),
    Part("resourceParameterBinding", ("parameterRef",), (), _W),
    Part("correlationKey", (), ("correlationPropertyRef",), _D),
    Part("correlationProperty", (), ("correlationPropertyRetrievalExpression",), _D),
    Part("correlationPropertyRetrievalExpression", ("messageRef",), ("messagePath",), _D),
    Part("correlationSubscription", ("correlationKeyRef",), (), _D),
    Part("correlationPropertyBinding", ("correlationPropertyRef",), ("dataPath",), _D),
    Part("assignment", (), ("from", "to"), _D),
    Part("ioBinding", ("inputDataRef", "outputDataRef", "operationRef"), (), _W),
    Part("participantAssociation", (), ("innerParticipantRef", "outerParticipantRef"), _W),
    Part("choreographyTask", ("initiatingParticipantRef",), ("participantRef",), _W),
    Part("callChoreography", ("initiatingParticipantRef",), ("participantRef",), _W),
    Part("subChoreography", ("initiatingParticipantRef",), ("participantRef",), _W),
)
