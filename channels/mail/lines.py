"""What connections to mail servers have in common: encryption, and an end in any case."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from channels.errors import ChannelRefusedError, ChannelUnavailableError
from channels.mail.account import Server

#: Seconds that a server may be silent. Some let callers wait for a quarter of a minute after others
#: from the same address had given wrong passwords.
SILENCE = 20.0


class Deadline:
    """A moment by which everything is over, however slowly a server talks."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin to count."""
        self._clock = clock
        self._end = clock() + seconds

    @property
    def is_over(self) -> bool:
        """Tell whether no time is left."""
        return self._clock() >= self._end

    def left(self, *, of: str) -> float:
        """Return the seconds that are left; raise ChannelUnavailableError when none are."""
        left = self._end - self._clock()
        if left <= 0:
            raise ChannelUnavailableError(f"{of} takes too long to answer.")
        return left


@contextmanager
def cut(line: Callable[[], socket.socket | None], seconds: float) -> Iterator[None]:
    """Cut a connection after so many seconds: a time-out of a socket counts each silence anew.

    ``line`` returns its socket, which is another one once it is encrypted.
    """

    def shut() -> None:
        with suppress(OSError, AttributeError):
            line().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

    timer = threading.Timer(seconds, shut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def trusting() -> ssl.SSLContext:
    """Return how certificates are checked: by name, against the authorities of this machine."""
    return ssl.create_default_context()


@contextmanager
def connecting(server: Server) -> Iterator[None]:
    """Turn what goes wrong before anything was asked for into errors of channels."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise ChannelRefusedError(
            f"The certificate of {server.host} is not valid: {error.verify_message}. Correct the "
            "name of the server, or have this machine trust whoever issued it (SSL_CERT_FILE)."
        ) from None
    except ssl.SSLError as error:
        raise ChannelRefusedError(
            f"{server.host}:{server.port} does not speak TLS as expected ({error.reason}). Check "
            "its port and encryption: 993 and 465 are tls, 143 and 587 are starttls."
        ) from None
    except OSError as error:
        raise ChannelUnavailableError(
            f"{server.host}:{server.port} cannot be reached: {error.strerror or error}."
        ) from None
