"""Which conversation a mail goes on with."""

from __future__ import annotations

import email
from email.message import Message

import pytest

from channels.mail import threads
from channels.mail.addresses import plus_address
from tests.channels.mail.letters import mailbox, mention

OURS = mailbox()
FIRST = "<first@home.example>"


def mail(**headers: str) -> Message:
    """Return a mail with these headers."""
    told = "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items())
    return email.message_from_string(f"From: ana@home.example\n{told}\nwords")


def thread_of(found: Message, **known: Message) -> tuple[str, bool]:
    """Return its thread in a mailbox that has these mails, by the names before their @."""
    there = {f"<{name}@home.example>": each for name, each in known.items()}
    own = threads.message_id(found) or "sha256:1"
    return threads.thread_in(OURS, found, own, there.get)


def test_our_message_id_is_the_same_for_every_attempt_and_names_its_thread() -> None:
    # when
    id = threads.own_id(OURS, "key", "thread7")

    # then
    assert id == threads.own_id(OURS, "key", "thread7") != threads.own_id(OURS, "other", "thread7")
    assert threads.own_thread(OURS, id) == "thread7"
    assert threads.own_thread(OURS, id.upper().replace("ACME", "acme")) == "thread7"
    assert len(id) < 76


def test_a_thread_of_another_shape_is_named_by_its_digest() -> None:
    # when
    named = threads.own_thread(OURS, threads.own_id(OURS, "key", "A thread! <x>"))

    # then
    assert named == threads.new_thread("A thread! <x>")


def test_an_id_of_another_domain_is_none_of_ours() -> None:
    # given
    theirs = threads.own_id(mailbox("care@evil.example"), "key", "thread7")

    # then
    assert threads.own_thread(OURS, theirs) is None


def test_a_first_mail_begins_a_thread_of_its_own() -> None:
    assert thread_of(mail(Message_ID=FIRST)) == (threads.new_thread(FIRST), False)


def test_the_newest_id_of_ours_decides() -> None:
    # given
    old, new = (threads.own_id(OURS, key, key) for key in ("old", "new"))

    # when
    by_chain = thread_of(mail(References=f"{FIRST} {old} <x@y.example> {new} <z@y.example>"))
    by_parent = thread_of(mail(In_Reply_To=old, References=f"{old} {new}"))

    # then
    assert by_chain == ("new", True)
    assert by_parent == ("old", True)


def test_a_subject_alone_says_nothing() -> None:
    # given
    id = threads.own_id(OURS, "key", "thread7")

    # when
    found = thread_of(mail(Subject=f"Re: Order [{id}] #thread7", Message_ID=FIRST))

    # then
    assert found == (threads.new_thread(FIRST), False)


def test_a_signed_address_decides_where_headers_were_lost() -> None:
    # given
    address = plus_address(OURS, "thread7")

    # when
    found = thread_of(mail(To=f"Care <{address}>", Message_ID=FIRST))
    by_relay = thread_of(mail(To="x@y.example", Delivered_To=str(address).upper()))

    # then
    assert found == by_relay == ("thread7", True)


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told.replace("thread7", "thread8"),
        lambda told: told.replace("care", "sales"),
        lambda told: told[:-20] + "aaaa@acme.example",
        lambda told: told.replace("acme.example", "evil.example"),
        lambda told: "care+@acme.example",
        lambda told: "care+-@acme.example",
    ],
)  # fmt: skip
def test_an_address_that_somebody_made_up_decides_nothing(change: object) -> None:
    # given
    assert callable(change)
    forged = change(plus_address(OURS, "thread7"))

    # when
    _, continues = thread_of(mail(To=forged, Message_ID=FIRST))

    # then
    assert not continues


def test_the_signature_is_that_of_one_mailbox_and_one_password() -> None:
    # given
    other = mailbox("care@other.example")

    # then
    assert plus_address(OURS, "t") != str(plus_address(other, "t")).replace("other", "acme")
    assert plus_address(mailbox("x" * 40 + "@acme.example"), "t" * 20) is None


def test_a_second_mail_of_the_same_person_goes_on_with_the_first() -> None:
    # given
    first = mail(Message_ID=FIRST)
    second = mail(Message_ID="<second@home.example>", In_Reply_To=FIRST)
    third = mail(Message_ID="<third@home.example>", In_Reply_To="<second@home.example>")

    # when
    found = thread_of(third, first=first, second=second)

    # then
    assert found == (threads.new_thread(FIRST), True)


def test_a_mail_whose_parent_was_rewritten_by_a_relay_finds_the_first_of_its_chain() -> None:
    # given a relay that gave our reply another id
    answer = mail(In_Reply_To="<0101@relay.example>", References=f"{FIRST} <0101@relay.example>")

    # then
    assert thread_of(answer, first=mail(Message_ID=FIRST)) == (threads.new_thread(FIRST), True)


def test_answers_to_a_newsletter_we_never_got_are_conversations_of_their_own() -> None:
    # given
    answers = [
        mail(Message_ID=f"<{n}@home.example>", In_Reply_To="<newsletter@mailer.example>")
        for n in range(2)
    ]

    # when
    found = [thread_of(each) for each in answers]

    # then
    assert found[0][0] != found[1][0]
    assert not any(continues for _, continues in found)


def test_mails_that_answer_each_other_are_no_endless_search() -> None:
    # given
    one = mail(Message_ID="<one@home.example>", In_Reply_To="<two@home.example>")
    two = mail(Message_ID="<two@home.example>", In_Reply_To="<one@home.example>")

    # then
    assert thread_of(one, one=one, two=two)[1]


def test_an_answer_to_an_answer_found_in_the_mailbox_goes_where_that_went() -> None:
    # given
    first = mail(Message_ID=FIRST, In_Reply_To=threads.own_id(OURS, "key", "thread7"))

    # then
    assert thread_of(mail(In_Reply_To=FIRST), first=first) == ("thread7", True)


@pytest.mark.parametrize(
    "written", ["<a@b>", "  <a@b> (comment)", "garbage <a@b> <c@d>", "<a@b>\n\t"]
)
def test_message_ids_are_found_in_what_stands_there(written: str) -> None:
    assert mention(f"From: x@y.example\nMessage-ID: {written}\n\nwords").external_id == "<a@b>"


@pytest.mark.parametrize("written", ["", "none", "a@b", "<a b@c>", "<>", f"<{'x' * 2000}@y>"])
def test_what_is_no_message_id_is_none(written: str) -> None:
    assert mention(f"From: x@y.example\nMessage-ID: {written}\n\nw").external_id[:7] == "sha256:"
