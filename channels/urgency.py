"""How soon a mention should be read, in points from 0 to 100.

A hint for triage, like the other signals: it adds up what its words, their mood, how many people
see it and whose customer wrote it say. A process weighs them as it likes.
"""

from __future__ import annotations

from channels.signals import Reading

#: Points for topics. The strongest counts in full, each further one a quarter.
TOPICS = {"safety": 45, "legal": 35, "privacy": 25, "outage": 20, "churn": 15, "refund": 10}
#: For words that say so themselves, for the worst mood, and for a customer of the tier ``vip``.
PRESSING, WORST_MOOD, VIP = 20, 20, 15
#: From so many followers on, so many points.
REACH = ((1_000_000, 25), (100_000, 18), (10_000, 10), (1_000, 4))


def urgency_of(reading: Reading, *, reach: int, tier: str) -> int:
    """Return the points of a mention by what it says and who wrote it."""
    points = sorted((TOPICS.get(topic, 0) for topic in reading.topics), reverse=True)
    found = sum(points[:1]) + sum(points[1:]) // 4
    found += PRESSING if reading.pressing else 0
    found += round(WORST_MOOD * max(-reading.sentiment, 0.0))
    found += next((more for followers, more in REACH if reach >= followers), 0)
    found += VIP if tier == "vip" else 0
    return min(found, 100)
