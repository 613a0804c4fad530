"""A customer writes into a form and reads the answers: once, from wherever, without a cookie."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

import processes
from channels.model import ReplyStatus
from engine import InstanceStatus, Source
from tests.channels.conftest import ANSWERING, LISTENING
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation
from webapp.services import Services

SHOP = "https://www.acme.example"
SAID = "My parcel is broken, and this is terrible!"


@pytest.fixture
def services(installation: Installation) -> Services:
    """A workspace with a form in which processes hear what is written."""
    found = installation.services("default")
    found.engine.deploy([
        Source("listening.bpmn", LISTENING.encode()), Source("answering.bpmn", ANSWERING.encode()),
    ])  # fmt: skip
    found.conversations.ensure_account("form", "complaints", settings={"origins": SHOP})
    return found


class Customer:
    """A browser without cookies that sends what its page holds."""

    def __init__(self, client: FlaskClient, clock: SetClock, at: str) -> None:
        self._client, self._clock = client, clock
        self.action = ""
        self.look(at)

    def look(self, at: str) -> None:
        self.at = at
        self.answer = self._client.get(at)
        self.read()

    def read(self) -> None:
        self.text = self.answer.get_data(as_text=True)
        found = re.search(r'name="proof" value="([^"]+)"', self.text)
        self.proof = unescape(found[1]) if found else ""
        found = re.search(r'action="([^"]+)"', self.text)
        self.action = found[1] if found else self.action

    def comes_from(self, address: str) -> None:
        self._client.environ_base["REMOTE_ADDR"] = address

    def sends(self, text: str = SAID, *, after: float = 30, **told: str) -> None:
        """Send the form of the page, and go where that leads."""
        self._clock.pass_by(timedelta(seconds=after))
        self.answer = self._client.post(
            self.action, data={"proof": self.proof, "text": text, **told}
        )
        if self.answer.status_code == 303:
            self.look(self.answer.headers["Location"])
        else:
            self.read()


@pytest.fixture
def customer(app: APIFlask, services: Services, clock: SetClock) -> Customer:
    client = app.test_client(use_cookies=False)
    return Customer(client, clock, f"/forms/{services.conversations.account(1).account.hook}")


def posts(services: Services, conversation: int = 1) -> list[str]:
    return [post.text for post in services.conversations.conversation(conversation).posts]


def answers(services: Services, text: str) -> None:
    """Have a process answer in the first conversation."""
    wanted = {"conversation": 1, "text": text, "private": True, "approved": None}
    services.engine.start("answering", wanted)
    services.outbox.work()


def test_what_a_customer_writes_becomes_a_mention_with_all_that_was_told(
    customer: Customer, services: Services
) -> None:
    # when
    customer.sends(name="Bob", email="bob@example.test", order="4711")

    # then
    assert "Thank you. We have got your message." in customer.text
    conversation = services.conversations.conversation(1)
    (post,) = conversation.posts
    assert (post.text, post.private) == (f"{SAID}\n\nOrder number: 4711", True)
    (identity,) = conversation.customer.identities
    assert (identity.name, identity.email) == ("Bob", "bob@example.test")
    assert len(services.engine.user_tasks()) == 1


def test_a_form_that_is_sent_twice_counts_once(customer: Customer, services: Services) -> None:
    # given
    form = customer.action, customer.proof
    customer.sends()
    there = customer.at

    # when: a double click, or the page was sent again
    customer.action, customer.proof = form
    customer.sends()

    # then
    assert customer.at == there
    assert posts(services) == [SAID]

    # and when: the customer went back, and wrote something else
    customer.action, customer.proof = form
    customer.sends("Something else")

    # then: the first one stands, and the page says so
    assert "This was sent before, and it is here only once." in customer.text
    assert posts(services) == [SAID]


def test_answers_stand_on_the_page_of_the_customer_who_goes_on_in_the_same_instance(
    customer: Customer, services: Services
) -> None:
    # given
    services.engine.deploy(processes.files("complaint"))
    customer.sends()
    page = customer.at
    (task,) = services.engine.user_tasks(1)
    assert task.business_key == "form:1"

    # when
    services.outbox.work()
    services.engine.complete(task.id, {"answer": "It comes <b>tomorrow</b>."}, by="ana")
    customer.look(page)
    assert "tomorrow" not in customer.text
    services.outbox.work()
    customer.look(page)

    # then
    assert "It comes &lt;b&gt;tomorrow&lt;/b&gt;." in customer.text

    # and when
    customer.sends("That is what you said last week. Terrible!")

    # then
    assert customer.at == page
    instance = services.engine.instance(1)
    assert (instance.status, instance.variables["turns"]) == (InstanceStatus.ACTIVE, 2)
    assert len(services.conversations.customers()) == 1
    assert customer.text.index("tomorrow") < customer.text.index("last week")


def test_a_reply_that_is_sent_again_after_a_crash_stands_there_once(
    customer: Customer, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given: it dies once the network has taken the reply, before that is recorded
    customer.sends()
    page = customer.at
    with monkeypatch.context() as dying:
        dying.setattr("channels.networks.form.Posted.note", _dies)
        with pytest.raises(KeyboardInterrupt):
            answers(services, "Sorry!")
    customer.look(page)
    assert "Sorry!" not in customer.text

    # when: the next process begins
    services.outbox._alone = True
    services.outbox.begin()
    for _ in range(30):
        customer._clock.pass_by(timedelta(seconds=10))
        services.outbox.work()
    customer.look(page)

    # then
    assert services.conversations.reply(1).status is ReplyStatus.SENT
    assert customer.text.count("Sorry!") == 1


def test_a_customer_cannot_go_on_in_the_conversation_of_another(
    customer: Customer, services: Services
) -> None:
    # given
    form = customer.at
    customer.sends()
    mine, proof = customer.at, customer.proof
    customer.look(form)
    customer.sends("Another")

    # when: the proof of one page with the address of another
    customer.proof = proof
    customer.sends("I am somebody else")

    # then
    assert customer.answer.status_code == 422
    assert customer.at != mine
    assert posts(services, 2) == ["Another"]
    # and an address that is guessed leads nowhere
    customer.look(f"{mine[:-3]}abc")
    assert customer.answer.status_code == 404


REFUSED: tuple[tuple[dict[str, str], float, str], ...] = (
    ({"text": "  "}, 30, "Please write something."),
    ({"text": "x" * 5_001}, 30, "Please shorten this to 5000 characters."),
    ({"name": "x" * 201}, 30, "Please shorten this to 200 characters."),
    ({"email": "nobody"}, 30, "This is no e-mail address."),
    ({}, 1, "That was very quick"),
    ({}, 90_000, "This page had been open for too long"),
    ({"proof": "forged"}, 30, "This page had been open for too long"),
    ({"proof": ""}, 30, "This page had been open for too long"),
)


def test_what_is_refused_is_shown_again_with_what_was_typed_and_can_be_sent_then(
    customer: Customer, services: Services
) -> None:
    for number, (told, after, said) in enumerate(REFUSED):
        # when
        customer.comes_from(f"203.0.113.{number}")
        customer.sends(**{"text": "Typed <words>", "order": '4"7', **told}, after=after)

        # then
        assert customer.answer.status_code == 422
        assert said in customer.text
        assert 'value="4&#34;7"' in customer.text
        assert "text" in told or "Typed &lt;words&gt;</textarea>" in customer.text

    # and when
    customer.sends("Better")
    assert posts(services) == ["Better"]


def test_what_fills_in_the_field_that_nobody_sees_is_thanked_and_not_stored(
    customer: Customer, services: Services
) -> None:
    customer.sends(website="https://spam.example")
    assert (customer.answer.status_code, services.conversations.customers()) == (200, [])
    assert "Thank you" in customer.text


def test_one_address_may_not_send_without_end_and_loses_nothing(
    customer: Customer, services: Services
) -> None:
    # given
    form = customer.at
    for number in range(5):
        customer.look(form)
        customer.sends(f"number {number}", after=3)
    customer.look(form)

    # when
    customer.sends("number 5", after=3)

    # then
    assert customer.answer.status_code == 429
    assert "Too much has been sent from here." in customer.text
    assert "number 5</textarea>" in customer.text
    assert "Retry-After" in customer.answer.headers
    assert customer.answer.headers["Content-Security-Policy"].endswith(SHOP)
    assert len(services.conversations.customers()) == 5


def test_a_form_has_a_cap_whoever_sends(customer: Customer, services: Services) -> None:
    # given
    services.conversations.change_account(1, settings={"per_hour": 1})
    form = customer.at
    customer.sends()

    # when: somebody at another address
    customer.look(form)
    customer.comes_from("203.0.113.9")
    customer.sends("me too")

    # then
    assert customer.answer.status_code == 429


def test_only_pages_that_are_named_may_embed_it_and_nothing_is_kept_in_the_browser(
    customer: Customer, services: Services
) -> None:
    # when
    headers = customer.answer.headers
    customer.sends()

    # then
    for one in (headers, customer.answer.headers):
        assert one["Content-Security-Policy"].endswith(f"frame-ancestors {SHOP}")
        assert "X-Frame-Options" not in one
        assert "Set-Cookie" not in one
    assert customer.answer.headers["Referrer-Policy"] == "no-referrer"
    assert customer.answer.headers["Cache-Control"] == "no-store"

    # and when nobody may
    services.conversations.change_account(1, settings={"origins": "nonsense ; script-src *"})
    customer.look(customer.at)
    assert customer.answer.headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert customer.answer.headers["X-Frame-Options"] == "DENY"


def test_the_pages_of_agents_stay_unembeddable(customer: Customer, browser: Any) -> None:
    assert browser.get("/login").headers["X-Frame-Options"] == "DENY"


def test_a_form_has_its_language_its_colour_and_only_the_fields_it_asks_for(
    customer: Customer, services: Services
) -> None:
    # given
    told: dict[str, object] = {"language": "de", "colour": "#FFDD00"}
    told |= {"ask_name": False, "ask_order": False}
    services.conversations.change_account(1, settings=told)

    # when
    customer.look(customer.at)
    style = customer._client.get(f"{customer.at}/style.css")

    # then
    assert '<html lang="de">' in customer.text
    assert "Was ist passiert?" in customer.text
    assert 'name="email"' in customer.text
    assert 'name="name"' not in customer.text
    assert 'name="order"' not in customer.text
    assert "--brand: #ffdd00; --ink: #000000" in style.get_data(as_text=True)
    # and what is not asked for is not taken
    customer.sends(name="Bob", order="4711")
    assert posts(services) == [SAID]


def test_a_form_that_is_off_is_closed_and_its_answers_can_be_read(
    customer: Customer, services: Services
) -> None:
    # given
    form = customer.at
    customer.sends()
    page = customer.at
    services.accounts.switch(1, on=False)

    # when
    customer.look(form)
    closed = customer.answer
    customer.look(page)

    # then
    assert (closed.status_code, customer.answer.status_code) == (503, 200)
    assert "This form is closed at the moment." in closed.get_data(as_text=True)
    customer.sends("More")
    assert (customer.answer.status_code, posts(services)) == (503, [SAID])


def test_other_accounts_have_no_form_and_a_form_is_not_called(
    customer: Customer, services: Services
) -> None:
    hook = customer.at.rpartition("/")[2]
    other = services.conversations.ensure_account("demo", "acme")
    other_hook = services.conversations.account(other.id).account.hook
    assert customer._client.get(f"/forms/{other_hook}").status_code == 404
    assert customer._client.get("/forms/nobody").status_code == 404
    assert customer._client.post(f"/hooks/{hook}").status_code == 404


def test_whoever_opens_where_a_form_is_sent_to_is_led_to_the_form(customer: Customer) -> None:
    form = customer.at
    for page in (form, None):
        led = customer._client.get(customer.action)
        assert (led.status_code, led.headers["Location"]) == (303, page or customer.at)
        customer.sends()


def test_a_nul_is_refused(customer: Customer, services: Services) -> None:
    customer.sends("a\x00b")
    assert (customer.answer.status_code, services.conversations.customers()) == (400, [])


def test_the_operator_sees_where_it_is_and_how_to_embed_it(
    customer: Customer, browser: Any
) -> None:
    browser.log_in("oli")
    page = browser.get("/channels/1").get_data(as_text=True)
    assert f'href="http://localhost{customer.at}"' in page
    embedding = f"&lt;iframe src=&#34;http://localhost{customer.at}"
    assert page.count(embedding) == 2  # to be read, and to be copied
    assert f'data-copy="{embedding}' in page


def _dies(*_: object) -> None:
    raise KeyboardInterrupt
