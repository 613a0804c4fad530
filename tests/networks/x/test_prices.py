"""What X costs, and that reading never costs more than an account may."""

from __future__ import annotations

import pytest

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.networks.x.prices import prices_of
from tests.networks.x.conftest import Stage


def test_every_call_has_its_price_and_a_mention_is_paid_for_by_its_thread(stage: Stage) -> None:
    # given
    mention = stage.says("help")
    stage.world.post("eve", "@acme me too", answers=mention)

    # when
    stage.look()
    stage.send(stage.reply(mention))
    stage.send(stage.reply(mention, "See https://acme.example"))
    stage.send(stage.reply(mention, "In private", private=True))

    # then
    assert stage.bill() == {
        "user_read": 20_000, "mention": 2_000, "reply": 10_000, "link": 200_000, "message": 15_000,
    }  # fmt: skip
    assert [one.thread for one in stage.paid if one.kind == "mention"] == [mention]


def test_an_account_names_its_own_prices(stage: Stage) -> None:
    assert prices_of({"prices": "reply=0.02, author = 0.01"}) == {
        **prices_of({}), "reply": 20_000, "author": 10_000,
    }  # fmt: skip
    assert prices_of({"own_app": False})["mention"] == 5_000
    stage.tells(prices="author=0.01")
    stage.says("help")
    stage.look()
    assert stage.bill()["author"] == 10_000


@pytest.mark.parametrize("prices", ["reply", "reply=cheap", "replies=0.1", "reply=-1", "a=b=c"])
def test_what_is_no_price_is_told(stage: Stage, prices: str) -> None:
    stage.tells(prices=prices)
    with pytest.raises(ChannelRefusedError, match="in dollars, for any of mention"):
        stage.look()


def test_a_budget_stops_reading_before_it_is_overrun_and_loses_nothing(stage: Stage) -> None:
    # given
    stage.look()
    stage.paid = []
    ids = [stage.says(f"complaint {number}") for number in range(150)]

    # when
    stage.allows(120_000)
    with pytest.raises(ChannelUnavailableError, match="is used up") as caught:
        stage.look()
    spent = stage.bill()
    stage.allows(0)
    with pytest.raises(ChannelUnavailableError):
        stage.look()
    stage.allows(1_000_000)
    stage.look()

    # then
    assert spent == {}
    assert caught.value.retry_after == (15 * 3600 - 150)
    assert [one.external_id for one in stage.read] == ids
    assert stage.bill() == {"mention": 150_000}


def test_replies_are_sent_whatever_they_cost(stage: Stage) -> None:
    mention = stage.says("help")
    stage.allows(0)
    assert stage.send(stage.reply(mention))


def test_a_search_leaves_a_fifth_of_the_budget_to_mentions(stage: Stage) -> None:
    # given
    stage.look()
    stage.tells(search="acme bank", budget_day=1)
    stage.world.post("eve", "acme bank lost my money")
    mention = stage.says("help")

    # when
    stage.allows(240_000)
    stage.look()
    rests = stage.notices()
    stage.allows(300_000)
    stage.look()

    # then
    assert stage.read[0].external_id == mention
    assert "The keyword search rests" in rests["search"]
    assert stage.notices() == {}
    assert len(stage.read) == 2
