"""Patterns of text fields: the useful ones work, the dangerous ones are refused."""

from __future__ import annotations

import pytest

from engine.forms.patterns import TEXT_LENGTH, PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^[A-Z]{2}-\d{4}$", "DE-1234"),
        (r"^[^@\s]+@[^@\s]+\.[a-z]+$", "ana@example.org"),
        (r"^\+?[0-9 ]{3,30}$", "+49 30 1234"),
        (r"^(\d{3}-)?\d+$", "030-1234"),
        (r"^(Mr|Mrs|Ms) .+$", "Ms Lee"),
        (r"^\d{4}(-\d{2}){2}$", "2026-03-02"),
        (r"colou?r", "a colour"),
    ],
)
def test_an_ordinary_pattern_is_accepted(pattern: str, text: str) -> None:
    assert compile_pattern(pattern).search(text)


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a+)+", "inside a repeat"),
        ("(a*)*b", "inside a repeat"),
        ("(a|a)*b", "inside a repeat"),
        ("(a?){30}a{30}", "inside a repeat"),
        ("(a{1,5}){1,50}", "inside a repeat"),
        ("a*a*a*b", "repeats in more"),
        ("^a*a*a*a*b", "repeats in more"),
        ("a?" * 30 + "a" * 30, "too many optional"),
        ("(a|ab)" * 12, "too many optional"),
        (r"(a)\1", "refers back"),
        ("(?=a)b", "looks ahead"),
        ("(?<!a)b", "looks ahead or behind"),
        ("(", "no regular expression"),
        ("a" * 201, "more than 200"),
        ("(" * 90 + ")" * 90 + "[", "no regular expression"),
    ],
)
def test_a_pattern_that_could_take_long_is_refused(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=reason):
        compile_pattern(pattern)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "pattern", [r"^\d*\d*\d*x", r"\d*\d*x", "1?1?1?1?1?1?1?1?x", r"^(1|11|111)\d*\d*\d*x"]
)
def test_the_worst_that_is_accepted_still_ends_soon(pattern: str) -> None:
    # given
    text = "1" * TEXT_LENGTH

    # when / then
    assert compile_pattern(pattern).search(text) is None
