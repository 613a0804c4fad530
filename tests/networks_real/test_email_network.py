"""The network of mail against Dovecot and an SMTP server: what is read, and what went out."""

from __future__ import annotations

import email
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.model import ChannelAccount, Mention, Reply, ReplyStatus
from channels.networks.email import EmailNetwork
from tests.networks.enclosing import PNG, enclosed
from tests.networks.mail_servers import MailServers, servers

NOW = datetime.now(UTC)


def mail(number: int, *, sender: str = "ana@example.test", **headers: str) -> bytes:
    """Return the ``number``-th mail of somebody."""
    told = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return (
        f"From: {sender}\nSubject: Order {number}\nMessage-ID: <m{number}@example.test>\n{told}\n"
        f"Text {number}\n"
    ).encode()


def reply(to: Mention | None = None, **more: Any) -> Reply:
    """Return an answer of an agent."""
    told: dict[str, Any] = {
        "id": 1, "conversation_id": 1, "text": "Sorry!", "private": True, "by": "ana",
        "status": ReplyStatus.SENDING, "idempotency_key": "key", "created_at": NOW,
        "in_reply_to": to.external_id if to else "<m1@example.test>",
        "thread": to.thread if to else "thread1", "recipient": "ana@example.test",
    }  # fmt: skip
    return Reply(**told | more)


@pytest.fixture(scope="module")
def mail_servers(dovecot_program: object) -> MailServers:
    return servers()


@pytest.fixture
def there(mail_servers: MailServers) -> Iterator[MailServers]:
    mail_servers.smtp.faults.clear()
    mail_servers.smtp.taken.clear()
    yield mail_servers
    assert mail_servers.smtp.faults == []


@pytest.fixture
def account(there: MailServers) -> ChannelAccount:
    return there.account(there.new_address(), history_days=1)


@pytest.fixture
def network() -> EmailNetwork:
    return EmailNetwork()


def texts(network: EmailNetwork, account: ChannelAccount, after: Any = None) -> list[str]:
    """Return the ids of the mails after a position."""
    return [m.external_id for page in network.fetch(account, after) for m in page.mentions]


def test_mails_are_read_in_pages_and_never_marked_as_read(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    # given
    there.deliver(account.handle, *(mail(n) for n in range(45)), at=NOW - timedelta(minutes=5))

    # when
    pages = list(network.fetch(account, None))

    # then
    assert [len(page.mentions) for page in pages] == [20, 20, 5]
    assert texts(network, account, pages[0].position) == [
        f"<m{n}@example.test>" for n in range(20, 45)
    ]
    assert texts(network, account, pages[-1].position) == []
    assert not any("Seen" in flags for flags in there.flags(account.handle))


def test_the_first_look_leaves_old_mails_alone_and_takes_what_comes_next(
    there: MailServers, network: EmailNetwork
) -> None:
    # given
    account = there.account(there.new_address())
    there.deliver(account.handle, mail(1), mail(2), at=NOW - timedelta(days=3))

    # when
    (first,) = network.fetch(account, None)
    there.deliver(account.handle, mail(3))
    # A rule of the server moves an older mail here: it is as new to us as any.
    there.deliver(account.handle, mail(4), at=NOW - timedelta(days=9))

    # then
    assert first.mentions == ()
    assert texts(network, account, first.position) == ["<m4@example.test>", "<m3@example.test>"]


def test_an_empty_mailbox_has_a_position_too(there: MailServers, network: EmailNetwork) -> None:
    # given
    account = there.account(there.new_address())

    # when
    (first,) = network.fetch(account, None)
    there.deliver(account.handle, mail(1))

    # then
    assert texts(network, account, first.position) == ["<m1@example.test>"]


def numbered_anew(there: MailServers, account: ChannelAccount, *mails: bytes) -> None:
    """Make the folder anew, with other mails in it: its numbers begin again."""
    with there.mailbox(account.handle) as box:
        box.delete("Care")
        box.create("Care")
    there.deliver(account.handle, *mails, folder="Care", at=NOW)


def test_a_mailbox_that_is_numbered_anew_is_read_again_from_a_month_back(
    there: MailServers, network: EmailNetwork
) -> None:
    # given
    account = there.account(there.new_address(), folder="Care", history_days=1)
    with there.mailbox(account.handle) as box:
        box.create("Care")
    there.deliver(account.handle, *(mail(n) for n in range(3)), folder="Care", at=NOW)
    position = list(network.fetch(account, None))[-1].position

    # when the numbers change, and mails came in meanwhile
    numbered_anew(there, account, *(mail(n) for n in range(30)))
    first, *more = network.fetch(account, position)
    rest = texts(network, account, first.position)

    # then each is there again, known by its id, and reading can stop at any page
    assert [m.external_id for m in first.mentions] == [f"<m{n}@example.test>" for n in range(20)]
    assert rest == [m.external_id for page in more for m in page.mentions]
    assert len(rest) == 10


def test_a_mailbox_that_is_numbered_anew_brings_nothing_from_before_the_first_look(
    there: MailServers, network: EmailNetwork
) -> None:
    # given
    account = there.account(there.new_address(), folder="Care")
    with there.mailbox(account.handle) as box:
        box.create("Care")
    there.deliver(account.handle, mail(1), folder="Care", at=NOW - timedelta(days=2))
    (first,) = network.fetch(account, None)

    # when
    with there.mailbox(account.handle) as box:
        box.delete("Care")
        box.create("Care")
    there.deliver(account.handle, mail(1), folder="Care", at=NOW - timedelta(days=2))
    there.deliver(account.handle, mail(2), folder="Care", at=NOW)

    # then
    assert texts(network, account, first.position) == ["<m2@example.test>"]


def test_a_mail_that_is_larger_than_we_read_shows_its_beginning(
    there: MailServers, account: ChannelAccount, network: EmailNetwork,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # given
    monkeypatch.setattr("channels.mail.reading.LARGEST", 2 * 1024**2)
    there.deliver(account.handle, mail(1) + b"x" * 78 + b"\n" + (b"y" * 78 + b"\n") * 40_000)

    # when
    (page,) = network.fetch(account, None)

    # then
    (found,) = page.mentions
    assert found.text.startswith("Order 1\n\nText 1\nxxx")
    assert found.text.endswith("[The mail has 3 MB; only its beginning was read.]")


def test_an_answer_goes_out_once_with_the_headers_of_its_thread(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    # given
    there.deliver(account.handle, mail(1, References="<m0@example.test>"))
    asked = next(network.fetch(account, None)).mentions[0]
    account = there.account(account.handle, sender_name="Café Care", plus_addresses=True)

    # when
    sent = network.send(account, reply(asked, text="It comes ✓\n.\nMonday"))
    again = network.send(account, reply(asked, text="It comes ✓\n.\nMonday"))

    # then
    assert sent == again == network.find(account, reply(asked))
    ((recipient, arrived),) = there.smtp.taken
    assert recipient == "ana@example.test"
    head, _, body = arrived.replace(b"\r\n", b"\n").decode().partition("\n\n")
    assert "Subject: Re: Order 1\n" in head
    assert "In-Reply-To: <m1@example.test>\n" in head
    assert "References: <m0@example.test>\n <m1@example.test>\n" in head
    assert f"Message-ID: {sent}\n" in head
    assert "From: =?utf-8?q?Caf=C3=A9_Care?= <care" in head
    assert f"+{asked.thread}-" in head
    assert "Auto-Submitted" not in head
    assert body == "It comes =E2=9C=93\n.\nMonday\n"
    (copy,) = there.flags(account.handle, "Sent")
    assert "Seen" in copy
    assert "Flagged" not in copy


def test_an_automatic_answer_says_that_it_is_one(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    # when
    network.send(account, reply(by=None))

    # then
    ((_, arrived),) = there.smtp.taken
    assert b"Auto-Submitted: auto-replied\r\n" in arrived


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Auto_Submitted": "auto-generated"}, "a program wrote it"),
        ({"List_Id": "<x.example>"}, "mailing list"),
        ({"Return_Path": "<>"}, "a program wrote it"),
    ],
)
def test_a_program_answers_no_program_and_a_person_may(
    there: MailServers, account: ChannelAccount, network: EmailNetwork,
    headers: dict[str, str], why: str,
) -> None:  # fmt: skip
    # given
    there.deliver(account.handle, mail(1, **headers))

    # when
    with pytest.raises(ReplyRefusedError, match=why):
        network.send(account, reply(by=None))
    network.send(account, reply())

    # then
    assert len(there.smtp.taken) == 1


def test_one_person_gets_so_many_automatic_mails_a_day_and_no_more(
    there: MailServers, network: EmailNetwork
) -> None:
    # given
    account = there.account(there.new_address(), automatic_per_day=2)
    for key in ("one", "two"):
        network.send(account, reply(by=None, idempotency_key=key))

    # when
    with pytest.raises(ReplyRefusedError, match="got 2 automatic mails today"):
        network.send(account, reply(by=None, idempotency_key="three"))
    network.send(account, reply(by=None, recipient="bob@example.test", idempotency_key="four"))
    network.send(account, reply(idempotency_key="five"))

    # then
    assert len(there.smtp.taken) == 4


@pytest.mark.parametrize(
    "recipient", ["", "bob", "a@b@c", "a b@c.example", "x@y.example\r\nBcc: z@y.example",
                  "jürgen@example.test"],
)  # fmt: skip
def test_what_is_no_address_gets_no_mail(
    there: MailServers, account: ChannelAccount, network: EmailNetwork, recipient: str
) -> None:
    with pytest.raises(ReplyRefusedError, match="no mail address"):
        network.send(account, reply(recipient=recipient))
    assert there.smtp.taken == []


def test_we_never_write_to_ourselves(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    with pytest.raises(ReplyRefusedError, match="ourselves"):
        network.send(account, reply(recipient=account.handle.replace("@", "+x@").upper()))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("cut early", ChannelUnavailableError),
        ("cut in data", ChannelUnavailableError),
        ("451", ChannelUnavailableError),
        ("552", ReplyRefusedError),
        ("535", ChannelRefusedError),
    ],
)
def test_what_was_certainly_not_taken_leaves_no_trace_and_may_be_sent_again(
    there: MailServers, account: ChannelAccount, network: EmailNetwork, fault: str,
    error: type[Exception],
) -> None:  # fmt: skip
    # given
    there.smtp.faults.append(fault)

    # when
    with pytest.raises(error):
        network.send(account, reply())

    # then
    assert network.find(account, reply()) is None
    network.send(account, reply())
    assert len(there.smtp.taken) == 1
    assert len(there.mails(account.handle, "Sent")) == 1


@pytest.mark.parametrize("fault", ["cut early", "cut in data"])
def test_a_picture_arrives_once_though_the_line_broke_before(
    there: MailServers, account: ChannelAccount, network: EmailNetwork, fault: str
) -> None:
    # given: larger than any line, buffer or packet
    there.smtp.faults.append(fault)
    picture = PNG + bytes(range(256)) * 4_000

    # when
    with pytest.raises(ChannelUnavailableError):
        network.send(account, reply(files=enclosed(picture)))
    network.send(account, reply(files=enclosed(picture)))

    # then
    ((_, arrived),) = there.smtp.taken
    for mail in (arrived, *there.mails(account.handle, "Sent")):
        words, file = email.message_from_bytes(mail).get_payload()
        assert words.get_payload(decode=True).strip() == b"Sorry!"
        assert (file.get_payload(decode=True), file.get_filename()) == (picture, "1.png")


@pytest.mark.parametrize(
    ("recipient", "error"),
    [("nobody@example.test", ReplyRefusedError), ("later@example.test", ChannelUnavailableError)],
)
def test_a_recipient_who_is_refused_or_put_off_is_told_apart(
    account: ChannelAccount, network: EmailNetwork, recipient: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        network.send(account, reply(recipient=recipient))
    assert network.find(account, reply(recipient=recipient)) is None


@pytest.mark.parametrize("fault", ["cut late", "lost late"])
def test_a_line_that_breaks_after_the_dot_leaves_it_to_a_person(
    there: MailServers, account: ChannelAccount, network: EmailNetwork, fault: str
) -> None:
    # given
    there.smtp.faults.append(fault)

    # when
    with pytest.raises(DeliveryUnknownError):
        network.send(account, reply())

    # then the network says neither yes nor no, and its copy is flagged
    with pytest.raises(ChannelUnavailableError, match="Its copy is flagged in the folder Sent"):
        network.find(account, reply())
    assert ["Flagged" in flags for flags in there.flags(account.handle, "Sent")] == [True]


def test_an_answer_of_the_customer_proves_that_ours_arrived(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    # given
    there.smtp.faults.append("cut late")
    with pytest.raises(DeliveryUnknownError) as broken:
        network.send(account, reply())
    assert "may have been sent" in str(broken.value)
    id = str(email.message_from_bytes(there.smtp.taken[0][1])["Message-ID"])

    # when
    there.deliver(account.handle, mail(2, In_Reply_To=id))

    # then
    assert network.find(account, reply()) == id


def test_a_person_who_takes_the_flag_away_settles_it(
    there: MailServers, account: ChannelAccount, network: EmailNetwork
) -> None:
    # given
    there.smtp.faults.append("cut late")
    with pytest.raises(DeliveryUnknownError):
        network.send(account, reply())

    # when
    with there.mailbox(account.handle) as box:
        box.select("Sent")
        box.store("1", "-FLAGS", r"(\Flagged)")

    # then
    assert network.find(account, reply()) is not None
