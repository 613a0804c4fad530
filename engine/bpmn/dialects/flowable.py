"""Flowable and Activiti; Camunda 7 before it had a namespace of its own wrote Activiti's.

[Dialects](../dialects.md) lists every setting: what it becomes here, what is read past, and what
makes a drawing a draft until its cure is followed.
"""

from __future__ import annotations

from engine.bpmn.dialects import java_engines
from engine.bpmn.dialects.java_engines import vocabulary as shared
from engine.bpmn.dialects.settings import Vocabulary
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element

NAMESPACES = frozenset({"http://flowable.org/bpmn", "http://activiti.org/bpmn"})
_CASE = "Draw the case as a process and call that."
_EVENT = "Draw a message event, and give it a correlation key."
_CODE = "Give it a job type and a job handler of that name, then remove this setting."

VOCABULARY = Vocabulary(
    "Flowable",
    shared.TRANSLATED | {"inheritVariables", "resultVariableName", "sameDeployment"},
    shared.WITHOUT_MEANING
    | frozenset(
        """
        activeTaskIdVariableName autoStoreVariables calledElementType completeAsync
        dataobject extensionId fallbackToDefaultTenant formFieldValidation idVariableName
        initiator-can-complete inheritBusinessKey isEagerExecutionFetching includeInHistory
        noWaitStatesAsyncLeave owner parallelInSameTransaction processInstanceName
        storeResultVariableAsTransient taskIdVariableName alfrescoScriptType value work-form-field
        """.split()  # noqa: SIM905 - a list to be compared at a glance
    ),
    {
        **shared.UNSUPPORTED,
        "skipExpression": "Draw an exclusive gateway that goes around the element.",
        "triggerable": "Draw a receive task after it.",
        "businessCalendarName": "Leave it out, or compute the date by an expression.",
        "endDate": "Write the end into the cycle: R/PT1H/2026-12-31T00:00:00Z has one.",
        "elementIndexVariable": "Use loopCounter, which counts the instances.",
        "variableAggregation": "Name the data output of the multi-instance marker instead.",
        "eventListener": "Draw what the listener does as an event sub-process.",
        "terminateAll": "Let the called process end by an error, and catch that.",
        "terminateMultiInstance": "Write a completion condition for the multi-instance activity.",
        "messageExpression": "Name the message itself; a correlation key tells instances apart.",
        "signalExpression": "Name the signal itself.",
        "scope": "Use an event inside the process for what no other instance may notice.",
        "useLocalScopeForOutParameters": "Give the outputs names of their own.",
        "useLocalScopeForResultVariable": "Give the result a name of its own.",
        "mapException": "Let the job handler report the error by its code.",
        "httpRequestHandler": _CODE,
        "httpResponseHandler": _CODE,
        "rules": "Ask a decision table.",
        "ruleVariablesInput": "Ask a decision table.",
        "exclude": "Ask a decision table.",
        "customResource": "Give it a queue or an assignee.",
        "caseDefinitionKey": _CASE,
        "caseInstanceName": _CASE,
        "eventType": _EVENT,
        "triggerEventType": _EVENT,
        "sendSynchronously": _EVENT,
        "eventInParameter": _EVENT,
        "eventOutParameter": _EVENT,
        "eventCorrelationParameter": _EVENT,
        "triggerEventCorrelationParameter": _EVENT,
        "correlationParameter": _EVENT,
        "startEventCorrelationConfiguration": _EVENT,
        "channelKey": _EVENT,
        "triggerChannelKey": _EVENT,
    },
)


def takes(namespace: str) -> bool:
    """Take the namespaces of this engine; see :meth:`engine.bpmn.dialects.Dialect.takes`."""
    return namespace in NAMESPACES


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Translate; see :meth:`engine.bpmn.dialects.Dialect.apply`."""
    java_engines.translate(root, findings, namespaces, VOCABULARY)
