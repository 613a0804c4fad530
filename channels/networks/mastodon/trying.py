"""What an account that is new finds on its server: nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from channels.errors import CallRefusedError, ChannelRefusedError
from channels.model import ChannelAccount
from channels.networks.mastodon.posts import each_dated
from channels.networks.mastodon.server import Server
from channels.networks.mastodon.wording import full_handle
from channels.protocol import Checked

#: Whose mentions a server may keep from us, in its words and in ours.
_GROUPS = {
    "for_not_following": "people you do not follow",
    "for_not_followers": "people who do not follow you",
    "for_new_accounts": "new accounts",
    "for_private_mentions": "people who write in private",
    "for_limited_accounts": "accounts that moderators have limited",
}


def trial(server: Server, account: ChannelAccount) -> list[Checked]:
    """Log in and read; return what was found.

    Raises:
        ChannelUnavailableError: the server does not answer now.
        ChannelRefusedError: the account cannot be used as it is.
    """
    me = server.me(again=True)
    terms = server.terms()
    handle = full_handle(str(me["acct"]), terms.domain)
    if account.handle.lower() != handle.lower():
        raise ChannelRefusedError(
            f"The access token belongs to {handle}, not to {account.handle}. Call the account "
            f"{handle}, or give it a token of its own."
        )
    asked = {"types[]": "mention", "limit": 1, "include_filtered": "true"}
    newest = each_dated(server.listed("/api/v1/notifications", asked), lambda _: None)
    read = f"the newest is of {newest[-1].at:%d %B %Y, %H:%M} UTC" if newest else "none yet"
    return [
        Checked("log in", f"as {handle}"),
        Checked("read mentions", read),
        Checked("limits", f"{terms.limit} characters, a link counts {terms.url_length}"),
        Checked("filters", _filters(server)),
    ]


def _filters(server: Server) -> str:
    """Return whose mentions the server throws away, which nobody can read back."""
    for version in ("v2", "v1"):
        with suppress(CallRefusedError):
            told = server.get(f"/api/{version}/notifications/policy")
            if not isinstance(told, Mapping):
                continue
            dropped = [words for name, words in _GROUPS.items() if told.get(name) == "drop"]
            if dropped:
                return (
                    f"mentions of {' and '.join(dropped)} are thrown away by the server and never "
                    "reach Corral; choose Accept or Filter for them in its preferences"
                )
            return "every mention is kept"
    return "the server has none"
