"""The passes: what each makes of a drawing, and what it says about it."""

from __future__ import annotations

import pytest

from engine.bpmn.normal import normalise
from engine.bpmn.xml import C, N, local
from engine.definitions import Severity
from tests.engine.bpmn.normal.messy import MESSY, START


def kinds(problems):
    return [(problem.rule, problem.severity) for problem in problems]


def test_what_has_no_id_gets_one_and_a_double_id_goes_to_the_first(drawing) -> None:
    # given
    found = drawing('<task/><task id="a" name="first"/><task id="a" name="second"/>')

    # when
    normalise(found)

    # then
    names = {task.get("id"): task.get("name") for task in drawing.all(found, "task")}
    assert names == {"task_1": None, "a": "first", "a_1": "second"}


def test_a_process_without_the_mark_is_executable(drawing) -> None:
    # given
    found = drawing(START, attributes="")

    # when
    problems = normalise(found)

    # then
    assert kinds(problems) == [("executable", Severity.INFO)]
    assert drawing.find(found, "p").get("isExecutable") == "true"


def test_a_global_task_becomes_a_process_of_one_task(drawing) -> None:
    # given
    found = drawing(START, beside='<globalUserTask id="ask" name="Ask"/>')

    # when
    normalise(found)

    # then
    process = drawing.find(found, "ask")
    (task,) = drawing.all(found, "userTask")
    assert local(process) == "process"
    assert task.getparent() is process
    assert task.get(N + "as") == "ask"


def test_a_shared_event_definition_is_copied_and_a_missing_one_is_an_error(drawing) -> None:
    # given
    found = drawing(MESSY["shared definitions"], beside='<terminateEventDefinition id="shared"/>')

    # when
    problems = normalise(found)

    # then
    event = drawing.find(found, "e")
    assert [local(child) for child in event] == ["terminateEventDefinition"]
    assert ("event-definition-refs", Severity.ERROR) in kinds(problems)


def test_references_lose_their_prefix_and_undeclared_ones_are_declared(drawing) -> None:
    # given
    body = '<receiveTask id="r" messageRef="tns:order"/>'
    found = drawing(body)

    # when
    normalise(found)

    # then
    assert drawing.find(found, "r").get("messageRef") == "order"
    assert drawing.find(found, "order").get("name") == "order"


def test_a_multi_instance_knows_its_list_by_the_name_of_the_variable(drawing) -> None:
    # given
    found = drawing(MESSY["data"])

    # when
    problems = normalise(found)

    # then
    (marker,) = drawing.all(found, "multiInstanceLoopCharacteristics")
    assert marker.get(N + "collection") == "items"
    assert marker.get(N + "item") == "item"
    assert drawing.all(found, "dataObject") == []
    assert ("data", Severity.INFO) in kinds(problems)


def test_a_number_of_instances_goes_before_a_list(drawing) -> None:
    # given
    marker = (
        "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
        "<loopDataInputRef>items</loopDataInputRef><loopDataOutputRef>results</loopDataOutputRef>"
        '<outputDataItem name="result"/></multiInstanceLoopCharacteristics>'
    )
    found = drawing(f'<task id="a">{marker}</task>')

    # when
    normalise(found)

    # then
    (element,) = drawing.all(found, "multiInstanceLoopCharacteristics")
    assert element.get(N + "collection") is None
    assert element.get(N + "output") == "results"
    assert element.get(N + "output-item") == "result"


def test_flows_to_nothing_are_left_out(drawing) -> None:
    # given
    found = drawing(MESSY["loose flows"])

    # when
    normalise(found)

    # then
    assert drawing.arrows(found) == {("s", "a")}


def test_a_flow_written_in_the_wrong_scope_is_moved(drawing) -> None:
    # given
    inner = '<subProcess id="sub"><startEvent id="x"/><task id="y"/></subProcess>'
    found = drawing(START + inner, "s sub", "x y")

    # when
    problems = normalise(found)

    # then
    assert ("broken-flows", Severity.INFO) in kinds(problems)
    assert drawing.find(found, "x-y").getparent() is drawing.find(found, "sub")


def test_a_flow_that_holds_the_scope_of_its_ends_is_left_out(drawing) -> None:
    # given
    inside = f'<process id="q">{START}<task id="a"/></process>'
    found = drawing(f'<sequenceFlow id="s-a" sourceRef="s" targetRef="a">{inside}</sequenceFlow>')

    # when
    normalise(found)

    # then
    assert drawing.arrows(found) == set()


def test_a_boundary_event_of_nothing_goes_with_its_flows(drawing) -> None:
    # given
    found = drawing(MESSY["lost boundary"])

    # when
    normalise(found)

    # then
    assert drawing.all(found, "boundaryEvent") == []
    assert ("b", "c") not in drawing.arrows(found)


def test_links_become_flows_within_one_scope(drawing) -> None:
    # given
    found = drawing(MESSY["links"])

    # when
    normalise(found)

    # then
    assert ("t", "c") in drawing.arrows(found)
    assert drawing.all(found, "linkEventDefinition") == []
    assert local(drawing.find(found, "c")) == "intermediateThrowEvent"


def test_an_ad_hoc_sub_process_keeps_its_condition_and_ordering(drawing) -> None:
    # given
    found = drawing(MESSY["ad hoc"])

    # when
    normalise(found)

    # then
    element = drawing.find(found, "a")
    assert local(element) == "subProcess"
    assert element.get(N + "completion") == "done"
    assert element.get(N + "adhoc") == "sequential"


def test_an_event_sub_process_without_a_trigger_never_runs(drawing) -> None:
    # given
    found = drawing(MESSY["event sub-process"])

    # when
    problems = normalise(found)

    # then
    assert problems == []  # a rule reports it
    assert drawing.find(found, "e").get(N + "never") == "true"


def test_an_instantiating_receive_task_gets_a_message_start_event(drawing) -> None:
    # given
    settings = '<extensionElements><corral:message correlationKey="= x"/></extensionElements>'
    body = f'<receiveTask id="r" name="Order" instantiate="true" messageRef="m">{settings}'
    found = drawing(body + "</receiveTask>", beside='<message id="m" name="order"/>')

    # when
    normalise(found)

    # then
    (start,) = drawing.all(found, "startEvent")
    (definition,) = drawing.all(found, "messageEventDefinition")
    assert (start.get("id"), "r") in drawing.arrows(found)
    assert definition.get("messageRef") == "m"
    assert start.find(f".//{C}message") is not None
    assert local(drawing.find(found, "r")) == "task"


def test_an_instantiating_event_gateway_gives_way_to_the_events_behind_it(drawing) -> None:
    # given
    found = drawing(MESSY["event gateway"])

    # when
    normalise(found)

    # then
    assert drawing.all(found, "eventBasedGateway") == []
    assert local(drawing.find(found, "c")) == "startEvent"
    assert local(drawing.find(found, "r")) == "task"
    assert len(drawing.all(found, "startEvent")) == 2


def test_without_a_start_event_everything_without_an_incoming_flow_starts(drawing) -> None:
    # given
    body = (
        '<task id="a"/><task id="b"/><task id="c"/><task id="undo" isForCompensation="true"/>'
        '<boundaryEvent id="t" attachedToRef="a"/>'
    )
    found = drawing(body, "a c")

    # when
    problems = normalise(found)

    # then
    (start,) = drawing.all(found, "startEvent")
    assert start.get(N + "implicit") == "true"
    assert ("implicit-start", Severity.INFO) in kinds(problems)
    assert {target for _, target in drawing.arrows(found)} >= {"a", "b", "c"}
    assert {target for _, target in drawing.arrows(found)}.isdisjoint({"undo", "t"})


def test_a_circle_without_a_start_is_a_draft(drawing) -> None:
    # given
    found = drawing('<task id="a"/><task id="b"/>', "a b a")

    # when
    problems = normalise(found)

    # then
    assert ("implicit-start", Severity.DRAFT) in kinds(problems)


def test_an_activity_that_needs_several_tokens_gets_a_gate(drawing) -> None:
    # given
    found = drawing(START + '<task id="a" startQuantity="3"/>', "s a")

    # when
    normalise(found)

    # then
    (gate,) = drawing.all(found, "complexGateway")
    assert (gate.get(N + "kind"), gate.get(N + "quantity")) == ("gate", "3")
    assert drawing.arrows(found) == {("s", gate.get("id")), (gate.get("id"), "a")}


@pytest.mark.parametrize("value", ["0", "-1", "x", "", "99999", "1.5", "٣"])
def test_a_quantity_that_is_no_count_is_a_draft(drawing, value: str) -> None:
    # given
    found = drawing(START + f'<task id="a" startQuantity="{value}"/>', "s a")

    # when
    problems = normalise(found)

    # then
    assert kinds(problems) == [("quantities", Severity.DRAFT)]


def test_an_event_gateway_that_leads_to_a_task_decides(drawing) -> None:
    # given
    found = drawing(MESSY["wrong event gateway"])

    # when
    problems = normalise(found)

    # then
    assert problems == []  # a rule reports it
    assert local(drawing.find(found, "g")) == "exclusiveGateway"


def test_several_flows_out_of_a_task_run_in_parallel(drawing) -> None:
    # given
    found = drawing(START + '<task id="a"/><task id="b"/>', "s a", "s b")

    # when
    problems = normalise(found)

    # then
    (gate,) = drawing.all(found, "parallelGateway")
    assert gate.get(N + "kind") == "fork"
    assert kinds(problems) == [("implicit-split", Severity.INFO)]


def test_conditions_on_flows_out_of_a_task_make_a_conditional_split(drawing) -> None:
    # given
    found = drawing(MESSY["split"])

    # when
    normalise(found)

    # then
    (gate,) = drawing.all(found, "inclusiveGateway")
    assert (gate.get(N + "kind"), gate.get("default")) == ("conditional", "h")
    assert drawing.find(found, "a").get("default") is None


def test_five_thousand_tasks_in_a_row_are_normalised(drawing) -> None:
    # given
    count = 5_000
    tasks = "".join(f'<task id="t{number}"/>' for number in range(count))
    found = drawing(tasks, " ".join(f"t{number}" for number in range(count)))

    # when
    problems = normalise(found)

    # then
    assert kinds(problems) == [("implicit-start", Severity.INFO)]
    assert len(drawing.arrows(found)) == count
