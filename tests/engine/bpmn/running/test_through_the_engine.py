"""What takes the runner and the engine together."""

from engine import Engine
from engine.definitions import Source

SIGNAL = '<signalEventDefinition signalRef="sg"/>'


def test_a_signal_reaches_the_events_of_its_own_instance_once(draw):
    # given an instance that listens to the signal it throws, and stays listening
    body = (
        '<startEvent id="s"/><userTask id="u"/>'
        f'<intermediateThrowEvent id="t">{SIGNAL}</intermediateThrowEvent><userTask id="v"/>'
        + draw.sub(
            "es",
            f'<startEvent id="es1" isInterrupting="false">{SIGNAL}</startEvent>'
            + draw.script("h", "h = h + 1")
            + draw.flow("es1", "h"),
            attributes='triggeredByEvent="true"',
        )
        + draw.flow("s", "u", "t", "v")
    )
    engine = Engine.in_memory()
    engine.deploy([Source("p.bpmn", draw.process(body))])
    thrower, other = (engine.start("p", {"h": 0}).id for _ in range(2))

    # when
    (task,) = engine.user_tasks(thrower)
    engine.complete(task.id, {}, by="ana")

    # then
    assert engine.variables(thrower)["h"] == 1
    assert engine.variables(other)["h"] == 1


def test_an_incident_of_an_element_is_resolved_with_corrected_variables(draw):
    # given
    engine = Engine.in_memory()
    body = '<startEvent id="s"/>' + draw.script("a", "x = 1 / d") + '<userTask id="u"/>'
    engine.deploy([Source("p.bpmn", draw.process(body + draw.flow("s", "a", "u")))])
    instance = engine.start("p", {"d": 0})
    (incident,) = engine.incidents(instance_id=instance.id)
    assert incident.element == "a"
    assert "1 / d" in incident.what

    # when
    engine.resolve(incident.id, by="olga", variables={"d": 4})

    # then
    assert engine.variables(instance.id)["x"] == 0.25
    assert [task.element for task in engine.user_tasks(instance.id)] == ["u"]
    assert not engine.incidents(instance_id=instance.id)
