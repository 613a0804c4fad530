"""ONE FILE A NETWORK. Every module here that ends with ``channel = TheClass`` is found."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping

from channels.errors import ChannelRefusedError
from channels.model import ChannelAccount
from channels.protocol import Channel


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


def limit_of(channel: Channel, account: ChannelAccount) -> int:
    """Return how long a reply of the account may be: as its server says, else as is usual."""
    told = (account.position or {}).get("reply_limit")
    return told if type(told) is int and told > 0 else channel.reply_limit


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
