"""Credentials at rest: opened by the key and the account they belong to, by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.errors import CredentialsError
from channels.model import ChannelAccount
from channels.sealing import Seals

OLD, NEW = "0a" * 32, "0b" * 32
SECRETS = {"token": "s3cret-token"}


def account(seals: Seals, handle: str = "acme") -> ChannelAccount:
    sealed = seals.sealed("default", "mastodon", handle, SECRETS)
    return ChannelAccount(1, "mastodon", handle, sealed=sealed)


def test_what_is_sealed_does_not_show_and_opens_again() -> None:
    # given
    kept = account(Seals.of(OLD))

    # when
    opened = Seals.of(OLD).opened("default", kept)

    # then
    assert kept.sealed is not None and b"s3cret" not in kept.sealed
    assert opened.secrets == SECRETS
    assert "s3cret" not in repr(opened)


def test_the_same_credentials_look_different_each_time() -> None:
    assert account(Seals.of(OLD)).sealed != account(Seals.of(OLD)).sealed


def test_an_old_key_opens_while_a_new_one_seals() -> None:
    # given
    both = Seals.of(f"{NEW}, {OLD}")

    # then
    assert both.opened("default", account(Seals.of(OLD))).secrets == SECRETS
    assert Seals.of(NEW).opened("default", account(both)).secrets == SECRETS


@pytest.mark.parametrize("change", [{"handle": "globex"}, {"channel": "x"}])
def test_credentials_of_one_account_are_none_of_another(change: dict[str, str]) -> None:
    # given
    moved = replace(account(Seals.of(OLD)), **change)

    # when / then
    with pytest.raises(CredentialsError, match="cannot be opened"):
        Seals.of(OLD).opened("default", moved)


def test_another_workspace_another_key_and_a_changed_byte_open_nothing() -> None:
    # given
    kept = account(Seals.of(OLD))
    assert kept.sealed is not None
    broken = replace(kept, sealed=kept.sealed[:-1] + bytes([kept.sealed[-1] ^ 1]))

    # when / then
    for seals, workspace, one in [
        (Seals.of(OLD), "globex", kept),
        (Seals.of(NEW), "default", kept),
        (Seals(), "default", kept),
        (Seals.of(OLD), "default", broken),
        (Seals.of(OLD), "default", replace(kept, sealed=b"")),
    ]:
        with pytest.raises(CredentialsError):
            seals.opened(workspace, one)


def test_without_a_key_nothing_is_sealed_and_the_cure_is_said() -> None:
    with pytest.raises(CredentialsError, match="openssl rand -hex 32"):
        Seals().sealed("default", "x", "acme", SECRETS)


def test_an_account_without_credentials_needs_no_key() -> None:
    one = ChannelAccount(1, "demo", "acme")
    assert Seals().opened("default", one) is one


@pytest.mark.parametrize("text", ["short", "0a" * 31, "zz" * 32, f"{OLD},x"])
def test_a_key_is_64_hexadecimal_digits(text: str) -> None:
    with pytest.raises(ValueError):
        Seals.of(text)
