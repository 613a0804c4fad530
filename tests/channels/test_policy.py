"""Rules of what may be said, as pure functions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from channels import policy
from channels.errors import PolicyRejectedError
from channels.policy import RULES, Around, Level, Rules, check

PUBLIC, PRIVATE = Around(can_be_private=True), Around(private=True, can_be_private=True)
SECRET = "Please call 0171 1234567 or write to maya@example.com."


def rules(**levels: Level) -> Rules:
    return Rules(levels={**Rules().levels, **levels}, banned=("our fault", "nie wieder"))


def told(text: str, kept: Rules | None = None, around: Around = PUBLIC) -> list[tuple[str, str]]:
    return [(one.rule, one.level.value) for one in check(text, kept or rules(), around)]


def test_personal_data_blocks_a_public_reply_and_no_private_one() -> None:
    assert told(SECRET) == [("phone", "block"), ("email", "block")]
    assert told(SECRET, around=PRIVATE) == []


def test_a_finding_says_what_stands_in_the_way_and_the_way_out() -> None:
    # when
    first = check(SECRET, rules(), PUBLIC)[0]
    alone = check(SECRET, rules(), Around())[0]

    # then
    assert (first.excerpt, first.message) == (
        "0171 1234567",
        "The text holds a phone number, and everybody can read it.",
    )
    assert "to the customer alone" in first.cure
    assert "alone" not in alone.cure


def test_why_a_reply_was_not_sent_tells_nobody_the_data() -> None:
    why = policy.refusal(check(SECRET, rules(), PUBLIC))
    assert why.startswith("Not sent: the reply holds a phone number and an e-mail address.")
    assert "0171" not in why
    assert "maya" not in why


@pytest.mark.parametrize(
    "text",
    ["That was OUR  FAULT, sorry", "it\u2019s our\nfault.", "Das passiert NIE WIEDER!"],
)
def test_banned_phrases_are_found_in_any_case_public_or_private(text: str) -> None:
    assert told(text) == told(text, around=PRIVATE) == [("banned", "block")]


@pytest.mark.parametrize(
    "text", ["four faults", "our faulty line", "nie wiederkommen", "fault our"]
)
def test_a_part_of_a_word_is_no_banned_phrase(text: str) -> None:
    assert told(text) == []


def test_scripts_without_spaces_have_banned_phrases_too() -> None:
    kept = replace(rules(), banned=("保証します", "гарантия"))
    assert told("全額返金を保証します。", kept) == [("banned", "block")]
    assert told("Это гарантия.", kept) == [("banned", "block")]
    assert told("гарантиями", kept) == []


def test_a_price_and_repeats_warn_after_what_blocks() -> None:
    around = replace(PUBLIC, link_price="$0.20", said_elsewhere=True)
    found = check("Call 0171 1234567", rules(), around)
    assert [(one.rule, one.level.value) for one in found] == [
        ("phone", "block"), ("link", "warn"), ("same_text", "warn"),
    ]  # fmt: skip
    assert "$0.20" in found[1].message
    assert told("x", around=replace(around, private=True)) == []


@pytest.mark.parametrize("name", list(RULES))
def test_each_rule_can_be_switched_off(name: str) -> None:
    # given
    text = f"our fault. {SECRET} 4111 1111 1111 1111, DE89 3704 0044 0532 0130 00, NW-123456"
    around = replace(PUBLIC, link_price="$0.20", said_elsewhere=True)
    kept = replace(rules(), orders=("NW-######",))

    # when
    off = replace(kept, levels={**kept.levels, name: Level.OFF})

    # then
    assert {rule for rule, _ in told(text, kept, around)} == set(RULES)
    assert {rule for rule, _ in told(text, off, around)} == set(RULES) - {name}


def test_a_confirmation_is_for_these_warnings_and_no_others() -> None:
    # given
    around = replace(PUBLIC, link_price="$0.20")
    one = check("see https://a.example", rules(), around)
    same = check("see https://b.example", rules(), around)
    more = check("see", rules(), replace(around, said_elsewhere=True))

    # then
    assert policy.token(one) == policy.token(same)
    assert policy.token(one) != policy.token(more)


def test_the_same_words_are_known_again_whatever_their_spelling() -> None:
    # given
    plain = "We are very sorry for the delay, a colleague takes care of it."
    alike = (
        "@maya @bob  WE ARE very sorry — for the delay; a colleague takes care of it! https://x.y"
    )

    # then
    assert policy.said(plain) == policy.said(alike) == policy.said(f"{plain} (2/3)")
    assert policy.said(plain) != policy.said(f"{plain} Tomorrow.")
    assert policy.said("Thank you very much!") is None


def test_rules_are_read_as_they_were_written() -> None:
    kept = replace(
        rules(link=Level.BLOCK), own=("northwind.example",), orders=("NW-####",), grace=30
    )
    assert policy.read(policy.write(kept)) == kept


@pytest.mark.parametrize(
    "stored",
    [None, {}, {"levels": None}, {"levels": {"phone": "loud", "new": "warn"}, "banned": "x"},
     {"grace": -5, "regions": 7}, {"levels": ["phone"], "grace": True}],
)  # fmt: skip
def test_what_was_stored_badly_is_as_usual(stored: dict[str, Any] | None) -> None:
    assert policy.read(stored) == Rules()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"banned": ("x" * 201,)}, "banned"),
        ({"banned": ("x",) * 501}, "banned"),
        ({"regions": ("GB", "Germany")}, "regions"),
        ({"orders": ("NW-#",)}, "orders"),
        ({"grace": 4000}, "grace"),
    ],
)
def test_rules_that_do_not_do_are_refused_by_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(PolicyRejectedError) as refusal:
        policy.write(replace(Rules(), **change))
    assert list(refusal.value.errors) == [field]
