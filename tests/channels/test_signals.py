"""What a text shows before a person reads it."""

from __future__ import annotations

import pytest

from channels.signals import OfflineSignals


@pytest.fixture(scope="module")
def signals() -> OfflineSignals:
    return OfflineSignals()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("@acme my phone is broken and nobody helps", "en"),
        ("Wo bleibt mein Geld zurück?", "de"),
        ("Ma commande n'est jamais arrivée", "fr"),
        ("¿Dónde está mi pedido?", "es"),
        ("أين طلبي", "ar"),
        ("注文が届きません", "ja"),
        ("Danke!", "de"),
        ("👍", "en"),
        ("", "en"),
        ("@acme https://example.org/x", "en"),
    ],
)
def test_the_language_is_told_also_for_short_texts(
    signals: OfflineSignals, text: str, language: str
) -> None:
    assert signals.read(text).language == language


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("This is a scam, I am furious!", -1),
        ("Thanks so much, great service!", 1),
        ("Please help, I cannot log in", 0),
        ("Das ist eine Frechheit, alles kaputt!", -1),
        ("Vielen Dank, super Service, sehr zufrieden", 1),
        ("Die Lieferung war nicht gut", -1),
        ("C'est honteux, une arnaque", -1),
        ("😡😡 où est mon colis", -1),
    ],
)
def test_the_mood_is_read_in_several_languages(
    signals: OfflineSignals, text: str, sign: int
) -> None:
    sentiment = signals.read(text).sentiment
    assert -1 <= sentiment <= 1
    assert (sentiment > 0.2) - (sentiment < -0.2) == sign


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("I want my money back", "refund"),
        ("My lawyer will write to you", "legal"),
        ("The charger is on fire", "safety"),
        ("The internet is down again", "outage"),
        ("Mein Paket ist nicht da", "delivery"),
        ("I am locked out of my account", "account"),
        ("I was charged twice", "billing"),
        ("The app doesn\u2019t work", "defect"),
        ("Hats off, well done", "praise"),
        ("How do I change it?", "question"),
        ("How much is the business plan", "lead"),
        ("Click here for free followers", "spam"),
    ],
)
def test_topics_are_found_by_their_words(signals: OfflineSignals, text: str, topic: str) -> None:
    assert topic in signals.read(text).topics


@pytest.mark.parametrize("text", ["No issue here", "I feel accountable", "the courtyard"])
def test_a_topic_is_no_part_of_another_word(signals: OfflineSignals, text: str) -> None:
    assert not {"legal", "account"} & set(signals.read(text).topics)


@pytest.mark.parametrize("text", ["\x00\ud83d", "a" * 100_000, "?!" * 5_000, "@" * 3_000])
def test_no_text_makes_it_fail(signals: OfflineSignals, text: str) -> None:
    assert -1 <= signals.read(text).sentiment <= 1
