"""One look at X: what is new, gathered to its end before any position moves.

X shows the newest first, so a look asks on until it meets what is known, and hands out the oldest
first. What a look that broke had gathered is kept, and not paid for twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from channels.errors import CallRefusedError, ChannelRefusedError
from channels.model import ChannelAccount, Cost, Gap, Page
from channels.networks.x import words
from channels.networks.x.prices import BudgetSpentError, Purse
from channels.networks.x.wire import Wire
from channels.networks.x.words import Found, Me

#: Posts of one page of ours, and of one answer of X at most.
PAGE = 100
#: Mentions that X shows at most, however many there are.
REACH = 800
#: How far back a search sees; a little less, so that it is never refused.
WEEK = timedelta(days=7) - timedelta(minutes=2)
#: Answers of one kind that are asked for in a row: what is behind them is told as a gap.
MOST_ANSWERS = 100
#: Messages asked for first: nearly always all that are new, and known ones may cost money.
FEW_MESSAGES = 10
#: Seconds between two looks at what has a low limit, or changes slowly.
EVERY_MESSAGES, EVERY_OWN, EVERY_REFUSED = 60, 60, 3_600
#: An hour with so many times the usual number of posts, and so many more, is told of.
SPIKE, SPIKE_LEAST = 3, 10

_Ask = Callable[[str, str | None], Any]


@dataclass(slots=True)
class Memory:
    """What the looks at one account remember while the process lives; nothing of it is vital."""

    me: Me | None = None
    gathered: dict[str, tuple[str, Found, int]] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)
    day: date | None = None
    paid: set[str] = field(default_factory=set)  #: messages read on that day: paid for once

    def is_due(self, what: str, now: datetime, seconds: float) -> bool:
        """Tell whether something is to be done again; then it is not for so many seconds."""
        if now < self.due.get(what, now):
            return False
        self.due[what] = now + timedelta(seconds=seconds)
        return True

    def new_messages(self, ids: Sequence[str], now: datetime) -> int:
        """Return how many messages are paid for: those not read on the same day, UTC, before."""
        if self.day != now.date():
            self.day, self.paid = now.date(), set()
        new = set(ids) - self.paid
        self.paid |= new
        return len(new)


class Look:
    """One look at what is new for an account."""

    def __init__(
        self, account: ChannelAccount, wire: Wire, purse: Purse, memory: Memory, now: datetime
    ) -> None:
        """Begin at the position of ``account``; ``now`` is UTC."""
        self._settings = account.settings
        self._wire = wire
        self._purse = purse
        self._memory = memory
        self._now = now
        self._exempt = account.settings.get("plan") == "enterprise"
        self._unpaid: list[Cost] = []
        self._touched = not account.position
        self._position: dict[str, Any] = dict(account.position or {})
        hours = float(account.settings.get("start_hours") or 24)
        self._start = str(words.id_at(now - timedelta(hours=min(hours, 24 * 30))))
        self._me = self._known_me(account)

    def pages(self) -> Iterator[Page]:
        """Yield all that is new, oldest first; see :class:`channels.protocol.Channel`."""
        yield from self._mentions()
        yield from self._search()
        yield from self._messages()
        yield from self._own()
        deletions = self._deletions()
        self._count()
        if deletions or self._touched or self._unpaid:
            yield self._page(deletions=deletions)

    def _known_me(self, account: ChannelAccount) -> Me:
        told = self._position.get("me") or {}
        if told.get("id") and told.get("handle"):
            return Me(told["id"], told["handle"])
        me = whoever(self._wire, account, self._memory)
        self._unpaid += self._purse.costs("user_read", [None])
        self._position["me"] = {"id": me.id, "handle": me.handle}
        return me

    def _mentions(self) -> Iterator[Page]:
        since = self._since("mentions")
        found = self._gather("mentions", since, self._ask_mentions)
        posts = words.in_order(found)
        if len(posts) >= REACH:
            gap, older = self._beyond(since, posts[0])
            read_back = words.in_order(older)
            if not read_back:
                yield self._page(gap=gap)
            yield from self._handed_out("mentions", "post_read", read_back, older, gap)
        yield from self._handed_out("mentions", "mention", posts, found, None)

    def _ask_mentions(self, since: str, token: str | None) -> Any:
        most = self._purse.affords("mention", PAGE, 5)
        return self._wire.ask(
            "get_users_mentions", self._me.id, user_auth=True, since_id=since, max_results=most,
            pagination_token=token, **_POSTS,
        )  # fmt: skip

    def _beyond(self, since: str, oldest: Mapping[str, Any]) -> tuple[Gap, Found]:
        """Return what a search finds of the mentions that X does not list any more, and a gap."""
        query = f"@{self._me.handle} -is:retweet -from:{self._me.handle}"
        first = max(int(since), words.id_at(self._now - WEEK))

        def ask(since: str, token: str | None) -> Any:
            return self._ask_search(query, since, token, until_id=str(oldest["id"]))

        try:
            found = self._gather("beyond", str(first), ask)
        except CallRefusedError:
            found = Found()
        why = (
            f"More than {REACH} mentions came in while X was not read; X lists no more. A search "
            f"brought {len(found.posts)} of the others: it sees seven days, and no answers that "
            "do not name the account."
        )
        return Gap(words.moment_of({"id": since}), words.moment_of(oldest), why), found

    def _search(self) -> Iterator[Page]:
        if not self._settings.get("search"):
            return
        since = self._since("search")
        first = max(int(since), words.id_at(self._now - WEEK))
        gap = None
        if int(since) < first:
            until = words.moment_of({"id": str(first)})
            why = "The search was not asked for more than seven days; X finds nothing older."
            gap = Gap(words.moment_of({"id": since}), until, why)
        query = f"({self._settings['search']}) -is:retweet -from:{self._me.handle}"

        def ask(since: str, token: str | None) -> Any:
            return self._ask_search(query, since, token, reserve=True)

        try:
            found = self._gather("search", str(first), ask)
        except BudgetSpentError:
            self._notice("search", "The keyword search rests: what is left of the budget is kept "
                         "for mentions.")  # fmt: skip
            return
        except CallRefusedError as error:
            self._notice("search", f"X refuses the keyword search: {words.problem_of(error.text)}")
            return
        self._notice("search", None)
        posts = words.in_order(found)
        if not posts and (gap or self._now - words.moment_of({"id": since}) > timedelta(days=1)):
            # Nothing was there: the next look needs no such long way back, and has no gap. An hour
            # for posts that X has not indexed yet.
            self._position["search"] = str(words.id_at(self._now - timedelta(hours=1)))
            yield self._page(gap=gap)
        yield from self._handed_out("search", "post_read", posts, found, gap)

    def _ask_search(
        self, query: str, since: str, token: str | None, *, reserve: bool = False, **more: Any
    ) -> Any:
        most = self._purse.affords("post_read", PAGE, 10, reserve=reserve)
        return self._wire.ask(
            "search_recent_tweets", query, user_auth=True, since_id=since, max_results=most,
            next_token=token, sort_order="recency", **more, **_POSTS,
        )  # fmt: skip

    def _messages(self) -> Iterator[Page]:
        if not self._settings.get("messages", True):
            return
        if not self._memory.is_due("messages", self._now, EVERY_MESSAGES):
            return
        since = self._since("messages")
        try:
            found = self._gather("messages", since, self._ask_messages)
        except CallRefusedError as error:
            self._memory.due["messages"] = self._now + timedelta(seconds=EVERY_REFUSED)
            why = words.problem_of(error.text)
            self._notice("messages", f"X does not show the direct messages: {why}")
            return
        self._notice("messages", None)
        events = words.in_order(found)
        units = self._memory.new_messages([str(one["id"]) for one in events], self._now)
        self._unpaid += self._purse.costs("message_read", [None] * units)
        new = [one for one in events if int(one["id"]) > int(since)]
        for chunk in _chunks(new):
            told = words.sorted_out(chunk, found.users, self._me, exempt=True)
            self._position["messages"] = str(chunk[-1]["id"])
            yield self._page(**told.parts())

    def _ask_messages(self, since: str, token: str | None) -> Any:
        most = self._purse.affords("message_read", PAGE if token else FEW_MESSAGES)
        answer = self._wire.ask(
            "get_direct_message_events", max_results=most, pagination_token=token,
            event_types=words.MESSAGES_ONLY, dm_event_fields=words.MESSAGE_FIELDS,
            expansions=words.MESSAGE_EXPANSIONS, user_fields=words.USER_FIELDS,
        )  # fmt: skip
        # X knows no position here: what is known ends the asking.
        return words.until_known(answer, since)

    def _own(self) -> Iterator[Page]:
        wanted = self._settings.get("own_posts")
        if not wanted or not self._memory.is_due("own", self._now, EVERY_OWN):
            return
        found = self._gather("own", self._since("own"), self._ask_own)
        posts = words.in_order(found)
        yield from self._handed_out("own", "own_post", posts, found, None)

    def _ask_own(self, since: str, token: str | None) -> Any:
        return own_posts(self._wire, self._purse, self._me, since, token)

    def _deletions(self) -> tuple[str, ...]:
        """Return which of the newest mentions were deleted at the source."""
        ids = list(self._position.get("recent") or ())
        hours = self._settings.get("recheck_hours", 24)
        last = self._position.get("rechecked")
        if not last:
            self._position["rechecked"], self._touched = self._now.isoformat(), True
            return ()
        if not hours or self._now - datetime.fromisoformat(last) < timedelta(hours=hours):
            return ()
        self._position["rechecked"], self._touched = self._now.isoformat(), True
        if not ids or not self._can_recheck(len(ids)):
            return ()
        found = Found()
        found.add(self._wire.ask("get_tweets", ids, user_auth=True))
        self._unpaid += self._purse.costs("post_read", [None] * len(found.posts))
        missing = set(found.missing)
        self._position["recent"] = [id for id in ids if id not in missing]
        return tuple(id for id in ids if id in missing)

    def _can_recheck(self, units: int) -> bool:
        try:
            return self._purse.affords("post_read", units, units, reserve=True) > 0
        except BudgetSpentError:
            return False

    def _count(self) -> None:
        """Look whether far more is written than usual, and say so on the account."""
        minutes, query = self._settings.get("count_minutes"), self._settings.get("search")
        if not minutes or not query or not self._memory.is_due("count", self._now, minutes * 60):
            return
        try:
            self._purse.affords("count", 1, reserve=True)
            answer = self._wire.ask("get_recent_tweets_count", query, granularity="hour")
        except BudgetSpentError:
            return
        except ChannelRefusedError as error:
            # It goes with a credential of its own, which may be missing or wrong.
            self._notice("count", f"X does not count posts; it wants a bearer token. {error}")
            return
        self._unpaid += self._purse.costs("count", [None])
        self._notice("count", _spike(words.counts_of(answer), query))

    def _gather(self, kind: str, since: str, ask: _Ask) -> Found:
        """Ask until nothing is left behind ``since``; go on where a look before broke off."""
        kept_since, found, asked = self._memory.gathered.pop(kind, ("", Found(), 0))
        if kept_since != since:
            found, asked = Found(), 0
        # What was gathered before is paid for, and booked when it is handed out.
        self._purse.pays(_KINDS[kind], len(found.posts))
        try:
            while asked == 0 or (found.token and asked < MOST_ANSWERS):
                posts, users = len(found.posts), len(found.users)
                found.add(ask(since, found.token))
                asked += 1
                self._purse.pays(_KINDS[kind], len(found.posts) - posts)
                self._purse.pays("author", len(found.users) - users)
        except BaseException:
            self._memory.gathered[kind] = (since, found, asked)
            raise
        self._unpaid += self._purse.costs("author", [None] * len(found.users))
        return found

    def _handed_out(
        self, key: str, kind: str, posts: list[Mapping[str, Any]], found: Found, gap: Gap | None
    ) -> Iterator[Page]:
        for chunk in _chunks(posts):
            told = words.sorted_out(chunk, found.users, self._me, exempt=self._exempt)
            self._unpaid += self._purse.costs(kind, told.threads)
            self._position[key] = str(chunk[-1]["id"])
            ids = [one.external_id for one in told.mentions]
            recent = [*(self._position.get("recent") or ()), *ids]
            self._position["recent"] = list(dict.fromkeys(recent))[-PAGE:]
            yield self._page(**told.parts(), gap=gap)
            gap = None

    def _page(self, **parts: Any) -> Page:
        paid, self._unpaid, self._touched = tuple(self._unpaid), [], False
        return Page(position=dict(self._position), costs=paid, **parts)

    def _since(self, key: str) -> str:
        told = str(self._position.get(key) or "")
        return told if told.isdecimal() else self._position.setdefault(key, self._start)

    def _notice(self, what: str, text: str | None) -> None:
        """Say something on the account, or no more; ``channels.polling`` shows it."""
        notices = dict(self._position.get("notices") or {})
        if notices.get(what) != text:
            self._touched = True
            notices.pop(what, None)
            self._position["notices"] = notices | ({what: text} if text else {})


#: What is paid for each thing that is gathered.
_KINDS = {
    "mentions": "mention", "beyond": "post_read", "search": "post_read",
    "messages": "message_read", "own": "own_post",
}  # fmt: skip
_POSTS: dict[str, Any] = {
    "tweet_fields": words.POST_FIELDS,
    "expansions": words.POST_EXPANSIONS,
    "user_fields": words.USER_FIELDS,
}


def whoever(wire: Wire, account: ChannelAccount, memory: Memory) -> Me:
    """Return who we are on X.

    Raises:
        ChannelRefusedError: the credentials are those of another account.
    """
    if memory.me is None:
        memory.me = words.me_of(wire.ask("get_me", user_fields=["username"]), account.handle)
    return memory.me


def own_posts(wire: Wire, purse: Purse, me: Me, since: str, token: str | None) -> Any:
    """Return an answer with posts of our own, newest first."""
    most = purse.affords("own_post", PAGE, 5)
    return wire.ask(
        "get_users_tweets", me.id, user_auth=True, since_id=since, max_results=most,
        pagination_token=token, exclude=["retweets"], tweet_fields=words.POST_FIELDS,
    )  # fmt: skip


def _spike(hours: Sequence[int], query: str) -> str | None:
    if len(hours) < 2:
        return None
    last, usual = hours[-1], median(hours[:-1])
    if last < SPIKE * usual or last < usual + SPIKE_LEAST:
        return None
    return f"Posts that match {query!r}: {last} in the last hour, usually {usual:.0f}."


def _chunks(posts: Sequence[Mapping[str, Any]]) -> Iterator[Sequence[Mapping[str, Any]]]:
    for first in range(0, len(posts), PAGE):
        yield posts[first : first + PAGE]
