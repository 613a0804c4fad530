"""Complaints alike: who else wrote nearly the same, and one answer for all of them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.instances import InstanceFilter
from engine.messages import Correlated
from webapp.addresses import moment, row_id
from webapp.people import Role
from webapp.security import current_person, require, require_for_all
from webapp.services import services

page = Blueprint("clusters", __name__, url_prefix="/clusters")
require_for_all(page, Role.AGENT, Role.MANAGER)

PAGE = 50


@page.get("")
def index() -> str:
    """List clusters, those that grew last first."""
    at = request.args.get("before_at", type=moment)
    number = request.args.get("before_id", type=row_id)
    before = None if at is None or number is None else (at, number)
    found = services().conversations.clusters(before=before, limit=PAGE + 1)
    return render_template(
        "clusters.html",
        clusters=found[:PAGE],
        last=found[PAGE - 1] if len(found) > PAGE else None,
    )


@page.get("/<int:number>")
def show(number: int) -> str:
    """Show the conversations of a cluster, and the case that answers them together."""
    known = services().conversations
    cluster = known.cluster(number)
    where = InstanceFilter(business_key=cluster.correlation_key)
    instances = services().engine.instances(where)
    waiting = services().engine.user_tasks_of([instance.id for instance in instances])
    return render_template(
        "cluster.html",
        cluster=cluster,
        conversations=known.of_cluster(number),
        instances=instances,
        tasks=[task for tasks in waiting.values() for task in tasks],
    )


@page.post("/<int:number>/case")
@require(Role.MANAGER)
def case(number: int) -> ResponseReturnValue:
    """Make one case of all of them, which a supervisor answers once."""
    opened = services().gathering.open_case(number, by=current_person().login)
    if opened.outcome is Correlated.STARTED:
        flash("One case for all: its answer waits to be written in the queue supervisors.", "calm")
    elif opened.outcome is Correlated.DROPPED:
        flash(
            "Nothing was started: they have a case already, or no process answers complaints "
            "together. Deploy processes/shared_answer.",
            "soon",
        )
    return redirect(url_for("clusters.show", number=number), 303)
