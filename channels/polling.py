"""How often to look at each account, and what to do when looking fails.

A busy account is looked at every few seconds, a quiet one every minute. Reading always goes on
from the position that was committed with the last page, so a crash or an outage loses nothing.
An account that fails is left alone for longer and longer, and says why.

Of all workers that share a database one reads an account at a time: it holds a lease on it, which
is over soon after the worker died. A page is stored under the lease alone, so a worker that was
stopped for a while and goes on cannot move the position back. Where a network says how often it
may be asked (:mod:`channels.budgets`), reading slows down long before answers have to wait.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

import structlog
from structlog.contextvars import bound_contextvars

from channels import budgets, costs
from channels.budgets import Budget
from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    LeaseLostError,
    NetworkFaultError,
)
from channels.intake import Intake, Taken
from channels.leases import Lease
from channels.model import AccountState, ChannelAccount
from channels.networks import of_account
from channels.ports import Polls
from channels.protocol import Channel
from channels.rhythm import lasting, silent_hours
from channels.sealing import Seals, hiding
from channels.storage import accounts
from channels.storage import budgets as stored_budgets
from channels.storage import costs as booked
from engine import Engine
from engine.jobs import back_off
from engine.ports import UnitOfWork

#: Seconds between two looks, at the busiest and at the quietest account. An account may ask for
#: others in ``settings["poll_seconds"]``, as a list of the two.
FASTEST, SLOWEST = 5.0, 60.0
#: Seconds between two looks of the scheduler at which account is due.
EVERY = 1.0
#: Pages taken in one look, so that one account with a long past does not keep the others waiting.
PAGES = 10
#: Seconds after which another worker reads an account whose worker died. It looks every second.
LEASE = 10.0
#: Seconds after which a network that does not answer costs its worker the account.
LONGEST = 600.0
#: A network that somebody has to mend is asked again so often, in case somebody did.
REFUSED_PAUSE = timedelta(minutes=10)
#: An account that has not answered for so long raises an alarm.
SILENCE = timedelta(minutes=10)

_log = structlog.get_logger(__name__)


class Poller:
    """Reads the accounts of one workspace when they are due."""

    def __init__(
        self,
        engine: Engine,
        intake: Intake,
        channels: Mapping[str, Channel],
        seals: Seals | None = None,
    ) -> None:
        """Bind to a workspace, with the networks by name; ``seals`` have no key by default."""
        self._seals = seals or Seals()
        self._engine = engine
        self._intake = intake
        self._channels = channels
        self._ending = threading.Event()

    def end(self) -> None:
        """Read no further than the page that is under way. Returns at once."""
        self._ending.set()

    def schedule(self, polls: Polls) -> None:
        """Have due accounts read from now on."""
        polls.add_poll(f"channels:{self._engine.workspace.key}", EVERY, self.work)

    def work(self) -> int:
        """Read what is due by the engine's clock; return how many mentions were new."""
        return self.poll(self._engine.clock.now())

    def poll(self, now: datetime) -> int:
        """Read the accounts that are due at ``now``, UTC; return how many mentions were new."""
        with self._engine.reading() as view:
            due = accounts.due(view.connection, view.workspace_id, now)
        return sum(self._look(id, now) for id in due if not self._ending.is_set())

    def _look(self, account_id: int, now: datetime) -> int:
        """Read one account unless another worker does; return how many mentions were new."""
        name = _look_name()
        with self._engine.transaction() as uow:
            account = accounts.take(uow.connection, account_id, now, lease=name, seconds=LEASE)
            if account is None or self._is_put_off(uow, account, now, name):
                return 0
        renew = partial(self._renew, account_id, name)
        with (
            bound_contextvars(
                workspace=self._engine.workspace.key,
                channel=account.channel,
                account=account.handle,
            ),
            Lease(renew, seconds=LEASE, longest=LONGEST) as lease,
        ):
            return self._read(account, now, name, lease)

    def _read(self, account: ChannelAccount, now: datetime, name: str, lease: Lease) -> int:
        stored = 0
        heard: list[Budget] = []
        try:
            channel = of_account(account, self._channels)
            account = self._seals.opened(self._engine.workspace.key, account)
            account = replace(account, allowance=self._allowance(account, now))
            with hiding(account.secrets), budgets.listening(heard):
                for page in islice(channel.fetch(account, account.position), PAGES):
                    taken = self._intake.take(account, page, lease=name)
                    stored += taken.stored
                    _tell(taken)
                    if self._ending.is_set():
                        break
                    lease.still_ours()
        except LeaseLostError:
            # We were stopped, or cut off from the database, for longer than a lease lasts.
            _log.warning("channel.lease_lost")
        except Exception as error:  # noqa: BLE001
            # Whatever a network's file does, the other accounts are read all the same.
            self._failed(account, error, heard, now, name)
        else:
            self._went_well(account, stored, heard, now, name)
        return stored

    def _allowance(self, account: ChannelAccount, now: datetime) -> int | None:
        """Return how much reading may still cost, in millionths of a dollar; None: any."""
        if not (account.settings.get("budget_day") or account.settings.get("budget_month")):
            return None
        with self._engine.reading() as view:
            spent = booked.of_account(view.connection, account.id, now.date())
        return costs.left(costs.spent_by(account.settings, *spent))

    def _renew(self, account_id: int, name: str) -> bool:
        with self._engine.transaction() as uow:
            return accounts.renew(uow.connection, account_id, lease=name, seconds=LEASE)

    def _is_put_off(
        self, uow: UnitOfWork, account: ChannelAccount, now: datetime, name: str
    ) -> bool:
        """Tell whether the network has to be left alone, and if so, end our lease until then."""
        known = stored_budgets.of_account(uow.connection, account.id)
        if not known:
            return False
        present = stored_budgets.now_of(uow.connection)
        if not budgets.is_spent(known, present):
            return False
        wait = timedelta(seconds=budgets.reading_pause(known, present))
        accounts.give_back(uow.connection, account.id, {"next_poll_at": now + wait}, lease=name)
        return True

    def _slowed(self, uow: UnitOfWork, account: ChannelAccount, heard: Sequence[Budget]) -> float:
        """Keep what the network told of its limits; return the seconds they make reading wait."""
        if not heard:
            return 0.0
        stored_budgets.keep(uow.connection, uow.workspace_id, account.id, budgets.latest(heard))
        known = stored_budgets.of_account(uow.connection, account.id)
        return budgets.reading_pause(known, stored_budgets.now_of(uow.connection))

    def _went_well(
        self,
        account: ChannelAccount,
        stored: int,
        heard: Sequence[Budget],
        now: datetime,
        name: str,
    ) -> None:
        with self._engine.transaction() as uow:
            state = accounts.state(uow.connection, uow.workspace_id, account.id)
            if state is None:
                return
            pause = next_pause(account, state.poll_seconds, news=stored > 0)
            slowed = timedelta(seconds=self._slowed(uow, account, heard))
            again = now + timedelta(seconds=pause)
            if state.next_poll_at is not None and state.next_poll_at > now:
                # Somebody asked for the next look while this one was under way.
                again = min(again, state.next_poll_at)
            values = {
                "last_success_at": now,
                "last_error": None,
                "failures": 0,
                "poll_seconds": pause,
                "next_poll_at": max(again, now + slowed),
            }
            accounts.give_back(uow.connection, account.id, values, lease=name)

    def _failed(
        self,
        account: ChannelAccount,
        error: Exception,
        heard: Sequence[Budget],
        now: datetime,
        name: str,
    ) -> None:
        why = f"The channel failed: {type(error).__name__}."
        if isinstance(error, ChannelUnavailableError | ChannelRefusedError):
            why = str(error)
            _log.warning("channel.failed", why=why)
        elif isinstance(error, NetworkFaultError):
            why = str(error)
            _log.error("channel.failed", exception=error.trace)
        else:
            _log.error("channel.failed", exc_info=error)
        with self._engine.transaction() as uow:
            state = accounts.state(uow.connection, uow.workspace_id, account.id)
            if state is None:
                return
            failures = state.failures + 1
            pause = max(back_off(failures), timedelta(seconds=self._slowed(uow, account, heard)))
            if isinstance(error, ChannelRefusedError):
                pause = max(pause, REFUSED_PAUSE)
            if isinstance(error, ChannelUnavailableError):
                pause = max(pause, timedelta(seconds=error.retry_after or 0))
            values = {"failures": failures, "last_error": why, "next_poll_at": now + pause}
            accounts.give_back(uow.connection, account.id, values, lease=name)


def _tell(taken: Taken) -> None:
    """Name in the log what came in: by ids, never by its words."""
    if taken.stored:
        _log.info(
            "mentions.taken",
            mentions=taken.stored,
            started=taken.started,
            correlated=taken.correlated,
            buffered=taken.buffered,
            conversations=sorted(taken.conversations),
            instances=sorted(taken.instances),
        )


def _look_name() -> str:
    """Return a name that no other look has, and that tells an operator where it happens."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(8)}"


def next_pause(account: ChannelAccount, seconds: float, *, news: bool) -> float:
    """Return the seconds until the next look: half as long after news, else half as long again."""
    fastest, slowest = FASTEST, SLOWEST
    wish = account.settings.get("poll_seconds")
    if isinstance(wish, list) and len(wish) == 2:
        fastest, slowest = sorted(max(float(one), 0.1) for one in wish)
    return min(max(seconds / 2 if news else seconds * 1.5, fastest), slowest)


def with_alarm(state: AccountState, now: datetime) -> AccountState:
    """Return the state with an alarm, if somebody should look at the account at ``now``."""
    if not state.account.enabled:
        return state
    since = state.last_success_at
    if state.failures and (since is None or now - since > SILENCE):
        return replace(state, alarm=f"Cannot be read: {state.last_error}")
    if since is not None and now - since > SILENCE:
        return replace(state, alarm="Has not been looked at; check that Corral is running.")
    notices = (state.account.position or {}).get("notices")
    if isinstance(notices, dict) and notices:
        return replace(state, alarm=" ".join(map(str, notices.values())))
    if hours := silent_hours(state.rhythm, state.last_mention_at, now):
        why = f"Answers, but has brought no mention for {lasting(hours)}. That is unusual for it."
        return replace(state, alarm=why)
    return state
