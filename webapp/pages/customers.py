"""Customers, and what each of them wrote."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.errors import CustomersError
from engine.errors import NotFoundError
from webapp.addresses import row_id
from webapp.people import Role
from webapp.security import current_person, require_for_all
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
def show(number: int) -> ResponseReturnValue:
    """Show a customer with their conversations, newest first, and who may be the same person.

    One who was joined to another leads there: processes and old links still name them.
    """
    known = services().conversations
    customer = known.customer(number)
    if customer.joined_into is not None:
        return redirect(url_for("customers.show", number=customer.joined_into), 303)
    conversations = known.of_customer(number)
    return render_template(
        "customer.html",
        customer=customer,
        conversations=conversations,
        summaries=known.by_correlation_keys(found.correlation_key for found in conversations),
        suggestions=known.joining.suggestions(number),
        moves=known.joining.moves(number),
    )


@page.post("/<int:number>/join")
def join(number: int) -> ResponseReturnValue:
    """Take another customer for the same person as this one."""
    other = request.form.get("other", type=row_id)
    if other is None:
        flash("Choose the customer who is the same person first.", "soon")
        return redirect(url_for("customers.show", number=number), 303)
    try:
        services().conversations.join_customers(number, other, by=current_person().login)
    except (CustomersError, NotFoundError) as refusal:
        flash(str(refusal), "late")
    else:
        flash("Joined: one customer now. Split an identity off to take it back.", "calm")
    return redirect(url_for("customers.show", number=number), 303)


@page.post("/<int:number>/split")
def split(number: int) -> ResponseReturnValue:
    """Let an identity of this customer be a person of its own, and show that one."""
    identity = request.form.get("identity", type=row_id)
    if identity is None:
        return redirect(url_for("customers.show", number=number), 303)
    try:
        alone = services().conversations.split_identity(identity, by=current_person().login)
    except (CustomersError, NotFoundError) as refusal:
        flash(str(refusal), "late")
        return redirect(url_for("customers.show", number=number), 303)
    flash("Split off: this is a customer of their own now, with what they began.", "calm")
    return redirect(url_for("customers.show", number=alone), 303)
