"""X as a channel: what an account is told, and what is done for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from channels import costs
from channels.errors import CallRefusedError, ChannelRefusedError
from channels.fields import Field
from channels.media import LIKE_X, LIKE_X_IN_PRIVATE, MediaRules
from channels.model import Chance, ChannelAccount, Mention, Page, Reply
from channels.networks.x import words
from channels.networks.x.answering import Answering, refusal_of
from channels.networks.x.prices import DEFAULTS, Purse, kinds_of_reply, prices_of
from channels.networks.x.reading import Look, Memory, whoever
from channels.networks.x.wire import HOST, Wires
from channels.protocol import Checked
from channels.transport import READ
from channels.uploads import Uploads


class XNetwork:
    """X. Safe to use from several threads; looks at one account follow one another."""

    name = "x"
    title = "X (Twitter)"
    reply_limit = words.LONGEST_POST
    private_limit = words.LONGEST_MESSAGE
    can_reply_privately = True
    invitation = "a button that opens a direct message to us"
    fields: Sequence[Field] = (
        Field("consumer_key", "API key", "Console of X, the app of the brand: keys and tokens.",
              secret=True),
        Field("consumer_secret", "API key secret", secret=True),
        Field("access_token", "Access token", "Of the account, with permission to read, to write "
              "and for direct messages.", secret=True),
        Field("access_token_secret", "Access token secret", secret=True),
        Field("bearer_token", "Bearer token", "Only to count posts.", secret=True, required=False),
        Field("search", "Keyword search", "As X writes queries, up to 400 characters: "
              '"Acme Bank" OR #acmefail', required=False),
        Field("messages", "Read direct messages", kind="flag", default="yes"),
        Field("own_posts", "Read answers given elsewhere", kind="flag", default="no"),
        Field("plan", "Plan", "Enterprise may answer everybody; the others only who names, quotes "
              "or answers the account.", default="pay-per-use",
              choices=("pay-per-use", "enterprise")),
        *costs.BUDGETS,
        Field("own_app", "The app belongs to the account", "Then reading its mentions is cheaper.",
              kind="flag", default="yes"),
        Field("prices", "Other prices, in dollars", f"Such as reply=0.01, link=0.2; of "
              f"{', '.join(DEFAULTS)}.", required=False),
        Field("start_hours", "Hours to read back at first", kind="number", default="24"),
        Field("recheck_hours", "Hours between looks for deleted posts", "0: never.", kind="number",
              default="24"),
        Field("count_minutes", "Minutes between counts of posts", "Tells of a spike; 0: never.",
              kind="number", default="0"),
        Field("address", "Address of X", kind="address", default=HOST, leads=True),
    )  # fmt: skip

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        silence: float = READ,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the clock (UTC), how many seconds X may be silent, and how to wait for films."""
        self._now = now
        self._pause = pause
        self._uploads = Uploads()
        self._wires = Wires(silence)
        self._memories: dict[tuple[int, str, str], Memory] = {}

    def fetch(self, account: ChannelAccount, after: Mapping[str, Any] | None) -> Iterator[Page]:
        """Yield what is new; see :class:`channels.protocol.Channel`.

        Each page carries what reading it has cost. What an account has in ``allowance`` is never
        overrun: before each call it has to cover the most that the answer may cost.
        """
        now = self._now()
        wire, purse = self._wires.of(account), Purse(account, now)
        try:
            at = replace(account, position=after)
            yield from Look(at, wire, purse, self._memory(account), now).pages()
        except CallRefusedError as error:
            raise ChannelRefusedError(
                f"X refuses to be read: {words.problem_of(error.text)}"
            ) from error

    def can_reply_publicly(self, mention: Mention) -> bool:
        """Tell whether it is a post: direct messages are apart from them."""
        return not mention.private

    def measure(self, text: str) -> int:
        """Return the weighted length; names at the beginning are free."""
        return words.weight_of(text)

    def measure_private(self, text: str) -> int:
        """Return the characters: messages are not weighed."""
        return len(text)

    def media_rules(self, account: ChannelAccount, *, private: bool) -> MediaRules:
        """Return which files a post, or a message, may carry."""
        return LIKE_X_IN_PRIVATE if private else LIKE_X

    def link_price(self, account: ChannelAccount, text: str) -> str | None:
        """Return what a post costs with a link in it, by the prices of the account."""
        if not words.has_link(text):
            return None
        return costs.dollars(prices_of(account.settings)["link"])

    def reply_price(self, account: ChannelAccount, reply: Reply) -> int:
        """Return what sending ``reply`` costs, by the prices of the account."""
        prices = prices_of(account.settings)
        return sum(prices[kind] for kind in kinds_of_reply(reply))

    def chance(self, account: ChannelAccount, reply: Reply) -> Chance:
        """Tell whom X lets us answer in public: see :func:`answering.refusal_of`."""
        return Chance(refusal_of(account, reply))

    def send(self, account: ChannelAccount, reply: Reply) -> str:
        """Post ``reply``, or send it as a direct message if it is private."""
        return self._answering(account).send(reply)

    def find(self, account: ChannelAccount, reply: Reply) -> str | None:
        """Look for ``reply`` among our posts, or messages: X has no keys that tell repeats."""
        return self._answering(account).find(reply)

    def check(self, account: ChannelAccount) -> Sequence[Checked]:
        """Log in and read one answer with mentions: this costs a cent or two."""
        wire, now = self._wires.of(account), self._now()
        Purse(account, now)
        try:
            me = whoever(wire, account, Memory())
            answer = wire.ask("get_users_mentions", me.id, user_auth=True, max_results=5)
        except CallRefusedError as error:
            raise ChannelRefusedError(f"X refuses: {words.problem_of(error.text)}") from error
        found = words.Found()
        found.add(answer)
        return [
            Checked("log in", f"as @{me.handle}"),
            Checked("read mentions", f"{len(found.posts)} of the newest"),
        ]

    def _answering(self, account: ChannelAccount) -> Answering:
        wire, purse = self._wires.of(account), Purse(account, self._now())
        memory = self._memory(account)
        return Answering(account, wire, purse, memory, self._uploads, self._pause)

    def _memory(self, account: ChannelAccount) -> Memory:
        # An account that got other credentials may be somebody else's.
        key = (account.id, account.handle, account.secrets.get("access_token", ""))
        return self._memories.setdefault(key, Memory())
