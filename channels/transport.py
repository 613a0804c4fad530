"""How a call of any network leaves and comes back, below every library built on ``requests``.

Whatever happens on the way ends as one of our own errors. What decides is whether a byte of the
request was given to a connection: before that the call certainly had no effect; after that a call
that writes may have had one, whatever broke.
"""

from __future__ import annotations

import http.client
import socket
import threading
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidHeader, InvalidSchema, InvalidURL
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import LocationParseError

from channels.errors import (
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
)
from channels.public_addresses import public_address

#: Seconds to connect, to wait for a sign of life, and for a call from beginning to end. The last
#: is less than ``channels.protocol.LONGEST_CALL``.
CONNECT, READ, WHOLE = 5.0, 20.0, 40.0
#: Bytes of one answer at most, after it is unpacked.
LARGEST = 8_000_000
#: Redirects followed for one question, all of them on one host.
REDIRECTS = 3
#: Methods of HTTP that ask; all others may have an effect.
READS = frozenset({"GET", "HEAD", "OPTIONS"})

_UNUSABLE = (InvalidURL, InvalidSchema, InvalidHeader, LocationParseError, UnicodeError)
_BROKEN = (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException,
           OSError, UnicodeError)  # fmt: skip
#: Of the call this thread makes: the socket its first byte went to, whether that one had served
#: before, whether it took too long, and whether it writes.
_call = threading.local()


def cut_off(why: str, *, writes: bool) -> ChannelError:
    """Return what it means that a call broke, or was answered badly, once it was under way."""
    return DeliveryUnknownError(why) if writes else ChannelUnavailableError(why)


class Line(HTTPAdapter):
    """Carries the calls of a ``requests`` session; mount it with :func:`mount`.

    Answers with any status are handed on, read to the end, but for redirects to another host and
    redirects of what writes. A call made with ``stream=True`` is not read, nor cut off.
    """

    def __init__(
        self,
        base: str | None = None,
        *,
        connect: float = CONNECT,
        read: float = READ,
        whole: float = WHOLE,
        largest: int = LARGEST,
        public: bool = False,
    ) -> None:
        """Take the limits.

        Args:
            base: address that every call goes to instead of the one it names, path appended; what
                was signed stays signed for the original one. None: to the one it names.
            connect: seconds to connect.
            read: seconds of silence.
            whole: seconds for a call once it is connected.
            largest: bytes of an answer.
            public: only addresses on the public internet are called, whatever names lead to.
        """
        self._public = public
        self._base = base.rstrip("/") if base else None
        self._timeout = (connect, read)
        self._whole = whole
        self._largest = largest
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Use connections that note when a request begins to leave."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = (
            {"http": _PublicPool, "https": _PublicSecurePool}
            if self._public
            else {"http": _Pool, "https": _SecurePool}
        )

    def send(
        self, request: requests.PreparedRequest, stream: bool = False, *_args: Any, **kwargs: Any
    ) -> requests.Response:
        """Send a request and return the answer, read to its end.

        Raises:
            ChannelUnavailableError: it had no effect; again is safe.
            DeliveryUnknownError: it writes, and may have had its effect.
            ChannelRefusedError: the address cannot be called, or leads elsewhere.
        """
        if self._base and not (request.url or "").startswith(f"{self._base}/"):
            self._redirect(request)
        writes = (request.method or "GET").upper() not in READS
        host = urlsplit(request.url or "").hostname or "The network"
        _call.sock, _call.kept, _call.late, _call.writes = None, False, False, writes
        try:
            with _Deadline(None if stream else self._whole):
                response = self._begun(request, kwargs, writes=writes)
                if not stream:
                    self._read(response)
                if _call.late:
                    # What was cut may look like an answer that is over.
                    raise TimeoutError
        except _BROKEN as error:
            raise _told(error, host, writes=writes) from error
        except _TooLargeError:
            why = f"{host} answered with more than {self._largest} bytes."
            raise cut_off(why, writes=writes) from None
        _check_redirect(response, host, writes=writes)
        return response

    def _begun(
        self, request: requests.PreparedRequest, kwargs: dict[str, Any], *, writes: bool
    ) -> requests.Response:
        """Return an answer whose body is still to come."""
        ask = partial(
            super().send, request, stream=True, timeout=self._timeout,
            verify=kwargs.get("verify", True), cert=kwargs.get("cert"), proxies={},
        )  # fmt: skip
        try:
            return ask()
        except requests.ConnectionError as error:
            ended = isinstance(_innermost(error), ConnectionError)
            if writes or _call.late or not (ended and _call.kept):
                raise
        # The other side closed a kept connection at the moment we asked over it.
        self.poolmanager.clear()
        return ask()

    def _redirect(self, request: requests.PreparedRequest) -> None:
        parts = urlsplit(request.url or "")
        request.url = f"{self._base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
        request.headers["Host"] = urlsplit(request.url).netloc

    def _read(self, response: requests.Response) -> None:
        parts, size = [], 0
        try:
            for part in response.raw.stream(65_536, decode_content=True):
                parts.append(part)
                size += len(part)
                if size > self._largest:
                    raise _TooLargeError
        except BaseException:
            response.close()
            raise
        # What ``Response.content`` does, within our limits.
        response._content = b"".join(parts)
        response._content_consumed = True


def mount(session: requests.Session, line: Line) -> requests.Session:
    """Have all calls of a session carried by ``line``, whatever the environment says; return it."""
    session.trust_env = False
    session.max_redirects = REDIRECTS
    for scheme in ("https://", "http://"):
        session.mount(scheme, line)
    return session


class _Noted(HTTPConnection):
    """A connection that notes when the first byte of a request leaves."""

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Begin anew for what writes.

        A kept connection may be closed by the other side at the moment we use it; then nobody could
        say whether the call arrived.
        """
        if _call.writes:
            self.close()
        super().request(*args, **kwargs)

    def send(self, data: Any) -> None:
        """Connect if need be, then note it, then send."""
        kept = self.sock is not None
        if not kept:
            self.connect()
        if _call.late:
            raise TimeoutError
        if _call.sock is not self.sock:
            _call.sock, _call.kept = self.sock, kept
        super().send(data)


class _SecureNoted(_Noted, HTTPSConnection):
    """The same over TLS; the certificate has been checked by then."""


class _Public(HTTPConnection):
    """A connection to the very address that was looked at: the next time a name leads elsewhere."""

    def _new_conn(self) -> socket.socket:
        named = self._dns_host
        self._dns_host = public_address(named, self.port)
        try:
            return super()._new_conn()
        finally:
            self._dns_host = named


class _PublicNoted(_Noted, _Public):
    """Both."""


class _PublicSecureNoted(_SecureNoted, _Public):
    """Both over TLS; the certificate is that of the name."""


class _PublicPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PublicNoted


class _PublicSecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PublicSecureNoted


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Noted


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureNoted


class _Deadline:
    """Ends the connection of this thread's call when it takes too long, drop by drop or not."""

    def __init__(self, seconds: float | None) -> None:
        self._timer = threading.Timer(seconds, self._cut, [_call.__dict__]) if seconds else None

    def __enter__(self) -> None:
        if self._timer:
            self._timer.daemon = True
            self._timer.start()

    def __exit__(self, *_: object) -> None:
        if self._timer:
            self._timer.cancel()

    @staticmethod
    def _cut(call: dict[str, Any]) -> None:
        call["late"] = True
        with suppress(OSError):
            if call.get("sock") is not None:
                call["sock"].shutdown(2)


class _TooLargeError(Exception):
    """An answer has more bytes than we keep."""


def _told(error: Exception, host: str, *, writes: bool) -> ChannelError:
    """Return what a broken call means, in our own words."""
    kind = type(_innermost(error)).__name__
    if _call.sock is not None:
        return cut_off(f"The connection to {host} broke before it answered.", writes=writes)
    if isinstance(error, _UNUSABLE):
        return ChannelRefusedError(f"The address of {host} cannot be called ({kind}).")
    return ChannelUnavailableError(f"{host} cannot be reached ({kind}).")


def _innermost(error: BaseException) -> BaseException:
    """Return the reason that a library has wrapped, for its name."""
    wrapped = (getattr(error, "reason", None), *error.args)
    reason = next((one for one in wrapped if isinstance(one, BaseException)), None)
    return _innermost(reason) if reason else error


def _check_redirect(response: requests.Response, host: str, *, writes: bool) -> None:
    if not response.is_redirect:
        return
    there = urlsplit(urljoin(response.url, response.headers["location"]))
    here = urlsplit(response.url)
    safe = (here.scheme, there.scheme) != ("https", "http")
    if writes or there.hostname != here.hostname or not safe:
        raise ChannelRefusedError(
            f"{host} sends us to {there.hostname}. If that is right, write that address into the "
            "settings of the account."
        )
