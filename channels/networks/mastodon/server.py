"""One server, as one account of ours calls it.

Answers are read as plain JSON: Mastodon.py turns each post into objects at nine milliseconds of
processor time, four times what the whole intake of a mention may cost. It posts, and it counts the
characters of a post. Everything it calls goes over our own transport, so whatever it raises holds
one of our own errors that says whether calling again is safe.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import requests

from channels import budgets
from channels.budgets import Purpose
from channels.calling import Answer, Caller, channel_error_in, judge, parsed
from channels.errors import (
    CallRefusedError,
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
)
from channels.moments import moment_of
from channels.networks.mastodon.media import terms_in
from channels.networks.mastodon.posts import Told
from channels.networks.mastodon.threads import Threads
from channels.networks.mastodon.wording import URL_LENGTH, host_of
from channels.posted import Posted
from channels.transport import Line, mount
from channels.uploads import Uploads

if TYPE_CHECKING:
    from mastodon import Mastodon

#: Seconds of silence, and for a whole call: of one that asks, and of one that posts.
SILENCE, ASKING, POSTING = 10.0, 18.0, 30.0
#: Looks at which a server may fail to tell what is above a post.
GIVING_UP = 3
#: Version of Mastodon's API from which quotes of our posts are notified.
_QUOTES = 7
#: Words with which a server refuses the account, not the reply.
_ACCOUNT = ("scope", "token", "login", "disabled", "suspended", "confirm", "pending", "approv")
_RATE_HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a server says about itself."""

    domain: str  #: which is behind the ``@`` of its people
    limit: int = 500  #: characters of a post
    url_length: int = URL_LENGTH
    version: str = ""
    streaming: str | None = None  #: address of its streams, where it is another one
    quotes: bool = False  #: whether it tells of quotes
    media: Mapping[str, Any] = field(default_factory=dict)  #: see ``media.py``


class Server:
    """Calls one server with one access token. Safe to use from several threads."""

    def __init__(self, address: str, token: str, *, silence: float = SILENCE) -> None:
        """Take the address, and the seconds that the server may be silent.

        Raises:
            ChannelRefusedError: the token can be none.
        """
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ChannelRefusedError("The access token is missing, or none. Give it anew.")
        self.address = address.rstrip("/")
        self.host = host_of(address)
        self.silence = silence
        self.auth = {"Authorization": f"Bearer {token}", "User-Agent": "Corral"}
        self.threads = Threads(self._ancestors)
        self.bulk = True  #: whether it is worth asking for many posts at once
        #: Posts whose changes are looked for, and those that a stream says were changed.
        self.watched: frozenset[str] = frozenset()
        self.changed: set[str] = set()
        self.uploads = Uploads()
        self._token = token
        self._caller = Caller(
            self.address, headers=self.auth, line=Line(read=silence, whole=ASKING)
        )
        self._writer: Mastodon | None = None
        self._me: Told | None = None
        self.posted = Posted()
        self._failed: dict[str, int] = {}
        self._lock = threading.Lock()
        self._date = ""

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Ask the server, and return its JSON.

        Raises:
            ChannelUnavailableError: ask again later.
            CallRefusedError: it does not have that, or not for us.
            ChannelRefusedError: it does not let the account in.
        """
        try:
            answer = self._caller.call("GET", path, params=params)
            self._date = answer.headers.get("date", "")
            _heed(answer.headers, "calls", Purpose.BOTH)
            return answer.json()
        except CallRefusedError as error:
            # Some servers answer 400 to a token that is none.
            if error.status in (400, 401, 403):
                raise self._shut_out(error) from error
            raise

    def listed(self, path: str, params: Mapping[str, Any]) -> list[Any]:
        """Ask for a list, and return it. Raises what :meth:`get` raises."""
        told = self.get(path, params)
        if not isinstance(told, list):
            raise ChannelUnavailableError(f"{self.host} answered with something that is no list.")
        return told

    def me(self, *, again: bool = False) -> Told:
        """Return our account as the server knows it; it is asked once, or ``again``."""
        if self._me is None or again:
            told = self.get("/api/v1/accounts/verify_credentials")
            if not isinstance(told, Mapping) or not told.get("id") or not told.get("acct"):
                raise ChannelUnavailableError(f"{self.host} does not say whose token this is.")
            self._me = told
            self.threads.ours = str(told["id"])
        return self._me

    def terms(self) -> Terms:
        """Ask the server about itself; old and small servers know one of two ways to."""
        newer = self._about("/api/v2/instance")
        if newer and _dug(newer, "configuration", "statuses", "max_characters"):
            return self._terms(newer, str(newer.get("domain") or ""))
        older = self._about("/api/v1/instance") or newer
        uri = str(older.get("uri") or older.get("domain") or "")
        return self._terms(older, host_of(uri) if "//" in uri else uri)

    def post(
        self,
        text: str,
        *,
        to: str | None,
        visibility: str,
        key: str,
        media: Sequence[str] = (),
    ) -> str:
        """Post a text with files, by their ids, and return its id.

        With one key it is posted once, if the server minds keys.

        Raises:
            ReplyRefusedError: nothing was posted, and never will be as it is.
            ChannelRefusedError: nothing was posted; somebody has to mend the account.
            ChannelUnavailableError: nothing was posted; again is safe.
            DeliveryUnknownError: it may have been posted.
        """
        try:
            told = self._client().status_post(
                text, in_reply_to_id=to, visibility=visibility, idempotency_key=key,
                media_ids=list(media) or None,
                # Some servers have accounts that write Markdown.
                content_type="text/plain",
            )  # fmt: skip
        except Exception as error:
            raise self._meant(error) from error
        id = told.get("id") if isinstance(told, Mapping) else None
        if not id:
            raise DeliveryUnknownError(f"{self.host} took a post, and does not say which.")
        self.posted.note(key, str(id))
        if to:
            self.threads.answered(str(id), to)
        return str(id)

    def ahead(self, now: datetime) -> timedelta:
        """Return how far the server's clock was ahead of ``now``, UTC, when it answered last."""
        with suppress(ValueError, TypeError):
            told = parsedate_to_datetime(self._date)
            return (told if told.tzinfo else told.replace(tzinfo=UTC)) - now
        return timedelta(0)

    def _about(self, path: str) -> Mapping[str, Any]:
        try:
            told = self.get(path)
        except CallRefusedError:
            return {}
        return told if isinstance(told, Mapping) else {}

    def _terms(self, told: Mapping[str, Any], domain: str) -> Terms:
        statuses = ("configuration", "statuses")
        limit = _dug(told, *statuses, "max_characters") or told.get("max_toot_chars")
        links = _dug(told, *statuses, "characters_reserved_per_url")
        api = _dug(told, "api_versions", "mastodon")
        streaming = _dug(told, "configuration", "urls", "streaming") or _dug(
            told, "urls", "streaming_api"
        )
        return Terms(
            domain=domain.lower() or self.host,
            limit=limit if type(limit) is int and limit > 0 else 500,
            url_length=links if type(links) is int and links > 0 else URL_LENGTH,
            version=str(told.get("version") or ""),
            streaming=self._stream_address(streaming),
            quotes=type(api) is int and api >= _QUOTES,
            media=terms_in(told),
        )

    def _stream_address(self, told: Any) -> str | None:
        """Return where the streams are; never where our token would go in the clear."""
        if not isinstance(told, str) or "://" not in told:
            return None
        parts = urlsplit(told)
        scheme = {"wss": "https", "ws": "http"}.get(parts.scheme, parts.scheme)
        if scheme != "https" and not self.address.startswith("http://"):
            return None
        return f"{scheme}://{parts.netloc}" if scheme in ("http", "https") else None

    def _ancestors(self, id: str) -> Sequence[Any]:
        """Return the posts above one, if the server can tell."""
        try:
            told = self.get(f"/api/v1/statuses/{quote(id, safe='')}/context")
        except CallRefusedError:
            return ()
        except ChannelUnavailableError as error:
            # One thread that a server always fails at would keep all that come after it out.
            failures = self._failed.pop(id, 0) + (error.retry_after is None)
            if failures < GIVING_UP:
                self._failed[id] = failures
                raise
            return ()
        ancestors = told.get("ancestors") if isinstance(told, Mapping) else None
        return ancestors if isinstance(ancestors, list) else ()

    def _client(self) -> Mastodon:
        with self._lock:
            if self._writer is None:
                # It takes a quarter of a second to import; processes that send nothing need it not.
                from mastodon import Mastodon

                session = mount(requests.Session(), Line(read=self.silence * 2, whole=POSTING))
                session.hooks["response"].append(self._judge)
                self._writer = Mastodon(
                    api_base_url=self.address, session=session, ratelimit_method="throw",
                    request_timeout=POSTING, version_check_mode="none", user_agent="Corral",
                )  # fmt: skip
                # Given to the constructor, a token that is the name of a file has it read.
                self._writer.access_token = self._token
            return self._writer

    def _judge(self, response: requests.Response, **_: Any) -> None:
        """Raise what an answer to a post means, before Mastodon.py reads it in its own way."""
        content = response.content
        judge(Answer(response.status_code, response.headers, content, writes=True), self.host)
        told = parsed(content, writes=True)
        if isinstance(told, Mapping):
            # It would turn all of it into objects, at the price of the whole call again.
            response._content = json.dumps({"id": told.get("id")}).encode()
        # Posts are counted by themselves, in a window of hours.
        _heed(response.headers, "posts", Purpose.ANSWERING)
        # It reckons with these, and raises over a good answer if they are not as it knows them.
        for name in _RATE_HEADERS:
            response.headers.pop(name, None)

    def _meant(self, error: Exception) -> Exception:
        known = channel_error_in(error)
        if isinstance(known, CallRefusedError):
            return self.refusal(known)
        if known is not None:
            return known
        return DeliveryUnknownError(f"The call of {self.host} failed: {type(error).__name__}.")

    def refusal(self, error: CallRefusedError) -> ChannelError:
        """Return what it means that a server refused a post: the reply, or the account."""
        said = _said(error)
        if error.status == 408:
            return DeliveryUnknownError(f"{self.host} took too long to take a post.")
        firewall = error.status == 403 and not _is_json(error.text)
        if error.status == 401 or firewall or any(word in said.lower() for word in _ACCOUNT):
            return self._shut_out(error)
        if error.status == 400:
            with suppress(ChannelUnavailableError):
                try:
                    self.me(again=True)
                except ChannelRefusedError as refused:
                    return refused
        if error.status in (404, 410):
            if not _is_json(error.text):
                return ChannelRefusedError(f"{self.address} is no server of this kind.")
            return ReplyRefusedError(f"The post to answer is gone from {self.host}.")
        return ReplyRefusedError(f"{self.host} does not take the reply: {said}")

    def _shut_out(self, error: CallRefusedError) -> ChannelRefusedError:
        return ChannelRefusedError(
            f"{self.host} does not let the account in (status {error.status}: {_said(error)}). "
            "Give it an access token with the scopes read, write:statuses and write:media."
        )


def _heed(headers: Mapping[str, str], bucket: str, purpose: Purpose) -> None:
    """Tell what an answer says about the limit of its kind of calls, if it says it in full."""
    reset = headers.get("X-RateLimit-Reset", "")
    with suppress(ValueError, OverflowError, OSError):
        # An ISO moment; of some servers, seconds.
        at = datetime.fromtimestamp(int(reset), UTC) if reset.isdigit() else moment_of(reset)
        most = headers.get("X-RateLimit-Limit", "")
        budgets.told(
            bucket, remaining=int(headers.get("X-RateLimit-Remaining", "")), resets_at=at,
            purpose=purpose, most=int(most) if most.isdigit() else None,
        )  # fmt: skip


def is_gone(error: CallRefusedError) -> bool:
    """Tell whether the server itself says that something is not there, and not what stands before.

    Pages of a proxy that is out of order say 404, too.
    """
    return error.status in (404, 410) and _is_json(error.text)


def _is_json(text: str) -> bool:
    try:
        return isinstance(json.loads(text), Mapping)
    except (ValueError, RecursionError):
        return False


def _said(error: CallRefusedError) -> str:
    """Return the words of a server that refuses."""
    with suppress(ValueError, RecursionError):
        told = json.loads(error.text)
        if isinstance(told, Mapping) and told.get("error"):
            return str(told.get("error_description") or told["error"])[:300]
    return error.text[:100].strip() or "no reason"


def _dug(told: Any, *names: str) -> Any:
    """Return what lies under names within each other, or None."""
    for name in names:
        told = told.get(name) if isinstance(told, Mapping) else None
    return told
