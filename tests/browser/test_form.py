"""A customer complains in a form inside the page of a shop, and reads the answer there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, FrameLocator, Page, expect

from engine import InstanceStatus
from tests.browser.house import House
from tests.browser.test_accessibility import barriers_here

ANGRY = "This is unacceptable! My parcel is broken and nobody answers. Terrible service."


class Shop:
    """The page of a shop, on a site of its own, that embeds a form."""

    def __init__(self) -> None:
        self.form = ""
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _ShopPage)
        self._http.shop = self  # type: ignore[attr-defined]
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        #: Browsers take «localhost» for another site than 127.0.0.1, where Corral is.
        self.address = f"http://localhost:{self._http.server_port}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class _ShopPage(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        form = self.server.shop.form  # type: ignore[attr-defined]
        body = f'<!doctype html><title>Shop</title><iframe src="{form}" title="Complaints" '
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f'{body} width="700" height="800"></iframe>'.encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def shop(house: House) -> Iterator[Shop]:
    """A shop that embeds the form of the house, and may."""
    opened = Shop()
    settings = {"origins": opened.address, "title": "Tell us what went wrong"}
    account = house.services.conversations.ensure_account("form", "shop", settings=settings)
    hook = house.services.conversations.account(account.id).account.hook
    opened.form = f"{house.address}/forms/{hook}"
    yield opened
    opened.close()


@pytest.fixture
def stranger(chrome: Browser) -> Iterator[Callable[..., Page]]:
    """Return a page of somebody whom nobody knows."""
    contexts = []

    def open_page(**more: Any) -> Page:
        contexts.append(chrome.new_context(**more))
        contexts[-1].set_default_timeout(30_000)
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


def writes(where: Page | FrameLocator, house: House, text: str, label: str = "happened") -> None:
    """Fill in the form and send it, some time after it was opened."""
    where.get_by_label(label).fill(text)
    house.clock.present += timedelta(seconds=30)
    where.get_by_role("button", name="Send").click()


def test_a_complaint_from_an_embedded_form_is_answered_there_and_goes_on(
    house: House, shop: Shop, visit: Callable[..., Page], stranger: Callable[..., Page]
) -> None:
    # given: a customer in the page of the shop, without scripts
    customer = stranger(java_script_enabled=False)
    customer.goto(shop.address)
    form = customer.frame_locator("iframe")
    form.get_by_label("Your name").fill("Maya Torres")
    form.get_by_label("Order number").fill("4711")
    writes(form, house, ANGRY)
    expect(form.get_by_text("Thank you. We have got your message.")).to_be_visible()

    # when: an agent answers
    agent = visit("ana")
    row = agent.locator("tr", has_text="Maya Torres")
    row.get_by_role("button", name="Claim").click()
    expect(agent.get_by_text("Order number: 4711")).to_be_visible()
    agent.get_by_label("Your answer").fill("We are sorry, Maya. It comes tomorrow.")
    agent.get_by_role("button", name="Complete").click()
    expect(agent.get_by_text("is completed")).to_be_visible()
    house.replies_go_out()

    # then: it stands in the page of the shop, and the customer goes on
    form.get_by_role("link", name="Look for answers").click()
    expect(form.get_by_text("We are sorry, Maya.")).to_have_count(1)
    writes(form, house, "You said so last week. Terrible!", "Write again")
    expect(form.locator("li", has_text="last week")).to_be_visible()
    (instance,) = house.engine.instances()
    assert instance.status is InstanceStatus.ACTIVE
    assert house.engine.instance(instance.id).variables["turns"] == 2
    assert customer.context.cookies() == []


def test_a_double_click_a_reload_and_the_back_button_make_one_complaint(
    house: House, shop: Shop, stranger: Callable[..., Page]
) -> None:
    # given
    page = stranger()
    page.goto(shop.form)
    page.get_by_label("happened").fill(ANGRY)
    house.clock.present += timedelta(seconds=30)

    # when
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_text("We have got your message")).to_be_visible()
    page.reload()
    page.go_back()
    writes(page, house, ANGRY)
    expect(page.get_by_text("We have got your message")).to_be_visible()

    # then
    assert len(house.services.conversations.customers()) == 1
    posts = house.services.conversations.conversation(1).posts
    assert [post.text for post in posts if post.kind == "mention"] == [ANGRY]


def test_the_page_of_somebody_else_may_not_embed_it(
    house: House, shop: Shop, stranger: Callable[..., Page]
) -> None:
    # given
    thief = Shop()
    thief.form = shop.form
    page = stranger()

    # when
    page.goto(thief.address)

    # then
    shown: Frame = page.frames[-1]
    assert not shown.url.startswith(house.address)
    expect(page.frame_locator("iframe").get_by_label("happened")).to_have_count(0)
    thief.close()


def test_a_form_has_no_barrier_and_fits_a_phone(
    house: House, shop: Shop, stranger: Callable[..., Page]
) -> None:
    # given
    page = stranger(bypass_csp=True, viewport={"width": 360, "height": 780})
    found = {}

    # when: empty, refused, and answered
    page.goto(shop.form)
    found["form"] = barriers_here(page)
    page.get_by_label("e-mail").fill("nobody@here")
    writes(page, house, ANGRY)
    expect(page.get_by_role("alert")).to_be_visible()
    found["refused"] = barriers_here(page)
    page.get_by_label("e-mail").fill("")
    writes(page, house, ANGRY)
    expect(page.get_by_text("We have got your message")).to_be_visible()
    found["answers"] = barriers_here(page)

    # then
    assert found == {"form": [], "refused": [], "answers": []}
    assert page.evaluate("document.documentElement.scrollWidth") == 360
