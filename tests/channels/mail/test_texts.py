"""The words of mails: what their senders wrote themselves, out of plain text and out of HTML."""

from __future__ import annotations

import pytest

from channels.mail.html_text import text_in
from channels.mail.quotes import own_words, without_signature
from channels.well_formed import LONGEST

#: How programs announce what they quote, in many languages.
ANNOUNCED = {
    "Gmail": "On Mon, Mar 2, 2026 at 9:00 AM Care <care@acme.example> wrote:",
    "Gmail on two lines": "On Mon, Mar 2, 2026 at 9:00 AM Care\n<care@acme.example> wrote:",
    "Thunderbird, German": "Am 02.03.2026 um 09:00 schrieb Care:",
    "Apple, French": "Le 2 mars 2026 à 09:00, Care <care@acme.example> a écrit :",
    "Gmail, Spanish": "El lun, 2 mar 2026 a las 9:00, Care (<care@acme.example>) escribió:",
    "Gmail, Italian": "Il giorno lun 2 mar 2026 alle 09:00 Care <care@acme.example> ha scritto:",
    "Gmail, Dutch": "Op ma 2 mrt 2026 om 09:00 schreef Care <care@acme.example>:",
    "Outlook": "From: Care <care@acme.example>\nSent: Monday, 2 March\nTo: Ana\nSubject: x",
    "Outlook, German": "Von: Care <c@acme.example>\nGesendet: Montag, 2. März\nAn: Ana\nBetreff: x",
    "Outlook of old": "-----Original Message-----\nFrom: Care",
    "a ruler": "________________________________\nFrom: Care",
    "Lotus": "----- Forwarded message from Care -----",
}  # fmt: skip


@pytest.mark.parametrize("announced", ANNOUNCED.values(), ids=ANNOUNCED)
def test_what_is_quoted_below_an_answer_goes(announced: str) -> None:
    assert own_words(f"Still broken.\n\n{announced}\n\n> Sorry!\n> Bye\n") == "Still broken."


@pytest.mark.parametrize("announced", ["Gmail", "Thunderbird, German"])
def test_what_is_quoted_above_an_answer_goes(announced: str) -> None:
    # given
    text = f"{ANNOUNCED[announced]}\n> Does it work?\n> Bye\n\nNo, it does not.\nAt all."

    # then
    assert own_words(text) == "No, it does not.\nAt all."


def test_answers_between_quotations_keep_what_they_answer() -> None:
    # given
    text = "> Does it turn on?\nNo.\n\n> Is the plug in?\nYes."

    # then
    assert own_words(text) == text


@pytest.mark.parametrize(
    "signature",
    ["-- \nAna Lima\nACME Ltd", "--\nAna", "Best regards,\nAna", "Sent from my iPhone",
     "Mit freundlichen Grüßen\nAna", "Get Outlook for Android"],
)  # fmt: skip
def test_a_signature_goes(signature: str) -> None:
    assert own_words(f"Still broken.\n\n{signature}") == "Still broken."


@pytest.mark.parametrize(
    "text",
    [
        "Three things:\n- one\n- two",
        "    indented\n\tby a tab",
        "On Monday I wrote to you and nobody answered.",
        "From: here to there it is far.",
        "a -- b",
        "Thank you for nothing",
        "> only a quotation",
        "😡😡😡",
        "\u202b\u05e9\u05dc\u05d5\u05dd\u202c 123",
        "1 > 0",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    assert own_words(text) == text.strip()


def test_a_text_that_is_nothing_but_marks_is_kept_whole() -> None:
    assert own_words("-- \nAna") == "-- \nAna"
    assert own_words("") == ""


def test_a_first_mail_loses_a_marked_signature_alone() -> None:
    # given
    text = "Broken.\n\nOn Monday you wrote:\n> soon\n\nBest regards\nAna\n-- \nACME"

    # then
    assert without_signature(text) == text.partition("\n-- ")[0]


@pytest.mark.parametrize(
    "hostile",
    ["\n".join(["On " * 60] * 400), "> " * 50_000, "\n" * 20_000, "\n\n" + "_" * 20_000,
     "From: " * 5_000, "Warning: mail " * 2_000, "Am " * 9_000],
)  # fmt: skip
def test_hostile_texts_are_read_as_well(hostile: str) -> None:
    assert isinstance(own_words(hostile), str)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Hello <b>Ana</b>,</p><p>it is late.</p>", "Hello Ana,\n\nit is late."),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div><div><p>one</p></div></div>\n\n\n<p>two", "one\n\ntwo"),
        ("<ul><li>one<li>two</ul>after", "- one\n- two\n\nafter"),
        ("<table><tr><td>Order</td><td>7</td></tr><tr><td>Sum</td><td>9</td></tr></table>",
         "Order 7\nSum 9"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("a&nbsp;b &lt;c&gt; &amp; caf&eacute; &#128293;", "a b <c> & café 🔥"),
        ("<a href='https://x.example/p?q=1'>look</a>", "look (https://x.example/p?q=1)"),
        ("<a href='https://x.example/'>x.example</a>", "x.example"),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "a@b.example"),
        ("<img src='https://spy.example/1.gif' alt='A parcel'> late", "[A parcel] late"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new",
         "> old\n> > older\nnew"),
        ("<p dir=rtl>שלום</p>", "שלום"),
        ("<p>unclosed <b>bold <i>and", "unclosed bold and"),
        ("plain words", "plain words"),
        ("", ""),
    ],
)  # fmt: skip
def test_html_is_read_as_a_person_would(html: str, text: str) -> None:
    assert text_in(html) == text


@pytest.mark.parametrize(
    "html",
    ["<script>alert(1)</script>", "<style>p{color:red}</style>", "<title>x</title>",
     "<!-- a comment -->", "<svg><script>alert(1)</script></svg>", "<noscript></noscript>",
     "<head><meta charset=x><style>y</style></head>", "<iframe src=https://x.example></iframe>"],
)  # fmt: skip
def test_what_is_not_for_reading_is_not_read(html: str) -> None:
    assert text_in(f"before {html}after").split() == ["before", "after"]


def test_a_link_that_would_run_something_leads_nowhere() -> None:
    assert text_in("<a href='javascript:alert(1)'>click</a>") == "click"
    assert text_in("<a href='data:text/html,x'>click</a>") == "click"


def test_an_answer_in_html_loses_its_quotation() -> None:
    # given what Gmail sends
    html = (
        "<div dir='ltr'>Still broken.</div><br><div class='gmail_quote'><div class='gmail_attr'>"
        "On Mon, Mar 2, 2026 at 9:00 AM Care &lt;<a href='mailto:c@a.example'>c@a.example</a>&gt; "
        "wrote:<br></div><blockquote class='gmail_quote'>Sorry!</blockquote></div>"
    )

    # then
    assert own_words(text_in(html)) == "Still broken."


@pytest.mark.parametrize(
    "hostile",
    ["<div>" * 20_000 + "words", "<blockquote>" * 15_000 + "words", "<" * LONGEST + "words",
     "<b><i><u>" * 5_000 + "words", "<!--" * 40_000],
)  # fmt: skip
def test_hostile_html_is_read_as_well(hostile: str) -> None:
    assert len(text_in(hostile)) <= LONGEST
