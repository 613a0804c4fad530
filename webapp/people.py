"""The people who log in: agents, designers, managers and operators.

A login is unique in the whole installation, so that logging in needs no workspace; a person
belongs to exactly one workspace. Passwords are kept as argon2id hashes, API tokens as SHA-256 of
a random text: neither can be read back.

Errors::

    PersonError
    +-- UnknownPersonError     nobody has this login
    +-- LoginTakenError        somebody has this login already
    +-- PersonRejectedError    a login, name, role or password does not do
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?", re.ASCII)
SHORTEST_PASSWORD = 10
#: Argon2 reads the whole text; without a limit a login attempt could cost megabytes.
LONGEST_PASSWORD = 1024
_TOKEN_PREFIX = "corral_"  # noqa: S105  (lets secret scanners recognise a leaked token)


class Role(StrEnum):
    """What a person comes to do. An operator may do everything."""

    AGENT = "agent"  #: answers customers
    DESIGNER = "designer"  #: draws and deploys processes
    MANAGER = "manager"  #: watches, decides, helps
    OPERATOR = "operator"  #: runs the installation


class PersonError(Exception):
    """Anything that is refused about a person. The text is fit to be shown."""


class UnknownPersonError(PersonError):
    """Nobody has this login."""

    def __init__(self, login: str) -> None:
        """Quote the login that was asked for."""
        super().__init__(f"Nobody has the login {login!r}. Check the spelling.")
        self.login = login


class LoginTakenError(PersonError):
    """Somebody has this login already, perhaps in another workspace."""

    def __init__(self, login: str) -> None:
        """Quote the login that is taken."""
        super().__init__(f"The login {login!r} is taken. Choose another one.")
        self.login = login


class PersonRejectedError(PersonError):
    """A login, name, role, zone or password does not do; the text says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in. Also what Flask-Login keeps as ``current_user``."""

    id: int
    workspace: str  #: key
    login: str  #: the ``by`` of the engine
    name: str
    roles: frozenset[Role]
    active: bool = True
    zone: str = ""  #: IANA name; empty means that of the workspace
    locale: str = "en"
    #: Changes with the password and with :meth:`People.end_sessions`; ends sessions that bear
    #: an older one.
    epoch: int = 0

    #: Flask-Login asks these of everybody it knows.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Tell Flask-Login whether the person may log in."""
        return self.active

    def get_id(self) -> str:
        """Return what the session keeps: the id, and the epoch that can outdate it."""
        return f"{self.id}.{self.epoch}"

    def may(self, *roles: Role | str) -> bool:
        """Tell whether the person has one of ``roles``, or is an operator."""
        return Role.OPERATOR in self.roles or any(Role(role) in self.roles for role in roles)


class PersonRows(Protocol):
    """Where people are kept; implemented by :mod:`webapp.storage`."""

    def insert(self, person: Person, password_hash: str) -> Person:
        """Store a new person and return them with their id. Raises :class:`LoginTakenError`."""
        ...

    def by_login(self, login: str) -> tuple[Person, str] | None:
        """Return a person of any workspace and their password hash."""
        ...

    def by_id(self, person_id: int) -> Person | None:
        """Return a person of any workspace."""
        ...

    def of_workspace(self, workspace: str) -> list[Person]:
        """Return the people of one workspace, by login."""
        ...

    def update(self, person: Person, password_hash: str | None = None) -> None:
        """Write every field of ``person``, and the hash when one is given."""
        ...

    def insert_token(self, person_id: int, label: str, digest: str) -> None:
        """Store the digest of a new API token."""
        ...

    def by_token(self, digest: str) -> Person | None:
        """Return whose token has this digest."""
        ...


class People:
    """Adds people, recognises them, and changes what they may do."""

    def __init__(self, rows: PersonRows, hasher: PasswordHasher | None = None) -> None:
        """Keep the storage. ``hasher`` is argon2id with the library's current costs by default."""
        self._rows = rows
        self._hasher = hasher or PasswordHasher()
        # Verified when a login is unknown, so that the answer takes as long as a wrong password.
        self._decoy = self._hasher.hash(secrets.token_urlsafe())

    def add(
        self, workspace: str, login: str, password: str, *, name: str = "", roles: Iterable[str]
    ) -> Person:
        """Store a new person and return them.

        Raises:
            PersonRejectedError: the login, the roles or the password do not do.
            LoginTakenError: somebody has that login.
        """
        login = checked_login(login)
        person = Person(0, workspace, login, name.strip()[:200] or login, checked_roles(roles))
        return self._rows.insert(person, self._hasher.hash(checked_password(password)))

    def recognise(self, login: str, password: str) -> Person | None:
        """Return the active person with this login and password, or None, in the same time."""
        found = self._rows.by_login(login.strip().lower()[:64])
        person, stored = found or (None, self._decoy)
        try:
            self._hasher.verify(stored, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return None
        if person is None or not person.active:
            return None
        if self._hasher.check_needs_rehash(stored):
            self._rows.update(person, self._hasher.hash(password))
        return person

    def of_session(self, session_id: str) -> Person | None:
        """Return who :meth:`Person.get_id` named, unless disabled or outdated since."""
        number, _, epoch = session_id.partition(".")
        person = self._rows.by_id(int(number)) if number.isdecimal() else None
        if person is None or not person.active or str(person.epoch) != epoch:
            return None
        return person

    def of_token(self, token: str) -> Person | None:
        """Return the active person whose API token this is."""
        person = self._rows.by_token(_digest(token)) if token.startswith(_TOKEN_PREFIX) else None
        return person if person is not None and person.active else None

    def new_token(self, login: str, label: str) -> str:
        """Return a new API token of a person. It is shown once and cannot be read back."""
        token = _TOKEN_PREFIX + secrets.token_urlsafe(32)
        self._rows.insert_token(self.by_login(login).id, label[:100], _digest(token))
        return token

    def by_login(self, login: str) -> Person:
        """Return the person with this login. Raises :class:`UnknownPersonError`."""
        found = self._rows.by_login(login.strip().lower())
        if found is None:
            raise UnknownPersonError(login)
        return found[0]

    def of_workspace(self, workspace: str) -> list[Person]:
        """Return everybody of one workspace, by login, the disabled too."""
        return self._rows.of_workspace(workspace)

    def change(
        self,
        workspace: str,
        login: str,
        *,
        active: bool | None = None,
        roles: Iterable[str] | None = None,
        zone: str | None = None,
        password: str | None = None,
    ) -> Person:
        """Change a person of ``workspace``; what is None stays.

        Disabling somebody and a new password end all their sessions.

        Raises:
            UnknownPersonError: nobody of this workspace has the login.
            PersonRejectedError: a role, zone or password does not do.
        """
        old = self.by_login(login)
        if old.workspace != workspace:
            raise UnknownPersonError(login)
        person = replace(
            old,
            roles=old.roles if roles is None else checked_roles(roles),
            active=old.active if active is None else active,
            zone=old.zone if zone is None else checked_zone(zone),
            epoch=old.epoch + (password is not None or active is False),
        )
        hashed = None if password is None else self._hasher.hash(checked_password(password))
        self._rows.update(person, hashed)
        return person


def checked_login(login: str) -> str:
    """Return ``login`` in lower case. Raises :class:`PersonRejectedError`."""
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise PersonRejectedError(
            f"{login[:70]!r} cannot be a login. Use 1 to 64 letters a-z, digits, '.', '_' or '-'."
        )
    return login


def checked_roles(roles: Iterable[str]) -> frozenset[Role]:
    """Return the roles. Raises :class:`PersonRejectedError` for none or an unknown one."""
    known = ", ".join(Role)
    try:
        chosen = frozenset(Role(role) for role in roles)
    except ValueError as unknown:
        raise PersonRejectedError(f"{unknown}. The roles are: {known}.") from None
    if not chosen:
        raise PersonRejectedError(f"Choose at least one role of: {known}.")
    return chosen


def checked_password(password: str) -> str:
    """Return ``password``. Raises :class:`PersonRejectedError` when too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        raise PersonRejectedError(
            f"The password is too short: use at least {SHORTEST_PASSWORD} characters."
        )
    if len(password) > LONGEST_PASSWORD:
        raise PersonRejectedError(
            f"The password is too long: use at most {LONGEST_PASSWORD} characters."
        )
    try:
        password.encode()
    except UnicodeEncodeError:
        raise PersonRejectedError("The password is not UTF-8 text. Type another one.") from None
    return password


def checked_zone(zone: str) -> str:
    """Return ``zone`` when it is an IANA name or empty. Raises :class:`PersonRejectedError`."""
    try:
        return ZoneInfo(zone).key if zone else ""
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PersonRejectedError(
            f"{zone[:60]!r} is not a time zone. Write a name such as 'Europe/Madrid'."
        ) from None


def _digest(token: str) -> str:
    # Fast on purpose: a token holds 256 random bits, so there is nothing to guess.
    return hashlib.sha256(token.encode()).hexdigest()
