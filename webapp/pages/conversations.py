"""One conversation: everything the customer wrote and everything we answered."""

from __future__ import annotations

from flask import Blueprint, render_template

from engine.instances import InstanceFilter
from webapp import threads
from webapp.people import Role
from webapp.security import require_for_all
from webapp.services import services

page = Blueprint("conversations", __name__, url_prefix="/conversations")
require_for_all(page, Role.AGENT, Role.MANAGER)


@page.get("/<int:number>")
def show(number: int) -> str:
    """Show a conversation with the process instances it led to."""
    conversation = services().conversations.conversation(number)
    where = InstanceFilter(business_key=conversation.business_key)
    instances = services().engine.instances(where)
    waiting = services().engine.user_tasks_of([instance.id for instance in instances])
    tasks = [task for instance in instances for task in waiting.get(instance.id, ())]
    return render_template(
        "conversation.html",
        conversation=conversation,
        lines=threads.lines(conversation),
        box=threads.note_box(conversation),
        instances=instances,
        tasks=tasks,
    )


@page.get("/<int:number>/thread")
def thread(number: int) -> str:
    """Return the posts alone, for a page that stays open."""
    conversation = services().conversations.conversation(number)
    return render_template("thread.html", posts=threads.lines(conversation))
