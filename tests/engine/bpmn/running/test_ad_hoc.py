"""Ad-hoc sub-processes: all at once or one by one, until their condition holds."""

import pytest

START = '<startEvent id="s"/>'


def ad_hoc(draw, inside, attributes="", condition=""):
    inside += f"<completionCondition>{condition}</completionCondition>" if condition else ""
    body = START + draw.sub("ah", inside, "adHocSubProcess", attributes) + '<task id="z"/>'
    return body + draw.flow("s", "ah", "z")


SEQUENTIAL = 'ordering="Sequential"'
THREE = '<userTask id="a"/><userTask id="b"/><userTask id="c"/>'


def test_in_sequence_one_is_offered_at_a_time_in_the_order_of_the_file(play, draw):
    # given
    case = play(ad_hoc(draw, THREE, SEQUENTIAL))
    offered = []

    # when
    while case.open:
        offered.append(case.at())
        case.do(case.at()[0])

    # then
    assert offered == [["a"], ["b"], ["c"]]
    assert case.completed
    assert case.ran == ["s", "a", "b", "c", "ah", "z"]


def test_in_sequence_what_follows_the_first_comes_before_the_second(play, draw):
    # given
    inside = '<userTask id="a"/><task id="b"/><userTask id="c"/>' + draw.flow("a", "c")
    case = play(ad_hoc(draw, inside, SEQUENTIAL))

    # when
    case.do("a")
    assert case.at() == ["c"]
    assert "b" not in case.ran
    case.do("c")

    # then
    assert case.ran == ["s", "a", "c", "b", "ah", "z"]


@pytest.mark.parametrize("cancel", ["true", "false"])
def test_in_sequence_nothing_begins_after_the_condition_holds(play, draw, cancel):
    # given
    attributes = f'{SEQUENTIAL} cancelRemainingInstances="{cancel}"'
    case = play(ad_hoc(draw, THREE, attributes, "ok"), {"ok": False})
    case.do("a")

    # when
    case.do("b", ok=True)

    # then
    assert case.completed
    assert case.ran == ["s", "a", "b", "ah", "z"]


def test_what_is_under_way_is_finished_when_the_drawing_says_so(play, draw):
    # given
    case = play(ad_hoc(draw, THREE, 'cancelRemainingInstances="false"', "ok"), {"ok": False})

    # when
    case.do("b", ok=True)
    assert case.at() == ["a", "c"]
    case.do("a")
    case.do("c")

    # then
    assert case.completed
    assert case.ran == ["s", "b", "a", "c", "ah", "z"]


def test_in_sequence_automatic_work_runs_through(play, draw):
    # given
    inside = "".join(draw.script(key, f"done = done + ['{key}']") for key in "abc")

    # when
    case = play(ad_hoc(draw, inside, SEQUENTIAL), {"done": []})

    # then
    assert case.completed
    assert case.data["done"] == ["a", "b", "c"]


def test_an_interrupted_sequence_begins_nothing_more(play, draw):
    # given
    body = ad_hoc(draw, THREE, SEQUENTIAL) + draw.boundary("b1", "ah", draw.message())
    case = play(body + '<userTask id="y"/>' + draw.flow("b1", "y"))

    # when
    case.send()

    # then
    assert case.at() == ["y"]
