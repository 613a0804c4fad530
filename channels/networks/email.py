"""Mail: complaints come to a mailbox of ours, answers go out from it.

**In.** A mailbox is read by the numbers of its mails (UIDVALIDITY, UID); nothing is marked as read
or moved. When the server numbers its mails anew, the last month is read again: mails are known by
their Message-ID, so none counts twice. IDLE only wakes.

**Out.** SMTP knows no key that keeps a mail from being sent twice, and keeps no copy. So our
Message-ID follows from the reply, and a copy is put into the folder of sent mails **before** the
mail is handed in, flagged; the flag goes once it was taken. What is found there later tells what
became of a reply whose sender died:

=====================  ==========================================================================
no copy                it was never handed in: send it
a copy with the flag   nobody knows, unless the customer has answered it: a person is asked
a copy without         it was taken
=====================  ==========================================================================
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from email.message import Message
from typing import Any

from channels.errors import (
    ChannelError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.mail import idling
from channels.mail.account import ADDRESS, FIELDS, FILES_MB, Mailbox
from channels.mail.addresses import Party, is_ours
from channels.mail.automatic import why_unanswered
from channels.mail.imap import Imap, imap_day, opened
from channels.mail.lines import Deadline
from channels.mail.reading import Place, Reading
from channels.mail.smtp import hand_in, logged_in
from channels.mail.threads import own_id
from channels.mail.writing import written
from channels.media import EVERYTHING, LARGEST, MOST, Allowed, MediaRules
from channels.model import ChannelAccount, Mention, Page, Reply
from channels.protocol import Checked

#: Seconds for a whole look, a whole sending, and of that for handing in. All are under a minute.
READING, SENDING, HANDING_IN = 50.0, 50.0, 25.0
#: Folder of sent mails that is made where there is none.
SENT = "Sent"


class EmailNetwork:
    """Mailboxes. Keeps no connection between calls; safe to use from several threads."""

    name = "email"
    title = "E-mail"
    reply_limit = 20_000
    can_reply_privately = True
    fields = FIELDS

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Take the clock ``now``: a function that returns the present in UTC."""
        self._now = now

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield the mails that came in since ``after``, oldest first, as they are numbered."""
        mailbox = Mailbox.of(account)
        deadline = Deadline(READING)
        with opened(mailbox.reading, seconds=READING) as imap:
            reading = Reading(imap, mailbox, self._now())
            for page in reading.pages(Place.of(after)):
                yield page
                if deadline.is_over:
                    return  # the next look goes on

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Return False: a letter goes to the customer alone."""
        return False

    def measure(self, text: str) -> int:
        """Return the number of characters, as Unicode counts them."""
        return len(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a mail may carry: any, together as large as the account was told."""
        told = account.settings.get("files_mb")
        whole = int((told if isinstance(told, int | float) and told > 0 else FILES_MB) * 1e6)
        kind = Allowed("files", EVERYTHING, MOST, LARGEST)
        return MediaRules((kind,), mixed=True, whole=whole)

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Hand in ``reply`` and return its Message-ID, which is the same at every attempt."""
        if (length := self.measure(reply.text)) > self.reply_limit:
            raise ReplyTooLongError(self.name, length=length, limit=self.reply_limit)
        mailbox, deadline = Mailbox.of(account), Deadline(SENDING)
        _check_recipient(mailbox, reply)
        id = own_id(mailbox, reply.idempotency_key, reply.thread)
        with opened(mailbox.reading, seconds=SENDING + 5) as imap:
            imap.open(mailbox.folder)
            original = imap.headers(reply.in_reply_to or "")
            sent = imap.sent_folder(mailbox.sent_folder) or _made(imap, mailbox)
            imap.open(sent, write=True)
            # A part of a long answer goes on with the part before it.
            before = original or imap.headers(reply.in_reply_to or "")
            copies = imap.with_header("Message-ID", id)
            if set(copies) - set(imap.pending(copies)):
                return id
            if reply.by is None:
                self._check_automatic(imap, mailbox, reply, original)
            mail = written(mailbox, reply, id, before, self._now())
            if not copies:
                imap.put(sent, mail)
                imap.open(sent, write=True)
                copies = imap.with_header("Message-ID", id)
            _hand_in(imap, copies, mailbox, reply, mail, deadline)
        return id

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Return the Message-ID of ``reply`` if its copy among the sent mails says it went out."""
        mailbox = Mailbox.of(account)
        id = own_id(mailbox, reply.idempotency_key, reply.thread)
        with opened(mailbox.reading, seconds=READING) as imap:
            sent = imap.sent_folder(mailbox.sent_folder)
            if sent is None:
                return None
            imap.open(sent)
            copies = imap.with_header("Message-ID", id)
            if not copies:
                return None
            if set(copies) - set(imap.pending(copies)):
                return id
            imap.open(mailbox.folder)
            if imap.with_header("In-Reply-To", id) or imap.with_header("References", id):
                return id
        raise ChannelUnavailableError(
            f"The connection to {mailbox.sending.host} broke while the mail was handed in; nobody "
            f"can say whether it was taken. Its copy is flagged in the folder {sent}."
        )

    def listen(
        self, account: ChannelAccount, wake: Callable[[], None], ended: threading.Event
    ) -> None:
        """Call ``wake`` whenever the server says that mail came in; see ``Listening``."""
        idling.listen(Mailbox.of(account), wake, ended)

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Log in to both servers, look at the folders, write nothing."""
        mailbox = Mailbox.of(account)
        with opened(mailbox.reading, seconds=25) as imap:
            imap.open(mailbox.folder)
            count = len(imap.after(0))
            idle = "tells of new mail at once" if imap.can("IDLE") else "is asked for new mail"
            sent = imap.sent_folder(mailbox.sent_folder)
        with logged_in(mailbox.sending, domain=mailbox.domain, seconds=25) as smtp:
            needs = "logged in" if smtp.has_extn("auth") else "asks for no log-in"
        plain = [
            Checked("encryption", f"{each.host} is reached without any; others can read along")
            for each in (mailbox.reading, mailbox.sending)
            if each.security == "none"
        ]
        return [
            Checked("log in to IMAP", f"{mailbox.reading.user} at {mailbox.reading.host}"),
            Checked("read", f"{count} mails in {mailbox.folder}; the server {idle}"),
            Checked(
                "sent mails",
                f"kept in {sent}"
                if sent
                else f"a folder {mailbox.sent_folder or SENT} will be made",
            ),
            Checked("log in to SMTP", f"{mailbox.sending.host}: {needs}"),
            *plain,
        ]

    def _check_automatic(
        self, imap: Imap, mailbox: Mailbox, reply: Reply, original: Message | None
    ) -> None:
        """Refuse what two programs could send each other for ever."""
        to = Party("", reply.recipient)
        why = why_unanswered(original, to) if original is not None else None
        if why is None and to.is_nobody:
            why = f"nobody reads {to.address}"
        if why is not None:
            raise ReplyRefusedError(f"No program answers this mail: {why}. A person may answer it.")
        wanted = f"SINCE {imap_day(self._now().date())} HEADER Auto-Submitted auto-replied"
        sent = imap.with_header("To", reply.recipient, and_=wanted)
        if len(sent) >= mailbox.automatic_per_day:
            raise ReplyRefusedError(
                f"{reply.recipient} got {len(sent)} automatic mails today, and no more are sent. "
                "A person may answer."
            )


def _check_recipient(mailbox: Mailbox, reply: Reply) -> None:
    if not ADDRESS.fullmatch(reply.recipient) or not reply.recipient.isascii():
        raise ReplyRefusedError(f"{reply.recipient!r} is no mail address that we can write to.")
    if is_ours(reply.recipient, mailbox):
        raise ReplyRefusedError(f"{reply.recipient} is ourselves.")


def _made(imap: Imap, mailbox: Mailbox) -> str:
    folder = mailbox.sent_folder or SENT
    imap.create(folder)
    return folder


def _hand_in(
    imap: Imap,
    copies: Sequence[int],
    mailbox: Mailbox,
    reply: Reply,
    mail: bytes,
    deadline: Deadline,
) -> None:
    """Hand in a mail whose copies are flagged, and have them say how it went."""
    try:
        hand_in(
            mailbox.sending,
            sender=mailbox.address,
            recipient=reply.recipient,
            mail=mail,
            domain=mailbox.domain,
            seconds=min(HANDING_IN, deadline.left(of=mailbox.reading.host)),
        )
    except DeliveryUnknownError:
        raise
    except ChannelError:
        # It was certainly not taken. A copy that stays is flagged, and used the next time.
        with suppress(Exception):
            imap.remove(copies)
        raise
    # It was taken. A flag that stays makes a person look, should we die before that is recorded.
    with suppress(Exception):
        imap.settle(copies)


channel = EmailNetwork
