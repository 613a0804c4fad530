"""What an account that is new finds on its network: nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from channels.errors import ChannelRefusedError
from channels.graph.dialect import Dialect
from channels.graph.server import Server, listed
from channels.model import ChannelAccount
from channels.protocol import Checked


def trial(
    server: Server, dialect: Dialect, account: ChannelAccount, now: datetime
) -> Sequence[Checked]:
    """Log in and read what the account is to read; return what was found.

    Raises:
        ChannelUnavailableError: the network does not answer now.
        ChannelRefusedError: the account cannot be used as it is.
    """
    me = dialect.me(server, again=True)
    wanted = account.handle.lower().removeprefix("@")
    names = [name for name in (me.handle, me.name, me.id) if name]
    if wanted not in [name.lower() for name in names]:
        raise ChannelRefusedError(
            f"The access token belongs to {names[0]}, not to {account.handle}. Call the account "
            f"{names[0]}, or give it a token of its own."
        )
    found = [Checked("log in", f"as {names[0]}")]
    if account.settings.get("comments", True) is not False:
        posts = dialect.posts(server, now - timedelta(days=30))
        newest = next(iter(posts), None)
        comments = "no post of the last 30 days"
        if newest is not None:
            seen = next(dialect.comments(server, newest, 1), [])
            comments = f"{len(seen)} on the newest post"
        found.append(Checked("read comments", comments))
    if account.settings.get("messages", True) is not False:
        told = server.get("me/conversations", platform=dialect.platform, limit=1, fields="id")
        found.append(Checked("read messages", "some" if listed(told) else "none yet"))
    return found
