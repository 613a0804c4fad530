"""Web form: customers write on a page of ours, and read the answers on another.

Neither is anywhere else, so a reply is delivered the moment it is recorded as sent: the customer's
page shows what is (:mod:`channels.submitting`). Sending it again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.errors import ChannelRefusedError, ReplyTooLongError
from channels.forms import FIELDS, Form, origin_of
from channels.model import ChannelAccount, Mention, Page, Reply
from channels.posted import Posted
from channels.protocol import Checked


class FormNetwork:
    """Forms. Nothing is called; safe to use from several threads."""

    name = "form"
    title = "Web form"
    reply_limit = 10_000
    can_reply_privately = True
    fields = FIELDS

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Take a clock, as all networks do; what is told here has no moment of its own."""
        self._posted = Posted()

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield nothing: whoever submits a form brings it."""
        yield from ()

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Return False: who wrote reads the answer, on a page of their own."""
        return False

    def measure(self, text: str) -> int:
        """Return the number of characters."""
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Return the id of ``reply``; the customer's page shows it from the commit on."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        key = reply.idempotency_key
        return self._posted.note((account.id, key), f"reply-{key}")

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of a reply that this process sent; to send it again is as good."""
        return self._posted.id_of((account.id, reply.idempotency_key))

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Look at what the form was told."""
        form = Form.of(account)
        told = str(account.settings.get("colour") or form.colour)
        if told.lower() != form.colour:
            raise ChannelRefusedError(f"{told!r} is no colour. Write it as {form.colour}.")
        for word in str(account.settings.get("origins") or "").split():
            if origin_of(word) is None:
                raise ChannelRefusedError(
                    f"{word!r} is no origin. Write it as https://www.acme.example, without a path."
                )
        where = ", ".join(form.origins) or "nowhere; it has a link of its own"
        return [
            Checked("form", f"«{form.title}», in {form.language}"),
            Checked("embedded", where),
        ]


channel = FormNetwork
