"""Connections to mail servers: encrypted, refused, gone for a while."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from channels.conversations import Conversations
from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.intake import Intake
from channels.mail.account import Security, Server
from channels.mail.imap import opened
from channels.mail.smtp import logged_in
from channels.model import ChannelAccount, ReplyStatus
from channels.networks.email import EmailNetwork
from channels.outbox import Outbox
from channels.polling import Poller
from channels.sealing import Seals
from channels.storage import accounts, prepare
from engine import Engine, Source
from tests.channels.conftest import ANSWERING, LISTENING, FakeClock, PlainSignals
from tests.networks.mail_servers import MailServers, servers

SEALS = Seals([b"k" * 32])


@pytest.fixture(scope="module")
def there(dovecot_program: object) -> MailServers:
    return servers()


@pytest.fixture
def account(there: MailServers) -> ChannelAccount:
    return there.account(there.new_address(), history_days=1)


@contextmanager
def saying(*lines: bytes, hold: bool = False) -> Iterator[int]:
    """Give the port of a server that says these lines, one at each connection, and hangs up."""
    over = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for line in lines:
            caller, _ = server.accept()
            with caller:
                caller.sendall(line)
                if hold:
                    over.wait(60)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server.getsockname()[1]
    finally:
        over.set()
        server.close()


def test_an_account_is_tried_at_both_servers(there: MailServers, account: ChannelAccount) -> None:
    # when
    found = {one.what: one.found for one in EmailNetwork().check(account)}

    # then
    assert found["read"] == "0 mails in INBOX; the server tells of new mail at once"
    assert found["sent mails"] == "kept in Sent"
    assert found["log in to SMTP"] == "127.0.0.1: logged in"
    assert "others can read along" in found["encryption"]
    assert there.mails(account.handle) == []


@pytest.mark.parametrize("secrets", [{"password": "wrong"}, {"password": "pässword"}, {}])
def test_a_wrong_password_is_refused_by_the_reading_server(
    account: ChannelAccount, secrets: dict[str, str]
) -> None:
    with pytest.raises(ChannelRefusedError, match="does not accept the user name"):
        list(EmailNetwork().fetch(replace(account, secrets=secrets), None))


@pytest.mark.parametrize("password", ["wrong", "pässword"])
def test_a_wrong_password_is_refused_by_the_sending_server(
    account: ChannelAccount, password: str
) -> None:
    # given
    wrong = replace(account, secrets=dict(account.secrets) | {"smtp_password": password})

    # then
    with pytest.raises(ChannelRefusedError, match="password"):
        EmailNetwork().check(wrong)


@pytest.mark.parametrize("setting", ["folder", "sent_folder"])
def test_a_folder_that_is_not_there(
    there: MailServers, account: ChannelAccount, setting: str
) -> None:
    # given
    told = there.account(account.handle, **{setting: "Elsewhere"})

    # then
    if setting == "folder":
        with pytest.raises(ChannelRefusedError, match="no folder 'Elsewhere'"):
            list(EmailNetwork().fetch(told, None))
    else:
        found = {one.what: one.found for one in EmailNetwork().check(told)}
        assert found["sent mails"] == "a folder Elsewhere will be made"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_line_wants_a_certificate_that_is_trusted(
    there: MailServers, account: ChannelAccount, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    port = there.imaps_port if security == "tls" else there.imap_port
    told = there.account(
        account.handle, imap_host="localhost", imap_port=port, imap_security=security
    )

    # when
    with pytest.raises(ChannelRefusedError, match="certificate of localhost is not valid"):
        list(EmailNetwork().fetch(told, None))
    monkeypatch.setenv("SSL_CERT_FILE", str(there.certificate))
    (page,) = EmailNetwork().fetch(told, None)

    # then
    assert page.mentions == ()


def test_a_certificate_of_another_name_is_refused(
    there: MailServers, account: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setenv("SSL_CERT_FILE", str(there.certificate))
    told = there.account(account.handle, imap_port=there.imaps_port, imap_security="tls")

    # then
    with pytest.raises(ChannelRefusedError, match=r"certificate of 127\.0\.0\.1 is not valid"):
        list(EmailNetwork().fetch(told, None))


def test_a_password_is_told_to_no_server_that_offers_no_encryption(
    there: MailServers, account: ChannelAccount
) -> None:
    # given
    told = there.account(account.handle, smtp_security="starttls")

    # then
    with pytest.raises(ChannelRefusedError, match="no STARTTLS"):
        EmailNetwork().check(told)


def test_a_port_that_speaks_no_tls_says_what_to_check(
    there: MailServers, account: ChannelAccount
) -> None:
    # given
    told = there.account(account.handle, imap_security="tls")

    # then
    with pytest.raises(ChannelRefusedError, match="Check its port and encryption"):
        list(EmailNetwork().fetch(told, None))


def at(port: int) -> Server:
    return Server("127.0.0.1", port, Security.NONE, "ana", "secret")


def read(port: int) -> None:
    with opened(at(port), seconds=1) as imap:
        imap.can("IDLE")


def hand_in(port: int) -> None:
    with logged_in(at(port), domain="acme.example", seconds=1):
        pass


GREETINGS = {
    read: [b"", b"* BYE too busy\r\n", b"* OK hello\r\n", b"nonsense\r\n"],
    hand_in: [b"", b"421 too busy\r\n", b"554 not you\r\n", b"220 hello\r\n", b"nonsense\r\n"],
}


@pytest.mark.parametrize(
    ("call", "greeting"), [(call, one) for call, lines in GREETINGS.items() for one in lines]
)
def test_a_server_that_breaks_off_is_asked_again_later(
    call: Callable[[int], None], greeting: bytes
) -> None:
    with saying(greeting) as port, pytest.raises(ChannelUnavailableError):
        call(port)


@pytest.mark.parametrize("call", [read, hand_in])
def test_a_server_that_says_nothing_is_left_after_its_time(call: Callable[[int], None]) -> None:
    greeting = b"* OK hello\r\n" if call is read else b"220 hello\r\n"
    with saying(greeting, hold=True) as port, pytest.raises(ChannelUnavailableError):
        call(port)


@pytest.mark.parametrize("call", [read, hand_in])
def test_a_server_that_is_not_there_is_asked_again_later(call: Callable[[int], None]) -> None:
    with saying() as port:
        pass
    with pytest.raises(ChannelUnavailableError, match="cannot be reached"):
        call(port)


class Office:
    """A workspace with one mailbox, whose clock is the test's."""

    def __init__(self, there: MailServers, process: str) -> None:
        self.clock = FakeClock()
        self.engine = Engine.in_memory(clock=self.clock)
        prepare(self.engine)
        self.engine.deploy([Source("process.bpmn", process.encode())])
        networks = {"email": EmailNetwork()}
        self.conversations = Conversations(self.engine, SEALS)
        told = there.account(there.new_address(), history_days=36_500)
        self.account = self.conversations.ensure_account(
            "email", told.handle, settings=told.settings, secrets=told.secrets
        )
        intake = Intake(self.engine, PlainSignals(), networks)
        self.poller = Poller(self.engine, intake, networks, SEALS)
        self.outbox = Outbox(self.engine, networks, seals=SEALS)

    def minutes_pass(self, minutes: int) -> None:
        """Look at everything once a minute for so long."""
        for _ in range(minutes):
            self.clock.passes(minutes=1)
            self.poller.work()
            self.outbox.work()

    def answers(self) -> None:
        """Have a process answer the first conversation."""
        told = {"conversation": 1, "text": "Sorry!", "private": True, "approved": None}
        self.engine.start("answering", told)


@pytest.fixture
def office(there: MailServers) -> Iterator[Office]:
    made = Office(there, ANSWERING)
    there.smtp.taken.clear()
    yield made
    there.smtp.faults.clear()
    made.engine.close()


def complaint(number: int, **headers: str) -> bytes:
    told = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return (
        f"From: ana@example.test\nMessage-ID: <c{number}@example.test>\n{told}\nText {number}\n"
    ).encode()


def test_servers_that_are_down_for_ten_minutes_lose_and_repeat_nothing(
    there: MailServers, office: Office
) -> None:
    # given
    there.deliver(office.account.handle, complaint(1))
    office.minutes_pass(1)
    office.answers()

    # when
    there.stop()
    try:
        office.minutes_pass(10)
        down = office.conversations.reply(1).status
    finally:
        there.start()
    there.deliver(office.account.handle, complaint(2))
    office.minutes_pass(20)

    (incident,) = office.engine.incidents()  # a process has its reply tried so often and no more
    office.engine.resolve(incident.id, by="oli")
    office.minutes_pass(2)

    # then
    assert down is ReplyStatus.RETRYABLE
    assert office.conversations.reply(1).status is ReplyStatus.SENT
    assert [post.text for post in office.conversations.conversation(2).posts] == ["Text 2"]
    assert [recipient for recipient, _ in there.smtp.taken] == ["ana@example.test"]


def test_a_line_that_broke_too_late_is_never_tried_again_and_an_answer_settles_it(
    there: MailServers, office: Office
) -> None:
    # given
    there.deliver(office.account.handle, complaint(1))
    office.minutes_pass(1)
    there.smtp.faults.append("cut late")
    office.answers()

    # when
    office.minutes_pass(2)
    unclear = office.conversations.reply(1).status
    id = there.smtp.taken[0][1].decode().partition("Message-ID: ")[2].partition("\r\n")[0]
    there.deliver(office.account.handle, complaint(2, In_Reply_To=id))
    office.minutes_pass(10)

    # then
    assert unclear is ReplyStatus.UNKNOWN
    assert office.conversations.reply(1).status is ReplyStatus.SENT
    assert office.conversations.reply(1).external_id == id
    assert len(there.smtp.taken) == 1
    assert [
        post.text for post in office.conversations.conversation(1).posts if post.kind == "mention"
    ] == ["Text 1", "Text 2"]


def test_a_line_that_broke_too_late_ends_with_a_person_and_one_mail(
    there: MailServers, office: Office
) -> None:
    # given
    there.deliver(office.account.handle, complaint(1))
    office.minutes_pass(1)
    there.smtp.faults.append("lost late")
    office.answers()

    # when
    office.minutes_pass(60)

    # then
    assert [task.element for task in office.engine.user_tasks()] == ["went_out"]
    assert there.smtp.taken == []


def test_a_mailbox_that_is_read_twice_starts_nothing_twice(there: MailServers) -> None:
    # given
    office = Office(there, LISTENING)
    there.deliver(office.account.handle, *(complaint(n) for n in range(5)))
    office.minutes_pass(1)

    # when its position is lost
    with office.engine.transaction() as uow:
        accounts.change(uow.connection, uow.workspace_id, 1, {"position": None})
    office.minutes_pass(3)

    # then
    assert len(office.engine.instances()) == 5
    office.engine.close()
