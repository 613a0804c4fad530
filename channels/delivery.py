"""One attempt to send a reply, or to find out what became of it: a network called, no row touched.

Whatever a network does ends as an :class:`Attempt`. The rule that decides everything: only what
certainly did not reach the network may be sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import structlog

from channels import media, networks, policy
from channels.costs import collected
from channels.errors import (
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    GivenUpError,
    NetworkFaultError,
    PlannedRetryError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import ChannelAccount, Cost, Reply, ReplyStatus
from channels.policy import Around, Rules
from channels.protocol import Channel
from channels.sealing import hiding
from channels.storage.outgoing import Outgoing

_log = structlog.get_logger(__name__)

#: A network that does not show a reply is believed from this look on, counted from 0. By then more
#: than a minute has passed since the call was cut off (the pauses of ``verdicts``): what was still
#: on its way, or in a queue of the network, has arrived.
#: An idempotency key makes it no sooner: networks forget keys after a while, and the worker that is
#: to call again may die first. Then the key of a reply that was on its way protects nobody.
BELIEVED = 3


#: Gives an account its credentials, just before the network is called.
Opened = Callable[[ChannelAccount], ChannelAccount]
#: Gives a reply the contents of its files, just before the network is called.
Filled = Callable[[Reply], Reply]


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended."""

    status: ReplyStatus  #: sent, refused, retryable or unknown
    external_id: str | None = None
    why: str | None = None  #: for people; None when it was sent
    retry_after: float | None = None  #: seconds the network asked us to wait
    costs: tuple[Cost, ...] = ()  #: of the calls it took
    planned: bool = False  #: tried again by the plan of the network's file, exactly then
    given_up: bool = False  #: not tried again until a person says so
    #: What the position of the account has to hold from now on.
    remember: Mapping[str, object] = field(default_factory=dict)


def send(
    out: Outgoing,
    channels: Mapping[str, Channel],
    opened: Opened,
    rules: Rules | None = None,
    filled: Filled | None = None,
) -> Attempt:
    """Check a reply, call the network once, and return how it ended. Never raises.

    ``rules`` of what may be said are those of this moment; the usual ones by default.
    """
    with collected() as costs:
        ended = _send(out, channels, opened, rules or Rules(), filled or _as_it_is)
    return replace(ended, costs=tuple(costs))


def inquire(out: Outgoing, channels: Mapping[str, Channel], opened: Opened) -> Attempt:
    """Ask the network whether it has a reply, and return what that makes of it. Never raises."""
    with collected() as costs:
        ended = _inquire(out, channels, opened)
    return replace(ended, costs=tuple(costs))


def _send(
    out: Outgoing, channels: Mapping[str, Channel], opened: Opened, rules: Rules, filled: Filled
) -> Attempt:
    try:
        account, channel = _checked(out, channels, rules)
        account = opened(account)
        reply = filled(out.reply) if out.reply.files else out.reply
        with hiding(account.secrets):
            return Attempt(ReplyStatus.SENT, channel.send(account, reply))
    except ReplyRefusedError as error:
        return Attempt(ReplyStatus.REFUSED, why=str(error))
    except ChannelUnavailableError as error:
        planned = isinstance(error, PlannedRetryError)
        return Attempt(
            ReplyStatus.RETRYABLE, why=str(error), retry_after=error.retry_after, planned=planned
        )
    except GivenUpError as error:
        why, remember = str(error), error.remember
        return Attempt(ReplyStatus.RETRYABLE, why=why, given_up=True, remember=remember)
    except ChannelRefusedError as error:
        return Attempt(ReplyStatus.RETRYABLE, why=str(error))
    except DeliveryUnknownError as error:
        return Attempt(ReplyStatus.UNKNOWN, why=str(error))
    except NetworkFaultError as fault:
        _log.error("reply.send_failed", exception=fault.trace, **ids(out))
        return Attempt(ReplyStatus.UNKNOWN, why=str(fault))
    except Exception as error:  # noqa: BLE001
        _log.exception("reply.send_failed", **ids(out))
        return Attempt(ReplyStatus.UNKNOWN, why=f"The channel failed: {type(error).__name__}.")


def _inquire(out: Outgoing, channels: Mapping[str, Channel], opened: Opened) -> Attempt:
    try:
        account, channel = _known(out, channels)
        account = opened(account)
        with hiding(account.secrets):
            external_id = channel.find(account, out.reply)
    except NetworkFaultError as fault:
        _log.error("reply.find_failed", exception=fault.trace, **ids(out))
        return Attempt(ReplyStatus.UNKNOWN, why=str(fault))
    except ChannelError as error:
        return Attempt(ReplyStatus.UNKNOWN, why=str(error))
    except Exception as error:  # noqa: BLE001
        _log.exception("reply.find_failed", **ids(out))
        return Attempt(ReplyStatus.UNKNOWN, why=f"The channel failed: {type(error).__name__}.")
    if external_id is None and out.inquiries < BELIEVED:
        return Attempt(ReplyStatus.UNKNOWN, why="The network does not show the reply yet.")
    if external_id is None:
        return Attempt(ReplyStatus.RETRYABLE, why="The reply did not reach the network.")
    return Attempt(ReplyStatus.SENT, external_id)


def ids(out: Outgoing) -> dict[str, object]:
    """Return what names a reply in the log."""
    account = out.account
    return {
        "reply": out.reply.id,
        "conversation": out.reply.conversation_id or None,
        "job": out.reply.job_id,
        "channel": account.channel if account else None,
        "account": account.handle if account else None,
    }


def digest(text: str) -> str:
    """Return the SHA-256 of a text, as approvals are bound to it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def with_files(approved: str, ids: Sequence[int]) -> str:
    """Return the digest of an approved text as one of the text with files, by their ids."""
    return digest(f"{approved} {' '.join(map(str, ids))}") if ids else approved


def _as_it_is(reply: Reply) -> Reply:
    return reply


def _known(out: Outgoing, channels: Mapping[str, Channel]) -> tuple[ChannelAccount, Channel]:
    if out.account is None:
        raise ReplyRefusedError(
            "The job names no conversation of this workspace. Correct the send task's inputs."
        )
    return out.account, networks.of_account(out.account, channels)


def _checked(
    out: Outgoing, channels: Mapping[str, Channel], rules: Rules
) -> tuple[ChannelAccount, Channel]:
    """Return where to send a reply, or raise why it must not be sent."""
    account, channel = _known(out, channels)
    text, private, files = out.reply.text, out.reply.private, out.reply.files
    if not text.strip():
        raise ReplyRefusedError("The reply has no text. Write one.")
    told = with_files(digest(text), [one.id for one in files])
    if out.approved_digest is not None and told != out.approved_digest:
        raise ReplyRefusedError(
            f"The text{' with its files' if files else ''} is not the one that was approved. Have "
            "this text approved, or send the other."
        )
    if private and not channel.can_reply_privately:
        raise ReplyRefusedError(
            f"{networks.title_of(channel)} carries no private replies. Answer in public."
        )
    said = media.with_alts(text, files)
    # What colleagues may tell each other is not ruled.
    found = () if out.note_id else policy.check(said, rules, _around(out, channel))
    if blocking := policy.blocking(found):
        raise ReplyRefusedError(policy.refusal(blocking))
    limit = networks.limit_of(channel, account, private=private)
    if (length := networks.measure_of(channel, private=private)(text)) > limit:
        raise ReplyTooLongError(networks.title_of(channel), length=length, limit=limit)
    if broken := networks.broken_by(channel, account, files, private=private):
        raise ReplyRefusedError(" ".join(map(str, broken)))
    return account, channel


def _around(out: Outgoing, channel: Channel) -> Around:
    """Return what is known around a reply that can block it; warnings are for whoever writes."""
    return Around(private=out.reply.private, can_be_private=channel.can_reply_privately)
