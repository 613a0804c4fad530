"""A person tries a drawing, also a draft, by saying what happens."""

from __future__ import annotations

import pytest

from engine.bpmn.simulating import STEPS
from engine.errors import NotStartableError
from engine.simulation import MOST_MOVES, Happening, Move, MoveError
from tests.engine.bpmn.running.conftest import MORNING

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
DONE = Happening.COMPLETE


class Try:
    """Simulates drawings; moves are texts such as ``g:take:g-a``."""

    def __init__(self, play, draw):
        self.play, self.draw = play, draw

    def __call__(self, body, *moves, called=(), more="", **variables):
        for key, inside in called:
            self.play.shelf.add(key, self.draw.process(inside, key))
        stored = self.play.shelf.add("p", self.draw.process(body, more=more))
        return self.play.runner.simulate(
            stored,
            [Move.of(move) for move in moves],
            variables,
            now=MORNING,
            catalogue=self.play.shelf,
        )


@pytest.fixture
def simulate(play, draw):
    return Try(play, draw)


def offered(found):
    return [(choice.element, str(choice.what)) for choice in found.choices]


def told(found):
    return " ".join(note.text for note in found.notes)


def fork(draw, kind="exclusiveGateway", first="total > 5"):
    return (
        START
        + draw.nodes(kind, "g")
        + draw.nodes("userTask", "a", "b")
        + END
        + draw.flow("s", "g")
        + draw.when("g", "a", first)
        + draw.when("g", "b", "total <= 5")
        + draw.flow("a", "e")
        + draw.flow("b", "e")
    )


def test_a_gateway_asks_whatever_its_conditions_say(simulate, draw):
    # when
    asked = simulate(fork(draw), total=9)
    other = simulate(fork(draw), "g:take:g-b", total=9)

    # then
    (choice,) = asked.choices
    assert [(o.values, o.detail, o.suggested) for o in choice.options] == [
        (("g-a",), "total > 5", True),
        (("g-b",), "total <= 5", False),
    ]
    assert offered(other) == [("b", "complete")]
    assert other.path == ("s", "g")
    assert other.tokens == {"b": 1}


@pytest.mark.parametrize("condition", ["the customer is angry", "missing > 5", ""])
def test_a_condition_that_cannot_be_told_suggests_nothing_and_stops_nothing(
    simulate, draw, condition
):
    # when
    asked = simulate(fork(draw, first=condition))
    done = simulate(fork(draw, first=condition), "g:take:g-a", "a:complete")

    # then
    assert not any(option.suggested for option in asked.choices[0].options)
    assert done.over
    assert done.path == ("s", "g", "a", "e")


def test_an_inclusive_gateway_lets_any_set_of_flows_be_taken(simulate, draw):
    # when
    both = simulate(fork(draw, "inclusiveGateway"), "g:take:g-a:g-b", total=1)

    # then
    assert offered(both) == [("a", "complete"), ("b", "complete")]
    with pytest.raises(MoveError):
        simulate(fork(draw, "inclusiveGateway"), "g:take", total=1)


def test_the_same_moves_lead_to_the_same_place_and_fewer_moves_go_back(simulate, draw):
    # given
    moves = ["g:take:g-a", "a:complete"]

    # when
    first, second = (simulate(fork(draw), *moves) for _ in range(2))
    back = simulate(fork(draw), *moves[:-1])

    # then
    assert first == second
    assert offered(back) == [("a", "complete")]


@pytest.mark.parametrize(
    "inside",
    [
        "<timerEventDefinition/>",
        "<timerEventDefinition><timeDuration>5 days</timeDuration></timerEventDefinition>",
        "<timerEventDefinition><timeDuration>${x.y}</timeDuration></timerEventDefinition>",
        "<conditionalEventDefinition/>",
        "<conditionalEventDefinition><condition>all is well</condition>"
        "</conditionalEventDefinition>",
        '<messageEventDefinition messageRef="m"/>',
        "<messageEventDefinition/>",
        '<signalEventDefinition signalRef="sg"/>',
        "",
    ],
)
@pytest.mark.parametrize("behind", ["flow", "gateway", "boundary"])
def test_an_event_waits_until_the_person_lets_it_happen(simulate, draw, inside, behind):
    # given
    if behind == "boundary":
        body = draw.nodes("userTask", "u") + draw.boundary("c", "u", inside) + draw.flow("s", "u")
    else:
        way = ("s", "g", "c") if behind == "gateway" else ("s", "c")
        body = draw.catch("c", inside) + draw.flow(*way)
        body += draw.nodes("eventBasedGateway", *way[1:2]) if behind == "gateway" else ""
    body = START + END + body + draw.flow("c", "e")

    # when
    waits, over = simulate(body), simulate(body, "c:happen:0")

    # then
    assert ("c", "happen") in offered(waits)
    assert over.over
    assert over.path[-2:] == ("c", "e")


@pytest.mark.parametrize(
    "task",
    [
        '<serviceTask id="t"/>',
        '<sendTask id="t"/>',
        '<userTask id="t"/>',
        '<callActivity id="t"/>',
        '<callActivity id="t" calledElement="nowhere"/>',
        '<userTask id="t"><extensionElements><corral:userTask due="soon"/></extensionElements>'
        "</userTask>",
        '<serviceTask id="t"><extensionElements><corral:job type="= missing"/></extensionElements>'
        "</serviceTask>",
        '<serviceTask id="t"><extensionElements><corral:job type="fetch"/></extensionElements>'
        "</serviceTask>",
    ],
)
def test_work_is_done_when_the_person_says_so(simulate, draw, task):
    # given
    body = START + task + END + draw.flow("s", "t", "e")

    # when
    waits, done = simulate(body), simulate(body, "t:complete")

    # then
    assert offered(waits) == [("t", "complete")]
    assert done.over and done.path == ("s", "t", "e")


def test_a_script_that_fails_is_noted_and_passed_over(simulate, draw):
    # given
    body = START + draw.script("x", "y = total + 1") + draw.nodes("userTask", "u")
    body += draw.flow("s", "x", "u")

    # when
    without, given = simulate(body), simulate(body, total=1)

    # then
    assert "total" in told(without) and offered(without) == [("u", "complete")]
    assert given.variables == {"total": 1, "y": 2}
    assert given.notes == ()


@pytest.mark.parametrize(
    "task",
    [
        '<businessRuleTask id="t"/>',
        '<scriptTask id="t"/>',
        '<businessRuleTask id="t"><extensionElements><corral:decision ref="none" result="r"/>'
        "</extensionElements></businessRuleTask>",
    ],
)
def test_a_decision_or_script_that_is_not_there_is_passed_over(simulate, draw, task):
    # when
    found = simulate(START + task + END + draw.flow("s", "t", "e"))

    # then
    assert found.over
    assert [note.element for note in found.notes] == ["t"]


def test_work_can_end_with_an_error_that_something_catches(simulate, draw):
    # given
    inner = START.replace('"s"', '"is"') + draw.nodes("userTask", "u") + draw.flow("is", "u")
    body = START + draw.sub("sub", inner) + END + draw.nodes("userTask", "mend")
    body += draw.boundary("oops", "sub", '<errorEventDefinition errorRef="e1"/>')
    body += draw.flow("s", "sub", "e") + draw.flow("oops", "mend")

    # when
    waits, thrown = simulate(body), simulate(body, "u:error:E1")

    # then
    assert offered(waits) == [("u", "complete"), ("u", "error")]
    assert offered(thrown) == [("mend", "complete")]


def test_an_escalation_lets_the_work_go_on(simulate, draw):
    # given
    body = START + draw.nodes("userTask", "u", "look") + draw.flow("s", "u")
    body += draw.boundary(
        "up", "u", '<escalationEventDefinition escalationRef="x1"/>', interrupting=False
    )
    body += draw.flow("up", "look")

    # when
    found = simulate(body, "u:escalation:X1")

    # then
    assert {element for element, _ in offered(found)} == {"u", "look"}


def test_the_person_says_which_of_several_start_events_it_is(simulate, draw):
    # given
    body = START + f'<startEvent id="m1">{draw.message()}</startEvent>'
    body += draw.nodes("userTask", "a", "b") + draw.flow("s", "a") + draw.flow("m1", "b")

    # when
    asked, begun = simulate(body), simulate(body, "m1:start")

    # then
    assert offered(asked) == [("s", "start"), ("m1", "start")]
    assert offered(begun) == [("b", "complete")]


def test_a_deployed_process_is_stepped_into(simulate, draw):
    # given
    called = START + draw.nodes("userTask", "u") + draw.flow("s", "u")
    body = START + '<callActivity id="c" calledElement="other"/>' + END + draw.flow("s", "c", "e")

    # when
    inside = simulate(body, called=[("other", called)])
    back = simulate(body, "other/u:complete", called=[("other", called)])

    # then
    assert offered(inside) == [("other/u", "complete")]
    assert back.over and back.path == ("s", "other/s", "other/u", "c", "e")


def test_what_runs_for_nobody_knows_whom_runs_once(simulate, draw):
    # given
    loop = '<multiInstanceLoopCharacteristics isSequential="true"/>'
    body = START + f'<userTask id="u">{loop}</userTask>' + END + draw.flow("s", "u", "e")

    # when / then
    assert offered(simulate(body)) == [("u", "complete")]
    assert simulate(body, "u:complete").over


def test_an_endless_loop_ends_the_simulation_with_a_note(simulate, draw):
    # given
    body = START + draw.nodes("exclusiveGateway", "m") + draw.nodes("task", "t")
    body += draw.flow("s", "m", "t", "m")

    # when
    found = simulate(body)

    # then
    assert found.over
    assert f"{STEPS:,}" in told(found)


def test_a_join_nobody_can_complete_is_told(simulate, draw):
    # given
    body = fork(draw).replace('targetRef="e"', 'targetRef="j"') + draw.nodes("parallelGateway", "j")
    body += draw.flow("j", "e")

    # when
    found = simulate(body, "g:take:g-a", "a:complete", total=1)

    # then
    assert found.over and found.tokens == {"j": 1}
    assert "waits for ever" in told(found)


@pytest.mark.parametrize("move", ["a:complete", "g:take:nowhere", "g:happen:0", "x:error:E"])
def test_a_move_that_does_not_fit_is_named(simulate, draw, move):
    # when
    with pytest.raises(MoveError) as refused:
        simulate(fork(draw), move)

    # then
    assert refused.value.number == 0


def test_the_number_of_moves_is_bounded(simulate, draw):
    # when / then
    with pytest.raises(MoveError, match=str(MOST_MOVES)):
        simulate(fork(draw), *["a:complete"] * (MOST_MOVES + 1))


def test_a_drawing_without_a_process_cannot_be_tried(simulate):
    # when / then
    with pytest.raises(NotStartableError):
        simulate("")


@pytest.mark.parametrize(
    "move",
    [
        Move("u", DONE),
        Move("called/u", DONE),
        Move("ü:%/1", Happening.ERROR, ("a:b c",)),
        Move("g", Happening.TAKE, ("f1", "f2")),
        Move("u", Happening.ERROR, ("",)),
    ],
)
def test_a_move_is_the_same_when_it_was_part_of_an_address(move):
    assert Move.of(str(move)) == move
