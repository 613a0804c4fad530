"""Replies that people keep back: put off, held, released, withdrawn, until they are being sent.

Each of it happens in one transaction that looks at the reply as it is then. Whoever sends it marks
it first, in a transaction too, so there are two ends and no third: it is kept back and certainly
not sent, or it is too late and the person is told so. Later parts of the same answer share its
fate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from channels.approving import LATEST
from channels.errors import ReplyOnItsWayError
from channels.model import Reply, ReplyAct, ReplyStatus
from channels.reopening import reopen
from channels.storage import outgoing, policies, replies, series
from channels.storage.outgoing import Outgoing
from channels.storage.replies import TO_SEND
from channels.verdicts import Verdicts
from engine import Engine, JobStatus
from engine.errors import NotFoundError
from engine.ports import Change, UnitOfWork

#: The columns a reply gets, given how it stands.
_Values = Callable[[Outgoing], dict[str, Any]]


class Withholding:
    """Keeps replies of one workspace back, on the word of people."""

    def __init__(self, engine: Engine, verdicts: Verdicts) -> None:
        """Bind to the workspace of ``engine``; ``verdicts`` tell the jobs of the same one."""
        self._engine = engine
        self._verdicts = verdicts

    def put_off(self, reply_id: int, until: datetime, *, by: str) -> Reply:
        """Have a reply sent at ``until``, aware; at once when that is past. Return it.

        Raises:
            NotFoundError: there is no such reply in this workspace.
            ReplyOnItsWayError: it is being sent, or was.
            ValueError: ``until`` is more than a year away.
        """
        now = self._engine.clock.now()
        if until > now + LATEST:
            raise ValueError("That is more than a year away. Choose an earlier moment.")
        moment = max(until, now)

        def values(out: Outgoing) -> dict[str, Any]:
            # What failed before is not tried sooner than the network can bear it.
            pause = out.due_at if out.reply.status is ReplyStatus.RETRYABLE else None
            due = max(moment, pause) if pause else moment
            return {"send_at": moment, "due_at": due, "held_by": None}

        act = "scheduled" if until > now else "released"
        return self._change(reply_id, by, act, values, moment.isoformat() if until > now else None)

    def hold(self, reply_id: int, *, by: str) -> Reply:
        """Keep a reply back until it is released or withdrawn; return it.

        Raises:
            NotFoundError: there is no such reply in this workspace.
            ReplyOnItsWayError: it is being sent, or was.
        """
        return self._change(reply_id, by, "held", lambda _: {"due_at": None, "held_by": by})

    def release(self, reply_id: int, *, by: str) -> Reply:
        """Let a reply go out: at the moment it was meant for, or at once; return it.

        Raises:
            NotFoundError: there is no such reply in this workspace.
            ReplyOnItsWayError: it is being sent, or was.
        """
        now = self._engine.clock.now()

        def values(out: Outgoing) -> dict[str, Any]:
            return {"due_at": max(out.reply.send_at or now, now), "held_by": None}

        return self._change(reply_id, by, "released", values)

    def withdraw(self, reply_id: int, *, by: str) -> Reply:
        """Never send a reply, and tell its process; return it.

        Raises:
            NotFoundError: there is no such reply in this workspace.
            ReplyOnItsWayError: it is being sent, or was.
        """
        why = f"Withdrawn by {by} before it was sent."
        values = {
            "status": ReplyStatus.REFUSED.value,
            "due_at": None,
            "held_by": None,
            "withdrawn_by": by,
            "error": why,
        }
        with self._engine.reading() as view:
            out = outgoing.get(view.connection, view.workspace_id, reply_id)
        if out is not None and self._failed(out.reply.job_id):
            # Its job hears of it once it is open; nobody may send the reply in between.
            self.hold(reply_id, by=by)
            reopen(self._engine, out.reply.job_id, by=by)
        return self._change(reply_id, by, "withdrawn", lambda _: values, ends=why)

    def acts(self, reply_ids: list[int]) -> dict[int, list[ReplyAct]]:
        """Return what people did with replies before they were sent, by the reply."""
        with self._engine.reading() as view:
            return policies.acts(view.connection, view.workspace_id, reply_ids)

    def _change(
        self,
        reply_id: int,
        by: str,
        act: str,
        values: _Values,
        detail: str | None = None,
        *,
        ends: str | None = None,
    ) -> Reply:
        def do(uow: UnitOfWork) -> Reply:
            out = self._locked(uow, reply_id)
            touched = [reply_id]
            if out.series is not None:
                behind = (uow.connection, uow.workspace_id, out.series, out.reply.part or 1)
                touched += series.unsent_behind(*behind)
            to = values(out)
            replies.change_all(uow.connection, dict.fromkeys(touched, to))
            now = self._engine.clock.now()
            policies.note(
                uow.connection,
                uow.workspace_id,
                [ReplyAct(id, act, by, now, detail) for id in touched],
            )
            if ends is not None:
                self._verdicts.tell_withdrawn(uow, out, ends)
            workspace = self._engine.workspace.key
            uow.note(Change(workspace, "conversation", out.reply.conversation_id))
            now_is = outgoing.get(uow.connection, uow.workspace_id, reply_id)
            return now_is.reply if now_is else out.reply

        return self._engine.transact(do)

    def _failed(self, job_id: int | None) -> bool:
        return job_id is not None and self._engine.job(job_id).status is JobStatus.FAILED

    def _locked(self, uow: UnitOfWork, reply_id: int) -> Outgoing:
        """Return a reply that nobody sends or changes until the transaction ends."""
        states = replies.lock(uow.connection, [reply_id])
        out = outgoing.get(uow.connection, uow.workspace_id, reply_id)
        if out is None or reply_id not in states:
            raise NotFoundError("reply", reply_id)
        status, _ = states[reply_id]
        if status not in TO_SEND:
            raise ReplyOnItsWayError(reply_id, status.value)
        return out
