"""Call activities: which process, in which version, what it gets and what it gives back."""

import pytest

from tests.engine.bpmn.running.test_mappings import START, mapping, one_way, seen

CALLED = (
    '<startEvent id="qs"/><userTask id="qu"/><sequenceFlow id="f" sourceRef="qs" targetRef="qu"/>'
)


def call(inner: str, attributes: str = 'calledElement="q"') -> str:
    return START + f'<callActivity id="c" {attributes}>{inner}</callActivity>'


def test_a_called_process_gets_and_gives_what_the_mapping_says(play, draw):
    # given
    inside = mapping(
        one_way("input", "n", "= a + 1") + one_way("output", "r", "= n + more"),
        'allIn="false" allOut="false"',
    )
    case = play(call(inside) + draw.flow("s", "c"), {"a": 1, "b": 2}, called=[("q", CALLED)])
    assert seen(case, "qu") == {"n": 2}

    # when
    case.do("qu", more=5, b=9)

    # then
    assert case.completed
    assert case.data == {"a": 1, "b": 2, "r": 7}


def test_a_called_process_may_give_everything_back_though_it_got_little(play, draw):
    # given
    inside = mapping(one_way("input", "n", "= a"), 'allIn="false" allOut="true"')
    case = play(call(inside) + draw.flow("s", "c"), {"a": 1}, called=[("q", CALLED)])

    # when
    case.do("qu", more=5)

    # then
    assert case.data == {"a": 1, "n": 1, "more": 5}


def test_an_output_of_a_call_that_fails_is_an_incident_and_the_process_is_not_called_twice(
    play, draw
):
    # given
    inside = mapping(one_way("output", "r", "= more + missing"))
    case = play(call(inside) + draw.flow("s", "c"), called=[("q", CALLED)])
    case.do("qu", more=5)
    assert case.incident.element == "c"

    # when
    case.retry("c", missing=1)

    # then
    assert case.completed
    assert case.data["r"] == 6


def test_the_called_process_may_be_computed(play, draw):
    # given
    extension = (
        '<extensionElements><corral:call process="= which" businessKey="= 7"/></extensionElements>'
    )

    # when
    case = play(call(extension, "") + draw.flow("s", "c"), {"which": "q"}, called=[("q", CALLED)])

    # then
    assert case.at() == ["qu"]
    details = [entry.detail for entry in case.last.history if entry.element == "c"]
    assert details == [{"business_key": "7"}]


@pytest.mark.parametrize(
    ("settings", "element"),
    [
        ('binding="latest"', "new"),
        ('binding="version" version="1"', "old"),
        ('version="= 1"', "old"),
        ('binding="deployment"', "old"),
    ],
)
def test_a_call_is_bound_to_a_version(play, draw, settings, element):
    # given
    extension = f"<extensionElements><corral:call {settings}/></extensionElements>"
    play.shelf.add("q", draw.process('<userTask id="old"/>', "q"))
    play.shelf.add("q", draw.process('<userTask id="new"/>', "q"))
    play.shelf.beside = {1: 1, 2: 2, 3: 1}

    # when
    case = play(call(extension) + draw.flow("s", "c"))

    # then
    assert case.at() == [element]


@pytest.mark.parametrize("version", ["9", "= 'x'"])
def test_a_version_that_is_not_there_is_an_incident(play, draw, version):
    # given
    extension = f'<extensionElements><corral:call version="{version}"/></extensionElements>'

    # when
    case = play(call(extension) + draw.flow("s", "c"), called=[("q", CALLED)])

    # then
    assert "version" in case.incident.what
