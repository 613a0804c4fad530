"""Pools that talk to each other: instances of both find one another without anybody's key."""

import pytest
from lxml import etree

from engine import Engine
from engine.bpmn.normal import normalise
from engine.bpmn.reader import read
from engine.definitions import Source

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
MESSAGE = "<messageEventDefinition/>"


def pools(message_flows, **bodies):
    parts = (
        "".join(f'<participant id="pool_{key}" processRef="{key}"/>' for key in bodies)
        + '<participant id="outside" name="Outside"/>'
    )
    flows = "".join(
        f'<messageFlow id="{key}" {attributes} sourceRef="{source}" targetRef="{target}"/>'
        for key, source, target, attributes in message_flows
    )
    processes = "".join(
        f'<process id="{key}" isExecutable="true">{body}</process>' for key, body in bodies.items()
    )
    text = f'{HEAD}<collaboration id="all">{parts}{flows}</collaboration>{processes}</definitions>'
    return Source("pools.bpmn", text.encode())


def shop(draw):
    """A customer orders and waits for the bill; the shop writes it."""
    customer = '<startEvent id="s"/><userTask id="choose"/>'
    customer += f'<intermediateThrowEvent id="order">{MESSAGE}</intermediateThrowEvent>'
    customer += draw.catch("bill", MESSAGE) + '<endEvent id="e"/>'
    customer += draw.flow("s", "choose", "order", "bill", "e")
    seller = f'<startEvent id="ordered">{MESSAGE}</startEvent><userTask id="write"/>'
    seller += '<sendTask id="send"/><endEvent id="e2"/>'
    seller += draw.flow("ordered", "write", "send", "e2")
    flows = [("f1", "order", "ordered", 'name="Order"'), ("f2", "send", "bill", "")]
    return pools(flows, customer=customer, seller=seller)


def at(engine, instance):
    return [task.element for task in engine.user_tasks(instance)]


def runs(engine, process):
    return sorted(each.id for each in engine.instances() if each.key == process)


def ended(engine, instance):
    return engine.instance(instance).status == "completed"


def test_an_answer_finds_the_instance_that_asked(draw):
    # given two customers, whose orders the shop answers in the other order
    engine = Engine.in_memory()
    deployed = engine.deploy([shop(draw)])
    assert {each.key for each in deployed.definitions if each.startable} == {"customer", "seller"}
    customers = [engine.start("customer").id for _ in range(2)]
    for customer in customers:
        (task,) = engine.user_tasks(customer)
        engine.complete(task.id, {}, by="ana")
    sellers = runs(engine, "seller")
    assert len(sellers) == 2
    earlier, later = sellers

    # when
    (task,) = engine.user_tasks(later)
    engine.complete(task.id, {}, by="ben")

    # then
    assert ended(engine, customers[1])
    assert not ended(engine, customers[0])
    (task,) = engine.user_tasks(earlier)
    engine.complete(task.id, {}, by="ben")
    assert ended(engine, customers[0])


def test_a_second_look_at_the_pools_changes_nothing(draw):
    # given
    found = read(shop(draw))
    normalise(found)
    once = etree.tostring(found.root)

    # when
    problems = normalise(found)

    # then
    assert problems == []
    assert etree.tostring(found.root) == once


def test_a_task_without_a_type_that_a_message_leaves_sends_it(draw):
    # given
    asking = '<startEvent id="s"/><task id="ask"/><receiveTask id="hear"/>'
    asking += draw.flow("s", "ask", "hear")
    answering = f'<startEvent id="asked">{MESSAGE}</startEvent>'
    answering += f'<endEvent id="answer">{MESSAGE}</endEvent>' + draw.flow("asked", "answer")
    flows = [("f1", "ask", "asked", ""), ("f2", "answer", "hear", "")]
    engine = Engine.in_memory()
    engine.deploy([pools(flows, a=asking, b=answering)])

    # when
    instance = engine.start("a").id

    # then
    assert ended(engine, instance)


def test_a_third_pool_joins_the_conversation(draw):
    # given a -> b -> c -> a
    a = '<startEvent id="s"/><sendTask id="x"/><receiveTask id="y"/>' + draw.flow("s", "x", "y")
    b = f'<startEvent id="b1">{MESSAGE}</startEvent><sendTask id="b2"/>' + draw.flow("b1", "b2")
    c = f'<startEvent id="c1">{MESSAGE}</startEvent><userTask id="u"/><sendTask id="c2"/>'
    c += draw.flow("c1", "u", "c2")
    flows = [("f1", "x", "b1", ""), ("f2", "b2", "c1", ""), ("f3", "c2", "y", "")]
    engine = Engine.in_memory()
    engine.deploy([pools(flows, a=a, b=b, c=c)])
    first, second = (engine.start("a").id for _ in range(2))
    third = runs(engine, "c")

    # when
    (task,) = engine.user_tasks(third[1])
    engine.complete(task.id, {}, by="ana")

    # then
    assert ended(engine, second)
    assert not ended(engine, first)


@pytest.mark.parametrize("ends", [("pool_a", "b1"), ("x", "outside"), ("u", "b1")])
def test_flows_that_cannot_carry_anything_are_shown(draw, ends):
    # given
    a = '<startEvent id="s"/><userTask id="u"/><sendTask id="x"/>' + draw.flow("s", "u", "x")
    b = f'<startEvent id="b1">{MESSAGE}</startEvent>'

    # when
    (report,) = Engine.in_memory().lint([pools([("f1", *ends, "")], a=a, b=b)])

    # then
    found = [each for each in report.problems if each.rule == "message-flows"]
    assert [(each.element, each.severity) for each in found] == [("f1", "info")]
