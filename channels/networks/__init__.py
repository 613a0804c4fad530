"""ONE FILE A NETWORK. Every module here that ends with ``channel = TheClass`` is found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from channels import media
from channels.errors import ChannelRefusedError
from channels.media import Broken, Enclosure, MediaRules
from channels.model import ChannelAccount, Mention
from channels.protocol import (
    Adding,
    Channel,
    Confiding,
    Enclosing,
    Inviting,
    Spoken,
    Whispering,
)


def found() -> dict[str, Channel]:
    """Return a new object for each network of this folder, by its name.

    A network keeps its connections and caches in its object: ask once for a process.
    """
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    channels: list[Channel] = [module.channel() for module in modules if hasattr(module, "channel")]
    return {channel.name: channel for channel in channels}


def limit_of(channel: Channel, account: ChannelAccount, *, private: bool = False) -> int:
    """Return how long a reply of the account may be: as its server says, else as is usual."""
    apart = private and isinstance(channel, Whispering)
    told = (account.position or {}).get("private_reply_limit" if apart else "reply_limit")
    if type(told) is int and told > 0:
        return told
    if private and isinstance(channel, Whispering):
        return channel.private_limit
    return channel.reply_limit


def measure_of(channel: Channel, *, private: bool = False) -> Callable[[str], int]:
    """Return how the network counts a reply against its limit."""
    if private and isinstance(channel, Whispering):
        return channel.measure_private
    return channel.measure


def title_of(channel: Channel | Adding) -> str:
    """Return what people call the network; not what it says of itself in brackets besides."""
    title = channel.title if isinstance(channel, Adding) else channel.name.capitalize()
    return title.partition(" (")[0]


def abilities(channel: Channel | None, account: ChannelAccount) -> dict[str, Any]:
    """Return what a process is told of an account and its network, whoever writes."""
    return {
        "channel": account.channel,
        "account": account.handle,
        "reply_limit": limit_of(channel, account) if channel else None,
        "can_reply_privately": channel.can_reply_privately if channel else False,
        "can_reply_automatically": not isinstance(channel, Spoken),
        "can_hand_off": isinstance(channel, Inviting),
    }


def publicly(channel: Channel | None) -> Callable[[Mention], bool]:
    """Return what tells whether a mention can be answered where everybody reads it."""
    return channel.can_reply_publicly if isinstance(channel, Confiding) else lambda _: True


def rules_of(channel: Channel, account: ChannelAccount, *, private: bool = False) -> MediaRules:
    """Return which files a reply of the account may carry; of most networks none."""
    if isinstance(channel, Enclosing):
        return channel.media_rules(account, private=private)
    return MediaRules()


def broken_by(
    channel: Channel, account: ChannelAccount, files: Sequence[Enclosure], *, private: bool
) -> tuple[Broken, ...]:
    """Return the rules of the network that the files of a reply break, with the cures."""
    if not files:
        return ()
    rules = rules_of(channel, account, private=private)
    return media.broken(files, rules, title_of(channel), private=private)


def of_account(account: ChannelAccount, channels: Mapping[str, Channel]) -> Channel:
    """Return the network an account of ours is on.

    Raises:
        ChannelRefusedError: this installation does not have it.
    """
    channel = channels.get(account.channel)
    if channel is None:
        raise ChannelRefusedError(
            f"This installation has no channel {account.channel!r}. Install it, or remove the "
            "account."
        )
    return channel
