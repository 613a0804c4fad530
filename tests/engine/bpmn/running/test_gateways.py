"""Gateways count tokens as the standard says."""

import pytest

from engine.ports import UserTaskWait

FORK = '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'
END = '<exclusiveGateway id="g" default="g-e"/><endEvent id="e"/>'


def test_a_parallel_join_in_a_loop_fires_every_turn(play, draw):
    # given
    body = (
        FORK
        + draw.nodes("exclusiveGateway", "m")
        + END
        + draw.script("a", "n = n + 1")
        + draw.script("b", "m = m + 1")
        + draw.flow("s", "m", "f", "a", "j", "g", "e")
        + draw.flow("f", "b", "j")
        + draw.when("g", "m", "n < 50")
    )

    # when
    case = play(body, {"n": 0, "m": 0})

    # then
    assert case.completed
    assert case.data == {"n": 50, "m": 50}


def test_excess_tokens_stay_at_the_join(play, draw):
    # given three tokens for a join of two inputs
    body = (
        FORK
        + draw.nodes("exclusiveGateway", "m")
        + draw.nodes("task", "a", "b", "c")
        + draw.script("z", "k = k + 1")
        + draw.flow("s", "f", "a", "m", "j", "z")
        + draw.flow("f", "b", "m")
        + draw.flow("f", "c", "j")
    )

    # when
    case = play(body, {"k": 0})

    # then
    assert case.ran.count("z") == 1
    assert not case.completed


def test_two_flows_between_the_same_elements_are_two_inputs_of_a_join(play, draw):
    # given
    body = (
        FORK
        + '<sequenceFlow id="one" sourceRef="f" targetRef="j"/>'
        + '<sequenceFlow id="two" sourceRef="f" targetRef="j"/>'
        + '<userTask id="u"/>'
        + draw.flow("s", "f")
        + draw.flow("j", "u")
    )

    # when
    case = play(body)

    # then
    assert case.at() == ["u"]


@pytest.mark.parametrize("both", [False, True])
def test_an_inclusive_join_waits_only_for_tokens_that_can_come(play, draw, both):
    # given
    body = (
        '<startEvent id="s"/><inclusiveGateway id="f"/><inclusiveGateway id="j"/><userTask id="u"/>'
        + draw.nodes("task", "a", "z")
        + draw.when("f", "a", "A")
        + draw.when("f", "u", "U")
        + draw.flow("s", "f")
        + draw.flow("a", "j", "z")
        + draw.flow("u", "j")
    )

    # when
    case = play(body, {"A": True, "U": both})

    # then
    assert ("z" in case.ran) is not both
    if both:
        case.do("u")
    assert case.completed
    assert case.ran.count("z") == 1


@pytest.mark.parametrize("goes_to_the_join", [False, True])
def test_an_inclusive_join_fires_when_the_other_token_came_or_turned_away(
    play, draw, goes_to_the_join
):
    # given
    body = (
        '<startEvent id="s"/><parallelGateway id="f"/><inclusiveGateway id="j"/><userTask id="u"/>'
        + END
        + draw.nodes("task", "a", "z")
        + draw.flow("s", "f", "a", "j", "z")
        + draw.flow("f", "u", "g", "e")
        + draw.when("g", "j", "go")
    )
    case = play(body, {"go": goes_to_the_join})
    assert "z" not in case.ran

    # when
    case.do("u")

    # then
    assert case.completed
    assert case.ran.count("z") == 1


def test_an_inclusive_join_at_the_head_of_a_loop_does_not_wait_for_its_own_future(play, draw):
    # given
    body = (
        '<startEvent id="s"/><inclusiveGateway id="j"/>'
        + END
        + draw.script("a", "n = n + 1")
        + draw.flow("s", "j", "a", "g", "e")
        + draw.when("g", "j", "n < 5")
    )

    # when
    case = play(body, {"n": 0})

    # then
    assert case.completed
    assert case.data == {"n": 5}


def test_an_inclusive_join_waits_for_a_token_that_a_boundary_event_may_send(play, draw):
    # given a user task whose timer leads to the join
    body = (
        '<startEvent id="s"/><parallelGateway id="f"/><inclusiveGateway id="j"/>'
        '<userTask id="u"/><endEvent id="e"/>'
        + draw.nodes("task", "a", "z")
        + draw.boundary("b", "u", draw.duration("PT1H"))
        + draw.flow("s", "f", "a", "j", "z")
        + draw.flow("f", "u", "e")
        + draw.flow("b", "j")
    )
    case = play(body)
    assert "z" not in case.ran

    # when
    case.later(hours=2)

    # then
    assert case.completed
    assert case.ran.count("z") == 1


def complex_join(draw, needed):
    condition = f"<activationCondition>activationCount &gt;= {needed}</activationCondition>"
    tasks = "".join(f'<userTask id="u{i}"/>' + draw.flow("f", f"u{i}", "j") for i in range(3))
    return (
        '<startEvent id="s"/><parallelGateway id="f"/>'
        f'<complexGateway id="j">{condition}</complexGateway>'
        + tasks
        + draw.script("z", "k = k + 1")
        + draw.flow("s", "f")
        + draw.flow("j", "z")
    )


def test_a_discriminator_passes_the_first_of_three_and_swallows_the_rest(play, draw):
    # given
    case = play(complex_join(draw, 1), {"k": 0})

    # when
    case.do("u1")
    assert case.ran.count("z") == 1
    case.do("u0")
    case.do("u2")

    # then
    assert case.completed
    assert case.data["k"] == 1


def test_two_of_three_fires_once(play, draw):
    # given
    case = play(complex_join(draw, 2), {"k": 0})

    # when
    case.do("u1", a=1)
    assert "z" not in case.ran
    case.do("u0", b=1)
    assert case.ran.count("z") == 1
    case.do("u2", c=1)

    # then
    assert case.completed
    assert case.data == {"k": 1, "a": 1, "b": 1, "c": 1}


def test_an_exclusive_gateway_takes_the_first_true_flow_in_the_order_of_the_drawing(play, draw):
    # given both conditions hold, and the element lists b before a
    listed = "<outgoing>g-b</outgoing><outgoing>g-a</outgoing>"
    body = (
        f'<startEvent id="s"/><exclusiveGateway id="g">{listed}</exclusiveGateway>'
        + draw.nodes("task", "a", "b")
        + draw.flow("s", "g")
        + draw.when("g", "a", "x > 0")
        + draw.when("g", "b", "${x > 0}")
    )

    # when
    case = play(body, {"x": 1})

    # then
    assert "b" in case.ran
    assert "a" not in case.ran


def test_a_gateway_without_a_way_out_is_an_incident_that_a_corrected_variable_cures(play, draw):
    # given
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a"/><task id="b"/>'
        + draw.flow("s", "g")
        + draw.when("g", "a", "x > 5")
        + draw.when("g", "b", "x > 7")
    )
    case = play(body, {"x": 1})
    assert case.incident.element == "g"
    assert "No condition is true" in case.incident.what
    assert "default flow" in case.incident.cure

    # when
    case.retry("g", x=6)

    # then
    assert case.completed
    assert "a" in case.ran


def test_a_condition_that_fails_is_an_incident_with_its_text(play, draw):
    # given
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g" default="g-b"/><task id="a"/><task id="b"/>'
        + draw.flow("s", "g", "b")
        + draw.when("g", "a", "missing.name == 1")
    )

    # when
    case = play(body)

    # then
    assert case.incident.element == "g"
    assert "missing.name == 1" in case.incident.what


def test_several_flows_out_of_a_task_and_into_one_run_it_once_a_token(play, draw):
    # when
    case = play(
        '<startEvent id="s"/>'
        + draw.nodes("task", "a", "b", "c", "d")
        + draw.flow("s", "a", "b", "d")
        + draw.flow("a", "c", "d")
    )

    # then
    assert case.completed
    assert case.ran.count("d") == 2


@pytest.mark.parametrize(("x", "ran", "not_ran"), [(True, "b", "d"), (False, "d", "b")])
def test_a_conditional_and_a_default_flow_leave_a_task(play, draw, x, ran, not_ran):
    # given
    body = (
        '<startEvent id="s"/><task id="a" default="a-d"/>'
        + draw.nodes("task", "b", "c", "d")
        + draw.flow("s", "a", "d")
        + draw.when("a", "b", "x")
        + draw.flow("a", "c")
    )

    # when
    case = play(body, {"x": x})

    # then
    assert {ran, "c"} <= set(case.ran)
    assert not_ran not in case.ran


def test_links_lead_to_their_catch(play, draw):
    # given
    link = '<linkEventDefinition name="L"/>'
    body = (
        f'<startEvent id="s"/><intermediateThrowEvent id="t">{link}</intermediateThrowEvent>'
        + draw.catch("c", link)
        + '<task id="z"/>'
        + draw.flow("s", "t")
        + draw.flow("c", "z")
    )

    # when
    case = play(body)

    # then
    assert case.completed
    assert "z" in case.ran


def test_token_quantities_count(play, draw):
    # given
    body = (
        '<startEvent id="s"/><task id="a" completionQuantity="4"/><task id="b" startQuantity="2"/>'
        + draw.flow("s", "a", "b")
    )

    # when
    case = play(body)

    # then
    assert case.completed
    assert case.ran.count("b") == 2


def test_an_event_gateway_cancels_what_did_not_happen(play, draw):
    # given
    body = (
        '<startEvent id="s"/><eventBasedGateway id="g"/><userTask id="z"/><endEvent id="e"/>'
        + draw.catch("c", draw.message())
        + draw.catch("t", draw.duration("P3D"))
        + draw.flow("s", "g", "c", "z")
        + draw.flow("g", "t", "e")
    )
    case = play(body)
    assert len(case.open) == 2

    # when
    taken = case.send(answer="yes")

    # then
    assert taken
    assert [type(wait) for wait in case.open.values()] == [UserTaskWait]
    assert {closed.completed for closed in case.last.closed} == {True, False}
    assert case.data == {"answer": "yes"}


def test_two_timers_on_one_event_gateway_each_have_their_own_due_date(play, draw):
    # given
    body = (
        '<startEvent id="s"/><eventBasedGateway id="g"/><task id="z"/>'
        + draw.catch("long", draw.duration("PT1H"))
        + draw.catch("short", draw.duration("PT1M"))
        + draw.flow("s", "g", "long")
        + draw.flow("g", "short", "z")
    )
    case = play(body)

    # when
    case.later(minutes=2)

    # then
    assert case.completed
    assert "z" in case.ran
    assert not case.open
