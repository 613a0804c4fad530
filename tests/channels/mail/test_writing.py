"""A reply of ours as a mail, and what an account is told."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import Message

import pytest

from channels.errors import AccountRejectedError, ChannelRefusedError
from channels.fields import told
from channels.mail.account import FIELDS, Mailbox, Security
from channels.mail.smtp import dotted
from channels.mail.writing import written
from channels.media import Enclosure
from channels.model import ChannelAccount, Reply, ReplyStatus
from tests.channels.mail.letters import mailbox

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REPLY = Reply(
    id=1, conversation_id=1, text="Sorry!", private=True, status=ReplyStatus.SENDING,
    idempotency_key="key", created_at=NOW, in_reply_to="<m1@home.example>", thread="thread1",
    recipient="ana@home.example", by="ana",
)  # fmt: skip


def asked(**headers: str) -> Message:
    """Return the mail that we answer."""
    lines = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return email.message_from_string(f"Message-ID: <m1@home.example>\n{lines}\n")


def sent(
    original: Message | None, reply: Reply = REPLY, ours: Mailbox | None = None
) -> email.message.EmailMessage:
    """Return our mail as its recipient reads it."""
    raw = written(ours or mailbox(), reply, "<r.1@acme.example>", original, NOW)
    raw.decode("ascii")
    assert all(len(line) < 998 for line in raw.split(b"\r\n"))
    return email.message_from_bytes(raw, policy=email.policy.default)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Order 7", "Re: Order 7"),
        ("Re: Order 7", "Re: Order 7"),
        ("RE: AW: re[2]: SV: Order 7", "Re: Order 7"),
        ("回复: x", "Re: 回复: x"),
        ("=?utf-8?b?8J+YoSDQn9C+0YHRi9C70LrQsA==?=", "Re: 😡 Посылка"),
        ("=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "Re: a Bcc: x@y.example"),
        ("", "Re: Your mail to care@acme.example"),
        ("Re:", "Re: Your mail to care@acme.example"),
        ("word " * 100, "Re: " + ("word " * 100)[:200].strip()),
        ("😡" * 150, "Re: " + "😡" * 150),
        ("Regarding: it", "Re: Regarding: it"),
    ],
)
def test_the_subject_is_that_of_the_mail_marked_as_an_answer_once(
    subject: str, answer: str
) -> None:
    # when
    mail = sent(asked(Subject=subject))

    # then
    assert mail["Subject"] == answer
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "text",
    [
        "Sorry!",
        "Größe ✓ 😡",
        "\u05e9\u05dc\u05d5\u05dd\n\u05e2\u05d5\u05dc\u05dd",
        ".\n..\n.",
        "x" * 5_000,
        "From here\n\n> quoted",
        "a\n\n\n",
    ],
)
def test_the_text_arrives_as_it_was_written(text: str) -> None:
    # when
    mail = sent(asked(), replace(REPLY, text=text))

    # then
    assert mail.get_content().replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


def test_half_a_character_keeps_no_reply_back() -> None:
    assert sent(asked(), replace(REPLY, text="\ud83d!")).get_content().strip() == "?!"


def test_the_mails_before_are_named_the_first_and_the_newest_of_them() -> None:
    # given
    chain = [f"<{n}@home.example>" for n in range(60)]

    # when
    mail = sent(asked(References=" ".join(chain)))

    # then
    named = mail["References"].split()
    assert named == [chain[0], *chain[-18:], "<m1@home.example>"]
    assert mail["In-Reply-To"] == "<m1@home.example>"


def test_a_mail_that_is_gone_is_still_named() -> None:
    # when
    mail = sent(None)

    # then
    assert mail["In-Reply-To"] == mail["References"] == "<m1@home.example>"


@pytest.mark.parametrize("id", ["sha256:abc", None, "<a b@c>", "<a>\r\nBcc: x@y.example", "<é@b>"])
def test_what_is_no_message_id_is_not_named(id: str | None) -> None:
    # when
    mail = sent(None, replace(REPLY, in_reply_to=id))

    # then
    assert mail["In-Reply-To"] is mail["References"] is mail["Bcc"] is None


@pytest.mark.parametrize(
    "name", ["Acme Care", "Café Care", 'The "Best", Ltd', "back\\slash", "ACME, Inc.", ""]
)
def test_we_are_named_as_the_account_is_told(name: str) -> None:
    # when
    (sender,) = sent(asked(), ours=mailbox(sender_name=name))["From"].addresses

    # then
    assert (sender.display_name, sender.addr_spec) == (name, "care@acme.example")


def test_what_a_process_wrote_says_so_and_what_a_person_wrote_does_not() -> None:
    # when
    by_process, by_person = sent(asked(), replace(REPLY, by=None)), sent(asked())

    # then
    assert by_process["Auto-Submitted"] == "auto-replied"
    assert by_process["X-Auto-Response-Suppress"] == "All"
    assert by_person["Auto-Submitted"] is None


def test_answers_come_to_a_signed_address_where_the_server_has_them() -> None:
    # when
    plain, plus = sent(asked()), sent(asked(), ours=mailbox(plus_addresses=True))

    # then
    assert plain["Reply-To"] is None
    assert plus["Reply-To"].startswith("care+thread1-")


@pytest.mark.parametrize(
    ("mail", "lines"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a", b"a\r\n"),
        (b".\r\n.x\n..\r\n", b"..\r\n..x\r\n...\r\n"),
        (b"a\r\n\r\n\r\n", b"a\r\n"),
    ],
)
def test_no_line_of_a_mail_is_taken_for_its_end(mail: bytes, lines: bytes) -> None:
    assert dotted(mail) == lines


def test_what_an_account_is_told_is_read_with_what_is_usual() -> None:
    # given
    given = {"imap_host": "imap.acme.example", "smtp_host": "smtp.acme.example", "password": "x"}

    # when
    answers = told(FIELDS, given)
    account = ChannelAccount(
        1, "email", "Care@Acme.example", settings=answers.settings, secrets=answers.secrets
    )
    found = Mailbox.of(account)

    # then
    assert answers.secrets == {"password": "x"}
    assert found.address == "care@acme.example"
    assert (found.reading.port, found.reading.security) == (993, Security.TLS)
    assert (found.sending.port, found.sending.security) == (587, Security.STARTTLS)
    assert found.reading.user == found.sending.user == "care@acme.example"
    assert found.sending.password == "x"
    assert "x'" not in repr(found)


def test_what_is_missing_is_named() -> None:
    # when
    with pytest.raises(AccountRejectedError) as missing:
        told(FIELDS, {"imap_security": "ssl"})

    # then
    assert missing.value.errors.keys() == {"imap_host", "smtp_host", "password", "imap_security"}


@pytest.mark.parametrize(
    ("handle", "settings"),
    [
        ("acme", {}),
        ("care@", {}),
        ("care@acme.example", {"imap_host": ""}),
        ("care@acme.example", {"smtp_security": "perhaps"}),
        ("care@acme.example", {"imap_port": "many"}),
        ("care@" + "x" * 70 + ".example", {}),
        ("care@acme.example", {"address": "no address"}),
    ],
)
def test_an_account_that_makes_no_sense_says_what_to_mend(
    handle: str, settings: dict[str, str]
) -> None:
    with pytest.raises(ChannelRefusedError):
        mailbox(handle, **settings)


def test_an_account_may_have_another_name_than_its_address() -> None:
    # when
    found = mailbox("complaints", address="care@bücher.example")

    # then
    assert (found.handle, found.domain) == ("complaints", "xn--bcher-kva.example")


def test_files_are_parts_of_the_mail_with_their_names_and_what_they_show() -> None:
    # given
    pdf, png = b"%PDF-1.7\n" + bytes(range(256)), b"\x89PNG\r\n\x1a\n" + b"." * 3_000
    files = (
        Enclosure(1, "Rechnung \u2713 Größe.pdf", "application/pdf", len(pdf), "d", "", pdf),
        Enclosure(2, "a.png", "image/png", len(png), "d", "Ein Paket, " + "ä" * 200, png),
    )

    # when
    one, again = (sent(asked(Subject="Order 7"), replace(REPLY, files=files)) for _ in "12")

    # then
    assert one.as_bytes() == again.as_bytes(), "every attempt hands in the same mail"
    assert one["Subject"] == "Re: Order 7"
    words, *parts = one.iter_parts()
    assert words.get_content() == "Sorry!\r\n"
    assert [part.get_filename() for part in parts] == ["Rechnung \u2713 Größe.pdf", "a.png"]
    assert [part.get_content_type() for part in parts] == ["application/pdf", "image/png"]
    assert [part.get_content() for part in parts] == [pdf, png]
    assert all(part.get_content_disposition() == "attachment" for part in parts)
    assert parts[1]["Content-Description"] == "Ein Paket, " + "ä" * 200
