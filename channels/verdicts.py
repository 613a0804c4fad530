"""How an attempt ended, written to the reply and told to its job in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog

from channels import giving_up
from channels.delivery import Attempt, ids
from channels.model import ReplyStatus
from channels.storage import costs, replies, series
from channels.storage.outgoing import Outgoing
from engine import Engine
from engine.errors import JobClosedError, NotFoundError
from engine.jobs import back_off
from engine.ports import Change, UnitOfWork

_log = structlog.get_logger(__name__)

#: BPMN error codes a process can catch at its send task.
REFUSED = "reply.refused"
UNKNOWN = "reply.unknown"
#: How often a network is asked about an unknown reply before a person is.
INQUIRIES = 5
#: How soon a reply that was given up is looked at again: whether its incident is resolved.
_RELOOK = timedelta(seconds=10)

#: From these a reply can get the verdict of the attempt that is going on, or went on last. A
#: worker that was taken for dead may report late.
_OPEN = (ReplyStatus.SENDING, ReplyStatus.UNKNOWN)
#: From these it can still become known that an earlier attempt arrived.
_ARRIVES = (*_OPEN, ReplyStatus.RETRYABLE)

_SAME = (
    "The network has a reply of ours with the same words to the same post, and takes both for one. "
    "Word it differently."
)
_ANOTHER = "The network showed another reply of ours with the same words. It is looked for again."

#: A reply, how its attempt ended, and the columns it gets.
_Told = tuple[Outgoing, Attempt, dict[str, Any]]


class Verdicts:
    """Records how attempts ended."""

    def __init__(
        self, engine: Engine, attempted: Callable[[ReplyStatus], None] | None = None
    ) -> None:
        """Bind to the workspace of ``engine``; ``attempted`` is told how each attempt ended."""
        self._engine = engine
        self._attempted = attempted

    def record(self, ended: Sequence[tuple[Outgoing, Attempt]], now: datetime) -> None:
        """Write all of ``ended`` in one transaction. ``now``, UTC, is when they ended.

        Their instances go on in it. When it fails, the replies stay as they are and are found to
        be unknown later.
        """
        self._engine.transact(lambda uow: self.write(uow, ended, now))

    def write(
        self, uow: UnitOfWork, ended: Sequence[tuple[Outgoing, Attempt]], now: datetime
    ) -> None:
        """Write ends in an open transaction, but of replies that got their verdict before."""
        found = replies.lock(uow.connection, [out.reply.id for out, _ in ended])
        ended = _told_apart(uow, ended)
        # Of the others somebody else was told first, and told the job.
        told = [
            (out, attempt, self._values(out, attempt, now))
            for out, attempt in ended
            if out.reply.id in found and _is_news(out, attempt, *found[out.reply.id])
        ]
        uow.after_commit(partial(self._tell_watchers, told))
        replies.make_room(
            uow.connection,
            [
                (out.account.id, out.reply.id, attempt.external_id)
                for out, attempt, _ in told
                if attempt.external_id is not None and out.account is not None
            ],
        )
        replies.change_all(uow.connection, {out.reply.id: values for out, _, values in told})
        for out, attempt, values in told:
            if out.series is not None:
                _tell_rest(uow, out, attempt, values, now)
            if attempt.given_up:
                giving_up.keep_reply(uow, out, attempt, now)
        self._tell_jobs(uow, told)
        for out, attempt in ended:
            if out.account is not None and attempt.costs:
                paid = [(out.reply.conversation_id, one) for one in attempt.costs]
                costs.book(uow.connection, uow.workspace_id, out.account.id, now.date(), paid)
        for out, *_ in told:
            if out.reply.conversation_id:
                workspace = self._engine.workspace.key
                uow.note(Change(workspace, "conversation", out.reply.conversation_id))

    def _tell_watchers(self, told: Sequence[_Told]) -> None:
        """Count the attempts, and name each reply in the log: by ids, never by its words."""
        for out, attempt, values in told:
            sent = attempt.status is ReplyStatus.SENT
            _log.log(
                logging.INFO if sent else logging.WARNING,
                "reply.attempted",
                status=attempt.status.value,
                workspace=self._engine.workspace.key,
                # It was counted when we claimed it; one that is looked for is not sent again.
                attempts=out.reply.attempts + (out.reply.status is not ReplyStatus.UNKNOWN),
                next_at=None if values["due_at"] is None else values["due_at"].isoformat(),
                **ids(out),
            )
            if self._attempted is not None:
                self._attempted(attempt.status)

    def _values(self, out: Outgoing, attempt: Attempt, now: datetime) -> dict[str, Any]:
        """Return the columns of the reply as the attempt leaves them."""
        values: dict[str, Any] = {
            "status": attempt.status.value,
            "error": attempt.why,
            "due_at": None,
            "leased_until": None,
        }
        if attempt.status is ReplyStatus.SENT:
            # One that was looked for went out when it was sent, not when it was found.
            known_late = out.reply.status is ReplyStatus.UNKNOWN
            sent_at = (out.sending_at if known_late else None) or now
            values |= {"external_id": attempt.external_id, "sent_at": sent_at}
        elif attempt.status is ReplyStatus.RETRYABLE:
            values["due_at"] = now + _pause(out, attempt)
        elif attempt.status is ReplyStatus.UNKNOWN:
            # The first look follows at once; a network that cannot tell yet is asked later.
            asked = out.inquiries + (out.reply.status is ReplyStatus.UNKNOWN)
            values["inquiries"] = asked
            if asked < INQUIRIES:
                values["due_at"] = now + back_off(asked) if asked else now
        return values

    def _tell_jobs(self, uow: UnitOfWork, told: Sequence[_Told]) -> None:
        """Tell the jobs how it ended; where the process went on without its reply, nobody."""
        sent = {
            out.reply.job_id: _result(out, values)
            for out, attempt, values in told
            if attempt.status is ReplyStatus.SENT
            and out.reply.job_id is not None
            # An answer in parts is given when the last of them is out.
            and out.reply.part == out.reply.parts
        }
        self._engine.complete_jobs(sent, within=uow)
        for out, attempt, values in told:
            if attempt.status is not ReplyStatus.SENT:
                self._tell_failure(uow, out, attempt, values)

    def tell_withdrawn(self, uow: UnitOfWork, out: Outgoing, why: str) -> None:
        """Tell the job of a reply that somebody withdrew it; the reply itself is written already.

        A process hears it as a refusal: what it does then is what has to be done here too.
        """
        told = Attempt(ReplyStatus.REFUSED, why=why)
        self._tell_failure(uow, out, told, {"due_at": None})

    def _tell_failure(
        self, uow: UnitOfWork, out: Outgoing, attempt: Attempt, values: Mapping[str, Any]
    ) -> None:
        job, why = out.reply.job_id, _explained(out, attempt)
        # By its id a process can say later what became of the reply.
        which = {"reply": {"id": out.reply.id}}
        if job is None:
            return
        try:
            if attempt.status is ReplyStatus.REFUSED:
                self._engine.throw_error(job, REFUSED, why, details=which, within=uow)
            elif attempt.status is ReplyStatus.RETRYABLE and not attempt.planned:
                wait, for_good = _pause(out, attempt), attempt.given_up
                self._engine.fail_job(job, why, retry_in=wait, for_good=for_good, within=uow)
            elif attempt.status is ReplyStatus.UNKNOWN and values["due_at"] is None:
                self._engine.throw_error(job, UNKNOWN, why, details=which, within=uow)
        except (JobClosedError, NotFoundError):
            # The process went on without the reply. What became of it is recorded all the same.
            return


def _tell_rest(
    uow: UnitOfWork, out: Outgoing, attempt: Attempt, values: Mapping[str, Any], now: datetime
) -> None:
    """Write what the end of a part means for those behind it."""
    behind = (uow.connection, uow.workspace_id, out.series or "", out.reply.part or 1)
    if attempt.status is ReplyStatus.REFUSED:
        series.drop_rest(*behind, why=f"Not sent, because part {out.reply.part} was not.")
    elif attempt.status is ReplyStatus.UNKNOWN and values["due_at"] is None:
        series.park_rest(*behind)
    elif attempt.status is ReplyStatus.SENT and out.reply.status is ReplyStatus.UNKNOWN:
        series.go_on(*behind, now)


def _explained(out: Outgoing, attempt: Attempt) -> str:
    """Return why a reply was not sent, with how much of its answer is out."""
    why, part = attempt.why or "", out.reply.part
    if part is None:
        return why
    before = (
        "" if part == 1 else f" What stands before it is out ({part - 1} of {out.reply.parts})."
    )
    return f"Part {part} of {out.reply.parts}: {why}{before}"


def _told_apart(
    uow: UnitOfWork, ended: Sequence[tuple[Outgoing, Attempt]]
) -> list[tuple[Outgoing, Attempt]]:
    """Return the ends, but of replies that a network took for another of ours with the same words.

    A network without keys shows, or names, the one that is there: it is not there twice. But two
    that are looked for at once may both be shown the first: the second is looked for again, unless
    the network was told before that this one is another.
    """
    ids = [
        (out.account.id, attempt.external_id)
        for out, attempt in ended
        if out.account is not None and attempt.external_id is not None
    ]
    owners = replies.owners(uow.connection, ids)
    apart = []
    for out, attempt in ended:
        key = (out.account.id if out.account else 0, attempt.external_id or "")
        if key[1] and owners.setdefault(key, out.reply.id) != out.reply.id:
            again = out.reply.status is ReplyStatus.UNKNOWN and key[1] not in out.reply.others
            attempt = replace(
                attempt,
                status=ReplyStatus.UNKNOWN if again else ReplyStatus.REFUSED,
                external_id=None,
                why=_ANOTHER if again else _SAME,
            )
        apart.append((out, attempt))
    return apart


def _is_news(out: Outgoing, attempt: Attempt, status: ReplyStatus, attempts: int) -> bool:
    """Tell whether the end of an attempt still says something about a reply as it is now.

    That it arrived always does: it must not be sent again. That it did not is the word of one
    attempt, and says nothing about the next one, which another worker may have begun since.
    """
    if attempt.status is ReplyStatus.SENT:
        return status in _ARRIVES
    sent = out.reply.status in replies.TO_SEND  # else it was looked for
    return status in _OPEN and attempts == out.reply.attempts + sent


def _result(out: Outgoing, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the job of a sent reply gives its process."""
    sent_at: datetime = values["sent_at"]
    parts = {} if out.reply.parts is None else {"parts": out.reply.parts}
    return {
        "reply": {
            "id": out.reply.id,
            "external_id": values["external_id"],
            "sent_at": sent_at.isoformat(),
            **parts,
        }
    }


def _pause(out: Outgoing, attempt: Attempt) -> timedelta:
    """Return how long to wait before a reply is sent again."""
    if out.reply.status is ReplyStatus.UNKNOWN:
        return timedelta(0)  # it was looked for, and that took its time already
    if attempt.planned:
        return timedelta(seconds=attempt.retry_after or 0)
    if attempt.given_up:
        return _RELOOK
    wait = back_off(max(out.reply.attempts + 1, 1))
    return max(wait, timedelta(seconds=attempt.retry_after or 0))
