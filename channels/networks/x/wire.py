"""Calls of X through tweepy: nothing of that library, nor of its transport, leaves this module.

tweepy has no time-outs, a fixed address, and may wait for minutes inside a call: our transport
brings the first two, and we never let it wait. A call ends as an answer or as one of our errors.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import requests
import tweepy

from channels import budgets
from channels.budgets import Purpose
from channels.calling import Answer, Line, judge, mount, parsed
from channels.errors import ChannelRefusedError, ChannelUnavailableError, DeliveryUnknownError
from channels.model import ChannelAccount
from channels.protocol import LONGEST_CALL
from channels.transport import CONNECT, WHOLE, cut_off

#: Where tweepy sends everything, and for which it signs.
HOST = "https://api.twitter.com"
#: Seconds after which what somebody waits for begins no other call: it could last too long.
ENOUGH = LONGEST_CALL - CONNECT - WHOLE
#: Names of the credentials that act for the account; the other one, a bearer, only counts posts.
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
#: Limits that are told on; looks at messages keep to theirs by themselves.
_BUDGETS = {
    "get_users_mentions": ("mentions", Purpose.READING),
    "search_recent_tweets": ("search", Purpose.READING),
    "create_tweet": ("posts", Purpose.ANSWERING),
}

# At its most talkative level tweepy logs credentials and what customers write.
logging.getLogger("tweepy").setLevel(logging.WARNING)


class Wires:
    """Keeps one client an account, with its connections. Safe to use from several threads."""

    def __init__(self, silence: float) -> None:
        """Wait so many seconds for a sign of life of X."""
        self._silence = silence
        self._clients: dict[int, tuple[Any, tweepy.Client]] = {}
        self._lock = threading.Lock()

    def of(self, account: ChannelAccount) -> Wire:
        """Return what calls X for an account, for one thing that somebody waits for.

        Raises:
            ChannelRefusedError: it was not told all of its credentials.
        """
        address = str(account.settings.get("address") or HOST)
        told = (address, *(account.secrets.get(name, "") for name in (*KEYS, "bearer_token")))
        if not all(told[1:-1]):
            raise ChannelRefusedError(
                f"The account {account.handle} lacks credentials of X. Enter its four keys."
            )
        with self._lock:
            known = self._clients.get(account.id)
            if known is None or known[0] != told:
                known = (told, _client(address, self._silence, *told[1:]))
                self._clients[account.id] = known
        return Wire(known[1])


class Wire:
    """Calls X for one account while somebody waits."""

    def __init__(self, client: tweepy.Client) -> None:
        """Begin now."""
        self._client = client
        self._began = monotonic()

    def ask(self, what: str, *args: Any, **params: Any) -> Any:
        """Return what X answers to a question.

        Args:
            what: name of the method of tweepy's client.
            args: of it.
            params: of it; ``user_auth`` is set where it is needed.

        Raises:
            ChannelUnavailableError: ask again later.
            ChannelRefusedError: somebody has to mend the account, or its plan.
            CallRefusedError: X says no to this question.
        """
        if monotonic() - self._began > ENOUGH:
            raise ChannelUnavailableError("X answers too slowly to be asked again at once.")
        return self._call(what, args, params, writes=False)

    def do(self, what: str, **params: Any) -> Any:
        """Have X do something, and return its answer.

        Raises:
            ChannelUnavailableError: nothing happened.
            ChannelRefusedError: nothing happened, until somebody mends the account or its plan.
            CallRefusedError: nothing happened; X says no to this.
            DeliveryUnknownError: it may have happened.
        """
        if monotonic() - self._began > ENOUGH:
            raise ChannelUnavailableError("X answers too slowly; nothing was sent.")
        return self._call(what, (), params, writes=True)

    def look(self, route: str, **params: Any) -> Any:
        """Return what X answers at a route that tweepy has no method for; as :meth:`ask`."""
        return self.ask("request", "GET", route, params=params, user_auth=True)

    def upload(self, route: str, body: Mapping[str, Any] | None = None) -> Any:
        """Give X something nobody sees until a post names it, and return its answer.

        Raises what :meth:`ask` raises: it may be given again.
        """
        try:
            return self.ask("request", "POST", route, json=body, user_auth=True)
        except DeliveryUnknownError as error:
            raise ChannelUnavailableError(str(error)) from error

    def _call(self, what: str, args: tuple[Any, ...], params: Any, *, writes: bool) -> Any:
        method: Callable[..., requests.Response] = getattr(self._client, what)
        try:
            response = method(*args, **params)
        except tweepy.HTTPException as error:
            response = error.response
        except requests.RequestException as error:
            # What our transport sees has its own words; this never left us.
            raise ChannelRefusedError(f"X cannot be called: {type(error).__name__}.") from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # tweepy tripped over what is in a bad answer.
            raise cut_off("X answers in a way nobody understands.", writes=writes) from error
        answer = Answer(response.status_code, response.headers, response.content, writes)
        _tell_budget(what, answer)
        _judge(answer)
        return parsed(answer.content, writes=writes)


def _client(address: str, silence: float, *credentials: str) -> tweepy.Client:
    *keys, bearer = credentials
    client = tweepy.Client(
        bearer or None, *keys, return_type=requests.Response, wait_on_rate_limit=False
    )
    mount(client.session, Line(address if address != HOST else None, read=silence))
    return client


def _tell_budget(what: str, answer: Answer) -> None:
    """Tell how often X may still be called, where it says so."""
    told = answer.headers
    if what in _BUDGETS and "x-rate-limit-remaining" in told:
        bucket, purpose = _BUDGETS[what]
        with suppress(KeyError, ValueError, OverflowError):
            budgets.told(
                bucket,
                remaining=int(told["x-rate-limit-remaining"]),
                resets_at=datetime.fromtimestamp(int(told["x-rate-limit-reset"]), UTC),
                purpose=purpose,
                most=int(told["x-rate-limit-limit"]),
            )


def _judge(answer: Answer) -> None:
    """Pass a good answer; tell a used-up plan from a pace that is too high."""
    if answer.status == 429 and "usage-capped" in answer.text:
        raise ChannelRefusedError(
            "The X app has used up the posts its plan lets it read. Raise the cap, or wait for the "
            "next period."
        )
    if answer.status == 402:
        raise ChannelRefusedError("The X app has no credits left. Buy some in its console.")
    if answer.status == 401:
        raise ChannelRefusedError(
            "X does not accept the credentials. Make new keys in the console of the app, and enter "
            "them."
        )
    judge(answer, "X")
