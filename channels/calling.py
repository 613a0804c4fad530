"""Calls of the networks that speak plain HTTPS and need no library.

A :class:`Caller` calls one server; what it raises says whether calling again is safe. Libraries
built on ``requests`` get the same by a :class:`channels.transport.Line` under their session.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

from channels.errors import (
    CallRefusedError,
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
)
from channels.transport import READS, Line, cut_off, mount

__all__ = ["Answer", "Caller", "Line", "channel_error_in", "judge", "mount", "parsed", "wait_of"]

#: Seconds that a network may ask us to wait at most.
LONGEST_WAIT = 86_400.0
_RESETS = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network answered, read to its end."""

    status: int
    headers: Mapping[str, str]  #: names in any case
    content: bytes
    writes: bool = False  #: whether the call may have changed something

    @property
    def text(self) -> str:
        """Return the content as text; what is no UTF-8 is replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Return the content read as JSON. Raises what :func:`parsed` raises."""
        return parsed(self.content, writes=self.writes)


def parsed(content: bytes | str, *, writes: bool) -> Any:
    """Return what JSON of a good answer holds.

    Raises:
        DeliveryUnknownError: it is no JSON, and the call wrote: it was probably done.
        ChannelUnavailableError: it is no JSON.
    """
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        why = "The network answered with something that is no JSON, or was cut off."
        raise cut_off(why, writes=writes) from None


def wait_of(headers: Mapping[str, str], *, limited: bool = True) -> float | None:
    """Return the seconds a network asks us to wait, by any of the headers in use; None: it is mute.

    Moments are compared with the network's own clock where it tells it. ``headers`` has to take
    names in any case, as those of ``requests`` do. Not ``limited``: many networks say with every
    answer when their window ends, which is no wish unless it is used up.
    """
    now = _moment(headers.get("date")) or datetime.now(UTC)
    for name in ("retry-after", *(_RESETS if limited else ())):
        told = (headers.get(name) or "").strip()
        with suppress(ValueError, OverflowError):
            if not math.isfinite(seconds := float(told)):
                continue
            # No network asks for thirty years: so large a number is a moment.
            if seconds > 1e9:
                seconds -= now.timestamp()
            return _bounded(seconds)
        if (moment := _moment(told)) is not None:
            return _bounded((moment - now).total_seconds())
    return None


def channel_error_in(error: BaseException | None) -> ChannelError | None:
    """Return our own error behind one of a library that wraps whatever its transport raises."""
    while error is not None and not isinstance(error, ChannelError):
        error = error.__cause__ or error.__context__
    return error


class Caller:
    """Calls one server. Keeps its connections; safe to use from several threads."""

    def __init__(
        self,
        base: str,
        *,
        headers: Mapping[str, str] | None = None,
        line: Line | None = None,
        wait_in: Callable[[Answer], float | None] = lambda _: None,
    ) -> None:
        """Take the address that paths are appended to, and what goes with every call.

        ``wait_in`` reads, from an answer whose headers do not say it, the seconds to wait.
        """
        self._base = base.rstrip("/")
        self._wait_in = wait_in
        self._session = mount(requests.Session(), line or Line())
        self._session.headers.update({"User-Agent": "Corral", **(headers or {})})

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Any = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
        auth: AuthBase | None = None,
        writes: bool | None = None,
    ) -> Answer:
        """Call the server once and return its good answer (2xx, or 304).

        Args:
            method: of HTTP.
            path: appended to the base.
            params: of the query; None among them is left out.
            json: body.
            data: body of a form, or bytes.
            files: parts of a form.
            headers: of this call alone.
            auth: signs the call.
            writes: whether it can have an effect that must not happen twice; None: by the method.

        Raises:
            ChannelUnavailableError: it had no effect, or needs none; again is safe.
            DeliveryUnknownError: it writes, and may have had its effect.
            CallRefusedError: the server said no, and why: nothing happened.
            ChannelRefusedError: the address cannot be called, or leads elsewhere.
        """
        if writes is None:
            writes = method.upper() not in READS
        try:
            response = self._session.request(
                method, self._base + path, params=params, json=json, data=data, files=files,
                headers=headers, auth=auth,
            )  # fmt: skip
        except DeliveryUnknownError as error:
            if writes:
                raise
            raise ChannelUnavailableError(str(error)) from error
        except requests.RequestException as error:
            # All that is left comes before the call or after the last redirect of a question.
            raise ChannelRefusedError(f"{self._base} cannot be called: {error}.") from error
        answer = Answer(response.status_code, response.headers, response.content, writes)
        try:
            judge(answer, urlsplit(self._base).hostname or self._base)
        except ChannelUnavailableError as error:
            if error.retry_after is None and (wait := self._wait_in(answer)) is not None:
                error.retry_after = _bounded(wait)
            raise
        return answer


def judge(answer: Answer, host: str) -> None:
    """Pass a good answer; ``host`` is how the server is called in the errors.

    Raises:
        ChannelUnavailableError: it asks us to wait, or a question met a fault of the server.
        DeliveryUnknownError: the server failed while it wrote.
        CallRefusedError: it said no.
    """
    status = answer.status
    if 200 <= status < 300 or status == 304:
        return
    if status == 429:
        wait = wait_of(answer.headers)
        raise ChannelUnavailableError(f"{host} asks us to call less often.", retry_after=wait)
    if status >= 500:
        why = f"{host} failed with status {status}."
        if answer.writes:
            raise DeliveryUnknownError(why)
        wait = wait_of(answer.headers, limited=False)
        raise ChannelUnavailableError(why, retry_after=wait)
    raise CallRefusedError(host, status=status, text=answer.text, headers=answer.headers)


def _moment(told: str | None) -> datetime | None:
    """Return a moment written as in HTTP or by ISO 8601."""
    if not told:
        return None
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        with suppress(ValueError, TypeError):
            moment = read(told)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT)
