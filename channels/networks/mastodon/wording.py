"""What a reply becomes on the network, how long that is, and how it is known again.

A reply reaches its customer only if it names them, so their name is put in front. A post of
limited visibility goes to everybody it names: a private reply may name nobody else.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from channels.errors import ReplyRefusedError
from channels.model import Reply
from channels.phrases import letters_of

#: Characters kept free in front of a reply: ``@``, the longest name of a server that keeps to the
#: rules, and a space. The name of the server in a handle is not counted.
ROOM = 32
#: Characters of a link, however long it is, unless the server says otherwise.
URL_LENGTH = 23

#: A person or a server named in a text: ``@name`` or ``@name@server``.
_MENTION = re.compile(r"(?<![=/\w])@(\w+(?:[.-]+\w+)*(?:@[\w.-]+\w)?)")
_URL = re.compile(r"https?://\S", re.IGNORECASE)


def wording(reply: Reply, own_handle: str) -> str:
    """Return the text that is posted for ``reply``. The same whenever it is asked.

    Raises:
        ReplyRefusedError: it is private, and would go to others or to nobody.
    """
    named = [name.lower() for name in _MENTION.findall(reply.text)]
    to = reply.recipient.lower()
    if reply.private:
        _check_audience(named, to, own_handle.lower())
    if not to:
        return reply.text
    if any(_is(name, to) for name in named):
        # Without its server a name means somebody on our own.
        return _MENTION.sub(
            lambda found: f"@{reply.recipient}" if _is(found[1].lower(), to) else found[0],
            reply.text,
        )
    return f"@{reply.recipient} {reply.text}"


@lru_cache(maxsize=256)
def length_of(text: str, url_length: int = URL_LENGTH) -> int:
    """Return the characters of ``text`` as servers count them: links and handles at a flat rate."""
    # It takes a quarter of a second to import, and processes that measure nothing need it not.
    from mastodon import Mastodon

    length: int = Mastodon.get_status_length(text)
    return length + (url_length - URL_LENGTH) * len(_URL.findall(text))


def fingerprint(text: str) -> str:
    """Return what stays of a text whatever a server does to it.

    Servers shorten the names of people, make links of addresses, and may read marks as markup.
    """
    return letters_of(_MENTION.sub(" ", text))


def host_of(address: str) -> str:
    """Return the name of the server at an address."""
    return (urlsplit(address).hostname or address).lower()


def full_handle(acct: str, domain: str) -> str:
    """Return a handle with its server; servers leave out their own name."""
    return acct if "@" in acct else f"{acct}@{domain}"


def _check_audience(named: list[str], to: str, own: str) -> None:
    if not to:
        raise ReplyRefusedError(
            "A private reply goes to whom it names, and nobody knows the name of the customer. "
            "Answer in public."
        )
    others = sorted({name for name in named if not _is(name, to) and not _is(name, own)})
    if others:
        raise ReplyRefusedError(
            f"A private reply is shown to everybody it names: take out @{', @'.join(others)}."
        )


def _is(name: str, handle: str) -> bool:
    """Tell whether a name in a text means the person of a full handle."""
    return name in (handle, handle.split("@")[0])
