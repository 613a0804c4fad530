"""Replies on X, in public and in private, and how one is found of which nobody knows.

X keeps no keys that tell a repeat from a new post. Whether a reply went out is read back from our
own posts, or messages; that X refuses the same words twice is a hint, and no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from channels.errors import (
    CallRefusedError,
    ChannelError,
    ChannelRefusedError,
    ChannelUnavailableError,
    DeliveryUnknownError,
    ReplyRefusedError,
    ReplyTooLongError,
)
from channels.model import ChannelAccount, Reply
from channels.moments import DOUBT
from channels.networks.x import words
from channels.networks.x.prices import Purse, kinds_of_reply
from channels.networks.x.reading import Memory, own_posts, whoever
from channels.networks.x.uploading import Uploading
from channels.networks.x.wire import Wire
from channels.networks.x.words import PRIVATE, Found, Me
from channels.uploads import Uploads

#: Answers with own posts, or messages, that a search for a reply asks for at most.
MOST_ANSWERS = 10
#: Problems of X that are no fault of the reply: somebody has to mend the account.
_ACCOUNT_FAULTS = ("oauth1-permissions", "client-forbidden", "client-not-enrolled",
                   "unsupported-authentication")  # fmt: skip
_COMPOSE = "https://twitter.com/messages/compose?recipient_id="
_NOT_SUMMONED = (
    "X lets us answer this only in private, because the post does not name, quote or answer the "
    "account: it was found by a search. Answer in private, or wait until the customer names us. "
    "(With an Enterprise plan, set the plan of the account.)"
)


def refusal_of(account: ChannelAccount, reply: Reply) -> str | None:
    """Return why X takes no such reply of the account, by its rules; None where it does."""
    if reply.private:
        return None
    if (reply.in_reply_to or "").startswith(PRIVATE):
        return "A direct message cannot be answered in public on X. Answer in private."
    if not reply.answerable and account.settings.get("plan") != "enterprise":
        return _NOT_SUMMONED
    return None


class Answering:
    """Sends, or finds, one reply for an account."""

    def __init__(
        self,
        account: ChannelAccount,
        wire: Wire,
        purse: Purse,
        memory: Memory,
        uploads: Uploads,
        pause: Callable[[float], None],
    ) -> None:
        """Begin for ``account``; ``purse`` is told what it costs, ``pause`` waits for films."""
        self._uploads = uploads
        self._pause = pause
        self._account = account
        self._wire = wire
        self._purse = purse
        self._memory = memory

    def send(self, reply: Reply) -> str:
        """Send ``reply``; see :meth:`channels.protocol.Channel.send`."""
        length, limit = words.weight_of(reply.text), words.LONGEST_POST
        if reply.private:
            length, limit = len(reply.text), words.LONGEST_MESSAGE
        if length > limit:
            raise ReplyTooLongError("X", length=length, limit=limit)
        try:
            answer = self._send_message(reply) if reply.private else self._post(reply)
        except CallRefusedError as error:
            return self._refused(reply, error)
        id = words.created(answer)
        if id is None:
            raise DeliveryUnknownError("X took the reply, and did not say under which id.")
        self._paid(reply)
        return f"{PRIVATE}{id}" if reply.private else id

    def find(self, reply: Reply) -> str | None:
        """Return the id of ``reply`` if X has it; see :meth:`channels.protocol.Channel.find`."""
        try:
            id = self._find_message(reply) if reply.private else self._find_post(reply)
        except CallRefusedError as error:
            raise ChannelUnavailableError(
                f"X does not show what we sent: {words.problem_of(error.text)}"
            ) from error
        if id is not None:
            self._paid(reply)
        return id

    def _post(self, reply: Reply) -> Any:
        if why := refusal_of(self._account, reply):
            raise ReplyRefusedError(why)
        link = _COMPOSE + self._me().id if reply.hand_off else None
        files = self._files(reply)
        return self._wire.do(
            "create_tweet", text=reply.text, in_reply_to_tweet_id=reply.in_reply_to,
            direct_message_deep_link=link, media_ids=files,
        )  # fmt: skip

    def _send_message(self, reply: Reply) -> Any:
        whom, files = self._whom(reply), self._files(reply)
        if files:
            whom["media_id"] = files[0]
        return self._wire.do("create_direct_message", text=reply.text, **whom)

    def _files(self, reply: Reply) -> list[str] | None:
        ids = Uploading(self._wire, self._uploads, reply, self._pause).ids()
        # A post takes them, whether or not we hear of it.
        self._uploads.used(reply)
        return ids

    def _refused(self, reply: Reply, error: CallRefusedError) -> str:
        """Return the id of a reply that X refuses because it has it; raise what else it means."""
        why = words.problem_of(error.text)
        if error.status == 403 and "duplicate content" in error.text.lower():
            return self._repeated(reply)
        if any(fault in error.text for fault in _ACCOUNT_FAULTS):
            raise ChannelRefusedError(f"X does not let this account send: {why}") from error
        raise ReplyRefusedError(f"X refuses the reply: {why}") from error

    def _repeated(self, reply: Reply) -> str:
        try:
            id = self.find(reply)
        except ChannelError as error:
            # Nothing was posted now; an attempt before may have been.
            raise DeliveryUnknownError(
                f"X says that it has this text already, and cannot show where: {error}"
            ) from error
        if id is None:
            raise ReplyRefusedError(
                "X refuses to post the same text twice, and it was not this reply that was there "
                "first. Word it differently."
            )
        return id

    def _find_post(self, reply: Reply) -> str | None:
        parent = reply.in_reply_to or ""
        since = words.id_at(reply.created_at - DOUBT)
        if parent.isdecimal():
            since = max(since, int(parent))

        def ask(found: Found) -> Any:
            return own_posts(self._wire, self._purse, self._me(), str(since), found.token)

        for post in self._newest(ask, "own_post"):
            answers = words.references(post).get("replied_to")
            if answers == reply.in_reply_to and words.same_words(
                post, reply.text, files=bool(reply.files)
            ):
                return str(post["id"])
        return None

    def _find_message(self, reply: Reply) -> str | None:
        whom = self._whom(reply)
        since = words.id_at(reply.created_at - DOUBT)
        me = self._me()

        def ask(found: Found) -> Any:
            answer = self._wire.ask(
                "get_direct_message_events", **whom, max_results=100,
                pagination_token=found.token, event_types=words.MESSAGES_ONLY,
                dm_event_fields=words.MESSAGE_FIELDS,
            )  # fmt: skip
            return words.until_known(answer, str(since))

        for event in self._newest(ask, "message_read"):
            ours = str(event.get("sender_id")) == me.id and int(event["id"]) > since
            if ours and words.same_words(event, reply.text, files=bool(reply.files)):
                return f"{PRIVATE}{event['id']}"
        return None

    def _newest(self, ask: Any, kind: str) -> Iterator[Mapping[str, Any]]:
        """Yield what we sent, a page at a time, until somebody has found what they look for."""
        found = Found()
        for _ in range(MOST_ANSWERS):
            found.posts = []
            found.add(ask(found))
            self._purse.spends(kind, len(found.posts))
            yield from words.in_order(found)
            if not found.token:
                return
        raise ChannelUnavailableError("X shows more of our posts than we can look through at once.")

    def _whom(self, reply: Reply) -> dict[str, str]:
        """Return to whom a private reply goes, as tweepy is told."""
        if reply.thread.startswith(PRIVATE):
            return {"dm_conversation_id": reply.thread.removeprefix(PRIVATE)}
        answer = self._wire.ask("get_user", username=reply.recipient, user_auth=True)
        self._purse.spends("user_read", 1)
        id = words.one_of(answer).get("id")
        if not id:
            raise ReplyRefusedError(f"X knows nobody called @{reply.recipient}.")
        return {"participant_id": str(id)}

    def _paid(self, reply: Reply) -> None:
        """Tell what it costs that a reply is out, once: when that becomes known."""
        self._purse.spends(kinds_of_reply(reply)[-1], 1)

    def _me(self) -> Me:
        told = (self._account.position or {}).get("me") or {}
        if told.get("id"):
            return Me(str(told["id"]), str(told.get("handle")))
        return whoever(self._wire, self._account, self._memory)
