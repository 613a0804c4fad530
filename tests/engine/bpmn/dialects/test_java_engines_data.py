"""Camunda 7, Flowable and Activiti: mappings, calls, loops and events."""

from __future__ import annotations

import pytest

from engine.bpmn.reports import read
from engine.bpmn.xml import N
from engine.definitions import Severity, Source

FAMILY = pytest.mark.parametrize("prefix", ["camunda", "flowable", "activiti"])


def extended(tag: str, inner: str, attributes: str = "") -> str:
    holder = f"<extensionElements>{inner}</extensionElements>"
    return f'<{tag} id="x" {attributes}>{holder}</{tag}>'


def test_parameters_are_mappings_and_lists_and_maps_are_values(vendor) -> None:
    # given
    inner = (
        '<camunda:inputOutput><camunda:inputParameter name="to">${customer.mail}'
        '</camunda:inputParameter><camunda:inputParameter name="items"><camunda:list>'
        "<camunda:value>a</camunda:value><camunda:value>${b.c}</camunda:value></camunda:list>"
        '</camunda:inputParameter><camunda:inputParameter name="head"><camunda:map>'
        '<camunda:entry key="k">v</camunda:entry></camunda:map></camunda:inputParameter>'
        '<camunda:inputParameter name="js"><camunda:script scriptFormat="javascript">1 + 1'
        "</camunda:script></camunda:inputParameter>"
        '<camunda:outputParameter name="sent">${at}</camunda:outputParameter></camunda:inputOutput>'
    )

    # when
    found = vendor(extended("task", inner), "camunda")

    # then
    assert found.parameters("x", "mapping", "input") == {
        "to": "${customer.mail}",
        "items": '= ["a", b.c]',
        "head": '= {"k": "v"}',
        "js": "= 1 + 1",
    }
    assert found.parameters("x", "mapping", "output") == {"sent": "${at}"}
    assert found.corral("x", "mapping") == {"allOut": "true"}
    assert found.problems == []


def test_a_list_that_needs_more_than_a_path_is_a_draft(vendor) -> None:
    # given
    inner = (
        '<camunda:inputOutput><camunda:inputParameter name="a"><camunda:list><camunda:value>'
        "${b.run()}</camunda:value></camunda:list></camunda:inputParameter></camunda:inputOutput>"
    )

    # when / then
    assert vendor(extended("task", inner), "camunda").drafts == ["x"]


def test_a_call_passes_what_it_lists_and_nothing_else(vendor) -> None:
    # given
    inner = (
        '<camunda:in source="order" target="cart"/><camunda:in businessKey="${key}"/>'
        '<camunda:in sourceExpression="${a + 1}" target="b"/><camunda:out source="paid"/>'
    )

    # when
    attributes = 'calledElement="${which}" camunda:calledElementBinding="deployment"'
    found = vendor(extended("callActivity", inner, attributes), "camunda")

    # then
    assert found.corral("x", "call") == {
        "process": "${which}",
        "binding": "deployment",
        "businessKey": "${key}",
    }
    assert found.corral("x", "mapping") == {"allIn": "false", "allOut": "false"}
    assert found.parameters("x", "mapping", "copyIn") == {"cart": "order"}
    assert found.parameters("x", "mapping", "input") == {"b": "${a + 1}"}
    assert found.parameters("x", "mapping", "copyOut") == {"paid": "paid"}
    assert found.problems == []


@pytest.mark.parametrize(
    ("prefix", "inner", "attributes", "passed"),
    [
        ("camunda", '<camunda:in variables="all"/><camunda:out variables="all"/>', "", "true true"),
        ("flowable", "", 'flowable:inheritVariables="true"', "true false"),
        ("camunda", "", 'camunda:asyncBefore="true"', "false false"),
    ],
)
def test_all_variables_go_where_it_says_all(
    vendor, prefix: str, inner: str, attributes: str, passed: str
) -> None:
    # when
    call = extended("callActivity", inner, f'calledElement="other" {attributes}')
    mapping = vendor(call, prefix).corral("x", "mapping")

    # then
    assert f"{mapping['allIn']} {mapping['allOut']}" == passed


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ('Binding="latest" {0}Version="7"', {}),
        ('Binding="deployment"', {"binding": "deployment"}),
        ('Binding="version" {0}Version="3"', {"binding": "version", "version": "3"}),
        (
            'Binding="versionTag" {0}VersionTag="v2" {0}Version="3"',
            {"binding": "versionTag", "versionTag": "v2"},
        ),
    ],
)
@pytest.mark.parametrize("kind", ["call", "decision"])
def test_calls_and_decisions_are_bound_to_a_version(
    vendor, kind: str, binding: str, expected: dict[str, str]
) -> None:
    # given
    prefix = "camunda:calledElement" if kind == "call" else "camunda:decisionRef"
    tag = 'callActivity calledElement="c"' if kind == "call" else "businessRuleTask"
    ref = "" if kind == "call" else 'camunda:decisionRef="c"'
    attributes = f"{prefix}{binding.format(prefix)}"

    # when
    found = vendor(f'<{tag} id="x" {ref} {attributes}/>', "camunda")

    # then
    written = found.corral("x", kind) if expected or kind == "decision" else {}
    assert {key: written[key] for key in written if key not in ("ref", "map")} == expected
    assert found.noted(Severity.WARNING, Severity.DRAFT) == []


def test_a_version_that_is_not_given_is_named(vendor) -> None:
    # when
    task = '<businessRuleTask id="x" camunda:decisionRef="c" camunda:decisionRefBinding="version"/>'
    content = vendor.content('<startEvent id="s"/>' + task, "camunda")
    (report,) = read([Source("p.bpmn", content)])

    # then
    assert "'version': It does not say which version is meant." in {
        problem.message for problem in report.problems if problem.element == "x"
    }


def test_a_process_has_a_version_tag(vendor) -> None:
    # given
    content = vendor.content('<startEvent id="s"/>', "camunda").replace(
        b'<process id="p"', b'<process id="p" camunda:versionTag="v2"'
    )

    # when
    (report,) = read([Source("p.bpmn", content)])

    # then
    assert report.definitions[0].version_tag == "v2"


@FAMILY
def test_a_loop_runs_for_each_item_of_a_collection(vendor, prefix: str) -> None:
    # when
    marker = (
        f'<multiInstanceLoopCharacteristics id="m" {prefix}:collection="${{orders}}" '
        f'{prefix}:elementVariable="order"/>'
    )
    found = vendor(f'<task id="x">{marker}</task>', prefix)

    # then
    assert found.at("m").get(N + "collection") == "${orders}"
    assert found.at("m").get(N + "item") == "order"


def test_a_caught_error_puts_its_code_and_message_into_variables(vendor) -> None:
    # when
    definition = (
        '<errorEventDefinition camunda:errorCodeVariable="code" '
        'camunda:errorMessageVariable="why"/>'
    )
    found = vendor(
        f'<task id="t"/><boundaryEvent id="x" attachedToRef="t">{definition}</boundaryEvent>',
        "camunda",
    )

    # then
    assert found.parameters("x", "mapping", "output") == {
        "code": "${error.code}",
        "why": "${error.message}",
    }


def test_a_signal_takes_along_what_it_lists(vendor) -> None:
    # when
    definition = (
        "<signalEventDefinition><extensionElements>"
        '<camunda:in source="order" target="cart"/></extensionElements></signalEventDefinition>'
    )
    found = vendor(f'<endEvent id="x">{definition}</endEvent>', "camunda")

    # then
    assert found.parameters("x", "message", "input") == {"cart": "${order}"}


def test_a_file_marked_for_camunda_7_passes_nothing_that_it_does_not_list(vendor) -> None:
    # when
    mark = 'modeler:executionPlatform="Camunda Platform"'
    found = vendor('<callActivity id="c" calledElement="q"/>', "modeler", root=mark)

    # then
    mapping = found.document.root.find(".//{urn:corral:bpmn:1}mapping")
    assert dict(mapping.attrib) == {"allIn": "false", "allOut": "false"}
