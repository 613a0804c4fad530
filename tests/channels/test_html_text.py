"""HTML to text, as servers of many makes write it."""

from __future__ import annotations

import pytest

from channels.html_text import text_of
from channels.networks.mastodon.wording import fingerprint

LINK = (
    '<a href="https://acme.example/a/very/long/path?x=1&amp;y=2" rel="nofollow">'
    '<span class="invisible">https://</span><span class="ellipsis">acme.example/a/very/lo</span>'
    '<span class="invisible">ng/path?x=1&amp;y=2</span></a>'
)
NAME = (
    '<span class="h-card"><a href="https://a.example/@bob" class="u-url mention">'
    "@<span>bob</span></a></span>"
)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain words", "plain words"),
        ("<p>one</p><p>two<br>three<br />four</p>", "one\n\ntwo\nthree\nfour"),
        (f"<p>{NAME} hello</p>", "@bob hello"),
        (f"<p>see {LINK}!</p>", "see https://acme.example/a/very/long/path?x=1&y=2!"),
        ('<p>read <a href="https://a.example/x">this page</a> now</p>',
         "read this page (https://a.example/x) now"),
        ('<a href="https://a.example/tags/late" class="mention hashtag">#<span>late</span></a>',
         "#late"),
        ('<a href="https://a.example/long/way">a.example/long…</a>', "https://a.example/long/way"),
        ('<a href="javascript:alert(1)">press</a>', "press"),
        ('<a href="https://a.example/x"></a>', "https://a.example/x"),
        ("<p>5 &lt; 6 &amp;&amp; 7 &gt; 6</p>", "5 < 6 && 7 > 6"),
        ("<p>a</p>\n  <p>b</p>", "a\n\nb"),
        ("<ul><li>one</li><li><p>two</p></li></ul>after", "- one\n- two\nafter"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<p>so:</p><blockquote><p>you said</p><p>so</p></blockquote><p>no</p>",
         "so:\n\n> you said\n>\n> so\n\nno"),
        ("<pre><code>a\n  b\n</code></pre>", "a\n  b"),
        ("<p>a<script>alert('x')</script>b</p><style>p{}</style>", "ab"),
        ("<p>unclosed <b>bold <a href='https://a.example'>link",
         "unclosed bold link (https://a.example)"),
        ("<p>\u200bhidden\u200b</p>", "hidden"),
        ("<p>مرحبا 👩‍👩‍👧 &nbsp;ok</p>", "مرحبا 👩‍👩‍👧 \xa0ok"),
        ("<" * 2000, "<" * 2000),
    ],
)  # fmt: skip
def test_html_becomes_the_text_people_read(html: str, text: str) -> None:
    assert text_of(html) == text


@pytest.mark.parametrize(
    "hostile",
    [
        "<blockquote>" * 3_000 + "<br>x" * 3_000,
        "<a href='https://a.example'>x" * 9_000,
        "<ul><li>" * 9_000 + "x",
        "&" * 300_000 + "x",
        "<p" * 90_000 + ">x",
    ],
    ids=lambda told: told[:8],
)
def test_a_long_and_hostile_post_is_read_in_one_go(hostile: str) -> None:
    assert len(text_of(hostile)) < 10**6


@pytest.mark.parametrize(
    ("hostile", "read"),
    [
        ("late <![wrong thing]]>", "late"),
        ("late <![ ", "late"),
        (f"late &#{'9' * 5_000};", "late \ufffd"),
        ("late \ud800\x00 <b>again", "late ? again"),
    ],
)
def test_what_is_no_html_is_read_all_the_same(hostile: str, read: str) -> None:
    assert text_of(hostile) == read


@pytest.mark.parametrize("open_tag", ["<a/", "<a b=", "<a \n", '<a b="', "<!--", "<script"])
def test_what_is_left_open_takes_no_longer_than_what_is_closed(open_tag: str) -> None:
    # given: looked at anew from each tag to the end, this would take minutes
    assert text_of("late " + open_tag * (200_000 // len(open_tag))).startswith("late")


def test_quotations_are_shown_five_deep() -> None:
    nested = "<blockquote>" * 7 + "you" + "</blockquote>" * 7 + "me"
    assert text_of(nested) == "> > > > > you\n\nme"


def test_a_text_is_known_again_by_its_letters() -> None:
    assert fingerprint("@bob@a.example It's “Late”…\n\nSorry!") == fingerprint("it's late sorry")
    assert fingerprint("🙏") != fingerprint("👍")
    assert fingerprint("one") != fingerprint("two")


def test_pictures_say_what_their_authors_wrote_about_them() -> None:
    assert text_of('<p>Hi <img class="emoji" alt=":wave:"> <img alt="a parcel"><img></p>') == (
        "Hi :wave: [a parcel]"
    )
