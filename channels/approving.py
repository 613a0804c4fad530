"""Jobs that become replies, in the transaction that creates the jobs.

A job of type ``reply.send`` says what is said to whom:

===================  ==============================================================================
``conversation``     its id
``text``             what is said
``private``          True: to the customer alone
``hand_off``         True: in public, with an invitation to go on in private where there is one
``approved_digest``  of the text somebody approved; any other text is refused
``by``               the agent; without one the reply is nobody's, and no warning can be confirmed
``split``            True: in numbered parts, when it is too long for one
``send_at``          a moment, in the workspace's zone where it names none; not before
``hold``             True: not before somebody releases it
``files``            ids of files of that conversation; in parts they go out with the first
``approved_files``   ids of the files somebody approved with the text; without it none are
===================  ==============================================================================

What must not be sent is written down all the same: the outbox refuses it at once, and the process
hears why. Nothing that was to go out later goes out at once because its moment cannot be read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from channels import media, policy
from channels.composing import around_of
from channels.delivery import digest, with_files
from channels.enclosures import ids_of, named_in
from channels.media import Enclosure
from channels.model import ReplyAct, ReplyStatus, named_id
from channels.networks import limit_of, measure_of
from channels.policy import Finding, Level, Rules
from channels.protocol import Channel
from channels.splitting import split
from channels.storage import outgoing, policies, replies, reply_files, series
from channels.storage.outgoing import Addressee
from engine import Engine
from engine.jobs import Job
from engine.ports import UnitOfWork

#: A reply is put off for so long at most; what is said to be later is kept back instead.
LATEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class _When:
    """When a reply may go out, and what is written down about that."""

    due_at: datetime | None
    send_at: datetime | None = None
    held_by: str | None = None
    act: str | None = None
    detail: str | None = None


class Approving:
    """Writes the replies of one workspace."""

    def __init__(self, engine: Engine, channels: Mapping[str, Channel]) -> None:
        """Bind to the workspace of ``engine``."""
        self._engine = engine
        self._channels = channels

    def take(self, uow: UnitOfWork, jobs: Sequence[Job]) -> None:
        """Write a reply for each job, or one for each part of its answer."""
        now = self._engine.clock.now()
        answered = _addressees(uow, jobs)
        rules = policy.read(policies.stored(uow.connection, uow.workspace_id))
        enclosed = _enclosed(uow, jobs)
        rows: list[dict[str, Any]] = []
        acts: dict[str, list[ReplyAct]] = {}
        for job in jobs:
            to = answered.get((conversation_of(job), private_of(job)))
            files = enclosed.get(job.id, ())
            found = self._findings(uow, job, to, files, rules, now)
            when = self._when(job, rules, found, now)
            written = self._rows(uow, job, to, files, when, split_up=not policy.blocking(found))
            for row in written:
                row |= {"created_at": now, "workspace_id": uow.workspace_id}
                acts[row["idempotency_key"]] = list(_acts(job, when, found, now))
            rows += written
        added = replies.add(uow.connection, rows)
        policies.note(
            uow.connection,
            uow.workspace_id,
            [
                ReplyAct(added[key], act.act, act.by, act.at, act.detail)
                for key, told in acts.items() if key in added for act in told
            ],
        )  # fmt: skip

    def _findings(
        self,
        uow: UnitOfWork,
        job: Job,
        to: Addressee | None,
        files: Sequence[Enclosure],
        rules: Rules,
        now: datetime,
    ) -> tuple[Finding, ...]:
        if to is None:
            return ()
        text, channel = text_of(job), self._channels.get(to.account.channel)
        around = around_of(uow, to.account, channel, text, rules, private=private_of(job), now=now)
        return policy.check(media.with_alts(text, files), rules, around)

    def _when(self, job: Job, rules: Rules, found: Sequence[Finding], now: datetime) -> _When:
        """Return when a reply goes out; at once where it is refused, so that people hear of it."""
        by = _by(job)
        told = job.payload.get("send_at")
        if policy.blocking(found):
            return _When(now)
        if job.payload.get("hold") is True:
            return _When(None, None, by or "the process", "held")
        if told not in (None, ""):
            moment = self._moment(told)
            if moment is None or moment > now + LATEST:
                why = f"{str(told)[:60]!r} is no moment it could go out at."
                return _When(None, None, by or "the process", "held", why)
            if moment > now:
                return _When(moment, moment, None, "scheduled", moment.isoformat())
        elif by and rules.grace:
            return _When(now + timedelta(seconds=rules.grace), now + timedelta(seconds=rules.grace))
        return _When(now)

    def _moment(self, told: object) -> datetime | None:
        try:
            moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=ZoneInfo(self._engine.workspace.zone))
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            return None

    def _rows(
        self,
        uow: UnitOfWork,
        job: Job,
        to: Addressee | None,
        files: Sequence[Enclosure],
        when: _When,
        *,
        split_up: bool,
    ) -> list[dict[str, Any]]:
        text = text_of(job)
        parts = self._parts(job, to, text) if split_up else [text]
        if to is None or len(parts) < 2:
            key = _key(uow.workspace_id, job, files)
            return [_row(job, to, text, when, key=key) | _kept(files)]
        told = f"{uow.workspace_id}:{to.conversation_id}:{private_of(job)}:{text}"
        beginning = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:40]
        # A part that went out before the answer broke off is not said a second time.
        out, last = series.arrived(uow.connection, uow.workspace_id, beginning, len(parts))
        rows = []
        for number, part in enumerate(parts[out:], out + 1):
            its = files if number == 1 else ()
            row = _row(job, to, part, when, key=_key(uow.workspace_id, job, its, number))
            row |= _kept(its) | {
                "series": f"{beginning}{series.BORDER}{job.id}",
                "part": number,
                "parts": len(parts),
                "in_reply_to": last or to.in_reply_to,
                "approved_digest": None,
            }
            rows.append(row)
        return rows

    def _parts(self, job: Job, to: Addressee | None, text: str) -> list[str]:
        """Return the parts of an answer; one where nobody asked for more, or it is refused."""
        channel = self._channels.get(to.account.channel) if to else None
        approved = job.payload.get("approved_digest")
        if to is None or channel is None or job.payload.get("split") is not True:
            return [text]
        if approved and (str(approved) != digest(text) or _approved_files(job) != _files(job)):
            return [text]
        private = private_of(job)
        limit = limit_of(channel, to.account, private=private)
        return split(text, limit, measure_of(channel, private=private))


def text_of(job: Job) -> str:
    """Return what a job says; empty for anything but a text."""
    text = job.payload.get("text")
    return text if isinstance(text, str) else ""


def conversation_of(job: Job) -> int:
    """Return the conversation a job names; 0 for anything but an id."""
    return named_id(job.payload.get("conversation"))


def private_of(job: Job) -> bool:
    """Tell whether a job speaks to the customer alone."""
    return job.payload.get("private") is True


def _files(job: Job) -> tuple[int, ...]:
    return ids_of(job.payload.get("files"))


def _approved_files(job: Job) -> tuple[int, ...]:
    return ids_of(job.payload.get("approved_files"))


def _enclosed(uow: UnitOfWork, jobs: Sequence[Job]) -> dict[int, tuple[Enclosure, ...]]:
    """Return the files that jobs name, by their ids; from now on these stay."""
    found = {
        job.id: named_in(uow, {conversation_of(job): ids})[conversation_of(job)]
        for job in jobs
        if (ids := _files(job))
    }
    if found:
        reply_files.bind(uow.connection, {one.id for files in found.values() for one in files})
    return found


def _kept(files: Sequence[Enclosure]) -> dict[str, Any]:
    return {"files": media.kept(files) or None}


def _addressees(uow: UnitOfWork, jobs: Sequence[Job]) -> dict[tuple[int, bool], Addressee]:
    answered: dict[tuple[int, bool], Addressee] = {}
    for private in (False, True):
        wanted = {conversation_of(job) for job in jobs if private_of(job) is private} - {0}
        if wanted:
            found = outgoing.addressees(uow.connection, uow.workspace_id, wanted, private=private)
            answered |= {(key, private): one for key, one in found.items()}
    return answered


def _acts(job: Job, when: _When, found: Sequence[Finding], now: datetime) -> Iterator[ReplyAct]:
    """Yield what is written down about a new reply; its id is not known yet."""
    by = _by(job)
    if when.act:
        yield ReplyAct(0, when.act, by, now, when.detail)
    warnings = sorted({one.rule for one in found if one.level is Level.WARN})
    if warnings and by and not policy.blocking(found):
        yield ReplyAct(0, "confirmed", by, now, ", ".join(warnings))


def _by(job: Job) -> str | None:
    by = job.payload.get("by")
    return str(by) if by else None


def _row(job: Job, to: Addressee | None, text: str, when: _When, *, key: str) -> dict[str, Any]:
    approved = job.payload.get("approved_digest")
    return {
        "conversation_id": to.conversation_id if to else None,
        "account_id": to.account.id if to else None,
        "job_id": job.id,
        "text": text,
        "private": private_of(job),
        "hand_off": job.payload.get("hand_off") is True,
        "status": ReplyStatus.APPROVED.value,
        "idempotency_key": key,
        "approved_digest": with_files(str(approved), _approved_files(job))[:64]
        if approved
        else None,
        "in_reply_to": to.in_reply_to if to else None,
        "recipient": to.recipient if to else "",
        "by": _by(job),
        "due_at": when.due_at,
        "send_at": when.send_at,
        "held_by": when.held_by,
        "said": policy.said(text),
        "series": None,
        "part": None,
        "parts": None,
        "attempts": 0,
        "inquiries": 0,
    }


def _key(workspace_id: int, job: Job, files: Sequence[Enclosure], part: int | None = None) -> str:
    """Return a key: the same for every attempt of a job, another for other texts or files."""
    told = f"{workspace_id}:{job.id}:{job.created_at}:{job.payload.get('text')}"
    if part is not None:
        told = f"{told}:{part}"
    for one in files:
        told = f"{told}:{one.digest}:{one.alt}"
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:40]
