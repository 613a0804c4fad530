"""What was completed is undone last first, one handler at a time."""

from engine.ports import UserTaskWait

COMPENSATE = "<compensateEventDefinition/>"


def test_compensation_runs_in_reverse_order_and_sees_current_variables(play, draw):
    # given c completes only after the throw
    body = '<startEvent id="s"/>' + "".join(draw.undoable(key) for key in "abc")
    body += f'<intermediateThrowEvent id="t">{COMPENSATE}</intermediateThrowEvent>'
    body += draw.script("z", "done = done + ['z']")

    # when
    case = play(body + draw.flow("s", "a", "b", "t", "z", "c"), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["a", "b", "undob", "undoa", "z", "c"]


def test_one_activity_can_be_compensated_alone(play, draw):
    # given
    one = '<endEvent id="t"><compensateEventDefinition activityRef="a"/></endEvent>'
    body = '<startEvent id="s"/>' + draw.undoable("a") + draw.undoable("b") + one

    # when
    case = play(body + draw.flow("s", "a", "b", "t"), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["a", "b", "undoa"]


def test_compensation_reaches_into_a_finished_sub_process_and_waits_for_a_person(play, draw):
    # given
    inside = (
        '<startEvent id="s2"/><task id="a"/>'
        + draw.boundary("ba", "a", COMPENSATE)
        + '<userTask id="undo" isForCompensation="true"/>'
        + '<association id="as" sourceRef="ba" targetRef="undo"/>'
        + draw.flow("s2", "a")
    )
    body = '<startEvent id="s"/>' + draw.sub("sub", inside) + '<userTask id="u"/><task id="z"/>'
    body += f'<intermediateThrowEvent id="t">{COMPENSATE}</intermediateThrowEvent>'
    case = play(body + draw.flow("s", "sub", "u", "t", "z"))

    # when
    case.do("u")
    assert case.at(UserTaskWait) == ["undo"]
    assert "z" not in case.ran
    case.do("undo")

    # then
    assert case.completed
    assert "z" in case.ran


def test_an_event_sub_process_with_another_start_as_well_is_a_compensation_handler(play, draw):
    # given
    handler = (
        f'<startEvent id="m">{draw.message()}</startEvent>'
        f'<startEvent id="c">{COMPENSATE}</startEvent>'
        + draw.script("undo", "done = done + ['undo']")
        + draw.flow("c", "undo")
        + draw.flow("m", "undo")
    )
    inside = '<startEvent id="s2"/><task id="a"/>' + draw.flow("s2", "a")
    inside += draw.sub("handler", handler, attributes='triggeredByEvent="true"')
    body = '<startEvent id="s"/>' + draw.sub("sub", inside)
    body += f'<endEvent id="t">{COMPENSATE}</endEvent>'

    # when
    case = play(body + draw.flow("s", "sub", "t"), {"done": []})

    # then
    assert case.data["done"] == ["undo"]


def test_the_flow_goes_on_at_once_when_nobody_has_to_wait_for_compensation(play, draw):
    # given
    body = (
        '<startEvent id="s"/><task id="a"/>'
        + draw.boundary("ba", "a", COMPENSATE)
        + '<userTask id="undo" isForCompensation="true"/>'
        + '<association id="as" sourceRef="ba" targetRef="undo"/>'
        + '<intermediateThrowEvent id="t">'
        + '<compensateEventDefinition waitForCompletion="false"/></intermediateThrowEvent>'
        + '<userTask id="z"/>'
        + draw.flow("s", "a", "t", "z")
    )
    case = play(body)
    assert case.at() == ["undo", "z"]

    # when
    case.do("undo")
    case.do("z")

    # then
    assert case.completed
    assert case.ran.count("z") == 1


def transaction(draw, *, boundary=True):
    inside = '<startEvent id="s2"/>' + draw.undoable("a")
    inside += '<endEvent id="c"><cancelEventDefinition/></endEvent><userTask id="other"/>'
    inside += draw.flow("s2", "a", "c") + draw.flow("s2", "other")
    body = '<startEvent id="s"/>' + draw.sub("tx", inside, "transaction")
    body += draw.script("no", "done = done + ['no']") + draw.flow("s", "tx", "no")
    if boundary:
        body += draw.boundary("cb", "tx", "<cancelEventDefinition/>")
        body += draw.script("z", "done = done + ['z']") + draw.flow("cb", "z")
    return body


def test_a_cancelled_transaction_compensates_then_takes_its_cancel_boundary(play, draw):
    # when
    case = play(transaction(draw), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["a", "undoa", "z"]
    assert not case.open


def test_a_sub_process_that_compensates_itself_runs_its_own_event_sub_process(play, draw):
    # given
    undo = draw.sub(
        "es",
        f'<startEvent id="es1">{COMPENSATE}</startEvent>'
        + draw.script("h", "done = done + ['sub undone']")
        + draw.flow("es1", "h"),
        attributes='triggeredByEvent="true"',
    )
    inside = '<startEvent id="s2"/><task id="a"/>' + draw.flow("s2", "a") + undo
    body = '<startEvent id="s"/>' + draw.sub("sub", inside) + '<userTask id="u"/>'
    body += f'<endEvent id="t">{COMPENSATE}</endEvent>'
    case = play(body + draw.flow("s", "sub", "u", "t"), {"done": []})

    # when
    case.do("u")

    # then
    assert case.completed
    assert case.data["done"] == ["sub undone"]


def test_each_run_of_a_loop_is_compensated(play, draw):
    # given
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true">'
        "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    body = (
        '<startEvent id="s"/>'
        + draw.script("a", "n = n + 1", inner=loop)
        + draw.boundary("ba", "a", COMPENSATE)
        + draw.script("undo", "n = n - 1", 'isForCompensation="true"')
        + '<association id="as" sourceRef="ba" targetRef="undo"/>'
        + f'<endEvent id="t">{COMPENSATE}</endEvent>'
    )

    # when
    case = play(body + draw.flow("s", "a", "t"), {"n": 5})

    # then
    assert case.completed
    assert case.data["n"] == 5
    assert case.ran.count("undo") == 2


def test_a_handler_of_a_whole_sub_process_stands_for_what_is_inside(play, draw):
    # given
    inner = '<startEvent id="s2"/>' + draw.undoable("b") + draw.flow("s2", "b")
    body = '<startEvent id="s"/>' + draw.sub("n", inner) + draw.boundary("bn", "n", COMPENSATE)
    body += draw.script("un", "done = done + ['un']", 'isForCompensation="true"')
    body += '<association id="as" sourceRef="bn" targetRef="un"/>'
    body += f'<endEvent id="t">{COMPENSATE}</endEvent>'

    # when
    case = play(body + draw.flow("s", "n", "t"), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["b", "un"]


def test_compensation_of_one_sub_process_leaves_the_others(play, draw):
    # given
    inner = '<startEvent id="s2"/>' + draw.undoable("b") + draw.flow("s2", "b")
    one = '<endEvent id="t"><compensateEventDefinition activityRef="n"/></endEvent>'
    body = '<startEvent id="s"/>' + draw.undoable("a") + draw.sub("n", inner) + one

    # when
    case = play(body + draw.flow("s", "a", "n", "t"), {"done": []})

    # then
    assert case.data["done"] == ["a", "b", "undob"]


def test_a_cancelled_transaction_compensates_what_its_sub_processes_did(play, draw):
    # given
    inner = '<startEvent id="s2"/>' + draw.undoable("b") + draw.flow("s2", "b")
    inside = '<startEvent id="s1"/>' + draw.undoable("a") + draw.sub("n", inner)
    inside += '<userTask id="w"/><userTask id="u"/>' + draw.flow("s1", "w")
    inside += '<endEvent id="e"><cancelEventDefinition/></endEvent>'
    inside += draw.flow("s1", "a", "n", "u", "e")
    body = '<startEvent id="s"/>' + draw.sub("tx", inside, "transaction") + '<userTask id="c"/>'
    body += draw.boundary("bc", "tx", "<cancelEventDefinition/>")
    case = play(body + draw.flow("s", "tx") + draw.flow("bc", "c"), {"done": []})

    # when
    case.do("u")

    # then
    assert case.at() == ["c"]
    assert case.data["done"] == ["a", "b", "undob", "undoa"]


def test_a_hazard_leaves_a_transaction_without_compensation(play, draw):
    # given
    error = '<errorEventDefinition errorRef="e1"/>'
    inside = '<startEvent id="s1"/>' + draw.undoable("a") + f'<endEvent id="e">{error}</endEvent>'
    body = '<startEvent id="s"/>' + draw.sub(
        "tx", inside + draw.flow("s1", "a", "e"), "transaction"
    )
    body += draw.boundary("be", "tx", error) + draw.boundary("bc", "tx", "<cancelEventDefinition/>")
    body += draw.nodes("userTask", "hazard", "cancelled")

    # when
    flows = draw.flow("s", "tx") + draw.flow("be", "hazard") + draw.flow("bc", "cancelled")
    case = play(body + flows, {"done": []})

    # then
    assert case.at() == ["hazard"]
    assert case.data["done"] == ["a"]


def test_an_error_handler_may_compensate_the_scope_it_handles(play, draw):
    # given
    error = '<errorEventDefinition errorRef="e1"/>'
    inside = '<startEvent id="s1"/>' + draw.undoable("a") + f'<endEvent id="e">{error}</endEvent>'
    handler = f'<startEvent id="hs">{error}</startEvent>'
    handler += f'<intermediateThrowEvent id="c">{COMPENSATE}</intermediateThrowEvent>'
    handler += draw.script("k", "done = done + ['k']") + draw.flow("hs", "c", "k")
    inside += draw.sub("h", handler, attributes='triggeredByEvent="true"')
    body = '<startEvent id="s"/>' + draw.sub("sub", inside + draw.flow("s1", "a", "e"))

    # when
    case = play(body + draw.flow("s", "sub"), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["a", "undoa", "k"]


def test_where_nothing_was_done_the_flow_goes_on(play, draw):
    # given
    body = '<startEvent id="s"/><userTask id="z"/>'
    body += f'<intermediateThrowEvent id="t">{COMPENSATE}</intermediateThrowEvent>'

    # when
    case = play(body + draw.flow("s", "t", "z"))

    # then
    assert case.at() == ["z"]


def test_a_sub_process_may_be_a_handler(play, draw):
    # given
    handler = '<startEvent id="hs"/><userTask id="hu"/>' + draw.flow("hs", "hu")
    body = '<startEvent id="s"/><task id="a"/><userTask id="z"/>'
    body += draw.boundary("b", "a", COMPENSATE)
    body += draw.sub("h", handler, attributes='isForCompensation="true"')
    body += '<association id="as" sourceRef="b" targetRef="h"/>'
    body += f'<intermediateThrowEvent id="t">{COMPENSATE}</intermediateThrowEvent>'
    case = play(body + draw.flow("s", "a", "t", "z"))
    assert case.at() == ["hu"]

    # when
    case.do("hu")

    # then
    assert case.at() == ["z"]
    assert case.ran == ["s", "a", "hs", "hu", "h", "t"]


def test_what_a_called_process_did_is_undone_by_the_caller(play, draw):
    # given
    called = '<startEvent id="q1"/>' + draw.undoable("a") + draw.flow("q1", "a")
    body = '<startEvent id="s"/><callActivity id="c" calledElement="q"/>'
    body += f'<endEvent id="t">{COMPENSATE}</endEvent>' + draw.flow("s", "c", "t")

    # when
    case = play(body, {"done": []}, called=[("q", called)])

    # then
    assert case.completed
    assert case.ran == ["s", "q1", "a", "c", "undoa", "t"]


def test_a_cancelled_transaction_waits_for_the_person_who_undoes_it(play, draw):
    # given
    inside = '<startEvent id="s1"/><task id="a"/>' + draw.boundary("b", "a", COMPENSATE)
    inside += '<userTask id="undo" isForCompensation="true"/>'
    inside += '<association id="as" sourceRef="b" targetRef="undo"/>'
    inside += '<endEvent id="e"><cancelEventDefinition/></endEvent>' + draw.flow("s1", "a", "e")
    body = '<startEvent id="s"/>' + draw.sub("tx", inside, "transaction") + '<userTask id="c"/>'
    body += draw.boundary("bc", "tx", "<cancelEventDefinition/>")
    case = play(body + draw.flow("s", "tx") + draw.flow("bc", "c"))
    assert case.at() == ["undo"]

    # when
    case.do("undo")

    # then
    assert case.at() == ["c"]


def test_a_handler_that_fails_is_an_incident_and_a_retry_goes_on(play, draw):
    # given
    body = '<startEvent id="s"/><task id="a"/>' + draw.boundary("b", "a", COMPENSATE)
    body += draw.script("u", "x = 1 / d", 'isForCompensation="true"') + '<userTask id="z"/>'
    body += '<association id="as" sourceRef="b" targetRef="u"/>'
    body += f'<intermediateThrowEvent id="t">{COMPENSATE}</intermediateThrowEvent>'
    case = play(body + draw.flow("s", "a", "t", "z"), {"d": 0})
    assert case.incident.element == "u"

    # when
    case.retry("u", d=2)

    # then
    assert case.at() == ["z"]
    assert case.data["x"] == 0.5
