"""Replies out. In public a record of ours under a key of its own: written once, however often.

What breaks before the record is written had no effect. That something stands under the key already
means that the reply was posted; nobody else writes there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.errors import CallRefusedError, ChannelUnavailableError, ReplyRefusedError
from channels.model import Reply
from channels.networks.bluesky import messages
from channels.networks.bluesky.desk import Desk
from channels.networks.bluesky.posts import POST, Told, did_of
from channels.networks.bluesky.records import key_of, record_of
from channels.networks.bluesky.session import Session, error_of, words_of

#: Errors of the account, not of the reply.
_ACCOUNT = frozenset(
    {
        "AccountTakedown",
        "AccountDeactivated",
        "AuthenticationRequired",
        "ExpiredToken",
        "InvalidToken",
    }
)


def send(desk: Desk, reply: Reply) -> str:
    """Post a reply, in public or in private, and return how the network names it.

    Raises what :meth:`channels.protocol.Channel.send` raises.
    """
    session = desk.session
    session.begin()
    if _is_private(reply):
        if reply.files:
            raise ReplyRefusedError("Bluesky carries no files in messages. Take them out.")
        return messages.send(desk, reply)
    parent, root = _above(session, reply)
    record = record_of(reply, root=root, parent=parent, did_of=lambda one: _did_of(session, one))
    if reply.files:
        record["embed"] = _pictures(desk, reply)
    address = {"repo": session.did, "collection": POST, "rkey": key_of(reply)}
    try:
        session.tell(
            "com.atproto.repo.putRecord", {**address, "record": record, "swapRecord": None}
        )
    except CallRefusedError as refused:
        if error_of(refused) in _ACCOUNT:
            raise
        if error_of(refused) != "InvalidSwap":
            raise ReplyRefusedError(f"Bluesky does not take it: {words_of(refused)}.") from refused
    return _uri(session, reply)


def find(desk: Desk, reply: Reply) -> str | None:
    """Return how the network names a reply, or None if it does not have it.

    Raises:
        ChannelUnavailableError: the network cannot tell now.
    """
    desk.session.begin()
    try:
        if _is_private(reply):
            return messages.find(desk, reply)
        uri = _uri(desk.session, reply)
        return uri if _record(desk.session, uri) else None
    except CallRefusedError as refused:
        raise ChannelUnavailableError(f"Bluesky cannot tell: {words_of(refused)}.") from refused


def _pictures(desk: Desk, reply: Reply) -> dict[str, Any]:
    """Give the server the pictures of a reply, and return how its record names them.

    A picture has the same name however often it is given.

    Raises:
        ReplyRefusedError: it does not take one of them.
        ChannelUnavailableError: not all are there; again is safe.
    """
    pictures = []
    for number, file in enumerate(reply.files):
        blob = desk.uploads.known(reply, number)
        if blob is None:
            try:
                blob = desk.session.upload(file.content, file.type).get("blob")
            except CallRefusedError as refused:
                if error_of(refused) in _ACCOUNT:
                    raise
                why = f"Bluesky does not take {file.name}: {words_of(refused)}."
                raise ReplyRefusedError(why) from refused
            if not isinstance(blob, Mapping):
                raise ChannelUnavailableError("Bluesky took a picture, and does not say as which.")
            desk.uploads.note(reply, number, blob)
        pictures.append({"alt": file.alt, "image": dict(blob)})
    return {"$type": "app.bsky.embed.images", "images": pictures}


def _is_private(reply: Reply) -> bool:
    """Tell whether a reply goes to the customer alone: also where the customer began in private."""
    return reply.private or did_of(reply.in_reply_to or reply.thread) is None


def _uri(session: Session, reply: Reply) -> str:
    return f"at://{session.did}/{POST}/{key_of(reply)}"


def _above(session: Session, reply: Reply) -> tuple[dict[str, str], dict[str, str]]:
    """Return address and digest of the post that a reply answers, and of the first of its thread.

    Raises:
        ReplyRefusedError: it cannot be answered.
    """
    uri = reply.in_reply_to or reply.thread
    # An answer of ours stands in our repository before the network shows it.
    told = _record(session, uri) if did_of(uri) == session.did else _shown(session, uri)
    if told is None:
        raise ReplyRefusedError(
            "The post it answers is not there any more. Answer in private, or leave it."
        )
    parent = {"uri": uri, "cid": str(told["cid"])}
    record = told.get("value") or told.get("record")
    above = record.get("reply") if isinstance(record, Mapping) else None
    root = above.get("root") if isinstance(above, Mapping) else None
    if isinstance(root, Mapping) and root.get("uri") and root.get("cid"):
        return parent, {"uri": str(root["uri"]), "cid": str(root["cid"])}
    return parent, parent


def _shown(session: Session, uri: str) -> Told | None:
    """Return a post of somebody else as the network shows it.

    Raises:
        ReplyRefusedError: its author, or that of the thread, lets us not answer.
    """
    posts = session.ask("app.bsky.feed.getPosts", uris=[uri]).get("posts")
    if not isinstance(posts, list) or not posts or not isinstance(posts[0], Mapping):
        return _record(session, uri)
    post = posts[0]
    viewer: Any = post.get("viewer")
    if isinstance(viewer, Mapping) and viewer.get("replyDisabled"):
        raise ReplyRefusedError(
            "Whoever began the thread does not let this account answer in it. Answer in private."
        )
    return post


def _record(session: Session, uri: str) -> Told | None:
    """Return a record as its repository has it; None if it is not there."""
    did, collection, key = uri.removeprefix("at://").split("/")
    try:
        return session.ask("com.atproto.repo.getRecord", repo=did, collection=collection, rkey=key)
    except CallRefusedError as refused:
        if error_of(refused) == "RecordNotFound":
            return None
        raise


def _did_of(session: Session, handle: str) -> str | None:
    """Return the id of a person by their handle; None when there is nobody of that name."""
    try:
        did = session.ask("com.atproto.identity.resolveHandle", handle=handle).get("did")
    except CallRefusedError:
        return None
    return did if isinstance(did, str) else None
