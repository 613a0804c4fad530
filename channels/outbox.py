"""Replies out: written with the process, sent after the commit, never twice.

A send task's job of type ``reply.send`` becomes a row in the transaction that creates the job.
Later ``sending`` is committed **before** the network is called. What may have reached the network
is ``unknown``: it is looked for there and sent again only when the network certainly does not
have it. The job hears how it ended in the transaction that records it.

Several workers may send. A reply belongs to the one that marked it as being sent, under a lease
that is renewed while the network is called; once it is over, the reply is ``unknown`` to all. A
worker calls the networks of different accounts at the same time, and each account one by one. What
the network allows an account is counted before it is called (:mod:`channels.budgets`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars

from channels import budgets, delivery, policy
from channels.approving import Approving
from channels.budgets import Budget
from channels.composing import Composing
from channels.delivery import Attempt
from channels.enclosures import Enclosures
from channels.leases import Lease
from channels.model import Reply, ReplyStatus
from channels.networks import found
from channels.ports import Polls
from channels.protocol import LONGEST_CALL, Channel
from channels.sealing import Seals
from channels.settling import REPLY_SETTLE, Settling
from channels.storage import budgets as stored_budgets
from channels.storage import outgoing, policies, replies
from channels.storage.outgoing import Outgoing
from channels.verdicts import Verdicts
from channels.withholding import Withholding
from engine import Engine
from engine.advance import JobHandler
from engine.jobs import Job, JobStatus
from engine.ports import UnitOfWork

_log = structlog.get_logger(__name__)

#: Type of the jobs that become replies.
REPLY_SEND = "reply.send"
#: Replies that are marked and sent together. If we die on the way, so many are looked for.
BATCH = 20
#: Seconds after which a worker that renews no more is taken for dead. No call of a network may
#: outlast it, not even while the database cannot be reached and nothing can be renewed.
LEASE = 2 * LONGEST_CALL
#: Seconds after which a call that does not end costs its worker the replies.
LONGEST = 600.0
#: How soon a reply is looked at again whose job waits for an operator.
RELOOK = timedelta(seconds=10)
#: Seconds between two looks of the scheduler.
EVERY = 1.0
#: Accounts whose networks one worker calls at the same time.
PARALLEL = 4
#: Seconds after which an account that takes its time lets the others have their next replies.
TURN = LONGEST_CALL


class Outbox:
    """Sends the replies of one workspace. Several may run, in threads or on other machines."""

    def __init__(
        self,
        engine: Engine,
        channels: Mapping[str, Channel] | None = None,
        *,
        alone: bool = False,
        seals: Seals | None = None,
        attempted: Callable[[ReplyStatus], None] | None = None,
    ) -> None:
        """Take the jobs of the engine from now on.

        Args:
            engine: bound to the workspace whose replies are sent.
            channels: the networks by name; those found by default.
            alone: nobody else can send the replies of this database.
            seals: open the credentials of accounts; without a key by default.
            attempted: is told how each attempt to send, or to find, a reply ended.
        """
        self._alone = alone
        self._opened = partial((seals or Seals()).opened, engine.workspace.key)
        self._engine = engine
        self._channels = found() if channels is None else channels
        self._ending = threading.Event()
        self._verdicts = Verdicts(engine, attempted)
        self._settling = Settling(engine, self._verdicts)
        #: Keeps replies back on the word of people.
        self.withholding = Withholding(engine, self._verdicts)
        #: Keeps the files that people add to replies.
        self.enclosures = Enclosures(engine)
        #: Looks at answers while they are written.
        self.composing = Composing(engine, self._channels)
        self._take(REPLY_SEND, Approving(engine, self._channels).take)
        self._take(REPLY_SETTLE, self._settling.take)

    def schedule(self, polls: Polls) -> None:
        """Have :meth:`work` called every second from now on."""
        polls.add_poll(f"outbox:{self._engine.workspace.key}", EVERY, self.work)

    def begin(self) -> int:
        """Look for what a sender before us left behind; return how many replies are unknown now.

        One that is alone need not wait until the lease of its predecessor is over.
        """
        return self._abandon(self._engine.clock.now(), alone=self._alone)

    def end(self) -> None:
        """Call no network any more, but for the call that is under way. Returns at once."""
        self._ending.set()

    def work(self) -> int:
        """Do whatever is due by the engine's clock; return how many replies were touched."""
        now = self._engine.clock.now()
        return self.recover(now) + self.settle(now) + self.send_due(now)

    def recover(self, now: datetime) -> int:
        """Mark replies as unknown whose worker died in the midst of sending them."""
        return self._abandon(now, alone=False)

    def send_due(self, now: datetime) -> int:
        """Send what is due at ``now``, UTC, and return how many attempts were made."""
        attempts = 0
        # A conversation gives one reply a round, so that its replies go out in order.
        while not self._ending.is_set() and (batch := self._claim(now)):
            attempts += self._send(batch, now)
        return attempts

    def settle(self, now: datetime) -> int:
        """Ask the networks about unknown replies that are due; return how many were asked about."""
        unknown = self._due([ReplyStatus.UNKNOWN], now)
        if not unknown:
            return 0
        with self._engine.transaction() as uow:
            asked = {out.reply.id: out.reply.attempts for out in unknown}
            ours = replies.claim_inquiries(uow.connection, asked, now, seconds=LEASE)
        ended = [
            self._inquire(out)
            for out in unknown
            if out.reply.id in ours and not self._ending.is_set()
        ]
        self._verdicts.record(ended, now)
        return len(ended)

    def _inquire(self, out: Outgoing) -> tuple[Outgoing, Attempt]:
        others = _Others(self._engine, out)
        with budgets.listening() as heard:
            looked_for = replace(out, reply=replace(out.reply, others=others))
            attempt = delivery.inquire(looked_for, self._channels, self._opened)
        self._keep(out, heard)
        # The verdict is written in a transaction, which must not wait for one that reads.
        found = attempt.external_id
        known = frozenset([found]) if found is not None and found in others else frozenset[str]()
        return replace(out, reply=replace(out.reply, others=known)), attempt

    def settle_by_person(self, reply_id: int, *, went_out: bool, by: str) -> Reply:
        """Record what a person found out about an unknown reply, and return it.

        One that did not go out is sent again if its process still waits for it.

        Raises:
            NotFoundError: there is no such reply in this workspace.
            ReplySettledError: its fate is known already.
        """
        return self._settling.by_person(reply_id, went_out=went_out, by=by)

    def _take(self, type: str, handler: JobHandler) -> None:
        """Give the jobs of our workspace to ``handler``: the engine tells of those of all."""
        ours = self._engine.workspace.id

        def take(uow: UnitOfWork, jobs: Sequence[Job]) -> None:
            if uow.workspace_id == ours:
                handler(uow, jobs)

        self._engine.on_jobs(type, take)

    def _claim(self, now: datetime) -> list[Outgoing]:
        """Mark a batch as being sent, for us alone, and return it; empty when nothing is due."""
        while due := self._due(replies.TO_SEND, now):
            # Those that are not wanted are put off or given up, so the next look finds others.
            statuses = self._engine.job_statuses(
                {out.reply.job_id for out in due if out.reply.job_id is not None}
            )
            wanted = [out for out in due if self._is_wanted(out, statuses, now)]
            allowed, ours = self._take_for_us(wanted, now) if wanted else ([], set())
            if allowed:
                # Others may have been quicker with all of them; the next look is a second away.
                return [out for out in allowed if out.reply.id in ours]
        return []

    def _take_for_us(
        self, wanted: Sequence[Outgoing], now: datetime
    ) -> tuple[list[Outgoing], set[int]]:
        """Return those the networks allow now, and ids of those that are ours; put off the rest."""
        accounts = {out.account.id for out in wanted if out.account is not None}
        with self._engine.transaction() as uow:
            left = stored_budgets.allowances(uow.connection, accounts)
            allowed: list[Outgoing] = []
            asked: Counter[int] = Counter()
            for out in wanted:
                id = out.account.id if out.account is not None else 0
                if id in left and asked[id] >= left[id].remaining:
                    later = {"due_at": now + left[id].wait}
                    replies.change(uow.connection, out.reply.id, later, only=replies.TO_SEND)
                else:
                    asked[id] += 1
                    allowed.append(out)
            seen = {out.reply.id: out.reply.attempts for out in allowed}
            ours = replies.claim(uow.connection, seen, now, seconds=LEASE) if seen else set()
            spent = Counter(
                out.account.id for out in allowed
                if out.account is not None and out.account.id in left and out.reply.id in ours
            )  # fmt: skip
            stored_budgets.spend(uow.connection, spent)
        return allowed, ours

    def _send(self, batch: Sequence[Outgoing], now: datetime) -> int:
        """Send what we claimed, accounts at the same time; return how many attempts were made."""
        groups: dict[int, list[Outgoing]] = {}
        for out in batch:
            groups.setdefault(out.account.id if out.account is not None else 0, []).append(out)
        with self._engine.reading() as view:
            rules = policy.read(policies.stored(view.connection, view.workspace_id))
        if len(groups) < 2:
            return sum(self._send_in_turn(group, rules, now) for group in groups.values())
        with ThreadPoolExecutor(min(len(groups), PARALLEL), "replies") as pool:
            begun = [
                # What the log is told of the work is told in its threads too.
                pool.submit(copy_context().run, self._send_in_turn, group, rules, now)
                for group in groups.values()
            ]
        return sum(one.result() for one in begun)

    def _send_in_turn(self, batch: Sequence[Outgoing], rules: policy.Rules, now: datetime) -> int:
        """Send replies of one account and write how it ended; return how many were tried."""
        under_way = {out.reply.id: out.reply.attempts + 1 for out in batch}
        ended: list[tuple[Outgoing, Attempt]] = []
        began = monotonic()
        with (
            bound_contextvars(workspace=self._engine.workspace.key),
            budgets.listening() as heard,
            Lease(partial(self._renew, under_way), seconds=LEASE, longest=LONGEST) as lease,
        ):
            for out in batch:
                # A worker that was stopped for a while may find that others look for its replies.
                if self._ending.is_set() or not lease.still_ours(for_seconds=LONGEST_CALL):
                    break
                if ended and monotonic() - began > TURN:
                    break
                filled = self.enclosures.filled
                ended.append((out, delivery.send(out, self._channels, self._opened, rules, filled)))
            self._verdicts.record(ended, now)
            self._give_back([out.reply for out in batch[len(ended) :]])
        self._keep(batch[0], heard)
        return len(ended)

    def _keep(self, out: Outgoing, heard: Sequence[Budget]) -> None:
        """Let all workers know what a network told about its limits."""
        if heard and out.account is not None:
            with self._engine.transaction() as uow:
                stored_budgets.keep(
                    uow.connection, uow.workspace_id, out.account.id, budgets.latest(heard)
                )

    def _give_back(self, unsent: Sequence[Reply]) -> None:
        """Let other workers send what we claimed and did not come to."""
        if unsent:
            with self._engine.transaction() as uow:
                replies.give_back(uow.connection, {one.id: one.attempts + 1 for one in unsent})

    def _renew(self, under_way: Mapping[int, int]) -> bool:
        with self._engine.transaction() as uow:
            return replies.renew(uow.connection, under_way, seconds=LEASE)

    def _abandon(self, now: datetime, *, alone: bool) -> int:
        with self._engine.transaction() as uow:
            count = replies.abandoned(uow.connection, uow.workspace_id, now, alone=alone)
        if count:
            _log.warning("replies.abandoned", workspace=self._engine.workspace.key, replies=count)
        return count

    def _due(self, statuses: Sequence[ReplyStatus], now: datetime) -> list[Outgoing]:
        with self._engine.reading() as view:
            return outgoing.due(view.connection, view.workspace_id, statuses, now, limit=BATCH)

    def _is_wanted(self, out: Outgoing, statuses: Mapping[int, JobStatus], now: datetime) -> bool:
        """Tell whether the job of a reply waits for it; if not, put it off or give it up."""
        if out.note_id is not None:
            return True
        status = None if out.reply.job_id is None else statuses.get(out.reply.job_id)
        # The rest of an answer whose first parts a person has seen on the network: its job ended
        # when nobody knew.
        begun = (out.reply.part or 1) > 1 and status is JobStatus.COMPLETED
        if status is JobStatus.OPEN or begun:
            return True
        if status is JobStatus.FAILED:
            # Out of retries: an incident points at the job. Resolving it opens the job again.
            values: dict[str, Any] = {"due_at": now + RELOOK}
        else:
            values = {
                "status": ReplyStatus.REFUSED.value,
                "due_at": None,
                "error": "Withdrawn before it was sent: the process does not wait for it any more.",
            }
        with self._engine.transaction() as uow:
            replies.change(uow.connection, out.reply.id, values, only=replies.TO_SEND)
        return False


class _Others(Container[str]):
    """Our other replies of an account, each as it was known when it was first asked for."""

    def __init__(self, engine: Engine, out: Outgoing) -> None:
        """Take the reply that is looked for."""
        self._engine = engine
        self._account = out.account.id if out.account else 0
        self._id = out.reply.id
        self._known: dict[str, bool] = {}

    def __contains__(self, external_id: object) -> bool:
        """Tell whether a post is known to be another reply."""
        key = str(external_id)
        if key not in self._known:
            with self._engine.reading() as view:
                owners = replies.owners(view.connection, [(self._account, key)])
            self._known[key] = any(id != self._id for id in owners.values())
        return self._known[key]
