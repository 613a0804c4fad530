"""Every other namespace: colours, styles and records of drawing tools, which mean no run.

Tools are known by a part of the namespace, because versions and paths differ from file to file. A
namespace that nobody knows is named as it is. Each is noted once a file.
"""

from __future__ import annotations

from engine.bpmn.dialects.settings import used
from engine.bpmn.problems import Findings
from engine.bpmn.xml import Element

#: Asked last, for whatever no other dialect takes.
CATCH_ALL = True

#: Namespaces that are named one by one.
_NAMED = 20
#: Part of a namespace, and the tool.
TOOLS = (
    ("bizagi", "Bizagi"),
    ("boc-group", "ADONIS"),
    ("boc-eu", "ADONIS"),
    ("adonis", "ADONIS"),
    ("aris", "ARIS"),
    ("software-ag", "ARIS"),
    ("softwareag", "ARIS"),
    ("visio", "Visio"),
    ("yaoqiang", "Yaoqiang"),
    ("bpmn.sourceforge", "Yaoqiang"),
    ("modelio", "Modelio"),
    ("igrafx", "iGrafx"),
    ("bonitasoft", "Bonita"),
    ("bpmn.io/schema/bpmn/biocolor", "bpmn.io"),
    ("bpmn.io/schema", "bpmn.io"),
    ("non-normative/color", "the colour extension of the OMG"),
    ("bpsim.org", "BPSim"),
    ("omg.org/bpsim", "BPSim"),
    ("flowable.org/modeler", "Flowable's modeler"),
    ("activiti.com/modeler", "Activiti's modeler"),
    ("camunda.org/schema/color", "Camunda Modeler"),
    ("sparxsystems", "Enterprise Architect"),
    ("visual-paradigm", "Visual Paradigm"),
    ("magicdraw", "MagicDraw"),
    ("nomagic", "MagicDraw"),
    ("mid.de", "Innovator"),
    ("oracle", "Oracle BPM"),
    ("blueworkslive", "IBM Blueworks Live"),
    ("ibm.com", "IBM"),
    ("w4.eu", "W4"),
    ("itp-commerce", "itp commerce"),
    ("processmaker", "ProcessMaker"),
    ("gbtec", "BIC"),
    ("eclipse.org/graphiti", "Eclipse"),
    ("eclipse.org/bpmn2", "Eclipse"),
    ("sap.com", "SAP"),
    ("omnigroup", "OmniGraffle"),
    ("lucidchart", "Lucidchart"),
    ("cawemo", "Cawemo"),
    ("qualityonline", "a quality tool"),
    ("bpmn-miwg", "the model interchange group"),
)


def takes(namespace: str) -> bool:
    """Take everything."""
    return True


def apply(root: Element, namespaces: frozenset[str], findings: Findings) -> None:
    """Note each tool, and each namespace of an unknown tool, that the document really uses."""
    unknown: set[str] = set()
    tools: set[str] = set()
    for space in used(root, namespaces):
        tool = next((name for part, name in TOOLS if part in space.lower()), None)
        if tool is None:
            unknown.add(space)
        else:
            tools.add(tool)
    for tool in sorted(tools):
        findings.info(root, f"What {tool} keeps about its own drawing has no meaning for a run.")
    for space in sorted(unknown)[:_NAMED]:
        findings.info(root, f"Extensions of the namespace '{space:.120}' have no effect here.")
    if len(unknown) > _NAMED:
        more = len(unknown) - _NAMED
        findings.info(root, f"Extensions of {more:,} more namespaces have no effect here.")
