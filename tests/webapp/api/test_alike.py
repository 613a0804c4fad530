"""Complaints alike and customers who are one person, in the JSON API."""

from __future__ import annotations

from collections.abc import Callable

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
