"""Calls of Reddit through praw: nothing of that library, nor of its transport, leaves this module.

praw is optional: it is imported when an account is first read. Left alone it waits inside a call,
for up to ten seconds by the headers of an answer, and makes a call again that met a fault, also
one that writes. So it sees neither: each answer is judged before it gets it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import requests

from channels import budgets
from channels.calling import Answer, Line, judge, mount, parsed
from channels.errors import (
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
)
from channels.model import ChannelAccount
from channels.posted import Posted
from channels.transport import cut_off

if TYPE_CHECKING:
    import praw

#: Where Reddit is asked; its tokens come from another address.
HOST = "https://oauth.reddit.com"
_TOKENS = "https://www.reddit.com"
#: Seconds of silence, and for a whole call.
SILENCE, WHOLE = 10.0, 12.0
#: Seconds after which no further call is begun: with the longest one, and one for a token, it all
#: ends well within ``channels.protocol.LONGEST_CALL``.
PATIENCE = 15.0
_INSTALL = (
    "Reddit needs a library that is not installed here. Add it to Corral, as with "
    "pip install 'corral[reddit]' or pipx inject corral praw, and start Corral again."
)


class Wires:
    """Keeps clients of praw, which serve one thread at a time, and what was posted with them."""

    def __init__(self, silence: float) -> None:
        """Wait so many seconds for a sign of life of Reddit."""
        self._silence = silence
        self._idle: dict[tuple[str, ...], list[praw.Reddit]] = {}
        self.posted = Posted()
        self._lock = threading.Lock()

    @contextmanager
    def of(self, account: ChannelAccount) -> Iterator[Wire]:
        """Lend what calls Reddit for an account.

        Raises:
            ChannelRefusedError: it lacks credentials, or this installation lacks praw.
        """
        told = _told(account)
        with self._lock:
            idle = self._idle.setdefault(told, [])
            client = idle.pop() if idle else None
        wire = Wire(told, client, self._silence)
        try:
            yield wire
        finally:
            # One whose token was refused, or that failed, is not used again.
            if wire.client is not None:
                with self._lock:
                    idle.append(wire.client)


class Wire:
    """Calls Reddit for one account while somebody waits."""

    def __init__(self, told: tuple[str, ...], client: praw.Reddit | None, silence: float) -> None:
        """Begin now."""
        self.client = client
        self._told = told
        self._silence = silence
        self.refresh()

    def refresh(self) -> None:
        """Begin to count anew: what was read so far has been handed on."""
        self._began = monotonic()

    def get(self, path: str, **params: str | int | None) -> Mapping[str, Any]:
        """Ask, and return the object of the answer.

        Raises:
            ChannelUnavailableError: ask again later.
            ChannelRefusedError: Reddit does not let the account in.
            CallRefusedError: it does not show this.
        """
        asked = {name: value for name, value in params.items() if value is not None}
        told = self._called("GET", path, params=asked)
        return told if isinstance(told, Mapping) else {}

    def children(self, path: str, **params: str | int | None) -> tuple[list[Any], str | None]:
        """Return the things of a listing, and after which there are more. Raises as ``get``."""
        data = self.get(path, **params).get("data")
        if not isinstance(data, Mapping) or not isinstance(data.get("children"), list):
            raise ChannelUnavailableError("Reddit answers in a way nobody understands.")
        after = data.get("after")
        return data["children"], str(after) if after else None

    def post(self, path: str, **data: str) -> Mapping[str, Any]:
        """Have Reddit do something, and return the object of its answer.

        Raises:
            ChannelUnavailableError: nothing happened.
            CallRefusedError: nothing happened; Reddit says no to this.
            ChannelRefusedError: nothing happened; Reddit does not let the account in.
            DeliveryUnknownError: it may have happened.
        """
        told = self._called("POST", path, data=data)
        inner = told.get("json") if isinstance(told, Mapping) else None
        if not isinstance(inner, Mapping):
            raise DeliveryUnknownError("Reddit took something, and does not say what.")
        return inner

    def _called(self, method: str, path: str, **more: Any) -> Any:
        for _ in range(2):
            if monotonic() - self._began > PATIENCE:
                raise ChannelUnavailableError("Reddit answers too slowly.")
            try:
                return self._once(method, path, **more)
            except _TokenOverError:
                # Refused before it had an effect. Tokens last a day at most; a client has one.
                self.client = None
        raise _shut_out("the credentials")

    def _once(self, method: str, path: str, **more: Any) -> Any:
        client, self.client = self.client or _client(self._told, self._silence), None
        try:
            told = client.request(method=method, path=path, **more)
        except _TokenOverError:
            raise
        except ChannelError:
            self.client = client
            raise
        except Exception as error:
            # praw tripped over an answer that our transport took for a good one.
            why = f"Reddit answers in a way nobody understands ({type(error).__name__})."
            raise cut_off(why, writes=method != "GET") from error
        self.client = client
        return told


class _TokenOverError(ChannelRefusedError):
    """Reddit does not know our token any more."""


def installed() -> bool:
    """Tell whether praw can be used here."""
    try:
        import praw  # noqa: F401
    except ImportError:
        return False
    return True


def _told(account: ChannelAccount) -> tuple[str, ...]:
    """Return all that makes a client.

    Raises:
        ChannelRefusedError: something is missing.
    """
    if not installed():
        raise ChannelRefusedError(_INSTALL)
    secrets = account.secrets
    id = str(account.settings.get("client_id") or "")
    password, token = secrets.get("password", ""), secrets.get("refresh_token", "")
    if not id or not secrets.get("client_secret") or not (password or token):
        raise ChannelRefusedError(
            f"The account {account.handle} lacks credentials of Reddit. Enter the id and the "
            "secret of its app, and its password or a refresh token."
        )
    address = str(account.settings.get("address") or HOST)
    return address, account.handle, id, secrets["client_secret"], password, token


def _client(told: tuple[str, ...], silence: float) -> praw.Reddit:
    import praw
    import prawcore

    address, member, id, secret, password, token = told

    class Judging(prawcore.Requestor):
        """Hands on good answers alone."""

        def request(
            self, *args: Any, timeout: float | None = None, **kwargs: Any
        ) -> requests.Response:
            """Call once, in our own time, and return a good answer."""
            method, url = str(args[0]), str(args[1])
            for_token = url.startswith(_TOKENS)
            try:
                response = self._http.request(*args, **kwargs)
            except DeliveryUnknownError as error:
                if for_token:
                    raise ChannelUnavailableError(str(error)) from error
                raise
            except requests.RequestException as error:
                raise ChannelRefusedError(
                    f"Reddit cannot be called: {type(error).__name__}."
                ) from error
            _judge(response, writes=method != "GET" and not for_token, for_token=for_token)
            return response

    session = mount(
        requests.Session(),
        Line(address if address != HOST else None, read=silence, whole=max(WHOLE, silence)),
    )
    # All is told here, so that no file and no variable of the machine has a say.
    return praw.Reddit(
        "DEFAULT",
        requestor_class=Judging, requestor_kwargs={"session": session},
        client_id=id, client_secret=secret, username=member if password else None,
        password=password or None, refresh_token=None if password else token,
        user_agent=f"Corral (customer care) by /u/{member}",
        oauth_url=HOST, reddit_url=_TOKENS, ratelimit_seconds=0,
        check_for_updates=False, check_for_async=False,
    )  # fmt: skip


def _judge(response: requests.Response, *, writes: bool, for_token: bool) -> None:
    """Pass a good answer; raise what any other means."""
    answer = Answer(response.status_code, response.headers, response.content, writes)
    _tell_budget(answer)
    if for_token and answer.status in (400, 401, 403):
        raise _shut_out("the app")
    if answer.status == 401:
        raise _TokenOverError("Reddit does not know our token.")
    judge(answer, "Reddit")
    # praw would wait for what it reads here.
    for name in ("x-ratelimit-remaining", "x-ratelimit-used", "x-ratelimit-reset"):
        response.headers.pop(name, None)
    told = parsed(answer.content, writes=writes)
    if for_token and (not isinstance(told, Mapping) or "access_token" not in told):
        # The status is good, and it says what is wrong.
        raise _shut_out("the password or token")


def _shut_out(what: str) -> ChannelRefusedError:
    return ChannelRefusedError(
        f"Reddit does not accept {what} of the account. Check the id and the secret of its app, "
        "and its password (which does not do with two-factor logins) or refresh token."
    )


def _tell_budget(answer: Answer) -> None:
    """Tell how often Reddit may still be called, where it says so."""
    with suppress(KeyError, ValueError, OverflowError):
        remaining = float(answer.headers["x-ratelimit-remaining"])
        used = float(answer.headers["x-ratelimit-used"])
        seconds = float(answer.headers["x-ratelimit-reset"])
        budgets.told(
            "calls", remaining=int(remaining), most=int(remaining + used),
            resets_at=datetime.now(UTC) + timedelta(seconds=seconds),
        )  # fmt: skip
