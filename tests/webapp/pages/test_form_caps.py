"""How much may be sent: nobody closes a form for others, and nobody is many callers."""

from __future__ import annotations

from tests.webapp.pages import test_forms
from tests.webapp.pages.test_forms import SAID, Customer, posts
from webapp.services import Services

services, customer = test_forms.services, test_forms.customer


def test_what_is_refused_takes_no_place_of_those_who_may_send(
    customer: Customer, services: Services
) -> None:
    # given: strangers who have no proof
    services.conversations.change_account(1, settings={"per_hour": 1})
    for number in range(3):
        customer.comes_from(f"203.0.113.{number}")
        customer.sends(proof="forged")

    # when
    customer.comes_from("203.0.113.9")
    customer.sends()

    # then
    assert customer.answer.status_code == 200
    assert posts(services) == [SAID]


def test_whoever_has_many_addresses_of_one_line_is_one_caller(
    customer: Customer, services: Services
) -> None:
    # given
    form = customer.at
    for number in range(5):
        customer.comes_from(f"2001:db8:1:2:{number}::7")
        customer.look(form)
        customer.sends(f"number {number}", after=3)

    # when
    customer.look(form)
    customer.comes_from("2001:db8:1:2:ffff::1")
    customer.sends("number 5", after=3)

    # then
    assert customer.answer.status_code == 429

    # and when: a neighbour sends, and one who is told of as IPv4 within IPv6
    for neighbour in ("2001:db8:1:3::7", "::ffff:203.0.113.1"):
        customer.comes_from(neighbour)
        customer.look(form)
        customer.sends("me too", after=3)
        assert customer.answer.status_code == 200
