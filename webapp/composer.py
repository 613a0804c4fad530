"""An answer in the form of a user task: what would go out, and what stands in its way.

A form writes an answer where it has a text area named ``answer``, ``reply`` or ``text``. Beside it
``visibility`` (or the variable ``private``) says who can read it, ``split`` whether it may go out
in parts, and ``send_at`` when.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from channels.composing import Composed
from channels.errors import ChannelError, NotConfirmedError, ReplyRefusedError, ReplyTooLongError
from channels.model import ChannelAccount, conversation_id_of
from channels.policy import refusal
from engine.records import OpenedUserTask
from webapp import form_view
from webapp.filters import zone
from webapp.services import services

#: The field that says when an answer goes out.
SEND_AT = "send_at"


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that a form would send, and how it stands."""

    field: str  #: key of the text area
    account: ChannelAccount
    composed: Composed
    splits: bool  #: the form lets a person have it sent in parts

    def trouble(self, confirmed: str | None) -> ChannelError | None:
        """Return why it cannot go out as it is; ``confirmed`` is what a person agreed to."""
        if self.composed.blocked:
            return ReplyRefusedError(refusal(self.composed.findings))
        if self.composed.too_long:
            return ReplyTooLongError(
                self.account.channel, length=self.composed.length, limit=self.composed.limit
            )
        if self.composed.findings and confirmed != self.composed.token:
            return NotConfirmedError(
                [one.message for one in self.composed.findings], self.composed.token
            )
        return None


def draft_of(
    opened: OpenedUserTask, data: Mapping[str, Any], account: ChannelAccount | None = None
) -> Draft | None:
    """Return the answer that ``data`` would send; None when the form sends none.

    Args:
        opened: the user task.
        data: what was filled in; what is missing is as the variables have it.
        account: that answers, if it is known already.
    """
    if opened.form is None:
        return None
    schema = opened.form.schema
    views = form_view.fields(schema, opened.variables, sent=data)
    view = next((one for one in views if one.composes and not one.hidden), None)
    account = account or account_of(opened)
    if view is None or account is None:
        return None
    splits = any(one.field.key == "split" for one in views)
    values = {**opened.variables, **data}
    text = view.value if isinstance(view.value, str) else ""
    try:
        composed = services().outbox.composing.look(
            account, text, private=_is_private(values), split=splits and _is_true(values, "split")
        )
    except ChannelError:
        return None  # the network is not installed: the outbox says so, and to whom it matters
    return Draft(view.field.key, account, composed, splits)


def account_of(opened: OpenedUserTask) -> ChannelAccount | None:
    """Return the account that answers in the conversation of a user task, if it has one."""
    number = conversation_id_of(opened.task.correlation_key or "")
    return None if number is None else services().outbox.composing.account_of(number)


def in_utc(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``data`` with the moment of sending in UTC: a browser tells it as the person reads."""
    told = data.get(SEND_AT)
    try:
        local = datetime.fromisoformat(told) if isinstance(told, str) and told else None
    except ValueError:
        local = None  # the form refuses it
    if local is None:
        return dict(data)
    aware = local if local.tzinfo else local.replace(tzinfo=zone())
    return {**data, SEND_AT: aware.astimezone(UTC).isoformat()}


def _is_private(values: Mapping[str, Any]) -> bool:
    if "visibility" in values:
        return bool(values["visibility"] == "private")
    return _is_true(values, "private")


def _is_true(values: Mapping[str, Any], name: str) -> bool:
    return values.get(name) in (True, "true", "on", "1")
