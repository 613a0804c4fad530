"""Depth and length never matter: loops, forks and calls of any number."""

START = '<startEvent id="s"/>'


def test_a_loop_of_10_000_turns_ends(play, draw):
    # given
    body = START + draw.nodes("exclusiveGateway", "m", "g") + draw.script("k", "n = n + 1")
    body = body.replace('<exclusiveGateway id="g"', '<exclusiveGateway id="g" default="g-e"')
    body += '<endEvent id="e"/>' + draw.flow("s", "m", "k", "g", "e")

    # when
    case = play(body + draw.when("g", "m", "n < 10000"), {"n": 0})

    # then
    assert case.completed
    assert case.data == {"n": 10_000}


def test_gateways_nested_2_500_deep_join_again(play, draw):
    # given
    forks = [f"f{i}" for i in range(2_500)]
    joins = [f"j{i}" for i in reversed(range(2_500))]
    body = START + draw.nodes("parallelGateway", *forks, *joins) + '<task id="t"/>'
    body += draw.flow("s", *forks, "t", *joins)
    body += "".join(draw.flow(f"f{i}", f"j{i}") for i in range(2_499))

    # when
    case = play(body)

    # then
    assert case.completed
    assert case.ran[-1] == "j0"


def test_calls_50_deep_give_their_results_back(play, draw):
    # given
    called = [
        (
            f"q{i}",
            f'<startEvent id="s{i}"/><callActivity id="c{i}" calledElement="q{i + 1}"/>'
            + draw.flow(f"s{i}", f"c{i}"),
        )
        for i in range(50)
    ]
    called.append(("q50", '<startEvent id="x"/><userTask id="u"/>' + draw.flow("x", "u")))
    body = START + '<callActivity id="c" calledElement="q0"/>' + draw.flow("s", "c")
    case = play(body, called=called)

    # when
    case.do("u", k=1)

    # then
    assert case.completed
    assert case.data == {"k": 1}
