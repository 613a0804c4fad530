"""Points say how soon a mention should be read: words, mood, reach and customer."""

from __future__ import annotations

import pytest

from channels.signals import OfflineSignals, Reading
from channels.urgency import urgency_of


def _points(*topics: str, mood: float = 0.0, pressing: bool = False, reach: int = 10,
            tier: str = "standard") -> int:  # fmt: skip
    return urgency_of(Reading(mood, "en", topics, pressing), reach=reach, tier=tier)


def test_nothing_special_has_no_points_and_praise_no_fewer() -> None:
    assert _points() == _points("praise", mood=0.9) == 0


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (_points("safety"), _points("legal")),
        (_points("legal", "outage"), _points("legal")),
        (_points(mood=-0.9), _points(mood=-0.1)),
        (_points(pressing=True), _points()),
        (_points(reach=150_000), _points(reach=15_000)),
        (_points(tier="vip"), _points()),
    ],
)
def test_what_weighs_more_has_more_points(more: int, less: int) -> None:
    assert more > less


def test_the_worst_there_is_has_a_hundred_points_and_no_more() -> None:
    topics = ("churn", "legal", "outage", "privacy", "refund", "safety")
    assert _points(*topics, mood=-1.0, pressing=True, reach=10**7, tier="vip") == 100


@pytest.mark.parametrize(
    ("text", "pressing"),
    [
        ("Please help, this is urgent!", True),
        ("Das muss sofort repariert werden", True),
        ("Je veux une réponse au plus vite", True),
        ("The parcel came today, thank you", False),
        ("", False),
    ],
)
def test_words_that_cannot_wait_are_seen_in_several_languages(text: str, pressing: bool) -> None:
    assert signals.read(text).pressing is pressing


signals = OfflineSignals()
