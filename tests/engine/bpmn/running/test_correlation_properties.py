"""Correlation as the standard writes it: properties, keys and subscriptions."""

from engine.ports import MessageWait

START = '<startEvent id="s"/>'


def declared(*properties):
    """Properties of one key, each with its place in the messages ``m`` and ``n``."""
    found = "".join(
        f'<correlationProperty id="{key}" type="string">'
        f'<correlationPropertyRetrievalExpression messageRef="m"><messagePath>{path}</messagePath>'
        "</correlationPropertyRetrievalExpression>"
        f'<correlationPropertyRetrievalExpression messageRef="n"><messagePath>{path}</messagePath>'
        "</correlationPropertyRetrievalExpression></correlationProperty>"
        for key, path in properties
    )
    references = "".join(
        f"<correlationPropertyRef>{key}</correlationPropertyRef>" for key, _ in properties
    )
    key = f'<correlationKey id="key">{references}</correlationKey>'
    return found + f'<collaboration id="all">{key}</collaboration>'


def subscription(**bound):
    bindings = "".join(
        f'<correlationPropertyBinding correlationPropertyRef="{key}"><dataPath>{path}</dataPath>'
        "</correlationPropertyBinding>"
        for key, path in bound.items()
    )
    return f'<correlationSubscription correlationKeyRef="key">{bindings}</correlationSubscription>'


def test_a_subscription_says_which_message_is_meant(play, draw):
    # given
    body = subscription(p="order['id']") + START + draw.catch("c", draw.message())
    case = play(body + draw.flow("s", "c"), {"order": {"id": 7}}, more=declared(("p", "number")))

    # when
    other, own = case.send(key="8", number=8), case.send(key="7", number=7)

    # then
    assert (other, own) == (False, True)
    assert case.completed


def test_a_thrown_message_takes_its_key_from_what_it_says(play, draw):
    # given
    body = START + f'<endEvent id="e">{draw.message("n")}</endEvent>'

    # when
    case = play(body + draw.flow("s", "e"), {"number": 7}, more=declared(("p", "number")))

    # then
    assert case.last.thrown[0].correlation_key == "7"


def test_without_a_subscription_an_earlier_message_decides(play, draw):
    # given
    body = f'<startEvent id="s">{draw.message()}</startEvent><receiveTask id="r" messageRef="n"/>'

    # when
    case = play(body + draw.flow("s", "r"), {"number": 7}, at="s", more=declared(("p", "number")))

    # then
    assert case.wait(MessageWait, "r").correlation_key == "7"


def test_several_properties_are_one_key(play, draw):
    # given
    both = declared(("p", "number"), ("q", "year"))
    body = START + f'<intermediateThrowEvent id="t">{draw.message("n")}</intermediateThrowEvent>'
    body += subscription(p="mine", q="year") + '<receiveTask id="r" messageRef="m"/>'

    # when
    variables = {"number": 7, "mine": 7, "year": 2026}
    case = play(body + draw.flow("s", "t", "r"), variables, more=both)

    # then
    assert case.last.thrown[0].correlation_key == case.wait(MessageWait, "r").correlation_key


def test_a_key_that_is_written_by_hand_stays(play, draw):
    # given
    extension = "<corral:message correlationKey=\"= 'mine'\"/>"
    body = START + draw.catch("c", draw.message(), extension)

    # when
    case = play(body + draw.flow("s", "c"), {"number": 7}, more=declared(("p", "number")))

    # then
    assert case.wait(MessageWait, "c").correlation_key == "mine"
