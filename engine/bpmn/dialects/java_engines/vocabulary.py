"""The settings that all engines of the family know, by what becomes of them."""

from __future__ import annotations

_JOB = "Give it a job type and a job handler of that name, then remove this setting."
_LISTENER = "Draw what the listener does as a task before or after this element."

TRANSLATED = frozenset(
    """
    assignee businessKey calledElementBinding calledElementVersion calledElementVersionTag
    candidateGroups candidateUsers collection decisionRef decisionRefBinding decisionRefVersion
    decisionRefVersionTag dueDate elementVariable errorCodeVariable errorMessageVariable
    escalationCodeVariable failedJobRetryTimeCycle formData formKey formProperty formRef
    formRefBinding formRefVersion in initiator inputOutput mapDecisionResult out priority
    resultVariable topic versionTag
    """.split()  # noqa: SIM905 - a list to be compared at a glance
)
WITHOUT_MEANING = frozenset(
    """
    async asyncAfter asyncBefore calledElementTenantId candidateStarterGroups
    candidateStarterUsers category createTimeStamp decisionRefTenantId description
    diagramRelationId errorMessage exclusive followUpDate historyTimeToLive isStartableInTasklist
    jobPriority localScope modelerTemplate modelerTemplateIcon modelerTemplateVersion
    potentialStarter properties property tenantId taskPriority variableEvents variableName
    """.split()  # noqa: SIM905
)
UNSUPPORTED = {
    "class": _JOB,
    "delegateExpression": _JOB,
    "expression": _JOB,
    "type": _JOB,
    "connector": _JOB,
    "field": _JOB,
    "errorEventDefinition": "Let the job handler report the error by its code.",
    "executionListener": _LISTENER,
    "taskListener": _LISTENER,
    "formHandlerClass": "Draw a form, and a script after the user task.",
    "resource": "Write the script or expression into the diagram.",
    "caseRef": "Draw the case as a process and call that.",
    "caseBinding": "Draw the case as a process and call that.",
    "caseVersion": "Draw the case as a process and call that.",
    "caseTenantId": "Draw the case as a process and call that.",
    "variableMappingClass": "List the variables that go in and come back.",
    "variableMappingDelegateExpression": "List the variables that go in and come back.",
    "customProperties": "Draw what they do with the means of BPMN.",
}

__all__ = ["TRANSLATED", "UNSUPPORTED", "WITHOUT_MEANING"]
