"""Mails on a server: found, read and put there. Nothing here marks a mail as read.

Where a library's method expunges a folder besides what it does, the command is sent by itself:
what a person has marked as deleted is theirs.
"""

from __future__ import annotations

import email
import imaplib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import (
    ImapToolsError,
    MailboxFolderSelectError,
    MailboxFolderStatusError,
    MailboxLoginError,
    MailboxStarttlsError,
)

from channels.errors import ChannelError, ChannelRefusedError, ChannelUnavailableError
from channels.mail.account import Security, Server
from channels.mail.lines import SILENCE, Deadline, connecting, cut, trusting
from channels.mail.threads import message_id

#: A mail in the folder of sent mails that was not handed over for certain.
PENDING = r"\Flagged"
_SENT_NAMES = ("Sent", "Sent Items", "Sent Mail", "Sent Messages", "INBOX.Sent", "INBOX/Sent")
_HEADERS = (
    "(UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES SUBJECT FROM SENDER REPLY-TO "
    "TO CC DELIVERED-TO X-ORIGINAL-TO RETURN-PATH AUTO-SUBMITTED PRECEDENCE LIST-ID "
    "LIST-UNSUBSCRIBE X-AUTO-RESPONSE-SUPPRESS X-AUTOREPLY X-AUTORESPOND CONTENT-TYPE)])"
)
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_AT = re.compile(rb'\bINTERNALDATE "([^"]+)"')
#: What may stand between quotation marks in a search.
_SEARCHABLE = re.compile(r'[\x21\x23-\x5b\x5d-\x7e]{1,500}')  # fmt: skip
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
#: Answers to a log-in that say nothing about the password.
_LATER = re.compile(r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]|temporar|try again",
                    re.IGNORECASE)  # fmt: skip


class Folder:
    """One folder that is open, by the numbers it goes by."""

    def __init__(self, uid_validity: int, next_uid: int) -> None:
        """Keep the numbers; those of mails are theirs as long as ``uid_validity`` is the same."""
        self.uid_validity = uid_validity
        self.next_uid = next_uid


class Imap:
    """A connection somebody is logged in on."""

    def __init__(self, box: BaseMailBox, host: str) -> None:
        """Take a connection; :func:`opened` makes it."""
        self._box = box
        self._host = host

    def numbers(self, folder: str) -> Folder:
        """Return the numbers of a folder without opening it."""
        try:
            told = self._box.folder.status(folder, ["UIDVALIDITY", "UIDNEXT"])
        except MailboxFolderStatusError:
            raise ChannelRefusedError(
                f"{self._host} has no folder {folder!r} that we may read. Correct the folder."
            ) from None
        return Folder(told.get("UIDVALIDITY", 0), told.get("UIDNEXT", 1))

    def open(self, folder: str, *, write: bool = False) -> None:
        """Open a folder; what follows is about it."""
        try:
            self._box.folder.set(folder, readonly=not write)
        except MailboxFolderSelectError:
            raise ChannelRefusedError(
                f"{self._host} has no folder {folder!r} that we may open. Correct the folder."
            ) from None

    def after(self, uid: int) -> list[int]:
        """Return the numbers of mails after one, in order."""
        # The last mail is within any range that ends with a star.
        return [found for found in self._search(f"UID {uid + 1}:*") if found > uid]

    def since(self, day: date) -> list[int]:
        """Return the numbers of mails that came in on a day or later, in order."""
        return self._search(f"SINCE {imap_day(day)}")

    def with_header(self, name: str, value: str, *, and_: str = "") -> list[int]:
        """Return the numbers of mails in whose header a value stands; none if it is not plain."""
        if not _SEARCHABLE.fullmatch(value):
            return []
        return self._search(f'{and_} HEADER {name} "{value}"'.strip())

    def measures(self, uids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
        """Return the size of mails and when they came in, UTC, by their numbers."""
        found: dict[int, tuple[int, datetime]] = {}
        for line in self._fetch(uids, "(UID RFC822.SIZE INTERNALDATE)"):
            told = line if isinstance(line, bytes) else line[0]
            uid, size, at = _UID.search(told), _SIZE.search(told), _AT.search(told)
            if uid and size:
                found[int(uid[1])] = (int(size[1]), _moment(at[1].decode() if at else ""))
        return found

    def content(self, uid: int, *, most: int | None = None) -> bytes | None:
        """Return a mail, or its first bytes; None when it is gone."""
        part = f"<0.{most}>" if most else ""
        for line in self._fetch([uid], f"(UID BODY.PEEK[]{part})"):
            if isinstance(line, tuple):
                return bytes(line[1])
        return None

    def headers(self, id: str) -> Message | None:
        """Return the headers of the mail of that Message-ID in the open folder."""
        for uid in reversed(self.with_header("Message-ID", id)[-3:]):
            for line in self._fetch([uid], _HEADERS):
                found = email.message_from_bytes(line[1]) if isinstance(line, tuple) else None
                # A search finds parts of a header as well.
                if found is not None and message_id(found) == id:
                    return found
        return None

    def pending(self, uids: Sequence[int]) -> list[int]:
        """Return which of the mails bear :data:`PENDING`."""
        listed = ",".join(map(str, uids))
        return self._search(f"UID {listed} FLAGGED") if uids else []

    def put(self, folder: str, mail: bytes) -> None:
        """Put a mail into a folder, as read and :data:`PENDING`."""
        self._box.append(mail, folder, flag_set=[r"\Seen", PENDING])

    def settle(self, uids: Sequence[int]) -> None:
        """Take :data:`PENDING` from mails of the open folder: they were handed over."""
        self._store(uids, f"-FLAGS ({PENDING})")

    def remove(self, uids: Sequence[int]) -> None:
        """Remove mails from the open folder, and nothing that others marked as deleted."""
        self._store(uids, r"+FLAGS (\Deleted)")
        if uids and self.can("UIDPLUS"):
            self._box.client.uid("EXPUNGE", ",".join(map(str, uids)))

    def sent_folder(self, told: str | None) -> str | None:
        """Return the folder of sent mails: the one told, else that the server or custom names."""
        if told is not None:
            return told if self._box.folder.exists(told) else None
        folders = self._box.folder.list()
        marked = [each.name for each in folders if r"\Sent" in each.flags]
        named = [each.name for each in folders if each.name in _SENT_NAMES]
        return next(iter(marked + named), None)

    def create(self, folder: str) -> None:
        """Create a folder."""
        self._box.folder.create(folder)

    def can(self, capability: str) -> bool:
        """Tell whether the server says that it can do something."""
        _, told = self._box.client.capability()
        return capability.encode() in b" ".join(told).upper().split()

    @property
    def box(self) -> BaseMailBox:
        """Return the library's connection, for waiting on it."""
        return self._box

    def _search(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._box.uids(criteria, charset=None))

    def _fetch(self, uids: Sequence[int], what: str) -> list[bytes | tuple[bytes, bytes]]:
        if not uids:
            return []
        status, data = self._box.client.uid("FETCH", ",".join(map(str, uids)), what)
        if status != "OK":
            raise ChannelUnavailableError(f"{self._host} does not give mails: {data!r:.200}")
        return [line for line in data if line]

    def _store(self, uids: Sequence[int], flags: str) -> None:
        if uids:
            sign, _, names = flags.partition(" ")
            self._box.client.uid("STORE", ",".join(map(str, uids)), sign, names)


@contextmanager
def opened(server: Server, *, seconds: float) -> Iterator[Imap]:
    """Log in for so many seconds at most.

    Raises:
        ChannelUnavailableError: the server cannot be reached, or breaks off.
        ChannelRefusedError: it does not take us; somebody has to mend the account.
    """
    deadline = Deadline(seconds)
    with _told(server), connecting(server):
        box = _connect(server)
    with cut(box.client.socket, deadline.left(of=server.host)):
        try:
            with _told(server):
                _log_in(box, server)
                yield Imap(box, server.host)
        finally:
            # A connection that broke cannot be said good-bye to.
            with suppress(Exception):
                box.logout()
            with suppress(Exception):
                box.client.shutdown()


def imap_day(day: date) -> str:
    """Return a day as searches name it, whatever language the machine speaks."""
    month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][
        day.month - 1
    ]
    return f"{day.day:02}-{month}-{day.year}"


def _connect(server: Server) -> BaseMailBox:
    if server.security is Security.TLS:
        return MailBox(server.host, server.port, SILENCE, ssl_context=trusting())
    if server.security is Security.STARTTLS:
        return MailBoxStartTls(server.host, server.port, SILENCE, ssl_context=trusting())
    return MailBoxUnencrypted(server.host, server.port, SILENCE)


def _log_in(box: BaseMailBox, server: Server) -> None:
    try:
        if (server.user + server.password).isascii():
            box.login(server.user, server.password, initial_folder=None)
        else:
            box.login_utf8(server.user, server.password, initial_folder=None)
    except (MailboxLoginError, imaplib.IMAP4.error) as error:
        if isinstance(error, imaplib.IMAP4.abort):
            raise
        said = str(getattr(error, "command_result", error))
        if _LATER.search(said):
            raise ChannelUnavailableError(f"{server.host} takes nobody in now: {said}") from None
        raise ChannelRefusedError(
            f"{server.host} does not accept the user name {server.user} with this password. Give "
            "the account its password anew; some providers want an app password."
        ) from None


@contextmanager
def _told(server: Server) -> Iterator[None]:
    """Turn what goes wrong on a connection into errors of channels."""
    try:
        yield
    except (ChannelError, GeneratorExit):
        raise
    except MailboxStarttlsError:
        raise ChannelRefusedError(
            f"{server.host} offers no STARTTLS. Choose another encryption."
        ) from None
    except (imaplib.IMAP4.abort, EOFError) as error:
        raise ChannelUnavailableError(f"{server.host} broke off: {error}") from None
    except imaplib.IMAP4.error as error:
        raise ChannelUnavailableError(f"{server.host} refused: {error}") from None
    except OSError as error:
        raise ChannelUnavailableError(
            f"{server.host} does not answer: {error.strerror or error}."
        ) from None
    except ImapToolsError as error:
        raise ChannelUnavailableError(f"{server.host} refused: {error}") from None


def _moment(told: str) -> datetime:
    """Return when a server got a mail; the beginning of time when it does not say."""
    try:
        return parsedate_to_datetime(told.strip().replace("-", " ", 2)).astimezone(UTC)
    except (ValueError, TypeError):
        return datetime(1970, 1, 1, tzinfo=UTC)
