"""Conversations, customers, channel accounts, and replies nobody is sure about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import abort
from pydantic import Field

from channels.model import Reply
from channels.model import ReplyStatus as Status
from channels.shown import Customer
from webapp.api.paging import Limit, Moment, PageOut, RowId, page_of
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_conversations", __name__, url_prefix="", tag="Conversations")

_READERS = (Role.AGENT, Role.MANAGER)


class IdentityOut(Out):
    """A customer on one channel."""

    id: int
    channel: str
    external_id: str
    handle: str
    name: str | None
    reach: int = Field(description="Followers, or the network's nearest figure.")


class CustomerOut(Out):
    """A person."""

    id: int
    joined_into: int | None = Field(description="Id of the customer they were found to be.")
    name: str
    tier: str
    identities: list[IdentityOut]
    notes: str


class CustomersOut(PageOut):
    """One page of customers, newest first."""

    items: list[CustomerOut]


class CustomersWanted(In):
    """Which customers to list."""

    search: str = Field("", max_length=200, description="Part of a name or a handle.")
    before: RowId | None = None
    limit: Limit = 50


class AccountOut(Out):
    """One account of ours on a channel."""

    id: int
    channel: str
    handle: str
    enabled: bool


class AccountStateOut(Out):
    """An account, and how reading it goes."""

    account: AccountOut
    last_success_at: datetime | None
    last_mention_at: datetime | None
    last_error: str | None
    failures: int = Field(description="Looks in a row that failed.")
    alarm: str | None = Field(description="Why somebody should look at it.")


class AccountsOut(Out):
    """Every account."""

    items: list[AccountStateOut]


class FileOut(Out):
    """A file of a reply."""

    id: int
    name: str
    type: str = Field(description="As its bytes say, such as image/png.")
    size: int = Field(description="Bytes.")
    alt: str = Field(description="What it shows, for people who cannot see it.")


class PostOut(Out):
    """One line of a conversation: a mention, or a reply of ours."""

    kind: str = Field(description="mention or reply")
    text: str
    at: datetime
    author: str
    private: bool
    external_id: str | None
    status: Status | None = Field(description="Of a reply.")
    reply_id: int | None
    sentiment: float | None = Field(description="Of a mention, -1 to 1.")
    language: str | None = Field(description="Of a mention, ISO 639-1.")
    url: str | None
    error: str | None
    files: list[FileOut] = Field(description="Of a reply.")


class ConversationOut(Out):
    """A thread of mentions and replies with one customer."""

    id: int
    account: AccountOut
    customer: CustomerOut
    thread: str
    opened_at: datetime
    last_at: datetime
    correlation_key: str
    cluster_id: int | None = Field(description="Of the complaints alike that it belongs to.")
    similar: int = Field(description="How many others are alike.")
    cost: int = Field(description="What it has cost, in millionths of a dollar.")
    posts: list[PostOut]


class ReplyOut(Out):
    """An answer of ours."""

    id: int
    conversation_id: int
    text: str
    private: bool
    status: Status
    created_at: datetime
    external_id: str | None
    sent_at: datetime | None
    attempts: int
    error: str | None
    by: str | None
    send_at: datetime | None = Field(description="Not sent before.")
    held_by: str | None = Field(description="Who keeps it back until it is released.")
    withdrawn_by: str | None
    part: int | None = Field(description="Of an answer in several parts: which one, from 1.")
    parts: int | None
    files: list[FileOut]


class RepliesOut(Out):
    """A list of replies, oldest first."""

    items: list[ReplyOut]


class PutOffIn(In):
    """When a reply is to go out."""

    until: Moment


class FateIn(In):
    """What a person found out about an unknown reply."""

    went_out: bool


@api.get("/conversations/<int:conversation_id>")
@require(*_READERS)
@api.output(ConversationOut)
@api.doc(responses=[404])
def conversation(conversation_id: int) -> dict[str, Any]:
    """Return a conversation with its posts, oldest first."""
    known = services().conversations
    found = known.conversation(conversation_id)
    cost = sum(known.cost_of(conversation_id).values())
    return {
        name: getattr(found, name) for name in ConversationOut.model_fields if name != "cost"
    } | {"cost": cost}


@api.get("/customers")
@require(*_READERS)
@api.input(CustomersWanted, location="query", arg_name="wanted")
@api.output(CustomersOut)
def customers(wanted: CustomersWanted) -> dict[str, Any]:
    """List customers, newest first."""
    found = services().conversations.customers(
        wanted.search, before=wanted.before, limit=wanted.limit
    )
    return page_of(found, wanted.limit)


@api.get("/customers/<int:customer_id>")
@require(*_READERS)
@api.output(CustomerOut)
@api.doc(responses=[404])
def customer(customer_id: int) -> Customer:
    """Return a customer with all identities."""
    return services().conversations.customer(customer_id)


@api.get("/accounts")
@require(Role.MANAGER)
@api.output(AccountsOut)
def accounts() -> dict[str, Any]:
    """List our accounts and how reading them goes."""
    return {"items": services().conversations.accounts()}


@api.get("/replies/unsettled")
@require(*_READERS)
@api.output(RepliesOut)
def unsettled() -> dict[str, list[Reply]]:
    """List the replies of which only a person can say whether they went out."""
    return {"items": services().conversations.unsettled_replies()}


@api.post("/replies/<int:reply_id>/settle")
@require(Role.AGENT, Role.MANAGER)
@api.input(FateIn, arg_name="fate")
@api.output(ReplyOut)
@api.doc(responses=[404, 409])
def settle(reply_id: int, fate: FateIn) -> Reply:
    """Say whether an unknown reply went out; one that did not is sent again."""
    return services().outbox.settle_by_person(
        reply_id, went_out=fate.went_out, by=current_person().login
    )


@api.post("/replies/<int:reply_id>/put-off")
@require(Role.AGENT, Role.MANAGER)
@api.input(PutOffIn, arg_name="wanted")
@api.output(ReplyOut)
@api.doc(responses=[404, 409, 422])
def put_off(reply_id: int, wanted: PutOffIn) -> Reply:
    """Have a reply that waits sent at a moment; at once when that is past."""
    by = current_person().login
    try:
        return services().outbox.withholding.put_off(reply_id, wanted.until, by=by)
    except ValueError as refusal:
        abort(422, str(refusal))


@api.post("/replies/<int:reply_id>/hold")
@require(Role.AGENT, Role.MANAGER)
@api.output(ReplyOut)
@api.doc(responses=[404, 409])
def hold(reply_id: int) -> Reply:
    """Keep a reply back until it is released or withdrawn."""
    return services().outbox.withholding.hold(reply_id, by=current_person().login)


@api.post("/replies/<int:reply_id>/release")
@require(Role.AGENT, Role.MANAGER)
@api.output(ReplyOut)
@api.doc(responses=[404, 409])
def release(reply_id: int) -> Reply:
    """Let a reply go out that was kept back."""
    return services().outbox.withholding.release(reply_id, by=current_person().login)


@api.post("/replies/<int:reply_id>/withdraw")
@require(Role.AGENT, Role.MANAGER)
@api.output(ReplyOut)
@api.doc(responses=[404, 409])
def withdraw(reply_id: int) -> Reply:
    """Never send a reply that waits; its process hears of a refusal."""
    return services().outbox.withholding.withdraw(reply_id, by=current_person().login)
