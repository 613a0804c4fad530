"""What a call of X costs, and whether an account may still spend it on reading.

Prices are in dollars, as X told them in August 2026; an account may name others. All sums here are
in millionths of a dollar, so that nothing is lost by rounding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from channels import costs
from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.model import ChannelAccount, Cost, Reply
from channels.networks.x import words

#: By kind. ``author``: X does not say whether authors that come with posts are paid for.
DEFAULTS = {
    "mention": 0.001,
    "own_post": 0.001,
    "post_read": 0.005,
    "author": 0.0,
    "user_read": 0.010,
    "message_read": 0.010,
    "count": 0.005,
    "reply": 0.010,
    "post": 0.015,
    "link": 0.200,
    "message": 0.015,
}
#: What reading one's own mentions and posts costs when the app is somebody else's.
_NOT_OWNED = {"mention": 0.005, "own_post": 0.005}
#: Share of a budget that a keyword search leaves for the mentions of the account.
RESERVE = 0.2


class BudgetSpentError(ChannelUnavailableError):
    """Reading on would cost more than the account may."""


class Purse:
    """What one look may cost, and what it has cost."""

    def __init__(self, account: ChannelAccount, now: datetime) -> None:
        """Begin with the allowance of ``account``; raises ``ChannelRefusedError`` for bad prices.

        ``now``, UTC, is when the look begins.
        """
        self._prices = prices_of(account.settings)
        self._left = account.allowance
        day, month = (account.settings.get(f"budget_{span}") for span in ("day", "month"))
        self._kept = int((day or (month or 0) / 30) * RESERVE * 1e6)
        self._now = now

    def affords(self, kind: str, most: int, least: int = 1, *, reserve: bool = False) -> int:
        """Return for how many units, of ``most`` that an answer may have, there is money.

        Raises:
            BudgetSpentError: not even for ``least``; it says when there will be again.
        """
        price = self._prices[kind] + (self._prices["author"] if kind in _WITH_AUTHOR else 0)
        if self._left is None or not price:
            return most
        units = max(self._left - (self._kept if reserve else 0), 0) // price
        if units < least:
            tomorrow = (self._now + timedelta(days=1)).replace(hour=0, minute=0, second=0)
            raise BudgetSpentError(
                "The budget of this account is used up, so it is not read. Reading goes on with "
                "the next day (UTC) or month that has money left, or when somebody raises the "
                "budget in its settings. Replies are still sent.",
                retry_after=(tomorrow - self._now.astimezone(UTC)).total_seconds(),
            )
        return min(units, most)

    def pays(self, kind: str, units: int) -> None:
        """Take off what an answer of so many units has cost."""
        if self._left is not None:
            self._left -= self._prices[kind] * units

    def costs(self, kind: str, threads: Iterable[str | None]) -> tuple[Cost, ...]:
        """Return the costs of units by their threads."""
        price = self._prices[kind]
        found = [
            Cost(kind, units, units * price, thread) for thread, units in Counter(threads).items()
        ]
        return tuple(one for one in found if one.micro_dollars)

    def spends(self, kind: str, units: int) -> None:
        """Tell whoever sends a reply what a call for it has cost."""
        costs.spend(Cost(kind, units, units * self._prices[kind]))


def kinds_of_reply(reply: Reply) -> tuple[str, ...]:
    """Return what has to be paid for to send a reply: the reply itself last."""
    if not reply.private:
        return ("link" if words.has_link(reply.text) else "reply" if reply.in_reply_to else "post",)
    # In a conversation of direct messages X knows to whom; else somebody has to be looked up.
    return ("message",) if reply.thread.startswith(words.PRIVATE) else ("user_read", "message")


_WITH_AUTHOR = frozenset({"mention", "post_read"})


def prices_of(settings: Mapping[str, object]) -> dict[str, int]:
    """Return the prices an account names, over the default ones, in millionths of a dollar.

    Raises:
        ChannelRefusedError: what it names are no prices; it says how to write them.
    """
    prices = DEFAULTS | ({} if settings.get("own_app", True) else _NOT_OWNED)
    for part in str(settings.get("prices") or "").split(","):
        name, _, price = (one.strip() for one in part.partition("="))
        if not part.strip():
            continue
        try:
            prices[name] = _price(prices, name, float(price))
        except ValueError:
            raise ChannelRefusedError(
                f"{part.strip()!r} is no price. Write them as in 'reply=0.01, link=0.2', in "
                f"dollars, for any of {', '.join(DEFAULTS)}."
            ) from None
    return {kind: round(price * 1e6) for kind, price in prices.items()}


def _price(known: Mapping[str, float], name: str, price: float) -> float:
    if name not in known or not 0 <= price < 1_000:
        raise ValueError
    return price
