"""What it means that the Graph API refuses a call.

It answers 400 to nearly everything and says in the body what it is: a code, sometimes with a second
one below it. What decides is whether the call may have had an effect, and who has to do something.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from channels.errors import (
    CallRefusedError,
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.graph.usage import wait_in

#: Codes by what they mean. The token is none; call less often; Meta itself failed.
_TOKEN = frozenset({102, 190, 463, 467})
_RATE = frozenset({4, 17, 32, 341, 613, 80001, 80002, 80006})
_FAILED = frozenset({-1, 1, 2})
#: Seconds to wait where Meta asks us to call less often and does not say for how long.
PAUSE = 120.0
#: The object is not there, or not for us: code and what is below it.
_GONE = (100, 33)
#: What is below a code, where it says that the customer wrote too long ago.
_LATE = frozenset({2018065, 2018278, 2534022})
#: The customer takes no messages of ours, or has left; codes, and what is below.
_AWAY = frozenset({551, 1545041, 2018001, 2018108})
#: The same words stand there already; the comment has had its one private answer.
_REPEATED, _ANSWERED = frozenset({506}), frozenset({10900, 10901, 10903})
_BLOCKED = 368


@dataclass(frozen=True, slots=True)
class Fault:
    """What a refusal says."""

    code: int
    below: int
    words: str
    passing: bool  #: Meta says itself that it is over soon


class RepeatedError(ChannelError):
    """Meta has the reply already, or another one that it takes for the same."""


class UnreadableError(ChannelRefusedError):
    """One thing cannot be read, for a reason that says nothing about others."""


def fault_of(error: CallRefusedError) -> Fault | None:
    """Return what a refusal says; None where it is no answer of the Graph API."""
    with suppress(ValueError, RecursionError):
        told = json.loads(error.text)
        told = told.get("error") if isinstance(told, Mapping) else None
        if isinstance(told, Mapping):
            words = str(told.get("error_user_msg") or told.get("message") or "no reason")[:300]
            code, below = (_number(told.get(name)) for name in ("code", "error_subcode"))
            return Fault(code, below, words, told.get("is_transient") is True)
    return None


def is_gone(error: CallRefusedError) -> bool:
    """Tell whether the Graph API itself says that an object is not there."""
    fault = fault_of(error)
    return fault is not None and ((fault.code, fault.below) == _GONE or fault.code == 803)


def asked(error: CallRefusedError, title: str) -> ChannelError:
    """Return what it means that a question was refused."""
    fault = fault_of(error)
    if fault is None:
        return _no_graph(error, title)
    if fault.passing or fault.code in _FAILED:
        return ChannelUnavailableError(f"{title} failed: {fault.words}")
    return _account(error, fault, title) or UnreadableError(
        f"{title} refuses to be read: {fault.words}"
    )


def sent(error: CallRefusedError, title: str) -> ChannelError:
    """Return what it means that a reply was refused."""
    fault = fault_of(error)
    if fault is None:
        return _no_graph(error, title)
    codes = {fault.code, fault.below}
    if codes & _LATE:
        return ReplyRefusedError(
            f"{title} takes no message any more: the customer wrote too long ago. Answer in "
            "public, or wait until the customer writes again."
        )
    if codes & _AWAY:
        return ReplyRefusedError(
            f"{title} says that the customer takes no messages from this account. Answer in public."
        )
    if codes & (_REPEATED | _ANSWERED):
        return RepeatedError(fault.words)
    if is_gone(error):
        return ReplyRefusedError(f"What the reply answers is gone from {title}, or hidden.")
    if fault.code in _FAILED or (fault.passing and fault.code not in _RATE):
        # There are reports of messages that arrived in spite of it.
        return DeliveryUnknownError(f"{title} failed while it took the reply: {fault.words}")
    return _account(error, fault, title) or ReplyRefusedError(
        f"{title} does not take the reply: {fault.words}"
    )


def _account(error: CallRefusedError, fault: Fault, title: str) -> ChannelError | None:
    """Return what is wrong with the account, and not with what was asked; None: nothing is."""
    if fault.code in _RATE:
        wait = wait_in(error.headers) or PAUSE
        return ChannelUnavailableError(f"{title} asks us to call less often.", retry_after=wait)
    if fault.code in _TOKEN:
        return ChannelRefusedError(
            f"{title} does not accept the access token ({fault.words}). Make a new one, and give "
            "it to the account."
        )
    if fault.code == _BLOCKED:
        return ChannelRefusedError(f"{title} has blocked the account for a while: {fault.words}")
    if fault.code in (3, 10) or 200 <= fault.code < 300:
        return ChannelRefusedError(
            f"The app lacks a permission on {title}: {fault.words} Grant it, and make a new token."
        )
    return None


def _no_graph(error: CallRefusedError, title: str) -> ChannelError:
    return ChannelRefusedError(
        f"What answers at the address of {title} is no Graph API (status {error.status}). Correct "
        "the address."
    )


def _number(told: object) -> int:
    return told if type(told) is int else 0
