"""Recognises what is XML and neither BPMN 2.0 nor DMN, so that people learn what they uploaded."""

from __future__ import annotations

import re

from lxml import etree

from engine.bpmn.xml import Element

_BPMN_2 = "Export it from the modeler as BPMN 2.0 XML."
_REDRAW = f"{_BPMN_2} Where it offers none, draw it again in a BPMN modeler."
#: A pattern of the namespace, one of the name of the outermost element, what it is, what to do.
_LANGUAGES = (
    (r"bpmn.*/1\.", r".*", "BPMN 1.x, which has no agreed way to run", _REDRAW),
    (r"wfmc\.org|xpdl", r".*", "XPDL", _BPMN_2),
    (r"", r"package", "XPDL", _BPMN_2),
    (r"wsbpel|business-process|bpel", r".*", "BPEL", _REDRAW),
    (r"visio", r".*", "a Visio drawing", _BPMN_2),
    (r"", r"visiodocument", "a Visio drawing", _BPMN_2),
    (r"", r"epml", "an EPC (EPML)", _REDRAW),
    (r"epml", r".*", "an EPC (EPML)", _REDRAW),
    (r"", r"aml", "an ARIS database (AML)", _BPMN_2),
    (r"", r"adoxml", "an ADONIS model (ADOXML)", _BPMN_2),
    (r"cmmn", r".*", "CMMN", _REDRAW),
    (r"", r"pnml", "a Petri net (PNML)", _REDRAW),
    (r"", r"mxfile|mxgraphmodel", "a draw.io drawing", _REDRAW),
    (r"graphml", r".*", "GraphML", _REDRAW),
    (r"jbpm\.org|jpdl", r".*", "a process in jPDL", _REDRAW),
    (r"xmi", r".*", "a UML model (XMI)", _REDRAW),
    (r"", r"xmi", "a UML model (XMI)", _REDRAW),
    (r"2000/svg", r".*", "a picture (SVG)", _BPMN_2),
    (r"wsdl", r".*", "a description of web services (WSDL)", _BPMN_2),
    (r"2001/xmlschema", r"schema", "an XML schema", _BPMN_2),
    (r"xhtml", r".*", "a web page", _BPMN_2),
    (r"spec/dmn/|dmn", r"definitions", "DMN of a version before 1.1", "Export it as DMN 1.3."),
)


def recognised(root: Element) -> tuple[str, str] | None:
    """Return what the document is and what to do about it; None for what nobody knows."""
    name = etree.QName(root)
    namespace = (name.namespace or "").lower()
    for where, what, language, cure in _LANGUAGES:
        if re.search(where, namespace) and re.fullmatch(what, name.localname.lower()):
            return language, cure
    return None


#: Namespaces of BPMN 2.0 that were never official: of its drafts, and as people misremember it.
_UNOFFICIAL = re.compile(r"bpmn.*/(2\.0|20100501|20100524)", re.IGNORECASE)


def unofficial_bpmn(root: Element) -> str | None:
    """Return the namespace of ``root`` if it means BPMN 2.0 under another name."""
    name = etree.QName(root)
    if name.localname == "definitions" and _UNOFFICIAL.search(name.namespace or ""):
        return name.namespace
    return None
