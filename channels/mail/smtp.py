"""A mail handed in, so that it is known for certain whether the server took it.

Nothing counts before the line with a single dot: a server that did not get it has no mail. What
comes after it is told apart here, and that is why the library's own way of sending is not used.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from channels.errors import (
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.mail.account import Security, Server
from channels.mail.lines import SILENCE, Deadline, connecting, cut, trusting

#: Codes that speak of the account, whatever they answer: encryption or a log-in is missing.
_ABOUT_US = {530, 534, 535, 538}
_GO_ON, _CLOSING = 354, 421


def hand_in(
    server: Server, *, sender: str, recipient: str, mail: bytes, domain: str, seconds: float
) -> None:
    """Hand in one mail to one recipient; it was taken when this returns.

    Args:
        server: where, and as whom.
        sender: address that hears when it cannot be delivered.
        recipient: address.
        mail: all of it, its lines ended as the network wants.
        domain: ours.
        seconds: after which it has ended in any case.

    Raises:
        ChannelUnavailableError: it was not taken; handing it in again is safe.
        ChannelRefusedError: it was not taken; somebody has to mend the account.
        ReplyRefusedError: it was not taken, and will not be.
        DeliveryUnknownError: it may have been taken.
    """
    with logged_in(server, domain=domain, seconds=seconds) as smtp:
        with _broken_off(server):
            _judge(server, smtp.mail(sender))
            _judge(server, smtp.rcpt(recipient))
            code, said = smtp.docmd("DATA")
            if code != _GO_ON:
                _judge(server, (code, said))
                raise ChannelUnavailableError(f"{server.host} takes no mail now: {code}.")
            smtp.send(dotted(mail))
        _end(server, smtp)


def dotted(mail: bytes) -> bytes:
    """Return a mail with whole lines, none of which can be taken for the dot at its end."""
    lines = mail.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n")
    return b"".join((b"." if line[:1] == b"." else b"") + line + b"\r\n" for line in lines)


@contextmanager
def logged_in(server: Server, *, domain: str, seconds: float) -> Iterator[smtplib.SMTP]:
    """Log in for so many seconds at most. Raises what :func:`hand_in` raises, and nothing was sent.

    A server that asks for no log-in gets none.
    """
    deadline = Deadline(seconds)
    with connecting(server), _broken_off(server):
        smtp = _connect(server, domain)
    with cut(lambda: smtp.sock, deadline.left(of=server.host)):
        try:
            with connecting(server), _broken_off(server):
                _prepare(smtp, server)
            yield smtp
        finally:
            # What was taken stays taken, whether or not the server hears our good-bye.
            with suppress(Exception):
                if smtp.sock is not None:
                    smtp.sock.settimeout(1)
                smtp.quit()
            smtp.close()


def _connect(server: Server, domain: str) -> smtplib.SMTP:
    if server.security is Security.TLS:
        return smtplib.SMTP_SSL(
            server.host, server.port, domain, timeout=SILENCE, context=trusting()
        )
    return smtplib.SMTP(server.host, server.port, domain, timeout=SILENCE)


def _prepare(smtp: smtplib.SMTP, server: Server) -> None:
    smtp.ehlo_or_helo_if_needed()
    if server.security is Security.STARTTLS:
        if not smtp.has_extn("starttls"):
            raise ChannelRefusedError(
                f"{server.host} offers no STARTTLS. Choose another encryption."
            )
        smtp.starttls(context=trusting())
        smtp.ehlo()
    if not server.password or not smtp.has_extn("auth"):
        return
    try:
        smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code // 100 == 4:
            raise _later(server, error.smtp_code, error.smtp_error) from None
        raise ChannelRefusedError(
            f"{server.host} does not accept the user name {server.user} with this password "
            f"({error.smtp_code}). Give the account its password anew."
        ) from None
    except (smtplib.SMTPNotSupportedError, UnicodeError):
        raise ChannelRefusedError(
            f"{server.host} offers no way of logging in that we know, or the password is not ASCII."
        ) from None


def _end(server: Server, smtp: smtplib.SMTP) -> None:
    """Send the dot, and find out what it led to."""
    try:
        smtp.send(b".\r\n")
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        raise DeliveryUnknownError(
            f"{server.host} broke off after it got all of the mail. It may have been sent."
        ) from None
    if code == _CLOSING or not 200 <= code < 600:
        raise DeliveryUnknownError(
            f"{server.host} got all of the mail and then said {code} {_text(said)}."
        )
    _judge(server, (code, said))


def _judge(server: Server, answer: tuple[int, bytes]) -> None:
    """Raise what a code that is no success means before a mail was taken."""
    code, said = answer
    if 200 <= code < 400:
        return
    if code in _ABOUT_US:
        raise ChannelRefusedError(f"{server.host} does not take mail from us: {code} {_text(said)}")
    if code >= 500:
        raise ReplyRefusedError(f"{server.host} refuses the mail: {code} {_text(said)}")
    raise _later(server, code, said)


def _later(server: Server, code: int, said: bytes | str) -> ChannelUnavailableError:
    return ChannelUnavailableError(
        f"{server.host} takes no mail now: {code} {_text(said)}", retry_after=60
    )


@contextmanager
def _broken_off(server: Server) -> Iterator[None]:
    """Turn a connection that breaks before the dot into word that nothing was sent."""
    try:
        yield
    except smtplib.SMTPServerDisconnected as error:
        raise ChannelUnavailableError(f"{server.host} broke off: {error}") from None
    except smtplib.SMTPException as error:
        # Among them are those of a server that greets us with a refusal.
        raise ChannelUnavailableError(f"{server.host} takes no mail now: {error}") from None
    except TimeoutError:
        raise ChannelUnavailableError(f"{server.host} does not answer.") from None


def _bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")


def _text(said: bytes | str) -> str:
    told = _bytes(said).decode("utf-8", "replace")
    return " ".join("".join(c if c.isprintable() else " " for c in told).split())[:300]
