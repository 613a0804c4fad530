"""Calls of one account's server (XRPC), with a session that is kept, refreshed and begun anew.

A login may be made 30 times in five minutes and 300 times a day, so its session is kept for as
long as the process lives. A token that is over is answered with 400, not with 401.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from channels.calling import Answer, Caller, Line
from channels.errors import (
    CallRefusedError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
)

#: Seconds: for one call; and after which no other call is begun for the same purpose. Together
#: with a session that has to be begun anew they are less than ``channels.protocol.LONGEST_CALL``.
WHOLE, PATIENCE = 10.0, 25.0
#: Seconds in which a password that was refused is not tried again.
REFUSED_PAUSE = 300.0
#: Who carries direct messages.
CHAT = "did:web:api.bsky.chat#bsky_chat"
#: Errors by which a server says that a token does not do any more.
_OVER = frozenset({"ExpiredToken", "InvalidToken", "AuthenticationRequired", "AuthMissing"})


@dataclass(frozen=True, slots=True)
class _Tokens:
    did: str
    handle: str
    access: str
    refresh: str


class Session:
    """An account that is logged in, or will be when it has to. Safe to use from many threads."""

    def __init__(self, service: str, handle: str, password: str) -> None:
        """Take the address of the server, and with what to log in there."""
        self._service = service.rstrip("/")
        self._handle = handle
        self._password = password
        self._home = self._service
        self._caller = _caller(self._home)
        self._tokens: _Tokens | None = None
        self._refused: tuple[str, float] | None = None
        self._lock = threading.Lock()
        self._purpose = threading.local()

    @property
    def did(self) -> str:
        """The id of the account, which stays when its handle changes. May log in."""
        return self._current().did

    @property
    def handle(self) -> str:
        """How people address the account, as the server has it. May log in."""
        return self._current().handle

    def begin(self) -> None:
        """Let the calls of this thread from now on be for one purpose: its time begins now."""
        self._purpose.end = time.monotonic() + PATIENCE

    def log_in(self) -> None:
        """Log in anew, whatever is known already.

        Raises:
            ChannelRefusedError: the server does not take handle or password.
            ChannelUnavailableError: it does not answer, or asks us to wait.
        """
        with self._lock:
            self._refused = None
            self._log_in()

    def ask(self, method: str, *, chat: bool = False, **params: Any) -> Mapping[str, Any]:
        """Return what the server answers to a question; a parameter that is None is left out.

        Raises:
            ChannelUnavailableError: no answer now.
            CallRefusedError: it says no; :func:`error_of` tells how it calls that.
            ChannelRefusedError: the account cannot log in.
        """
        return self._called("GET", method, chat=chat, params=params)

    def tell(
        self, method: str, told: Mapping[str, Any], *, chat: bool = False
    ) -> Mapping[str, Any]:
        """Have the server write something, and return what it answers.

        Raises:
            ChannelUnavailableError: nothing was written.
            DeliveryUnknownError: it may have been written.
            CallRefusedError: the server will not write it.
            ChannelRefusedError: the account cannot log in.
        """
        return self._called("POST", method, chat=chat, body=told)

    def upload(self, content: bytes, type: str) -> Mapping[str, Any]:
        """Give the server a file that nobody sees until a record names it; return its answer.

        Raises what :meth:`ask` raises: it may be given again.
        """
        return self._called("POST", "com.atproto.repo.uploadBlob", file=(content, type))

    def _called(
        self,
        verb: str,
        method: str,
        *,
        chat: bool = False,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        file: tuple[bytes, str] | None = None,
    ) -> Mapping[str, Any]:
        def sent(tokens: _Tokens) -> Mapping[str, Any]:
            self._check_patience()
            headers = {"Authorization": f"Bearer {tokens.access}"}
            if chat:
                headers["atproto-proxy"] = CHAT
            if file is not None:
                headers["Content-Type"] = file[1]
            answer = self._caller.call(
                verb, f"/xrpc/{method}", params=params, json=body, headers=headers,
                data=file[0] if file else None, writes=False if file else None,
            )  # fmt: skip
            return _mapping(answer, self._home)

        tokens = self._current()
        try:
            return sent(tokens)
        except CallRefusedError as refused:
            # That a password may not read messages is said in the words of a wrong token.
            if error_of(refused) not in ({"ExpiredToken"} if chat else _OVER):
                raise
            return sent(self._renewed(tokens))

    def _current(self) -> _Tokens:
        with self._lock:
            return self._tokens or self._log_in()

    def _renewed(self, used: _Tokens) -> _Tokens:
        """Return tokens that are newer than those that were used."""
        with self._lock:
            if self._tokens is not None and self._tokens is not used:
                return self._tokens
            self._tokens = None
            headers = {"Authorization": f"Bearer {used.refresh}"}
            try:
                answer = self._caller.call(
                    "POST", "/xrpc/com.atproto.server.refreshSession", headers=headers,
                    writes=False,
                )  # fmt: skip
            except CallRefusedError:
                return self._log_in()
            except ChannelUnavailableError:
                self._tokens = used
                raise
            return self._keep(_mapping(answer, self._service))

    def _log_in(self) -> _Tokens:
        if self._refused and time.monotonic() < self._refused[1]:
            raise ChannelRefusedError(self._refused[0])
        told = {"identifier": self._handle, "password": self._password}
        try:
            answer = _caller(self._service).call(
                "POST", "/xrpc/com.atproto.server.createSession", json=told, writes=False
            )
        except CallRefusedError as refused:
            why = f"{_host(self._service)} does not let {self._handle} in: {words_of(refused)}. "
            cure = "Check the handle, and make an app password in the settings of Bluesky."
            self._refused = (why + cure, time.monotonic() + REFUSED_PAUSE)
            raise ChannelRefusedError(why + cure) from refused
        return self._keep(_mapping(answer, self._service))

    def _keep(self, told: Mapping[str, Any]) -> _Tokens:
        if told.get("active") is False:
            status = told.get("status") or "not active"
            raise ChannelRefusedError(f"The account {self._handle} is {status} on Bluesky.")
        try:
            tokens = _Tokens(*(str(told[n]) for n in ("did", "handle", "accessJwt", "refreshJwt")))
        except KeyError as missing:
            raise ChannelUnavailableError(
                f"{_host(self._service)} let us in without {missing}."
            ) from None
        home = _home(told.get("didDoc"), self._service)
        if self._home != home:
            self._home, self._caller = home, _caller(home)
        self._tokens = tokens
        return tokens

    def _check_patience(self) -> None:
        if time.monotonic() > getattr(self._purpose, "end", float("inf")):
            raise ChannelUnavailableError(f"{_host(self._service)} answers too slowly.")


def error_of(refused: CallRefusedError) -> str:
    """Return how the server calls what it refuses, such as ``InvalidSwap``."""
    return str(_told(refused).get("error") or "")


def words_of(refused: CallRefusedError) -> str:
    """Return why the server refuses something, in its words for people."""
    told = _told(refused)
    return str(told.get("message") or told.get("error") or f"status {refused.status}").rstrip(".")


def _told(refused: CallRefusedError) -> Mapping[str, Any]:
    try:
        told = json.loads(refused.text)
    except ValueError:
        return {}
    return told if isinstance(told, Mapping) else {}


def _caller(base: str) -> Caller:
    return Caller(base, line=Line(whole=WHOLE, read=WHOLE))


def _home(document: Any, service: str) -> str:
    """Return the address of the server that holds the account; logins may be taken elsewhere."""
    services = document.get("service") if isinstance(document, Mapping) else None
    for one in services if isinstance(services, list) else ():
        if isinstance(one, Mapping) and str(one.get("id", "")).endswith("#atproto_pds"):
            address = str(one.get("serviceEndpoint") or "").rstrip("/")
            # A server of our own machine may hold accounts; one that is far away names none here.
            if address.startswith("https://") or _host(address) == _host(service):
                return address
    return service


def _host(address: str) -> str:
    return urlsplit(address).hostname or address


def _mapping(answer: Answer, server: str) -> Mapping[str, Any]:
    """Return what an answer holds. An odd one to what writes may have been given after it wrote."""
    told = answer.json()
    if isinstance(told, Mapping):
        return told
    why = f"{_host(server)} answers with something unexpected."
    raise DeliveryUnknownError(why) if answer.writes else ChannelUnavailableError(why)
