"""Odd mails of the real world, each as the mention it has to become."""

from __future__ import annotations

import base64
import quopri

import pytest

from channels.mail import letters as reading
from channels.model import Author, Skipped
from tests.channels.mail.letters import AT, mailbox, mention, raw, read

PLAIN = """
From: Ana Lima <ana@home.example>
To: care@acme.example
Subject: Order 7
Message-ID: <a1@home.example>
Date: Mon, 2 Mar 2026 08:59:00 +0100

It came broken.
"""


def with_body(kind: str, body: str | bytes, *, extra: str = "") -> bytes:
    """Return a mail with one body of a content type."""
    head = f"From: ana@home.example\nSubject: x\nMessage-ID: <b@home.example>\n{extra}"
    told = body.encode() if isinstance(body, str) else body
    return f"{head}Content-Type: {kind}\n\n".encode() + told


def parts(kind: str, *told: str, boundary: str = "=_b") -> str:
    """Return a mail of several parts."""
    inside = "".join(f"--{boundary}\n{part}\n" for part in told)
    return (
        "From: ana@home.example\nSubject: Parts\nMessage-ID: <p@home.example>\n"
        f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="{boundary}"\n\n'
        f"This is a message in MIME format.\n{inside}--{boundary}--\n"
    )


def test_a_plain_mail_is_a_private_mention_that_begins_with_its_subject() -> None:
    # when
    found = mention(PLAIN)

    # then
    assert found.external_id == "<a1@home.example>"
    assert found.author == Author("ana@home.example", "ana@home.example", "Ana Lima")
    assert found.text == "Order 7\n\nIt came broken."
    assert (found.private, found.created_at, found.automatic) == (True, AT, False)


def test_a_mail_without_an_id_is_known_by_its_bytes() -> None:
    # given
    anonymous = PLAIN.replace("Message-ID: <a1@home.example>\n", "")

    # when
    first, again = mention(anonymous), mention(anonymous)
    other = mention(anonymous.replace("broken", "late"))

    # then
    assert first.external_id.startswith("sha256:")
    assert first.external_id == again.external_id != other.external_id
    assert first.thread == again.thread != other.thread


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("=?UTF-8?B?8J+Yoe+4jyDQn9C+0YHRi9C70LrQsA==?=", "😡️ Посылка"),
        ("=?utf-8?q?Bestellung_=C3=BCberf=C3=A4llig?=", "Bestellung überfällig"),
        ("=?iso-8859-1?Q?Stra=DFe?= 7", "Straße 7"),
        ("=?UTF-8?Q?caf=C3?= =?UTF-8?Q?=A9?=", "café"),
        ("=?utf-8?B?4pyT?=\n =?utf-8?B?4pyT?=", "✓✓"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?ks_c_5601-1987?B?vsiz5w==?=", "안녕"),
        ("=?windows-1256?B?5NHM5s8=?=", "نرجود"),
        ("=?x-nonsense?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?B?not base64!?=", "=?utf-8?B?not base64!?="),
        ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
        ("=?punycode?Q?abc-?=", "abc-"),
        ("Re: Re: Fwd: =?utf-8?Q?=F0=9F=94=A5?= now", "Re: Re: Fwd: 🔥 now"),
        ("\u05e9\u05dc\u05d5\u05dd hello", "\u05e9\u05dc\u05d5\u05dd hello"),
    ],
)
def test_subjects_are_read_however_they_are_written(written: str, read_as: str) -> None:
    # when
    found = mention(PLAIN.replace("Order 7", written))

    # then
    assert found.text.partition("\n\n")[0] == read_as


def test_a_subject_in_bytes_of_an_old_charset_is_read() -> None:
    # when
    found = mention(PLAIN.encode().replace(b"Order 7", "Störung".encode("cp1252")))

    # then
    assert found.text.startswith("Störung\n")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=utf-8", "naïve ✓".encode(), "naïve ✓"),
        ("text/plain; charset=iso-8859-1", "\u201ccurly\u201d €".encode("cp1252"), "“curly” €"),
        ("text/plain", "größer".encode(), "größer"),
        ("text/plain; charset=us-ascii", "größer".encode("latin-1"), "größer"),
        ("text/plain; charset=gb2312", "你好".encode("gb18030"), "你好"),
        ("text/plain; charset=iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
        ("text/plain; charset=koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("text/plain; charset=iso-2022-jp", "こんにちは".encode("iso-2022-jp"), "こんにちは"),
        ("text/plain; charset=nonsense", "größer".encode(), "größer"),
        ("text/plain; charset=hex", b"6869", "6869"),
        ("text/plain; charset=", b"hello", "hello"),
        ("text/plain; charset=utf-8", b"half \xe2\x9c", "half âœ"),
        ("text/plain; charset=utf-16", "wide".encode("utf-16"), "wide"),
        ("text/plain; charset=utf-8", b"nul\x00byte", "nulbyte"),
    ],
)
def test_bodies_are_read_in_whichever_charset(kind: str, body: bytes, text: str) -> None:
    # given
    encoded = base64.encodebytes(body)

    # when
    found = mention(with_body(kind, encoded, extra="Content-Transfer-Encoding: base64\n"))

    # then
    assert found.text == f"x\n\n{text}"


def test_quoted_printable_is_undone() -> None:
    # given
    body = quopri.encodestring(
        "Straße = 1.000 €\nand a line that is longer than it may be".encode()
    )

    # when
    extra = "Content-Transfer-Encoding: quoted-printable\n"
    found = mention(with_body("text/plain; charset=utf-8", body, extra=extra))

    # then
    assert found.text.startswith("x\n\nStraße = 1.000 €\nand a line")


def test_the_plain_form_is_taken_where_there_are_two() -> None:
    # when
    found = mention(
        parts(
            "alternative",
            "Content-Type: text/plain\n\nplain words",
            "Content-Type: text/html\n\n<p>html words</p>",
        )
    )

    # then
    assert found.text == "Parts\n\nplain words"


@pytest.mark.parametrize(
    "plain", ["", "  \n", "This is an HTML mail; your program cannot show it."]
)
def test_a_plain_form_that_says_nothing_gives_way(plain: str) -> None:
    # when
    found = mention(
        parts(
            "alternative",
            f"Content-Type: text/plain\n\n{plain}",
            "Content-Type: text/html\n\n<style>p{}</style><p>Real <b>words</b></p>",
        )
    )

    # then
    assert found.text == "Parts\n\nReal words"


def test_texts_around_a_picture_are_all_read() -> None:
    # when
    found = mention(
        parts(
            "mixed",
            "Content-Type: text/plain\n\nSee here:",
            'Content-Type: image/png; name="shot.png"\n'
            "Content-Transfer-Encoding: base64\n"
            'Content-Disposition: inline; filename="shot.png"\n\n'
            + base64.encodebytes(b"\x89PNG" * 100).decode(),
            "Content-Type: text/plain\n\nIt is cracked.",
        )
    )

    # then
    assert found.text == "Parts\n\nSee here:\n\nIt is cracked."
    assert [(a.name, a.type, len(a.content)) for a in found.attachments] == [
        ("shot.png", "image/png", 400)
    ]


FORWARDED = (
    "Content-Type: message/rfc822\n\n"
    "From: =?utf-8?q?Z=C3=B6e?= <zoe@elsewhere.example>\nSubject: Where is it?\n\nI waited all day."
)


def test_a_mail_that_only_forwards_another_says_what_that_says() -> None:
    # when
    found = mention(parts("mixed", FORWARDED))

    # then
    assert found.text.startswith("Parts\n\nZöe <zoe@elsewhere.example>: Where is it?")
    assert found.text.endswith("I waited all day.")
    assert [a.name for a in found.attachments] == ["Where is it?.eml"]


def test_a_mail_that_forwards_with_words_of_its_own_keeps_to_them() -> None:
    # when
    found = mention(parts("mixed", "Content-Type: text/plain\n\nPlease look.", FORWARDED))

    # then
    assert found.text == "Parts\n\nPlease look."
    assert b"I waited all day." in found.attachments[0].content


def test_an_encrypted_mail_says_that_it_is() -> None:
    # when
    found = mention(
        parts(
            "encrypted",
            "Content-Type: application/pgp-encrypted\n\nVersion: 1",
            "Content-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----",
        )
    )

    # then
    assert found.text == "Parts\n\n[The mail is encrypted and cannot be read here.]"


@pytest.mark.parametrize(
    "broken",
    [
        parts("mixed", "Content-Type: text/plain\n\nwords").replace("--=_b--\n", ""),
        parts("mixed", "Content-Type: text/plain\n\nwords").replace('; boundary="=_b"', ""),
        parts("mixed", "Content-Type: text\n\nwords"),
        parts("mixed", "Content-Type: text/plain; charset*=x''%FF; format*0*=u\n\nwords"),
        parts("mixed", "Content-Type: ;;;=\n\nwords"),
        parts("mixed", "Content-Transfer-Encoding: strange\n\nwords"),
        "From: a@b.example\nSubject words without a colon\nContent-Type: multipart/mixed\n\nwords",
        "From: a@b.example\nContent-Type: text/plain; charset=\"utf-8\n\nwords",
        "\nReceived: x\nFrom: a@b.example\n\nwords",
    ],
)  # fmt: skip
def test_a_broken_mail_still_shows_its_words(broken: str) -> None:
    assert "words" in mention(broken).text


def test_a_mail_with_parts_within_parts_without_end_is_kept_as_a_file() -> None:
    # given
    deep = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(3000))

    # when
    found = mention(f"From: a@b.example\nSubject: deep\nMessage-ID: <d@b.example>\n{deep}")

    # then
    assert found.text == "deep\n\n[This mail could not be read. It came as the file mail.eml.]"
    assert found.attachments[0].name == "mail.eml"
    assert found.external_id == "<d@b.example>"


def test_what_fails_in_reading_a_mail_keeps_no_other_out(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    def fail(_mail: object) -> None:
        raise KeyError("charset")

    # when
    monkeypatch.setattr(reading.parts, "parts_of", fail)

    # then
    assert "could not be read" in mention(PLAIN).text


def test_a_mail_of_which_only_the_beginning_was_read_says_so() -> None:
    # when
    found = mention(PLAIN, size=50 * 1024**2)

    # then
    assert found.text.endswith("[The mail has 50 MB; only its beginning was read.]")


def test_a_very_long_text_is_cut_and_says_so() -> None:
    # when
    found = mention(PLAIN.replace("It came broken.", "word " * 10_000))

    # then
    assert len(found.text) < reading.LONGEST_TEXT + 200
    assert found.text.endswith("[The mail goes on; only its beginning is kept.]")


def test_a_mail_without_words_is_not_lost() -> None:
    assert mention("From: a@b.example\n\n").text == "[A mail without words.]"


def test_a_mail_without_a_sender_is_told_of_and_passed_over() -> None:
    # when
    found = read("Subject: who am I?\n\nwords")

    # then
    assert isinstance(found, Skipped)


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("From: =?utf-8?q?Jos=C3=A9=2C_M?= <jose@b.example>", ("jose@b.example", "José, M")),
        ('From: "Lee, Ann" <ANN@B.example>', ("ann@b.example", "Lee, Ann")),
        ("From: ann@b.example (Ann)", ("ann@b.example", "Ann")),
        ('From: "ceo@acme.example" <evil@b.example>', ("evil@b.example", "ceo@acme.example")),
        ("From: a@b.example\nReply-To: Shop form <c@d.example>", ("c@d.example", "Shop form")),
        ("From: a@b.example\nReply-To: c@d.example, e@f.example", ("a@b.example", None)),
        ("From: a@b.example\nReply-To: care@acme.example", ("a@b.example", None)),
        ("From: a@b.example\nReply-To: <>", ("a@b.example", None)),
        ("From:\nSender: s@b.example", ("s@b.example", None)),
        ("From: broken\nReturn-Path: <r@b.example>", ("r@b.example", None)),
        (
            "From: 'Ana' via Care <care@acme.example>\nReply-To: Ana <ana@b.example>\n"
            "List-Id: <care.acme.example>",
            ("ana@b.example", "Ana"),
        ),
    ],
)
def test_the_author_is_whom_an_answer_goes_to(head: str, author: tuple[str, str | None]) -> None:
    # when
    found = mention(f"{head}\nSubject: x\n\nwords").author

    # then
    assert (found.handle, found.name) == author


@pytest.mark.parametrize(
    "sender", ["care@acme.example", "CARE@acme.example", "care+news@acme.example", "b@acme.example"]
)
def test_mail_of_our_own_bears_the_handle_of_the_account(sender: str) -> None:
    # given
    ours = mailbox(aliases="b@acme.example; c@acme.example")

    # when
    found = mention(f"From: {sender}\nSubject: x\n\nwords", mailbox=ours)

    # then
    assert found.author.handle == "care@acme.example"


def test_an_answer_loses_its_quotation_and_its_subject() -> None:
    # given
    answer = f"""
From: ana@home.example
Subject: Re: Order 7
Message-ID: <a2@home.example>
In-Reply-To: <r.{"a" * 26}.order7@acme.example>

Still broken.

On Mon, 2 Mar 2026 at 10:00, Care <care@acme.example> wrote:
> Sorry!
> Does it work now?
"""

    # when
    found = mention(answer)

    # then
    assert (found.text, found.thread) == ("Still broken.", "order7")
    assert found.in_reply_to == f"<r.{'a' * 26}.order7@acme.example>"


def test_a_first_mail_keeps_what_it_quotes() -> None:
    # when
    found = mention(PLAIN + "\n> You promised Monday.\n\n-- \nAna, customer 4711\n")

    # then
    assert found.text == "Order 7\n\nIt came broken.\n\n> You promised Monday."


def test_lines_may_end_in_any_way() -> None:
    # given
    told = raw(PLAIN).replace(b"\r\n", b"\n")

    # when
    found = reading.taken(reading.Arrived(1, AT, len(told), told), mailbox(), lambda _: None)

    # then
    assert getattr(found, "text", "") == "Order 7\n\nIt came broken."
