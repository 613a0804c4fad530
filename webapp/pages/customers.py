"""Customers, and what each of them wrote."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from webapp.addresses import row_id
from webapp.people import Role
from webapp.security import require_for_all
from webapp.services import services

page = Blueprint("customers", __name__, url_prefix="/customers")
require_for_all(page, Role.AGENT, Role.MANAGER)

PAGE = 50


@page.get("")
def index() -> str:
    """List customers, newest first; ``?q=`` finds a name or a handle."""
    query = request.args.get("q", "").strip()[:100]
    before = request.args.get("before", type=row_id)
    found = services().conversations.customers(query, before=before, limit=PAGE + 1)
    last = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template("customers.html", customers=found[:PAGE], query=query, before=last)


@page.get("/<int:number>")
def show(number: int) -> str:
    """Show a customer with their conversations, newest first."""
    known = services().conversations
    conversations = known.of_customer(number)
    return render_template(
        "customer.html",
        customer=known.customer(number),
        conversations=conversations,
        summaries=known.by_correlation_keys(found.correlation_key for found in conversations),
    )
