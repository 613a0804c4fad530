"""Drawings of other engines run here as they do there: order of elements, and data."""

from __future__ import annotations

from engine.bpmn.dialects import camunda7
from engine.ports import JobWait, MessageWait, UserTaskWait

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def extended(tag: str, key: str, inner: str, attributes: str = "", more: str = "") -> str:
    holder = f"<extensionElements>{inner}</extensionElements>"
    return f'<{tag} id="{key}" {attributes}>{holder}{more}</{tag}>'


def test_a_camunda_7_user_task_lies_in_its_queue_for_its_assignee(vendor, draw) -> None:
    # given
    task = (
        '<userTask id="u" camunda:assignee="${customer.agent}" camunda:dueDate="PT4H" '
        'camunda:candidateGroups="${team},other" camunda:priority="${20 + 50}"/>'
    )
    content = vendor.content(START + task + END + draw.flow("s", "u", "e"), "camunda")

    # when
    case = vendor.start(content, {"customer": {"agent": "ana"}, "team": "care"})

    # then
    wait = case.wait(UserTaskWait, "u")
    assert (wait.queue, wait.assignee, wait.priority) == ("care", "ana", 70)
    assert (wait.due - case.now).total_seconds() == 4 * 3600
    case.do("u", approved=True)
    assert case.ran == ["s", "u", "e"]
    assert case.data["approved"] is True


def test_a_camunda_7_gateway_decides_by_its_expressions(vendor, draw) -> None:
    # given
    body = (
        START
        + '<exclusiveGateway id="g" default="g-b"/>'
        + draw.nodes("task", "a", "b")
        + draw.flow("s", "g", "b")
        + draw.when("g", "a", "${amount gt 100 && !blocked}")
    )
    content = vendor.content(body, "camunda")

    # when
    rich = vendor.start(content, {"amount": 200, "blocked": False})
    poor = vendor.start(content, {"amount": 50, "blocked": False})

    # then
    assert rich.ran == ["s", "g", "a"]
    assert poor.ran == ["s", "g", "b"]


def test_an_external_task_gets_every_variable_and_its_inputs(vendor, draw) -> None:
    # given
    inner = (
        '<camunda:inputOutput><camunda:inputParameter name="total">${price * 2}'
        '</camunda:inputParameter><camunda:inputParameter name="tags"><camunda:list>'
        "<camunda:value>${kind}</camunda:value><camunda:value>new</camunda:value></camunda:list>"
        '</camunda:inputParameter><camunda:outputParameter name="receipt">${number}'
        "</camunda:outputParameter></camunda:inputOutput>"
    )
    task = extended("serviceTask", "t", inner, 'camunda:type="external" camunda:topic="pay"')
    content = vendor.content(START + task + END + draw.flow("s", "t", "e"), "camunda")

    # when
    case = vendor.start(content, {"price": 21, "kind": "gift"})
    wait = case.wait(JobWait, "t")
    case.job_done("t", number="R-1")

    # then
    assert wait.type == "pay"
    assert wait.payload == {"price": 21, "kind": "gift", "total": 42, "tags": ["gift", "new"]}
    assert case.ran == ["s", "t", "e"]
    assert case.data["receipt"] == "R-1"
    assert "total" not in case.data


def test_an_expression_of_a_service_task_sets_its_variable(vendor, draw) -> None:
    # given
    task = '<serviceTask id="t" camunda:expression="${a + 1}" camunda:resultVariable="b"/>'
    content = vendor.content(START + task + END + draw.flow("s", "t", "e"), "camunda")

    # when
    case = vendor.start(content, {"a": 1})

    # then
    assert case.ran == ["s", "t", "e"]
    assert case.data == {"a": 1, "b": 2}


def test_a_called_process_sees_what_the_call_lists_and_nothing_else(vendor, draw) -> None:
    # given
    inner = (
        '<camunda:in source="order" target="cart"/>'
        '<camunda:in sourceExpression="${a + 1}" target="b"/><camunda:out source="paid"/>'
    )
    call = extended("callActivity", "c", inner, 'calledElement="${which}"')
    content = vendor.content(START + call + END + draw.flow("s", "c", "e"), "camunda")
    other = draw.process(
        START + '<userTask id="inner"/>' + END + draw.flow("s", "inner", "e"), "other"
    )

    # when
    case = vendor.start(content, {"which": "other", "order": 7, "a": 1}, [("other", other)])
    case.do("inner", paid=True, secret=1)

    # then
    assert case.completed
    assert case.data == {"which": "other", "order": 7, "a": 1, "paid": True}


def test_a_loop_of_camunda_7_runs_for_each_item(vendor, draw) -> None:
    # given
    marker = (
        '<multiInstanceLoopCharacteristics isSequential="true" camunda:collection="orders" '
        'camunda:elementVariable="order"/>'
    )
    task = '<userTask id="t" camunda:candidateGroups="${order.team}">' + marker + "</userTask>"
    content = vendor.content(START + task + END + draw.flow("s", "t", "e"), "camunda")

    # when
    case = vendor.start(content, {"orders": [{"team": "a"}, {"team": "b"}]})
    first = case.wait(UserTaskWait, "t").queue
    case.do("t")
    second = case.wait(UserTaskWait, "t").queue
    case.do("t")

    # then
    assert (first, second) == ("a", "b")
    assert case.completed


def test_a_caught_error_tells_its_code(vendor, draw) -> None:
    # given
    definition = (
        '<errorEventDefinition camunda:errorCodeVariable="code" '
        'camunda:errorMessageVariable="why"/>'
    )
    body = (
        START
        + '<serviceTask id="t" camunda:type="external" camunda:topic="pay"/>'
        + f'<boundaryEvent id="b" attachedToRef="t">{definition}</boundaryEvent>'
        + '<task id="after"/>'
        + END
        + draw.flow("s", "t", "e")
        + draw.flow("b", "after")
    )

    # when
    case = vendor.start(vendor.content(body, "camunda"))
    case.job_error("t", "NO_MONEY", "The card is empty.")

    # then
    assert case.ran[-2:] == ["b", "after"]
    assert (case.data["code"], case.data["why"]) == ("NO_MONEY", "The card is empty.")


def test_a_flowable_script_keeps_its_result(vendor, draw) -> None:
    # given
    task = (
        '<scriptTask id="t" scriptFormat="juel" flowable:resultVariable="b">'
        "<script>${a * 3}</script></scriptTask>"
    )
    content = vendor.content(START + task + END + draw.flow("s", "t", "e"), "flowable")

    # when
    case = vendor.start(content, {"a": 2})

    # then
    assert case.data == {"a": 2, "b": 6}


def test_scripts_around_a_spiff_task_are_local_before_and_kept_after(vendor, draw) -> None:
    # given
    inner = "<spiff:preScript>half = a / 2</spiff:preScript><spiff:postScript>b = half + c"
    task = extended("userTask", "t", inner + "</spiff:postScript>")
    content = vendor.content(START + task + END + draw.flow("s", "t", "e"), "spiff")

    # when
    case = vendor.start(content, {"a": 4})
    case.do("t", c=1)

    # then
    assert case.completed
    assert case.data["b"] == 3


def test_a_jbpm_work_item_is_a_job(vendor, draw) -> None:
    # given
    task = (
        '<task id="t" drools:taskName="Email"><ioSpecification><dataInput id="i" name="To"/>'
        "</ioSpecification><dataInputAssociation><targetRef>i</targetRef><assignment><from>a@b"
        "</from><to>i</to></assignment></dataInputAssociation></task>"
    )
    content = vendor.content(START + task + END + draw.flow("s", "t", "e"), "drools")

    # when
    case = vendor.start(content)
    wait = case.wait(JobWait, "t")
    case.job_done("t")

    # then
    assert (wait.type, wait.payload) == ("Email", {"To": "a@b"})
    assert case.ran == ["s", "t", "e"]


def test_a_camunda_8_process_runs_with_feel(vendor, draw) -> None:
    # given
    job = extended(
        "serviceTask",
        "t",
        '<zeebe:taskDefinition type="pay"/><zeebe:ioMapping><zeebe:input source="= price * 2" '
        'target="total"/><zeebe:output source="= slip" target="receipt"/></zeebe:ioMapping>',
    )
    script = extended(
        "scriptTask", "x", '<zeebe:script expression="= price + 1" resultVariable="more"/>'
    )
    body = (
        START
        + job
        + script
        + '<exclusiveGateway id="g" default="g-b"/>'
        + draw.nodes("task", "a", "b")
        + draw.flow("s", "t", "x", "g", "b")
        + draw.when("g", "a", '=receipt = "R-1" and more > 20')
    )

    # when
    case = vendor.start(vendor.content(body, "zeebe"), {"price": 21})
    wait = case.wait(JobWait, "t")
    case.job_done("t", slip="R-1", other=1)

    # then
    assert wait.payload == {"price": 21, "total": 42}
    assert case.ran == ["s", "t", "x", "g", "a"]
    assert case.data == {"price": 21, "receipt": "R-1", "more": 22}


def test_a_camunda_8_message_finds_the_instance_of_its_key(vendor, draw) -> None:
    # given
    message = (
        '<message id="m" name="paid"><extensionElements>'
        '<zeebe:subscription correlationKey="= order.id"/></extensionElements></message>'
    )
    catch = (
        '<intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/>'
        "</intermediateCatchEvent>"
    )
    content = vendor.content(START + catch + END + draw.flow("s", "c", "e"), "zeebe", more=message)

    # when
    case = vendor.start(content, {"order": {"id": "o-7"}})
    wait = case.wait(MessageWait, "c")
    wrong, right = case.send("paid", "o-8"), case.send("paid", "o-7", sum=5)

    # then
    assert wait.correlation_key == "o-7"
    assert (wrong, right) == (False, True)
    assert case.data["sum"] == 5


def test_a_camunda_8_user_task_takes_the_first_of_its_groups(vendor, draw) -> None:
    # given
    inner = "<zeebe:assignmentDefinition candidateGroups='= [team, &quot;b&quot;]'/>"
    body = START + extended("userTask", "u", inner) + END + draw.flow("s", "u", "e")

    # when
    case = vendor.start(vendor.content(body, "zeebe"), {"team": "care"})

    # then
    assert case.wait(UserTaskWait, "u").queue == "care"


def test_the_dialect_of_camunda_takes_the_namespace_of_its_heir() -> None:
    assert camunda7.takes("http://operaton.org/schema/1.0/bpmn")


def test_a_camunda_8_mapping_sets_fields_of_variables(vendor, draw) -> None:
    # given targets that are paths
    job = extended(
        "serviceTask",
        "t",
        '<zeebe:taskDefinition type="pay"/><zeebe:ioMapping>'
        '<zeebe:input source="= price" target="bill.total"/>'
        '<zeebe:input source="= order.id" target="bill.order"/>'
        '<zeebe:output source="= slip" target="order.paid.by"/></zeebe:ioMapping>',
    )
    content = vendor.content(START + job + END + draw.flow("s", "t", "e"), "zeebe")

    # when
    case = vendor.start(content, {"price": 21, "order": {"id": 7}})
    payload = case.wait(JobWait, "t").payload
    case.job_done("t", slip="R-1")

    # then
    assert payload["bill"] == {"total": 21, "order": 7}
    assert case.data == {"price": 21, "order": {"id": 7, "paid": {"by": "R-1"}}}
