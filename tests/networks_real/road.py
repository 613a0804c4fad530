"""The whole road on any network, as people travel it: from complaint to answer and on.

Customers write out there, an agent works in a real browser, ``corral run`` is a real process with
the shipped complaint process, and it is killed at every station: as the complaint comes, while the
agent writes, and as the answer leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, Page, expect

import processes
from engine import InstanceStatus
from tests.cluster.conftest import PASSWORD
from tests.networks_real.house import AGENT, House, opened

COMPLAINT = "My parcel is broken and nobody answers. This is unacceptable, terrible service!"
ANSWER = "We are sorry. A new parcel is on its way to you."
FURTHER = "That is what you said last week. Terrible!"


class Outside(Protocol):
    """A network with a customer on it, and what that customer can do and see."""

    @property
    def network(self) -> str:
        """Name of the network."""
        ...

    @property
    def handle(self) -> str:
        """The brand's account."""
        ...

    @property
    def settings(self) -> Mapping[str, Any]:
        """What the account is told."""
        ...

    @property
    def secrets(self) -> Mapping[str, str]:
        """Its credentials."""
        ...

    def complains(self, text: str) -> None:
        """Write to the brand."""
        ...

    def answers(self) -> list[str]:
        """Return everything the brand has written, as the customer finds it."""
        ...

    def goes_on(self, text: str) -> None:
        """Answer the brand's newest words."""
        ...


def travel(outside: Outside, browser: Browser, folder: Path) -> int:
    """Go all the way, and return how often the customer finds the agent's answer at its end.

    Raises:
        AssertionError: something is lost, or there twice, at one of the stations.
    """
    told = (outside.network, outside.handle, outside.settings, outside.secrets)
    with (
        opened(folder, *told, processes=list(processes.files("complaint"))) as house,
        agent(browser, house) as page,
    ):
        # given a complaint that comes while nobody is there
        assert house.process is not None
        house.process.kill()
        outside.complains(COMPLAINT)
        house.start()
        house.until(lambda: house.engine.user_tasks())

        # when the agent claims it from the inbox, and answers
        page.goto("/inbox")
        page.get_by_role("button", name="Claim").click()
        expect(page.get_by_text("nobody answers. This is unacceptable")).to_be_visible()
        page.get_by_label("Your answer").fill(ANSWER)
        house.is_killed()
        page.get_by_role("button", name="Complete").click()
        expect(page.get_by_text("is completed")).to_be_visible()
        house.is_killed()

        # then it appears at the other end, once
        house.until(lambda: said(outside) == 1)
        house.until(lambda: all(one.external_id for one in replies(house)))

        # when the customer goes on
        first = house.engine.instances()
        outside.goes_on(FURTHER)
        house.until(lambda: house.engine.user_tasks())

        # then it is the same instance, the agent sees all of it, and it was answered once
        assert [one.id for one in house.engine.instances()] == [one.id for one in first]
        assert house.instances() == [InstanceStatus.ACTIVE]
        page.goto("/inbox")
        page.get_by_role("button", name="Claim").click()
        thread = page.get_by_role("main")
        for text in ("nobody answers. This is unacceptable", ANSWER, FURTHER):
            expect(thread.get_by_text(text).first).to_be_visible()
    return said(outside)


@contextmanager
def agent(browser: Browser, house: House) -> Iterator[Page]:
    """Give the agent's browser, who is logged in."""
    context = browser.new_context(
        base_url=house.address, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    try:
        page.goto("/login")
        page.get_by_label("Login").fill(AGENT)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("navigation", name="Main").wait_for()
        yield page
    finally:
        context.close()


def said(outside: Outside) -> int:
    """Return how often the customer finds the agent's answer."""
    return sum(ANSWER in text for text in outside.answers())


def replies(house: House) -> list[Any]:
    """Return the replies of the one conversation."""
    posts = house.conversations.conversation(1).posts
    return [one for one in posts if one.kind == "reply"]
