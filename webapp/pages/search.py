"""Ctrl-K, which finds queues, instances, customers and definitions; the frame of every page.

The frame (rail, workspace, open incidents) is told to templates as ``shell``; a page of a person
who is not logged in has none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user

from engine.definitions import DefinitionKind
from engine.errors import NotFoundError
from engine.instances import InstanceFilter
from webapp.filters import counted, now
from webapp.people import Role
from webapp.security import current_person
from webapp.services import services

page = Blueprint("search", __name__)

#: Hits shown for one kind of thing.
MOST = 5


@dataclass(frozen=True, slots=True)
class RailItem:
    """One entry of the rail, shown to people with one of ``roles``."""

    name: str
    href: str
    icon: str
    roles: tuple[Role, ...] = ()
    current: bool = False
    last: bool = False  #: pushed to the bottom


RAIL = (
    RailItem("Inbox", "/inbox", "inbox", (Role.AGENT, Role.MANAGER)),
    RailItem("Customers", "/customers", "users", (Role.AGENT, Role.MANAGER)),
    RailItem("Processes", "/processes", "sitemap", (Role.DESIGNER, Role.MANAGER)),
    RailItem("Monitor", "/monitor", "activity", (Role.MANAGER,)),
    RailItem("Channels", "/channels", "antenna", (Role.OPERATOR,)),
    RailItem("Settings", "/settings", "settings", (Role.OPERATOR,), last=True),
)
#: Pages that live under an entry of the rail without sharing its address.
_UNDER = {
    "/tasks": "/inbox",
    "/calls": "/inbox",
    "/conversations": "/customers",
    "/decisions": "/processes",
    "/instances": "/monitor",
    "/incidents": "/monitor",
}


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of a page."""

    rail: tuple[RailItem, ...]
    workspace: str
    incidents: int | None  #: open ones, counted; None for people who cannot resolve them
    now: datetime  #: UTC


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found."""

    icon: str
    text: str
    kind: str
    href: str


@page.app_context_processor
def frame() -> dict[str, Any]:
    """Tell templates the frame of the page, for a person who is logged in."""
    if not current_user or not current_user.is_authenticated:
        return {"shell": None}
    person, engine = current_person(), services().engine
    first = "/" + request.path.split("/")[1]
    here = _UNDER.get(first, first)
    rail = tuple(
        RailItem(item.name, item.href, item.icon, current=item.href == here, last=item.last)
        for item in RAIL
        if person.may(*item.roles)
    )
    incidents = engine.count_incidents() if person.may(Role.MANAGER) else None
    return {"shell": Shell(rail, engine.workspace.name, incidents, now())}


@page.get("/search")
def show() -> str:
    """Return what fits ``?q=`` as options for the Ctrl-K dialog."""
    query = request.args.get("q", "").strip()[:100]
    hits = list(_hits(query)) if query else []
    return render_template("search.html", hits=hits, query=query)


def _hits(query: str) -> Iterator[Hit]:
    person = current_person()
    if person.may(Role.AGENT, Role.MANAGER):
        yield from islice(_queues(query), MOST)
        yield from _user_tasks(query)
    if person.may(Role.MANAGER):
        yield from _instances(query)
    if person.may(Role.DESIGNER, Role.MANAGER):
        yield from islice(_processes(query.lower()), MOST)
        yield from islice(_decisions(query.lower()), MOST)
    if person.may(Role.AGENT, Role.MANAGER):
        yield from _customers(query)


def _queues(query: str) -> Iterator[Hit]:
    for queue in services().engine.queues(now=now(), named=query):
        text = f"{queue.queue}: {counted(queue.open)} open"
        yield Hit("list-details", text, "queue", f"/inbox/{queue.queue}")


def _user_tasks(query: str) -> Iterator[Hit]:
    if query.lstrip("#").isdecimal():
        try:
            task = services().engine.user_task(int(query.lstrip("#")[:15]))
        except NotFoundError:
            return
        yield Hit(
            "checks", f"#{task.id} {task.name or task.element}", "user task", f"/tasks/{task.id}"
        )


def _instances(query: str) -> Iterator[Hit]:
    engine = services().engine
    found = engine.instances(InstanceFilter(business_key=query), limit=MOST)
    if query.lstrip("#").isdecimal():
        with suppress(NotFoundError):  # the number may mean something else
            found = [engine.instance(int(query.lstrip("#")[:15])), *found]
    for instance in found[:MOST]:
        text = f"#{instance.id} {instance.name} {instance.business_key or ''}"
        yield Hit("player-play", text, f"{instance.status} instance", f"/instances/{instance.id}")


def _processes(query: str) -> Iterator[Hit]:
    for definition in services().engine.definitions():
        if query in definition.name.lower() or query in definition.key.lower():
            yield Hit("sitemap", definition.name, "process", f"/processes/{definition.key}")


def _decisions(query: str) -> Iterator[Hit]:
    for found in services().engine.definitions(kind=DefinitionKind.DECISION):
        if query in found.name.lower() or query in found.key.lower():
            href = url_for("decisions.show", key=found.key)
            yield Hit("table", found.name, "decision", href)


def _customers(query: str) -> Iterator[Hit]:
    for customer in services().conversations.customers(query, limit=MOST):
        yield Hit("user", customer.name, "customer", f"/customers/{customer.id}")
