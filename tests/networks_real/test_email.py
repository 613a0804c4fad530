"""Corral and mail servers that nobody here wrote: nothing lost, nothing twice."""

from __future__ import annotations

import email
import json
import subprocess
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from engine import InstanceStatus
from tests.networks.mail_servers import PASSWORD, MailServers, servers
from tests.networks_real import road
from tests.networks_real.house import House, opened
from tools import program


@pytest.fixture(scope="module")
def there(dovecot_program: Path) -> MailServers:
    """The servers; they start once."""
    return servers()


@pytest.fixture
def care(there: MailServers) -> str:
    """The address of the mailbox that Corral reads."""
    return there.new_address()


@pytest.fixture
def customer(there: MailServers) -> str:
    return there.new_address().replace("care", "customer")


@pytest.fixture
def house(there: MailServers, care: str, tmp_path: Path) -> Iterator[House]:
    account = there.account(care, history_days=1)
    with opened(tmp_path, "email", care, account.settings, account.secrets) as one:
        yield one


def writes(there: MailServers, sender: str, to: str, text: str, **headers: str) -> None:
    """Have somebody hand in a mail, as it arrives in the mailbox of ``to``."""
    told = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    there.deliver(to, f"From: Zoë <{sender}>\nTo: {to}\n{told}\n{text}\n".encode())


def letters(there: MailServers, address: str) -> list[Message]:
    """Return what lies in somebody's mailbox."""
    return [email.message_from_bytes(each) for each in there.mails(address)]


def text_of(letter: Message) -> str:
    told = letter.get_payload(decode=True)
    assert isinstance(told, bytes)
    return told.decode().replace("\r\n", "\n").strip()


def test_an_account_is_tried_with_its_password_before_it_is_kept(
    there: MailServers, care: str, tmp_path: Path
) -> None:
    # given
    settings = there.account(care).settings
    told = [part for name in settings for part in ("--set", f"{name}={settings[name]}")]

    def added(password: str) -> subprocess.CompletedProcess[str]:
        command = [program.CORRAL, "channels", "add", "email", care, "--secrets-stdin"]
        return subprocess.run(
            [*command, *told, "--data", str(tmp_path)], input=json.dumps({"password": password}),
            check=False, capture_output=True, text=True, env=program.clean_environment(),
            cwd=tmp_path,
        )  # fmt: skip

    # when
    refused, kept = added("wrong"), added(PASSWORD)

    # then
    assert refused.returncode == 2, refused.stdout
    assert "does not accept the user name" in refused.stderr
    assert "wrong" not in refused.stderr
    assert kept.returncode == 0, kept.stderr
    assert "0 mails in INBOX" in kept.stdout


def test_a_complaint_starts_one_instance_and_the_customers_answer_goes_on_with_it(
    there: MailServers, house: House, care: str, customer: str
) -> None:
    # given
    complaint = {"Subject": "=?utf-8?b?8J+YoSBPcmRlciA3?=", "Message_ID": "<c1@home.example>"}
    writes(there, customer, care, "It came broken.", **complaint)

    # when
    house.agent_answers()
    house.until(lambda: letters(there, customer))

    # then
    (answer,) = letters(there, customer)
    assert text_of(answer) == "Thank you for: 😡 Order 7\n\nIt came broken."
    assert answer["In-Reply-To"] == "<c1@home.example>"
    assert house.instances() == [InstanceStatus.ACTIVE]

    # when
    quoted = f"Thank you!\n\nOn Monday, 2 March 2026, Care <{care}> wrote:\n> Thank you for: ..."
    writes(there, customer, care, quoted, Subject="Re: order", In_Reply_To=answer["Message-ID"])
    house.until(lambda: house.instances() == [InstanceStatus.COMPLETED])

    # then
    assert len(letters(there, customer)) == 1
    posts = [one for one in house.conversations.conversation(1).posts if one.kind == "mention"]
    assert [post.text for post in posts] == ["😡 Order 7\n\nIt came broken.", "Thank you!"]
    assert all(post.private for post in posts)


def test_killed_between_handed_in_and_recorded_the_reply_is_there_once(
    there: MailServers, house: House, care: str, customer: str
) -> None:
    # given
    writes(there, customer, care, "Where is it?", Subject="Order 8", Message_ID="<k1@home.example>")
    house.until(lambda: len(house.engine.user_tasks()) == 1)
    house.order.touch()

    # when
    house.agent_answers()
    assert house.process
    house.process.ends(within=120)
    (before,) = letters(there, customer)
    house.start()
    house.until(lambda: house.conversations.reply(1).external_id)

    # then
    (after,) = letters(there, customer)
    assert house.conversations.reply(1).external_id == before["Message-ID"] == after["Message-ID"]
    assert house.instances() == [InstanceStatus.ACTIVE]


def test_servers_that_go_away_and_come_back_cost_nothing(
    there: MailServers, house: House, care: str, customer: str
) -> None:
    # given
    writes(there, customer, care, "first", Message_ID="<f1@home.example>")
    house.until(lambda: len(house.engine.user_tasks()) == 1)

    # when
    there.stop()
    try:
        house.agent_answers()
        house.until(lambda: house.conversations.reply(1).attempts > 0)
        house.until(lambda: house.conversations.accounts()[0].failures > 0)
    finally:
        there.start()
    writes(there, customer, care, "second", Message_ID="<f2@home.example>")
    house.until(lambda: len(letters(there, customer)) == 1)
    house.agent_answers()
    house.until(lambda: len(letters(there, customer)) == 2)

    # then
    said = [text_of(letter) for letter in letters(there, customer)]
    assert said == ["Thank you for: first", "Thank you for: second"]
    assert house.instances() == [InstanceStatus.ACTIVE] * 2


def test_a_reply_that_comes_back_says_so_where_it_stands(
    there: MailServers, house: House, care: str, customer: str
) -> None:
    # given
    writes(there, customer, care, "Where is it?", Message_ID="<b1@home.example>")
    house.agent_answers()
    house.until(lambda: letters(there, customer))
    id = letters(there, customer)[0]["Message-ID"]

    # when
    writes(
        there, "MAILER-DAEMON@mx.example", care, f"Sorry, no mailbox here.\n\nMessage-ID: {id}",
        Return_Path="<>", Subject="failure notice",
    )  # fmt: skip

    # then
    house.until(lambda: "no mailbox here" in (house.conversations.reply(1).error or ""))
    assert house.instances() == [InstanceStatus.ACTIVE]


@pytest.mark.timeout(900)
def test_the_whole_road_in_a_browser_whenever_the_process_is_killed(
    there: MailServers, care: str, customer: str, chrome: Browser, tmp_path: Path
) -> None:
    assert road.travel(ByMail(there, care, customer), chrome, tmp_path) == 1


class ByMail:
    """Zoë, who writes letters."""

    network = "email"

    def __init__(self, there: MailServers, care: str, customer: str) -> None:
        self.there, self.handle, self.customer = there, care, customer
        account = there.account(care, history_days=1)
        self.settings, self.secrets = account.settings, account.secrets

    def complains(self, text: str) -> None:
        writes(self.there, self.customer, self.handle, text, Message_ID="<r1@home.example>")

    def answers(self) -> list[str]:
        return [text_of(letter) for letter in letters(self.there, self.customer)]

    def goes_on(self, text: str) -> None:
        newest = letters(self.there, self.customer)[-1]["Message-ID"]
        writes(self.there, self.customer, self.handle, text, In_Reply_To=newest)
