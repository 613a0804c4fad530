"""Credentials of channel accounts at rest: sealed with a key from the settings.

AES-256-GCM; the account (workspace, channel, handle) is authenticated with it, so that the sealed
credentials of one account are none of another's. Several keys may be given, the newest first: all
open, the first seals. That is how a key is replaced: put the new one in front, then
``corral channels reseal``.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from channels.errors import ChannelError, CredentialsError, NetworkFaultError
from channels.model import ChannelAccount

#: First byte of what is sealed, should the way of sealing ever change; bytes of a nonce.
_FORM, _NONCE = b"\x01", 12
_HEX_DIGITS = 64


class Seals:
    """Seals and opens credentials; without a key it can do neither, and says so."""

    def __init__(self, keys: Sequence[bytes] = ()) -> None:
        """Take keys of 32 bytes, the newest first."""
        self._ciphers = [AESGCM(key) for key in keys]

    @classmethod
    def of(cls, text: str | None) -> Seals:
        """Read keys of 64 hexadecimal digits each, separated by commas; None: no key.

        Raises:
            ValueError: one of them is something else.
        """
        parts = [part.strip() for part in (text or "").split(",") if part.strip()]
        if any(len(part) != _HEX_DIGITS for part in parts):
            raise ValueError(
                f"{_HEX_DIGITS} hexadecimal digits each; make one: openssl rand -hex 32"
            )
        return cls([bytes.fromhex(part) for part in parts])

    @property
    def ready(self) -> bool:
        """Tell whether there is a key."""
        return bool(self._ciphers)

    def sealed(
        self, workspace: str, channel: str, handle: str, secrets: Mapping[str, str]
    ) -> bytes:
        """Return ``secrets`` of one account, sealed with the newest key.

        Raises:
            CredentialsError: there is no key.
        """
        if not self._ciphers:
            raise CredentialsError(
                "Credentials cannot be kept without a key. Set CORRAL_CREDENTIALS_KEY, the same "
                "for every process; make one: openssl rand -hex 32"
            )
        nonce = os.urandom(_NONCE)
        told = json.dumps(dict(secrets), sort_keys=True).encode()
        return (
            _FORM
            + nonce
            + self._ciphers[0].encrypt(nonce, told, _whose(workspace, channel, handle))
        )

    def opened(self, workspace: str, account: ChannelAccount) -> ChannelAccount:
        """Return the account with its secrets; one that has none stays as it is.

        Raises:
            CredentialsError: no key opens them.
        """
        if account.sealed is None:
            return account
        whose = _whose(workspace, account.channel, account.handle)
        nonce, cipher_text = account.sealed[1 : 1 + _NONCE], account.sealed[1 + _NONCE :]
        if account.sealed[:1] == _FORM:
            for cipher in self._ciphers:
                try:
                    return replace(
                        account, secrets=json.loads(cipher.decrypt(nonce, cipher_text, whose))
                    )
                except (InvalidTag, ValueError):
                    continue
        raise CredentialsError(
            f"The credentials of {account.handle} cannot be opened. Set CORRAL_CREDENTIALS_KEY to "
            "the key they were sealed with, or give the account its credentials anew."
        )


def hidden(text: str, secrets: Mapping[str, str]) -> str:
    """Return ``text`` without the secrets: what networks answer may quote what they were sent."""
    for value in sorted(secrets.values(), key=len, reverse=True):
        for form in {value, quote(value, safe=""), json.dumps(value)[1:-1]}:
            text = text.replace(form, "***") if form else text
    return text


@contextmanager
def hiding(secrets: Mapping[str, str]) -> Iterator[None]:
    """Let what a network raises inside be raised without the secrets of the account.

    Raises:
        NetworkFaultError: it raised something that is no error of channels.
    """
    try:
        yield
    except ChannelError as error:
        # The object stays what it is, with all it knows; its text is what people and logs see.
        error.args = tuple(hidden(str(part), secrets) for part in error.args)
        raise
    except Exception as error:  # noqa: BLE001
        trace = hidden("".join(traceback.format_exception(error)).rstrip(), secrets)
        raise NetworkFaultError(type(error).__name__, trace) from None


def _whose(workspace: str, channel: str, handle: str) -> bytes:
    return json.dumps([workspace, channel, handle]).encode()
