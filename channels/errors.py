"""What a channel refuses, and whether trying again is safe.

The tree::

    ChannelError
    +-- ChannelUnavailableError    nothing happened; trying again later is safe
    |   +-- PlannedRetryError      the network's file says itself when, and how often
    +-- ChannelRefusedError        the account is not accepted; somebody has to mend it
    |   +-- CredentialsError       its credentials cannot be sealed or opened here
    |   +-- CallRefusedError       its server said no to one call; nothing happened
    |   +-- PrivateAddressError    its address leads into our own network; nothing was sent
    |   +-- GivenUpError           a reply was tried for the last time; a person decides
    +-- AccountRejectedError       what an account was told does not do; nothing was stored
    +-- ReplyRefusedError          the network will never take this reply
    |   +-- ReplyTooLongError      more characters than the channel carries
    +-- NotConfirmedError          a rule warns of the reply, and nobody has said "all the same"
    +-- DeliveryUnknownError       the reply may have gone out; never blindly repeated
    +-- NetworkFaultError          the file of a network failed; nobody knows how far it got
    +-- ReplySettledError          what became of the reply is known already
    +-- ReplyOnItsWayError         too late: the reply cannot be kept back any more
    +-- FileRejectedError          a file cannot go out with a reply; nothing was stored
    +-- PolicyRejectedError        a rule of what may be said does not do; nothing was stored
    +-- CustomersError             customers who cannot be joined or split like this
    +-- CallRejectedError          what was told of a phone call does not do; nothing was stored
    +-- NoteRejectedError          a note says nothing, or too much; nothing was stored
    +-- CallNotGenuineError        somebody calls us who cannot be who they should be
    +-- NotUnderstoodError         a genuine call that says nothing we know
    +-- LetterClosedError          there is nothing left to do with a dead letter
    +-- LeaseLostError             another worker has begun with it; nothing was stored
    +-- UnreadableRecordingError   a file of recorded conversations cannot be read at all
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class ChannelError(Exception):
    """Anything that goes wrong between us and a network."""


class ChannelUnavailableError(ChannelError):
    """The network did not answer, or asked us to wait. Nothing happened; trying again is safe."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        """Keep how many seconds the network asked us to wait, if it did."""
        super().__init__(message)
        self.retry_after = retry_after


class ChannelRefusedError(ChannelError):
    """The network does not accept the account. An operator has to mend it."""


class PlannedRetryError(ChannelUnavailableError):
    """Tried again by the plan of the network's file; the attempts of the job are left alone."""

    def __init__(self, message: str, *, retry_after: float) -> None:
        """Keep in how many seconds, exactly."""
        super().__init__(message, retry_after=retry_after)


class PrivateAddressError(ChannelRefusedError):
    """An address that somebody gave us leads into our own network. Nothing was sent there."""

    def __init__(self, host: str, address: str) -> None:
        """Name the host, and where it leads."""
        super().__init__(
            f"{host} leads to {address}, which is not on the public internet. If that is meant, "
            "allow the account to call our own network."
        )


class GivenUpError(ChannelRefusedError):
    """A reply was tried for the last time, and did not arrive. It waits for a person."""

    def __init__(self, message: str, *, remember: Mapping[str, object] | None = None) -> None:
        """Keep what the position of the account has to hold from now on, if anything."""
        super().__init__(message)
        self.remember = dict(remember or {})


class CredentialsError(ChannelRefusedError):
    """The credentials of an account cannot be sealed, or not be opened, with the keys we have."""


class CallRefusedError(ChannelRefusedError):
    """A server said no to one call (status 4xx). Nothing happened."""

    def __init__(
        self, host: str, *, status: int, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Keep what the server said and how; a network's file knows what it means."""
        super().__init__(f"{host} refuses the call with status {status}: {text[:300]}")
        self.status = status
        self.text = text
        self.headers = headers or {}


class AccountRejectedError(ChannelError):
    """What an account was told does not do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep what is wrong by name of the field."""
        super().__init__("; ".join(f"{name}: {why}" for name, why in sorted(errors.items())))
        self.errors = dict(errors)


class ReplyRefusedError(ChannelError):
    """The network will never take this reply as it is."""


class ReplyTooLongError(ReplyRefusedError):
    """A reply has more characters than its channel carries."""

    def __init__(self, channel: str, *, length: int, limit: int) -> None:
        """Keep the numbers for callers, and tell people how many to drop."""
        super().__init__(
            f"The reply has {length} characters; {channel} carries {limit}. "
            f"Shorten it by {length - limit}, or send it as two replies."
        )
        self.channel = channel
        self.length = length
        self.limit = limit


class NotConfirmedError(ChannelError):
    """Rules warn of a reply, and nobody has confirmed it yet; nothing was done."""

    def __init__(self, warnings: Sequence[str], token: str) -> None:
        """Keep what they warn of, and what a confirmation has to bear."""
        super().__init__(f"Not sent yet. {' '.join(warnings)} Confirm it, or change the text.")
        self.warnings = list(warnings)
        self.token = token


class DeliveryUnknownError(ChannelError):
    """The call was cut off after the reply may have reached the network."""


class NetworkFaultError(ChannelError):
    """The file of a network failed in a way it did not mean to; nobody knows how far it got."""

    def __init__(self, kind: str, trace: str) -> None:
        """Keep where it failed, for the log alone: it may hold what customers wrote."""
        super().__init__(f"The channel failed: {kind}.")
        self.trace = trace


class UnreadableRecordingError(ChannelError):
    """A file of recorded conversations cannot be read at all; the text says why."""


class ReplySettledError(ChannelError):
    """What became of a reply is known already; nothing was changed."""

    def __init__(self, reply_id: int, status: str) -> None:
        """Keep the status it has."""
        super().__init__(f"Reply {reply_id} is already {status}. Refresh the page.")
        self.reply_id = reply_id
        self.status = status


class ReplyOnItsWayError(ChannelError):
    """A reply cannot be kept back any more; nothing was changed."""

    def __init__(self, reply_id: int, status: str) -> None:
        """Keep the status it has."""
        said = {
            "sending": "is being sent at this moment",
            "sent": "has been sent",
            "unknown": "may have been sent",
        }
        told = said.get(status, "will not be sent any more")
        super().__init__(f"Too late: reply {reply_id} {told}. Nothing was changed.")
        self.reply_id = reply_id
        self.status = status


class FileRejectedError(ChannelError):
    """A file that somebody adds to a reply is none that is sent; nothing was stored."""


class PolicyRejectedError(ChannelError):
    """A rule of what may be said does not do."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep what is wrong by name of the field."""
        super().__init__("; ".join(f"{name}: {why}" for name, why in sorted(errors.items())))
        self.errors = dict(errors)


class CustomersError(ChannelError):
    """Customers cannot be joined or split like this; nothing was changed."""


class CallRejectedError(ChannelError):
    """What was written down of a phone call cannot be read."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        """Keep what is wrong by name of the field."""
        super().__init__("; ".join(f"{name}: {why}" for name, why in sorted(errors.items())))
        self.errors = dict(errors)


class NoteRejectedError(ChannelError):
    """A note says nothing, or too much; nothing was stored."""

    def __init__(self, length: int, longest: int) -> None:
        """Say which."""
        why = f"It has {length} characters, and may have {longest}." if length else "Write one."
        super().__init__(f"The note is not kept. {why}")


class CallNotGenuineError(ChannelError):
    """A call of ours bears no signature of whoever may call; the text says what is wrong."""


class NotUnderstoodError(ChannelError):
    """A genuine call says nothing we know; the text tells its sender what is wrong."""

    def __init__(self, message: str, *, id: str = "") -> None:
        """Keep the id of the call; a repeat has the same."""
        super().__init__(message)
        self.id = id


class LetterClosedError(ChannelError):
    """There is nothing left to do with a dead letter; nothing was changed."""

    def __init__(self, letter_id: int, why: str) -> None:
        """Say why."""
        super().__init__(f"Dead letter {letter_id}: {why} Nothing was changed.")


class LeaseLostError(ChannelError):
    """Another worker reads the account by now. Nothing was stored; it goes on where we stopped."""

    def __init__(self, handle: str) -> None:
        """Name the account."""
        super().__init__(f"Another worker has taken over the account {handle}.")
