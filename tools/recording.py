"""Makes a recording of customer conversations, the same one for the same seed.

For benchmarks and crash tests, which need thousands of mentions with known counts and no file from
elsewhere. The texts are plain on purpose: they touch every branch of the triage.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

COLUMNS = (
    *("tweet_id", "author_id", "inbound", "created_at", "text"),
    *("response_tweet_id", "in_response_to_tweet_id"),
)
ACCOUNTS = ("NorthParcel", "BrightGrid", "HarbourBank")
OPENINGS = (
    "my parcel has been lost for {n} days and nobody answers, this is terrible",
    "you charged me twice, I want a refund of {n} euros now",
    "the app has crashed {n} times today, I am really disappointed",
    "how do I change the address of order {n}?",
    "is your office open on day {n} of the month?",
    "thank you, the new card arrived after {n} hours, great service!",
    "we are {n} people and would like an offer for business accounts",
    "I will talk to my lawyer about invoice {n}, this is unacceptable",
)
FOLLOW_UPS = (
    "that was {n} hours ago and still nothing",
    "I have sent you the number {n} in private",
    "no, it still does not work after {n} tries, awful",
    "ok thanks, {n} is the right one",
)
ANSWER = "We are sorry to hear that. Please send us your number."
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a recording holds, so that a test knows what to expect."""

    path: Path
    mentions: int
    conversations: int


def write(path: Path, *, mentions: int, seed: int = 1) -> Recorded:
    """Write a CSV of ``mentions`` posts of customers, and the companies' answers between them.

    About two posts in five continue a conversation. Ids are unique, times rise.
    """
    rows = list(_rows(mentions, random.Random(seed)))  # noqa: S311 - repeatable on purpose
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    inbound = [row for row in rows if row["inbound"] == "True"]
    opened = [row for row in inbound if not row["in_response_to_tweet_id"]]
    return Recorded(path, mentions=len(inbound), conversations=len(opened))


def _rows(mentions: int, chance: random.Random) -> Iterator[dict[str, str]]:
    """Yield the rows in the order of their times."""
    at = START
    number = 0
    #: Answers of the company that the customer may answer back to: (id, customer, account).
    answered: list[tuple[int, str, str]] = []

    def row(author: str, text: str, to: int | None, *, inbound: bool) -> dict[str, str]:
        nonlocal number, at
        number += 1
        at += timedelta(seconds=7)
        stamp = at.strftime("%a %b %d %H:%M:%S +0000 %Y")
        values = (number, author, inbound, stamp, text, "", to or "")
        return dict(zip(COLUMNS, map(str, values), strict=True))

    for count in range(mentions):
        if answered and chance.random() < 0.4:
            to, customer, account = answered.pop(chance.randrange(len(answered)))
            text = chance.choice(FOLLOW_UPS)
        else:
            to, customer, account = None, f"customer{count}", chance.choice(ACCOUNTS)
            text = chance.choice(OPENINGS)
        text = f"@{account} {text.format(n=chance.randrange(2, 90))}"
        asked = row(customer, text, to, inbound=True)
        yield asked
        if chance.random() < 0.7:
            said = f"@{customer} {ANSWER}"
            answer = row(account, said, int(asked["tweet_id"]), inbound=False)
            answered.append((int(answer["tweet_id"]), customer, account))
            yield answer
