"""What a new account is told about itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from channels.errors import ChannelRefusedError
from tests.networks.graph.conftest import Stage
from tests.networks.graph_server import refusal
from tests.networks.stand_in import Told


def test_it_logs_in_and_reads_and_writes_nothing(stage: Stage) -> None:
    # given
    stage.says("hello")

    # when
    found = stage.network.check(stage.account)

    # then
    assert {one.what: one.found for one in found} == {
        "log in": "as acme", "read comments": "1 on the newest post", "read messages": "none yet",
    }  # fmt: skip
    assert stage.server.asked("POST") == 0


def test_the_token_of_an_instagram_account_itself(stage_on: Callable[..., Stage]) -> None:
    # given
    stage = stage_on("instagram", token_of="account")
    stage.says("hello")

    # then
    assert stage.network.check(stage.account)[0].found == "as acme"
    assert stage.texts() == ["hello"]


def test_the_token_of_somebody_else_is_refused(stage: Stage) -> None:
    account = replace(stage.account, handle="nobody")
    with pytest.raises(ChannelRefusedError, match="Call the account acme"):
        stage.network.check(account)


@pytest.mark.parametrize(
    "answer",
    [Told(200, {"id": "5", "name": "Ana"}),
     refusal(100, "Tried accessing nonexisting field (category) on node type (User)")],
)  # fmt: skip
def test_a_token_of_a_person_is_none_of_a_page(facebook: Stage, answer: Told) -> None:
    facebook.server.fails(answer, "me")
    with pytest.raises(ChannelRefusedError, match="no Page"):
        facebook.network.check(facebook.account)


def test_a_page_without_an_instagram_account_says_so(instagram: Stage) -> None:
    instagram.server.fails(Told(200, {"id": "5"}), "me")
    with pytest.raises(ChannelRefusedError, match="Link the account"):
        instagram.network.check(instagram.account)


@pytest.mark.parametrize(
    ("answer", "words"),
    [(refusal(200, "Requires pages_read_engagement permission."), "lacks a permission"),
     (refusal(190, "Expired."), "Make a new one"),
     (Told(404, b"<html>not here</html>"), "no Graph API")],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_cure(stage: Stage, answer: Told, words: str) -> None:
    stage.server.fails(answer, "me")
    with pytest.raises(ChannelRefusedError, match=words):
        stage.network.check(stage.account)


def test_an_app_secret_of_another_app_is_refused(stage: Stage) -> None:
    secrets = {**stage.account.secrets, "app_secret": "another"}
    with pytest.raises(ChannelRefusedError, match="appsecret_proof"):
        stage.network.check(replace(stage.account, secrets=secrets))
