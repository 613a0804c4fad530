"""Proofs that a form bears, and the address at which its customer follows what came of it.

Both are signed with the key of the sessions. A proof is made with the page, is good for a day and
names the id under which what is written becomes a mention: so a form counts once. An address is
good for as long as the key is the same.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

#: How long a page may stay open, and how long people take to write at least.
LONGEST = timedelta(hours=24)
SHORTEST = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Proof:
    """What a form proves: that it came from a page of ours."""

    id: str  #: of this form alone
    made_at: datetime  #: UTC


def new_proof(hook: str, thread: str, now: datetime) -> str:
    """Return a proof for a form of an account; ``thread`` is empty unless it goes on with one."""
    return _signed("form").dumps([hook, thread, secrets.token_urlsafe(16), now.isoformat()])


def proof_of(text: str, hook: str, thread: str) -> Proof | None:
    """Return what a form proves; None when it is no proof, or one of another form."""
    try:
        of_hook, of_thread, id, made = _signed("form").loads(text)
        proof = Proof(id, datetime.fromisoformat(made))
    except (BadSignature, ValueError, TypeError):
        return None
    return proof if (of_hook, of_thread) == (hook, thread) else None


def new_address(hook: str, thread: str) -> str:
    """Return the last part of the address at which a customer follows a conversation."""
    return _signed("answers").dumps([hook, thread])


def thread_at(address: str, hook: str) -> str | None:
    """Return which conversation is followed at an address; None when it is nobody's."""
    try:
        of_hook, thread = _signed("answers").loads(address)
    except (BadSignature, ValueError, TypeError):
        return None
    return thread if of_hook == hook and isinstance(thread, str) else None


def _signed(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"corral.form.{purpose}")
