"""Every element of BPMN 2.0.2, and what becomes of it here: nothing is accepted and ignored.

The names are those of the standard's schemas (``BPMN20.xsd``, ``Semantic.xsd``), without the
abstract ones. An element in the BPMN namespace that is in none of the lists is refused by the
rule ``unsupported-element``.
"""

from __future__ import annotations

from enum import StrEnum

from engine.bpmn.xml import ACTIVITIES, CHOREOGRAPHY, EVENTS, GATEWAYS


class Fate(StrEnum):
    """What becomes of an element."""

    RUN = "run"  #: a pass or the compiler gives it its meaning
    SHOWN = "shown"  #: documents or draws; has no meaning for a run
    REPORTED = "reported"  #: has a meaning that is not carried out; a rule says so


EVENT_DEFINITIONS = frozenset(
    {
        "cancelEventDefinition",
        "compensateEventDefinition",
        "conditionalEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "linkEventDefinition",
        "messageEventDefinition",
        "signalEventDefinition",
        "terminateEventDefinition",
        "timerEventDefinition",
    }
)
_RUN = (
    ACTIVITIES
    | GATEWAYS
    | EVENTS
    | EVENT_DEFINITIONS
    | {
        "activationCondition",
        "association",
        "completionCondition",
        "complexBehaviorDefinition",
        "condition",
        "conditionExpression",
        "definitions",
        "error",
        "escalation",
        "event",
        "eventDefinition",
        "eventDefinitionRef",
        "expression",
        "extensionElements",
        "flowNodeRef",
        "formalExpression",
        "globalBusinessRuleTask",
        "globalManualTask",
        "globalScriptTask",
        "globalTask",
        "globalUserTask",
        "incoming",
        "inputDataItem",
        "lane",
        "laneSet",
        "childLaneSet",
        "loopCardinality",
        "loopCondition",
        "loopDataInputRef",
        "loopDataOutputRef",
        "message",
        "messageFlow",
        "multiInstanceLoopCharacteristics",
        "outgoing",
        "outputDataItem",
        "process",
        "script",
        "sequenceFlow",
        "signal",
        "standardLoopCharacteristics",
        "timeCycle",
        "timeDate",
        "timeDuration",
        # data and correlation, which passes turn into mappings and keys
        "assignment",
        "correlationKey",
        "correlationKeyRef",
        "correlationProperty",
        "correlationPropertyBinding",
        "correlationPropertyRef",
        "correlationPropertyRetrievalExpression",
        "correlationSubscription",
        "dataInputAssociation",
        "dataOutputAssociation",
        "dataPath",
        "from",
        "messagePath",
        "to",
        "transformation",
    }
)
_SHOWN = frozenset(
    {
        # drawings beside the process
        "artifact",
        "category",
        "categoryValue",
        "categoryValueRef",
        "group",
        "text",
        "textAnnotation",
        "documentation",
        "extension",
        "import",
        "relationship",
        "source",
        "target",
        # conversations and pools
        "callConversation",
        "collaboration",
        "conversation",
        "conversationAssociation",
        "conversationLink",
        "conversationNode",
        "globalConversation",
        "subConversation",
        "participant",
        "participantAssociation",
        "participantMultiplicity",
        "participantRef",
        "innerParticipantRef",
        "outerParticipantRef",
        "interfaceRef",
        "endPoint",
        "endPointRef",
        "messageFlowAssociation",
        "messageFlowRef",
        "partnerEntity",
        "partitionElement",
        "partnerRole",
        "choreography",
        "globalChoreographyTask",
        "initiatingParticipantRef",
        "choreographyRef",
        # types, services and data, which variables carry
        "dataInput",
        "dataInputRefs",
        "dataObject",
        "dataObjectReference",
        "dataOutput",
        "dataOutputRefs",
        "dataState",
        "dataStore",
        "dataStoreReference",
        "errorRef",
        "inMessageRef",
        "inputSet",
        "inputSetRefs",
        "interface",
        "ioSpecification",
        "itemDefinition",
        "operation",
        "operationRef",
        "optionalInputRefs",
        "optionalOutputRefs",
        "outMessageRef",
        "outputSet",
        "outputSetRefs",
        "property",
        "rendering",
        "sourceRef",
        "supportedInterfaceRef",
        "supports",
        "targetRef",
        "value",
        "whileExecutingInputRefs",
        "whileExecutingOutputRefs",
        # performance records, of which the engine keeps its own
        "auditing",
        "monitoring",
    }
)
_REPORTED = CHOREOGRAPHY | {
    "humanPerformer",
    "ioBinding",
    "participantBinding",
    "performer",
    "potentialOwner",
    "resource",
    "resourceAssignmentExpression",
    "resourceParameter",
    "resourceParameterBinding",
    "resourceRef",
    "resourceRole",
}
FATES: dict[str, Fate] = {
    **dict.fromkeys(_RUN, Fate.RUN),
    **dict.fromkeys(_SHOWN, Fate.SHOWN),
    **dict.fromkeys(_REPORTED, Fate.REPORTED),
}
