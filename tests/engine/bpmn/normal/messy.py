"""Drawings from the real world, each with what one pass puts right."""

from __future__ import annotations

START = '<startEvent id="s"/>'
MESSY = {
    "no ids": "<task/><task/>",
    "numbers for yes and no": START + '<subProcess id="e" triggeredByEvent="1" isClosed="False"/>',
    "same ids": '<task id="a"/><task id="a"/>',
    "global task": "",
    "loose flows": START
    + '<task id="a"/><sequenceFlow id="f" sourceRef="s"/>'
    + '<sequenceFlow id="g" sourceRef="s" targetRef="gone"/>'
    + '<sequenceFlow id="h" sourceRef="s" targetRef="a"/>',
    "lost boundary": START
    + '<task id="a"/><boundaryEvent id="b" attachedToRef="gone"/><task id="c"/>'
    + '<sequenceFlow id="f" sourceRef="b" targetRef="c"/>',
    "links": '<intermediateThrowEvent id="t"><linkEventDefinition name="l"/>'
    + '</intermediateThrowEvent><intermediateCatchEvent id="c"><linkEventDefinition name="l"/>'
    + "</intermediateCatchEvent>",
    "ad hoc": '<adHocSubProcess id="a" ordering="Sequential"><task id="b"/>'
    + "<completionCondition>done</completionCondition></adHocSubProcess>",
    "event sub-process": START
    + '<subProcess id="e" triggeredByEvent="true"><startEvent id="x"/></subProcess>',
    "receive": '<receiveTask id="r" instantiate="true" messageRef="m"/>',
    "event gateway": '<eventBasedGateway id="g" instantiate="true"/>'
    + '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/>'
    + '</intermediateCatchEvent><receiveTask id="r" messageRef="n"/>'
    + '<sequenceFlow id="f" sourceRef="g" targetRef="c"/>'
    + '<sequenceFlow id="h" sourceRef="g" targetRef="r"/>',
    "quantities": START
    + '<task id="a" startQuantity="3" completionQuantity="0"/>'
    + '<sequenceFlow id="f" sourceRef="s" targetRef="a"/>',
    "wrong event gateway": START
    + '<eventBasedGateway id="g"/><task id="a"/>'
    + '<sequenceFlow id="f" sourceRef="s" targetRef="g"/>'
    + '<sequenceFlow id="h" sourceRef="g" targetRef="a"/>',
    "split": START
    + '<task id="a" default="h"/><task id="b"/><task id="c"/>'
    + '<sequenceFlow id="f" sourceRef="a" targetRef="b"><conditionExpression>x'
    + '</conditionExpression></sequenceFlow><sequenceFlow id="h" sourceRef="a" targetRef="c"/>',
    "data": START
    + '<dataObject id="d"/><task id="a"><ioSpecification><dataInput id="i" name="items"/>'
    + "</ioSpecification><multiInstanceLoopCharacteristics><loopDataInputRef>i</loopDataInputRef>"
    + '<inputDataItem id="item"/></multiInstanceLoopCharacteristics></task>',
    "data associations": START
    + '<dataObject id="d" name="order"/><task id="a"><ioSpecification><dataInput id="i" name="x"/>'
    + "</ioSpecification><dataInputAssociation><sourceRef>d</sourceRef><targetRef>i</targetRef>"
    + "</dataInputAssociation></task>",
    "sequence": '<adHocSubProcess id="a" ordering="Sequential"><task id="b"/><task id="c"/>'
    + "</adHocSubProcess>",
    "parallel event gateway": '<eventBasedGateway id="g" instantiate="true" '
    + 'eventGatewayType="Parallel"/><intermediateCatchEvent id="c">'
    + '<messageEventDefinition messageRef="m"/></intermediateCatchEvent>'
    + '<receiveTask id="r" messageRef="n"/><sequenceFlow id="f" sourceRef="g" targetRef="c"/>'
    + '<sequenceFlow id="h" sourceRef="g" targetRef="r"/>',
    "shared definitions": START
    + '<endEvent id="e"><eventDefinitionRef>shared</eventDefinitionRef></endEvent>'
    + '<endEvent id="f"><eventDefinitionRef>gone</eventDefinitionRef></endEvent>',
}
