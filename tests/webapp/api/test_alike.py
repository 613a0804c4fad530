"""Complaints alike and customers who are one person, in the JSON API."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient

import processes
from channels.intake import Intake
from channels.model import Author, Mention, Page
from tests.webapp.conftest import SetClock
from webapp.bootstrap import Installation
from webapp.services import Services

As = Callable[[str], FlaskClient]
SAME = "the app is down again since this morning, cannot log in at all"


@pytest.fixture
def services(installation: Installation, clock: SetClock) -> Services:
    """Three who complain about the same; two of them have one address."""
    found = installation.services()
    account = found.conversations.ensure_account("demo", "acme")
    mentions = tuple(
        Mention(
            f"m{n}", Author(f"a{n}", f"a{n}", email="a@b.example" if n < 3 else None), SAME,
            clock.now(), f"t{n}",
        )
        for n in (1, 2, 3)
    )  # fmt: skip
    Intake(found.engine, channels=installation.networks).take(account, Page(mentions))
    return found


def test_complaints_alike_are_listed_with_their_conversations(
    services: Services, as_person: As
) -> None:
    # when
    ana = as_person("ana")
    (listed,) = ana.get("/api/clusters").get_json()["items"]
    one = ana.get("/api/clusters/1").get_json()
    conversation = ana.get("/api/conversations/2").get_json()

    # then
    assert (listed["size"], listed["text"]) == (3, SAME)
    assert one["conversations"] == [1, 2, 3]
    assert (conversation["cluster_id"], conversation["similar"]) == (1, 2)
    assert conversation["cost"] == 0
    assert ana.get("/api/clusters/9").status_code == 404


def test_complaints_alike_come_page_by_page_those_that_grew_last_first(
    services: Services, as_person: As, clock: SetClock
) -> None:
    # given: three clusters, two of which grew at the same moment
    account = services.conversations.ensure_account("demo", "acme")
    clock.pass_by(timedelta(minutes=5))
    others = ("my parcel is three days late and nobody knows anything",
              "the refund you promised me has still not been paid")  # fmt: skip
    mentions = tuple(
        Mention(f"{text[:4]}{n}", Author(f"b{n}", f"b{n}"), text, clock.now(), f"{text[:4]}{n}")
        for text in others
        for n in (1, 2)
    )
    Intake(services.engine).take(account, Page(mentions))

    # when
    ana, asked, seen = as_person("ana"), "", []
    while True:
        page = ana.get(f"/api/clusters?limit=1{asked}").get_json()
        seen += [one["id"] for one in page["items"]]
        if page["before"] is None:
            break
        where = {"before_at": page["before"]["at"], "before_id": page["before"]["id"]}
        asked = f"&{urlencode(where)}"

    # then
    assert seen == [3, 2, 1]


def test_a_manager_makes_one_case_of_them(services: Services, as_person: As) -> None:
    # given
    services.engine.deploy(processes.files("shared_answer"))

    # when
    refused = as_person("ana").post("/api/clusters/1/case")
    first = as_person("mia").post("/api/clusters/1/case").get_json()
    again = as_person("mia").post("/api/clusters/1/case").get_json()

    # then
    assert refused.status_code == 403
    assert (first["outcome"], again["outcome"]) == ("started", "dropped")


def test_customers_are_joined_and_split_again(services: Services, as_person: As) -> None:
    # given
    ana = as_person("ana")
    suggested = ana.get("/api/customers/1/suggestions").get_json()["items"]

    # when
    joined = ana.post("/api/customers/1/join", json={"other": 2}).get_json()
    other = ana.get("/api/customers/2").get_json()
    twice = ana.post("/api/customers/1/join", json={"other": 1})
    identity = max(one["id"] for one in joined["identities"])
    alone = ana.post(f"/api/identities/{identity}/split").get_json()

    # then
    assert [(one["customer_id"], one["why"]) for one in suggested] == [(2, "email")]
    assert [one["handle"] for one in joined["identities"]] == ["a1", "a2"]
    assert other["joined_into"] == 1
    assert twice.status_code == 422
    assert [one["handle"] for one in alone["identities"]] == ["a2"]
    moves = ana.get("/api/customers/1/moves").get_json()["items"]
    assert [(one["by"], one["handle"]) for one in moves] == [("ana", "a2"), ("ana", "a2")]
    assert ana.post("/api/identities/99/split").status_code == 404
