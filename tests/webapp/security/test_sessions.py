"""What pages ask beside those that a person opens leaves the session as it is, and its messages."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_page_keeps_the_session_alive(browser: Any) -> None:
    # given
    browser.log_in("ana")
    browser.client.get("/inbox")

    # when
    answer = browser.client.get("/inbox")

    # then
    assert "corral_session" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "asked",
    [{"Accept": "text/html", "HX-Request": "true"}, {"Accept": "text/html"}, {"Accept": "*/*"}],
    ids=str,
)
def test_what_a_page_asks_beside_it_never_puts_an_earlier_session_back(
    browser: Any, asked: dict[str, str]
) -> None:
    # given
    browser.log_in("ana")
    browser.client.get("/inbox")

    # when: it does so from another network
    there = {"REMOTE_ADDR": "198.51.100.7"}
    answer = browser.client.get("/inbox", headers=asked, environ_overrides=there)

    # then
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("accept", ["text/html", "*/*", "image/avif,image/webp,*/*;q=0.8"])
def test_what_a_script_is_answered_uses_up_no_message_for_the_next_page(
    browser: Any, accept: str
) -> None:
    # given
    browser.log_in("oli")
    browser.post("/settings/people/oli", active="0")
    asked = {"Accept": accept}

    # when
    wrong = browser.client.get("/nowhere", headers=asked)
    refused = browser.client.post("/settings/people/oli", headers=asked)
    fine = browser.client.get("/inbox", headers=asked)

    # then
    assert (wrong.status_code, refused.status_code, fine.status_code) == (404, 400, 200)
    pages = [browser.client.get("/inbox").get_data(as_text=True) for _ in range(2)]
    assert [page.count("toast-card toast-") for page in pages] == [1, 0]
