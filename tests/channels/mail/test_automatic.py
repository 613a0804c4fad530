"""What programs wrote, what no program answers, and what they could not deliver."""

from __future__ import annotations

import email

import pytest

from channels.mail.addresses import Party
from channels.mail.automatic import is_automatic, why_unanswered
from channels.mail.threads import own_id
from channels.model import Mention, Skipped, Undelivered
from tests.channels.mail.letters import mailbox, mention, read

ANA = Party("Ana", "ana@home.example")
OURS = own_id(mailbox(), "key", "thread7")

#: Answers that programs gave, as their makers mark them.
ANSWERS = {
    "RFC 3834": "Auto-Submitted: auto-replied (vacation)",
    "with a parameter": "Auto-Submitted: auto-replied; owner-email=x@y.example",
    "Exchange": f"Auto-Submitted: auto-generated\nReferences: {OURS}",
    "Exchange of old": "X-Auto-Response-Suppress: All\nSubject: Automatische Antwort: Re: Order 7",
    "cPanel": "X-Autorespond: Re: Order 7",
    "Plesk": "X-Autoreply: yes",
    "Procmail": "Precedence: auto_reply",
    "a null sender": "Return-Path: <>",
}  # fmt: skip


@pytest.mark.parametrize("head", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_of_a_program_is_shown_and_starts_nothing(head: str) -> None:
    assert mention(f"From: ana@home.example\n{head}\n\nI am away.").automatic


@pytest.mark.parametrize(
    "head",
    [
        "Auto-Submitted: no",
        "Auto-Submitted: auto-generated",
        "Precedence: bulk",
        "List-Id: <care.acme.example>",
        "X-Auto-Response-Suppress: OOF",
        "Subject: Automatic reply: is it possible?",
        "Return-Path: <ana@home.example>",
        "",
    ],
)
def test_what_a_person_may_have_written_starts_a_case(head: str) -> None:
    assert not mention(f"From: ana@home.example\n{head}\n\nHelp me.").automatic


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("Auto-Submitted: auto-generated", "it says that a program wrote it (auto-generated)"),
        ("Auto-Submitted: AUTO-REPLIED", "it says that a program wrote it (auto-replied)"),
        ("Precedence: Bulk", "it went to many people at once"),
        ("Precedence: list", "it went to many people at once"),
        ("Precedence: junk", "it went to many people at once"),
        ("List-Id: Friends <friends.list.example>", "it came through a mailing list"),
        ("List-Unsubscribe: <mailto:x@y.example>", "it came through a mailing list"),
        ("X-Auto-Response-Suppress: DR, AutoReply", "it asks for no automatic answers"),
        ("Return-Path: <>", "a program wrote it"),
        ("From: MAILER-DAEMON@mx.example", "a program wrote it"),
    ],
)
def test_no_program_answers_it(head: str, why: str) -> None:
    # when
    mail = email.message_from_string(f"{head}\n\nwords")

    # then
    assert why_unanswered(mail, ANA) == why


@pytest.mark.parametrize(
    "local",
    ["noreply", "no-reply", "No_Reply", "donotreply", "mailer-daemon", "postmaster", "bounces",
     "bounce-17-ana=home.example", "noreply-orders"],
)  # fmt: skip
def test_no_program_writes_to_nobody(local: str) -> None:
    # when
    why = why_unanswered(email.message_from_string("\n\n"), Party("", f"{local}@x.example"))

    # then
    assert why == f"nobody reads {local}@x.example"


@pytest.mark.parametrize("local", ["ana", "norbert", "reply", "bouncer", "rootbeer", "post"])
def test_a_program_answers_people(local: str) -> None:
    assert (
        why_unanswered(email.message_from_string("\n\n"), Party("", f"{local}@x.example")) is None
    )


def test_a_header_in_any_case_and_on_several_lines_is_seen() -> None:
    assert is_automatic(email.message_from_string("AUTO-SUBMITTED:\n  auto-replied\n\nwords"))


def report(action: str, status: str, *, said: str = "smtp; 550 5.1.1 no such user") -> str:
    """Return a delivery report as RFC 3464 has it, about our reply."""
    return f"""
From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>
To: care@acme.example
Subject: Undelivered Mail Returned to Sender
Return-Path: <>
Auto-Submitted: auto-replied
Message-ID: <bounce1@mx.acme.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"

--=_r
Content-Type: text/plain

I'm sorry to have to inform you ...
--=_r
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.acme.example
Arrival-Date: Mon, 2 Mar 2026 09:00:00 +0000

Final-Recipient: rfc822; ana@home.example
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--=_r
Content-Type: text/rfc822-headers

From: care@acme.example
To: ana@home.example
Message-ID: {OURS}

--=_r--
"""


def test_a_report_of_failure_is_told_at_the_reply() -> None:
    # when
    found = read(report("failed", "5.1.1"))

    # then
    assert isinstance(found, Undelivered)
    assert (found.reply, found.why) == (OURS, "ana@home.example: 550 5.1.1 no such user")


def test_a_report_whose_reason_is_long_is_cut() -> None:
    # when
    found = read(report("failed", "5.7.1", said="smtp; 550 " + "blocked " * 200))

    # then
    assert isinstance(found, Undelivered)
    assert len(found.why) == 300


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.7"), ("relayed", "2.1.9"), ("delivered", "2.0.0")]
)
def test_a_report_that_nothing_failed_yet_is_passed_over(action: str, status: str) -> None:
    assert isinstance(read(report(action, status)), Skipped)


def test_a_report_without_an_action_goes_by_its_status() -> None:
    # given
    told = report("failed", "5.2.2").replace("Action: failed\n", "")

    # then
    assert isinstance(read(told), Undelivered)
    assert isinstance(read(told.replace("5.2.2", "4.2.2")), Skipped)


def test_a_report_of_an_older_program_is_read_by_its_words() -> None:
    # given what qmail writes
    told = f"""
From: MAILER-DAEMON@mx.home.example
To: care@acme.example
Subject: failure notice
Message-ID: <bounce2@mx.home.example>

Hi. This is the qmail-send program at mx.home.example.
<ana@home.example>: Sorry, no mailbox here by that name.

--- Below this line is a copy of the message.

Message-ID: {OURS}
"""

    # when
    found, delayed = read(told), read(told.replace("failure notice", "Warning: delayed 4 hours"))

    # then
    assert isinstance(found, Undelivered)
    assert "no mailbox here by that name" in found.why
    assert isinstance(delayed, Skipped)


def test_a_report_about_a_mail_of_somebody_else_is_shown_and_starts_nothing() -> None:
    # when
    found = read(report("failed", "5.1.1").replace(OURS, "<other@acme.example>"))

    # then
    assert isinstance(found, Mention)
    assert found.automatic


def test_a_person_who_quotes_our_message_id_is_no_report() -> None:
    # when
    found = mention(f"From: ana@home.example\nSubject: failure\n\nWhat is {OURS}?")

    # then
    assert not found.automatic


@pytest.mark.parametrize("broken", ["", "nonsense", "\n\n\n", "Status"])
def test_a_broken_report_about_our_reply_is_still_one(broken: str) -> None:
    # given
    told = report("failed", "5.1.1")
    begin, end = told.index("Reporting-MTA"), told.index("--=_r\nContent-Type: text/rfc822")

    # then
    assert isinstance(read(told[:begin] + broken + "\n" + told[end:]), Undelivered)
