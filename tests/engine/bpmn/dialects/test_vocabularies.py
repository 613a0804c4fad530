"""Each setting of each vendor has exactly one fate, and a second translation finds nothing."""

from __future__ import annotations

import pytest

from engine.bpmn.dialects import camunda7, camunda8, flowable, jbpm, spiff
from engine.bpmn.dialects.settings import Vocabulary
from engine.definitions import Severity

CAMUNDA_7 = """
assignee async asyncAfter asyncBefore businessKey calledElementBinding calledElementTenantId
calledElementVersion calledElementVersionTag candidateGroups candidateStarterGroups
candidateStarterUsers candidateUsers caseBinding caseRef caseTenantId caseVersion class collection
connector decisionRef decisionRefBinding decisionRefTenantId decisionRefVersion
decisionRefVersionTag delegateExpression diagramRelationId dueDate elementVariable errorCodeVariable
errorEventDefinition errorMessage errorMessageVariable escalationCodeVariable exclusive
executionListener expression failedJobRetryTimeCycle field followUpDate formData formHandlerClass
formKey formProperty formRef formRefBinding formRefVersion historyTimeToLive in initiator
inputOutput isStartableInTasklist jobPriority mapDecisionResult modelerTemplate modelerTemplateIcon
modelerTemplateVersion out potentialStarter priority properties property resource resultVariable
taskListener taskPriority topic type variableEvents variableMappingClass
variableMappingDelegateExpression variableName versionTag
"""
CAMUNDA_8 = """
adHoc assignmentDefinition calledDecision calledElement conditionalFilter executionListeners
formDefinition ioMapping linkedResources loopCharacteristics modelerTemplate modelerTemplateIcon
modelerTemplateVersion priorityDefinition properties property publishMessage retryCounter script
subscription taskDefinition taskHeaders taskListeners taskSchedule userTask userTaskForm versionTag
"""
FLOWABLE = """
activeTaskIdVariableName assignee async autoStoreVariables businessCalendarName businessKey
calledElementType candidateGroups candidateStarterGroups candidateStarterUsers candidateUsers
caseDefinitionKey category channelKey class collection completeAsync customProperties customResource
delegateExpression dueDate elementIndexVariable elementVariable endDate eventCorrelationParameter
eventInParameter eventListener eventOutParameter eventType exclude exclusive executionListener
expression extensionId failedJobRetryTimeCycle fallbackToDefaultTenant field formFieldValidation
formKey formProperty httpRequestHandler httpResponseHandler idVariableName in inheritBusinessKey
inheritVariables initiator isEagerExecutionFetching mapException messageExpression out owner
potentialStarter priority processInstanceName resultVariable resultVariableName ruleVariablesInput
rules sameDeployment scope sendSynchronously signalExpression skipExpression
startEventCorrelationConfiguration storeResultVariableAsTransient taskListener terminateAll
terminateMultiInstance topic triggerEventCorrelationParameter triggerEventType triggerable type
useLocalScopeForOutParameters useLocalScopeForResultVariable variableAggregation
"""
SPIFF = """
allowGuest calledDecisionId category guestConfirmation instructionsForEndUser isMatchingCorrelation
messagePayload messageVariable postScript preScript processVariableCorrelation properties
scriptsOnInstances serviceTaskOperator signalButtonLabel
"""
JBPM = """
adHoc global import metaData onEntry-script onExit-script packageName priority ruleFlowGroup
selectable taskName version
"""
LISTS = [
    (camunda7.VOCABULARY, CAMUNDA_7),
    (camunda8.VOCABULARY, CAMUNDA_8),
    (flowable.VOCABULARY, FLOWABLE),
    (spiff.VOCABULARY, SPIFF),
    (jbpm.VOCABULARY, JBPM),
]


@pytest.mark.parametrize(("vocabulary", "listed"), LISTS, ids=lambda v: getattr(v, "vendor", ""))
def test_every_setting_of_a_vendor_has_exactly_one_fate(
    vocabulary: Vocabulary, listed: str
) -> None:
    # given
    fates = [vocabulary.translated, vocabulary.without_meaning, set(vocabulary.unsupported)]

    # when
    counted = {name: sum(name in fate for fate in fates) for name in listed.split()}

    # then
    assert {name: count for name, count in counted.items() if count != 1} == {}
    assert len(frozenset().union(*fates)) == sum(map(len, fates))


PREFIXES = {
    "camunda": camunda7.VOCABULARY,
    "zeebe": camunda8.VOCABULARY,
    "flowable": flowable.VOCABULARY,
    "spiff": spiff.VOCABULARY,
    "drools": jbpm.VOCABULARY,
}


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_cannot_be_carried_out_is_a_draft_that_names_the_cure(vendor, prefix: str) -> None:
    # given
    unsupported = PREFIXES[prefix].unsupported
    for name, cure in unsupported.items():
        # when
        body = (
            f'<task id="t"><extensionElements><{prefix}:{name}>x</{prefix}:{name}>'
            "</extensionElements></task>"
        )
        found = vendor(body, prefix)

        # then
        (problem,) = found.problems
        assert (problem.severity, problem.element, problem.cure) == (Severity.DRAFT, "t", cure)
        assert f"'{name}'" in problem.message


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_means_nothing_is_named_once_a_file(vendor, prefix: str) -> None:
    # given
    names = sorted(PREFIXES[prefix].without_meaning)
    attributes = " ".join(f'{prefix}:{name}="x"' for name in names)

    # when
    found = vendor(f'<task id="a" {attributes}/><task id="b" {attributes}/>', prefix)

    # then
    (problem,) = found.problems
    assert problem.severity is Severity.INFO
    assert all(name in problem.message for name in names)


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_setting_that_nobody_knows_is_a_warning(vendor, prefix: str) -> None:
    # when
    found = vendor(f'<task id="t" {prefix}:dreams="x"/>', prefix)

    # then
    assert found.noted(Severity.WARNING) == [
        ("t", f"'dreams' is no setting of {PREFIXES[prefix].vendor} that is known here.")
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_setting_in_the_wrong_place_is_mentioned(vendor, prefix: str) -> None:
    # given
    name = max(PREFIXES[prefix].translated - {"onEntry-script", "onExit-script"})

    # when
    found = vendor(f'<dataObject id="t" {prefix}:{name}="x"/>', prefix)

    # then
    assert [p.severity for p in found.problems] == [Severity.INFO]
    assert "no effect on this element" in found.problems[0].message


def test_a_document_without_foreign_namespaces_is_left_alone(vendor) -> None:
    # given
    found = vendor('<userTask id="u" name="Answer"/>')

    # when
    before, after, problems = found.again()

    # then
    assert (found.problems, problems) == ([], [])
    assert before == after
