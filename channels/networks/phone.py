"""Phone: calls are written down by agents, or told by a telephony system; answers are calls too.

No network is called. A caller is known by the number (E.164), and all calls of a number to one
account are one conversation. What an agent says when calling back is the text of the reply: it is
kept as said, once, and a process alone cannot say anything.

A telephony system posts to the address of the account, signed as Standard Webhooks 1.0::

    {"type": "call.logged", "data": {"id": "...", "number": "+49 30 1234567", "name": "Bob",
     "text": "...", "language": "de", "at": "2026-03-02T09:00:00Z", "call_back_until": "..."}}
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import phonenumbers

from channels import signing
from channels.errors import (
    CallNotGenuineError,
    CallRejectedError,
    NotUnderstoodError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.fields import Field
from channels.model import Author, ChannelAccount, Mention, Page, Reply
from channels.moments import is_likely
from channels.protocol import Call, Checked, Received
from channels.telephone import PhoneCall

#: Type of what a telephony system tells us; all else it tells is passed over.
CALL_LOGGED = "call.logged"
#: Characters of what was said at most, either way, and of a name.
LONGEST, LONGEST_NAME = 10_000, 200
#: What telephony systems show instead of a number that was withheld.
_WITHHELD = {"", "anonymous", "private", "restricted", "unavailable", "unknown", "withheld"}
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].{0,20})?")
_MISSED = "Called, and nobody answered."


class PhoneNetwork:
    """The telephone."""

    name = "phone"
    title = "Phone"
    reply_limit = LONGEST
    can_reply_privately = True
    spoken_by = "an agent who calls back"
    vouched_by = "signing_secret"
    fields = (
        Field("region", "Region", "Numbers without + and a country code are of this country; DE "
              "is Germany.", choices=tuple(sorted(phonenumbers.SUPPORTED_REGIONS))),
        Field("signing_secret", "Signing secret", "For a telephony system that tells of calls by "
              'itself. Make one: echo "whsec_$(openssl rand -base64 32)". While you replace it, '
              "write both with a blank between, the new one first.",
              secret=True, required=False),
    )  # fmt: skip

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield nothing: calls are told, not asked for."""
        yield from ()

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Return False: whoever called is called back."""
        return False

    def measure(self, text: str) -> int:
        """Return the characters of ``text``."""
        return len(text)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Keep what an agent has said, and return the id of that call."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        if reply.by is None:
            raise ReplyRefusedError(
                "Nobody has said this on the phone: a process cannot call. Have an agent answer."
            )
        return _said(reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the id of what an agent has said: with the reply it is kept already."""
        return None if reply.by is None else _said(reply)

    def mention(self, account: ChannelAccount, call: PhoneCall) -> Mention:
        """Return the mention that a call is; see :class:`channels.telephone.Telephone`."""
        errors: dict[str, str] = {}
        if len(call.text) > LONGEST:
            errors["text"] = f"Is longer than {LONGEST} characters."
        if len(call.name) > LONGEST_NAME:
            errors["name"] = f"Is longer than {LONGEST_NAME} characters."
        language = _LANGUAGE.fullmatch(call.language.strip().lower() or "xx")
        if language is None:
            errors["language"] = "Is no language: write two letters, such as de."
        number = None
        try:
            number = _number(call.number, str(account.settings.get("region") or ""))
        except ValueError as wrong:
            errors["number"] = str(wrong)
        if errors or language is None:
            raise CallRejectedError(errors)
        external_id = f"call:{call.id}"
        author = Author(
            number or external_id, number or "number withheld", call.name.strip() or None
        )
        return Mention(
            external_id, author, call.text.strip() or _MISSED, call.at, number or external_id,
            private=True, due=call.due, language=language[1] if call.language.strip() else None,
        )  # fmt: skip

    def receive(self, account: ChannelAccount, call: Call) -> Received:
        """Take a call that a telephony system tells of; see :class:`channels.protocol`."""
        if call.method != "POST":
            return Received(405, b"Post calls here.", headers={"Allow": "POST"})
        told = account.secrets.get("signing_secret")
        if not told:
            return Received(403, b"This account has no signing secret, so it takes no calls.")
        try:
            secrets = signing.secrets_in(told)
            id = signing.verify(secrets, call.headers, call.body, call.at)
        except CallNotGenuineError as forged:
            return Received(401, str(forged).encode())
        try:
            page = self._page(account, call.body, call.at, id)
        except CallRejectedError as wrong:
            raise NotUnderstoodError(str(wrong), id=id) from wrong
        return Received(204 if page is None else 201, page=page, id=id)

    def reread(self, account: ChannelAccount, body: bytes, at: datetime) -> Page:
        """Return what a call brings that was not understood; see :mod:`channels.protocol`."""
        try:
            page = self._page(account, body, at, hashlib.sha256(body).hexdigest()[:32])
        except CallRejectedError as wrong:
            raise NotUnderstoodError(str(wrong)) from wrong
        return page or Page()

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Look at the settings: there is no network to try."""
        region = str(account.settings.get("region"))
        code = phonenumbers.country_code_for_region(region)
        found = [Checked("numbers", f"without a country code they are +{code} ({region})")]
        if told := account.secrets.get("signing_secret"):
            many = len(signing.secrets_in(told))
            found.append(Checked("signing", f"{many} secret{'s' if many > 1 else ''} to verify by"))
        else:
            found.append(Checked("signing", "no secret: agents write calls down, no system tells"))
        return found

    def _page(self, account: ChannelAccount, body: bytes, at: datetime, id: str) -> Page | None:
        """Return what a genuine call tells; None when it is nothing for us.

        Raises:
            CallRejectedError: it cannot be read.
        """
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            raise CallRejectedError({"body": "Is no JSON."}) from None
        data = told.get("data") if isinstance(told, dict) else None
        if not isinstance(told, dict) or not isinstance(told.get("type"), str):
            raise CallRejectedError({"type": "Is missing."})
        if told["type"] != CALL_LOGGED:
            return None
        if not isinstance(data, dict):
            raise CallRejectedError({"data": "Is missing."})
        call = PhoneCall(
            id=_text(data, "id")[: signing.LONGEST_ID] or id,
            number=_text(data, "number"),
            text=_text(data, "text"),
            at=min(_moment(data, "at") or at, at),
            name=_text(data, "name"),
            language=_text(data, "language"),
            due=_moment(data, "call_back_until"),
        )
        return Page((self.mention(account, call),))


def _said(reply: Reply) -> str:
    return f"said:{reply.idempotency_key}"


def _number(told: str, region: str) -> str | None:
    """Return a number in E.164; None for one that was withheld. Raises ``ValueError``."""
    if told.strip().lower() in _WITHHELD:
        return None
    try:
        number = phonenumbers.parse(told, region or None)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("Is no phone number. Write it with + and the country code.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name)
    if value is not None and not isinstance(value, str):
        raise CallRejectedError({name: "Is no text."})
    return (value or "").strip()


def _moment(data: Mapping[str, Any], name: str) -> datetime | None:
    told = _text(data, name)
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is None or not is_likely(moment):
            raise ValueError("no zone, or of no year")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        why = "Is no moment: write it like 2026-03-02T09:30:00+01:00."
        raise CallRejectedError({name: why}) from None


channel = PhoneNetwork
