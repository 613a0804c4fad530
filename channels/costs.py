"""What the calls of networks cost: told where they are made, added up by account, day and case.

Reading is paid with the page it brought (``Page.costs``), in the transaction that takes the page.
Whoever sends a reply, or looks for one, collects what the network's file tells with
:func:`spend` while it is at work. A budget stops reading before it is overrun; replies go out all
the same, because a customer waits and somebody approved them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any

from channels.fields import Field
from channels.model import AccountState, Cost, Spent

#: A million of them are a dollar.
DOLLAR = 1_000_000

#: What any network with prices asks an account for.
BUDGETS = (
    Field("budget_day", "Budget of a day, in dollars", required=False, kind="number",
          hint="Reading stops before a day (UTC) costs more. Replies are always sent."),
    Field("budget_month", "Budget of a month, in dollars", required=False, kind="number",
          hint="Reading stops before a month (UTC) costs more."),
)  # fmt: skip

_meter: ContextVar[list[Cost] | None] = ContextVar("meter", default=None)


def left(spent: Spent) -> int | None:
    """Return how much reading may still cost, in millionths; None: any, never less than nothing."""
    rests = [budget - micro for _, budget, micro in _spans(spent) if budget is not None]
    return max(min(rests), 0) if rests else None


def warning(spent: Spent) -> str | None:
    """Return what somebody should know of a budget that is used up, if one is."""
    for name, budget, micro in _spans(spent):
        if budget is not None and micro >= budget:
            return (
                f"Has cost {dollars(micro)} this {name}, of {dollars(budget)}: it is not read, "
                "and replies are still sent. Raise the budget to go on reading."
            )
    return None


def spent_by(settings: Mapping[str, Any], day: int, by_kind: Mapping[str, int]) -> Spent:
    """Return what an account with these settings has cost today, and this month by kind."""
    return Spent(
        day, sum(by_kind.values()), _budget(settings, "day"), _budget(settings, "month"), by_kind
    )


def spend(cost: Cost) -> None:
    """Tell whoever is collecting what a call has cost; nobody may be."""
    collecting = _meter.get()
    if collecting is not None and cost.micro_dollars:
        collecting.append(cost)


@contextmanager
def collected() -> Iterator[list[Cost]]:
    """Collect what the calls inside the ``with`` block cost, however it ends."""
    costs: list[Cost] = []
    token = _meter.set(costs)
    try:
        yield costs
    finally:
        _meter.reset(token)


def with_spent(
    state: AccountState, booked: Mapping[int, tuple[int, Mapping[str, int]]]
) -> AccountState:
    """Return the state with what the account has cost, and an alarm if that is too much.

    ``booked`` holds, by account, what it cost today and this month by kind.
    """
    if state.account.id not in booked:
        return state
    spent = spent_by(state.account.settings, *booked[state.account.id])
    if not spent.month and spent.budget_day is None and spent.budget_month is None:
        return state
    return replace(state, spent=spent, alarm=state.alarm or warning(spent))


def dollars(micro: int) -> str:
    """Return a sum for people: ``$1.50``; small ones with all that is not nothing."""
    return f"${micro / DOLLAR:,.2f}" if micro % 10_000 == 0 else f"${micro / DOLLAR:,.3f}"


def _spans(spent: Spent) -> tuple[tuple[str, int | None, int], ...]:
    return ("day", spent.budget_day, spent.day), ("month", spent.budget_month, spent.month)


def _budget(settings: Mapping[str, Any], span: str) -> int | None:
    told = settings.get(f"budget_{span}")
    valid = isinstance(told, int | float) and not isinstance(told, bool)
    return round(told * DOLLAR) if valid and told is not None else None
