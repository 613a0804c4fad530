"""Regular expressions of FEEL: those of XPath, which DMN 1.5 asks for in 10.3.4.3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.bpmn.expressions.sandbox.process import SANDBOX, SandboxError
from tests.engine.bpmn.expressions.sandboxed_feel import answer


def matches(text: str, pattern: str, flags: str = "") -> Any:
    return answer("matches(text, pattern, flags)", text=text, pattern=pattern, flags=flags)


@pytest.mark.parametrize(
    ("pattern", "fits", "fails"),
    [
        ("^[a-z-[aeiou]]+$", "rhythm", "melody"),
        ("^[a-z-[aeiou-[y]]]+$", "rhythm", "melody"),
        ("^[^0-9-[x]]$", "y", "x"),
        ("^[\\w-]+$", "north-west", "north west"),
        ("^[+--]$", ",", "a"),
        ("^[.(\\[&&|]+$", "&(", "a"),
        ("^\\d+$", "\u0663", "x"),
        ("^\\w+$", "\u00fcber", "a_b"),
        ("^\\s$", "\t", "\u00a0"),
        ("^\\i\\c*$", "x-1", "1-x"),
        ("^\\I$", "1", "x"),
        ("^[\\S]$", "x", " "),
        ("^\\p{Lu}$", "\U0001d4b3", "x"),
        ("^\\P{Lu}$", "x", "X"),
        ("^\\p{IsCyrillic}+$", "\u0434\u0430", "da"),
        ("^[\\P{IsBasicLatin}x]$", "x", "y"),
        ("^(ab)\\1$", "abab", "abba"),
        ("^(a)\\10$", "aa0", "aa"),
        ("^.$", "\U0001f600", "\r"),
        ("^a{2,3}?$", "aa", "a"),
        ("\\bcat\\b", "a cat.", "concat"),
        ("\\Bcat", "concat", "a cat"),
    ],
)
def test_a_pattern_finds_what_xpath_says(pattern: str, fits: str, fails: str) -> None:
    assert matches(fits, pattern) is True
    assert matches(fails, pattern) is False


@pytest.mark.parametrize(
    ("text", "pattern", "flags", "wanted"),
    [
        ("Cat", "cAT", "i", True),
        ("o", "[K-T-[OR]]", "i", False),
        ("p", "[K-T-[OR]]", "i", True),
        ("a\nb", "a.b", "", False),
        ("a\nb", "a.b", "s", True),
        ("a\nb", "^b$", "", False),
        ("a\nb", "^b$", "m", True),
        ("two words", " two [ ] words", "x", True),
        ("two words", "two\\ swords", "x", True),
        ("abc", "\\p{ Is Basic Latin } +", "x", True),
        ("A\nb", "a . B", "smix", True),
        ("a", "a", "g", None),
        ("a", "a", "q", None),
    ],
)
def test_flags_change_what_a_pattern_means(
    text: str, pattern: str, flags: str, wanted: bool | None
) -> None:
    assert matches(text, pattern, flags) is wanted


@pytest.mark.parametrize(
    "pattern",
    [
        "[",
        "[]",
        "a)",
        "(a",
        "\\2(a)",
        "[a\\1]",
        "\\y",
        "\\p{Xx}",
        "\\p{IsKlingon}",
        "[a-[b]c]",
        "*",
    ],
)
def test_what_is_no_pattern_gives_null(pattern: str) -> None:
    assert matches("a", pattern) is None


@pytest.mark.parametrize(
    ("text", "pattern", "replacement", "wanted"),
    [
        ("a-b-c", "-", "+", "a+b+c"),
        ("2026-03-01", "(\\d+)-(\\d+)-(\\d+)", "$3.$2.$1", "01.03.2026"),
        ("cat", "[aeiou]", "<$0>", "c<a>t"),
        ("cat", "(a)", "$12", "ca2t"),
        ("cat", "(a)|(o)", "[$2]", "c[]t"),
        ("cat", "a", "\\$1\\\\", "c$1\\t"),
        ("cat", "a", "$", None),
        ("cat", "a", "\\1", None),
        ("cat", "a", "$&", None),
        ("cat", "(", "x", None),
    ],
)
def test_what_was_found_is_replaced(
    text: str, pattern: str, replacement: str, wanted: str | None
) -> None:
    # given
    given = {"text": text, "pattern": pattern, "replacement": replacement}

    # then
    assert answer("replace(text, pattern, replacement)", **given) == wanted


def test_replacing_takes_flags_too() -> None:
    assert answer('replace("Anna", "A", "o", "i")') == "onno"
    assert answer('replace("a b", " [a-z] ", "#", "x")') == "# #"


def test_a_text_is_split_where_a_pattern_fits() -> None:
    assert answer('split("one1two22three", "\\\\d+")') == ["one", "two", "three"]
    assert answer('split("k-l-m", "[a-z-[l]]")') == ["", "-l-", ""]


def test_a_pattern_that_takes_for_ever_is_stopped() -> None:
    # given
    request = {"run": [("expression", 'matches(text, "^([a-z]+)+$")')], "now": None}
    endless = json.dumps({**request, "variables": {"text": "a" * 60 + "!"}})

    # then
    with pytest.raises(SandboxError):
        SANDBOX.ask("F", endless)
