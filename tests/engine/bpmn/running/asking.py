"""Files of decisions, and processes that ask them in the words of each dialect."""

from __future__ import annotations

from engine.definitions import Source

SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "corral": "urn:corral:bpmn:1",
        "camunda": "http://camunda.org/schema/1.0/bpmn",
        "zeebe": "http://camunda.org/schema/zeebe/1.0",
        "flowable": "http://flowable.org/bpmn",
        "spiff": "http://spiffworkflow.org/bpmn/schema/1.0/core",
        "drools": "http://www.jboss.org/drools",
    }.items()
)


def dmn(logic: str, *, name: str = "triage.dmn", attributes: str = "", more: str = "") -> Source:
    """Return a file with the decision ``triage``."""
    return Source(
        name,
        (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" '
            f'namespace="urn:{name}" {SPACES}>{more}'
            f'<decision id="triage" name="Kind of mention" {attributes}>{logic}</decision>'
            "</definitions>"
        ).encode(),
    )


def literal(text: str, variable: str = "kind") -> str:
    return (
        f'<variable name="{variable}"/><literalExpression><text>{text}</text></literalExpression>'
    )


def process(task: str, *, before: str = "") -> Source:
    """Return a process that asks at ``r`` and then waits for an agent."""
    return Source(
        "p.bpmn",
        (
            f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="defs" {SPACES}>'
            f'<process id="p" isExecutable="true">{before}<startEvent id="s"/>{task}'
            '<userTask id="u"/><userTask id="hold"/>'
            '<sequenceFlow id="f0" sourceRef="s" targetRef="hold"/>'
            '<sequenceFlow id="f1" sourceRef="hold" targetRef="r"/>'
            '<sequenceFlow id="f2" sourceRef="r" targetRef="u"/></process></definitions>'
        ).encode(),
    )


def task(inside: str = "", attributes: str = "", tag: str = "businessRuleTask") -> str:
    held = f"<extensionElements>{inside}</extensionElements>" if inside else ""
    return f'<{tag} id="r" {attributes}>{held}</{tag}>'


def corral(**attributes: str) -> str:
    written = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return task(f"<corral:decision {written}/>")
