"""What went wrong for good between us and a network, and what a person does about it.

**In**: a call was genuine and not understood. Its sender was told why; a person takes it again
once Corral understands it, or drops it. **Out**: a reply was sent by its network's plan and did not
arrive. Its job has an incident; a person has it sent again, or drops it, and its process hears that
as a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channels.errors import ChannelRefusedError, LetterClosedError
from channels.giving_up import let_go
from channels.intake import Intake
from channels.protocol import Channel, Rereading
from channels.reopening import reopen
from channels.storage import accounts, outgoing, replies
from channels.storage import dead_letters as stored
from channels.storage.dead_letters import AGAIN, DONE, DROPPED, IN, DeadLetter
from channels.storage.replies import TO_SEND
from channels.withholding import Withholding
from engine import Engine, Job, JobStatus
from engine.errors import NotFoundError
from engine.ports import Change


class DeadLetters:
    """The dead letters of one workspace, for those who look after its accounts."""

    def __init__(
        self,
        engine: Engine,
        withholding: Withholding,
        channels: Mapping[str, Channel],
    ) -> None:
        """Bind to a workspace; ``withholding`` withdraws replies of the same one."""
        self._engine = engine
        self._withholding = withholding
        self._channels = channels
        self._intake = Intake(engine, channels=self._channels)

    def listed(
        self,
        *,
        open_only: bool = True,
        account_id: int | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> Sequence[DeadLetter]:
        """Return letters, newest first.

        Args:
            open_only: only those that wait for somebody, or are on their way again.
            account_id: only those of one account.
            before: only letters with a smaller id: the last one of the page before.
            limit: how many at most.
        """
        with self._engine.reading() as view:
            return stored.listed(
                view.connection, view.workspace_id, open_only=open_only, account_id=account_id,
                before=before, limit=limit,
            )  # fmt: skip

    def letter(self, id: int) -> DeadLetter:
        """Return one letter. Raises ``NotFoundError``."""
        with self._engine.reading() as view:
            found = stored.get(view.connection, view.workspace_id, id)
        if found is None:
            raise NotFoundError("dead letter", id)
        return found

    def again(self, id: int, *, by: str) -> DeadLetter:
        """Send a reply again, once and at once, or read a call again; return the letter.

        Raises:
            NotFoundError: there is no such letter in this workspace.
            LetterClosedError: nothing is left to be done with it.
            NotUnderstoodError: the call still says nothing we know.
        """
        letter = self._open(id)
        if letter.direction == IN:
            self._take_again(letter, by)
        else:
            self._send_again(letter, by)
        return self.letter(id)

    def drop(self, id: int, *, by: str) -> DeadLetter:
        """Do nothing more about a letter; return it. The process of a reply hears it was refused.

        Raises:
            NotFoundError: there is no such letter in this workspace.
            LetterClosedError: nothing is left to be done with it.
            ReplyOnItsWayError: the reply is being sent at this moment.
        """
        letter = self._open(id)
        if letter.reply_id is not None:
            self._withholding.withdraw(letter.reply_id, by=by)
        self._settle(letter, DROPPED, by)
        return self.letter(id)

    def _open(self, id: int) -> DeadLetter:
        letter = self.letter(id)
        if letter.state in (DONE, DROPPED):
            word = "it was dropped." if letter.state == DROPPED else "it has arrived meanwhile."
            raise LetterClosedError(id, word)
        return letter

    def _take_again(self, letter: DeadLetter, by: str) -> None:
        network = self._channels.get(letter.channel)
        with self._engine.reading() as view:
            state = accounts.state(view.connection, view.workspace_id, letter.account_id)
            body = stored.body(view.connection, view.workspace_id, letter.id)
        if state is None or not isinstance(network, Rereading):
            raise ChannelRefusedError(f"Calls of {letter.channel} cannot be read again.")
        page = network.reread(state.account, body or b"", letter.first_at)
        # Stored first: should we die between the two, the same again changes nothing.
        self._intake.take(state.account, page)
        self._settle(letter, DONE, by)

    def _send_again(self, letter: DeadLetter, by: str) -> None:
        job = self._job(letter)
        if job is None or job.status not in (JobStatus.OPEN, JobStatus.FAILED):
            raise LetterClosedError(letter.id, "its process does not wait for it any more.")
        self._settle(letter, AGAIN, by)
        reopen(self._engine, job.id, by=by)

    def _job(self, letter: DeadLetter) -> Job | None:
        with self._engine.reading() as view:
            out = outgoing.get(view.connection, view.workspace_id, letter.reply_id or 0)
        return self._engine.job(out.reply.job_id) if out and out.reply.job_id else None

    def _settle(self, letter: DeadLetter, state: str, by: str) -> None:
        now = self._engine.clock.now()
        with self._engine.transaction() as uow:
            if not stored.settle(uow.connection, letter.id, state, by=by, now=now):
                raise LetterClosedError(letter.id, "somebody has just dealt with it.")
            if state == AGAIN:
                let_go(uow, letter.account_id)
                due = {"due_at": now, "held_by": None}
                replies.change(uow.connection, letter.reply_id or 0, due, only=TO_SEND)
            uow.note(Change(self._engine.workspace.key, "channel_account", letter.account_id))
