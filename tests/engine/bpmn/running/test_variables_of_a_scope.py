"""Variables belong to their scope: branches that run side by side share them."""

import random

import pytest

FORK = '<startEvent id="s"/><parallelGateway id="f"/><parallelGateway id="j"/>'


def two_branches(draw, one, other):
    flows = draw.flow("s", "f", "a", "j") + draw.flow("f", "b", "j")
    return FORK + draw.script("a", one) + draw.script("b", other) + flows


def test_a_join_keeps_what_each_branch_changed(play, draw):
    # when
    case = play(two_branches(draw, "x = 1", "y = 1"), {"x": 0, "y": 0})

    # then
    assert case.completed
    assert case.data == {"x": 1, "y": 1}


def test_branches_that_change_parts_of_one_value_lose_nothing(play, draw):
    # given
    body = two_branches(draw, "d['in']['x'] = 1", "d['in']['y'] = 1\nl = l + [3]")

    # when
    case = play(body, {"d": {"in": {"x": 0}}, "l": [1]})

    # then
    assert case.data == {"d": {"in": {"x": 1, "y": 1}}, "l": [1, 3]}


def test_two_branches_that_count_the_same_variable_count_twice(play, draw):
    # when
    case = play(two_branches(draw, "n = n + 1", "n = n + 1"), {"n": 0})

    # then
    assert case.data == {"n": 2}


def test_of_two_branches_that_set_the_same_variable_the_later_wins(play, draw):
    # when
    case = play(two_branches(draw, "x = 1", "x = 2"), {"x": 0})

    # then
    assert case.data == {"x": 2}


def test_a_deletion_in_one_branch_survives_the_join(play, draw):
    # when
    case = play(two_branches(draw, "del x", "y = 1"), {"x": 0})

    # then
    assert case.data == {"y": 1}


def test_nested_forks_see_what_was_set_before_them(play, draw):
    # given
    body = (
        FORK
        + draw.nodes("parallelGateway", "f2", "j2")
        + draw.script("a", "x = 1")
        + draw.script("b", "y = n")
        + draw.script("c", "z = n")
        + draw.script("n", "n = 5")
        + draw.flow("s", "f", "a", "j")
        + draw.flow("f", "n", "f2", "b", "j2", "j")
        + draw.flow("f2", "c", "j2")
    )

    # when
    case = play(body, {"x": 0, "n": 0})

    # then
    assert case.data == {"x": 1, "n": 5, "y": 5, "z": 5}


def test_joins_that_overlap_keep_everything(play, draw):
    # given
    body = (
        FORK
        + draw.nodes("parallelGateway", "f2", "j1")
        + "".join(draw.script(k, f"{v} = 1") for k, v in (("a", "x"), ("b", "y"), ("c", "z")))
        + draw.script("n", "n = 5")
        + draw.flow("s", "f", "a", "j1")
        + draw.flow("f", "n", "f2", "b", "j1", "j")
        + draw.flow("f2", "c", "j")
    )

    # when
    case = play(body, {"x": 0, "n": 0})

    # then
    assert case.completed
    assert case.data == {"x": 1, "n": 5, "y": 1, "z": 1}


@pytest.mark.parametrize("seed", range(20))
def test_random_parallel_writes_equal_sequential_writes(play, draw, seed):
    # given
    rng = random.Random(seed)
    writes = {
        f"t{i}": {f"v{i}_{k}": 3 + k for k in range(rng.randint(1, 3))}
        for i in range(rng.randint(2, 5))
    }
    body = FORK + draw.flow("s", "f")
    for key, values in writes.items():
        text = "\n".join(f"{name} = k0 + {value - 3}" for name, value in values.items())
        body += draw.script(key, text) + draw.flow("f", key, "j")

    # when
    case = play(body, {"k0": 3})

    # then
    assert case.data == {"k0": 3} | {n: v for values in writes.values() for n, v in values.items()}


def test_what_happened_while_a_user_task_was_open_survives_its_completion(play, draw):
    # given
    body = FORK + '<userTask id="u"/>' + draw.script("b", "y = 1\nx = 9")
    case = play(body + draw.flow("s", "f", "u", "j") + draw.flow("f", "b", "j"), {"x": 0})

    # when
    case.do("u", z=1)

    # then
    assert case.completed
    assert case.data == {"x": 9, "y": 1, "z": 1}


def test_a_script_that_fails_sets_nothing(play, draw):
    # when
    case = play('<startEvent id="s"/>' + draw.script("a", "x = 1\ny = 1 / 0") + draw.flow("s", "a"))

    # then
    assert case.incident.element == "a"
    assert case.data == {}


def test_defaults_of_the_process_fill_in_what_was_not_given(play, draw):
    # given
    defaults = (
        '<extensionElements><corral:variables><corral:variable name="a" value="PT1H"/>'
        '<corral:variable name="b" value="= n * 2"/></corral:variables></extensionElements>'
    )

    # when
    case = play(defaults + '<userTask id="u"/>', {"n": 4, "a": "PT5M"})

    # then
    assert case.data == {"n": 4, "a": "PT5M", "b": 8}


def test_a_default_that_cannot_be_computed_is_an_incident_at_the_start(play, draw):
    # given
    defaults = (
        "<extensionElements><corral:variables>"
        '<corral:variable name="b" value="= n * 2"/></corral:variables></extensionElements>'
    )
    case = play(defaults + '<startEvent id="s"/><userTask id="u"/>' + draw.flow("s", "u"))
    assert case.incident.element == "s"

    # when
    case.retry("s", n=1)

    # then
    assert case.at() == ["u"]
    assert case.data == {"n": 1, "b": 2}
