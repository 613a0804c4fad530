"""What may be said in replies: the rules of the workspace, and a text to try them on."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.errors import PolicyRejectedError
from channels.policy import RULES, Around, Finding, Level, Rules, check
from webapp.people import Role
from webapp.security import current_person, require_for_all
from webapp.services import services

page = Blueprint("policy", __name__, url_prefix="/settings/replies")
require_for_all(page, Role.OPERATOR)

#: The lists of the form: name, what it is for people, an example.
LISTS = (
    ("banned", "Phrases that are never said", "our fault", "One a line, in any case."),
    ("own", "Our own numbers and addresses", "+44 20 7946 0958\nnorthwind.example",
     "One a line: phone numbers, e-mail addresses, whole domains. They may be said."),
    ("orders", "Forms of order numbers", "NW-######",
     "One a line. # stands for a digit, @ for a letter."),
    ("regions", "Countries whose phone numbers are known", "GB\nDE",
     "One a line, two letters. Numbers with a country code are known anyway."),
    ("alike_on", "Channels that hold the same words against two accounts", "x", "One a line."),
)  # fmt: skip


@page.get("")
def index() -> str:
    """Show the rules."""
    return _index(services().outbox.composing.rules())


@page.post("")
def change() -> ResponseReturnValue:
    """Keep other rules from now on; replies that wait are held against them too."""
    rules, errors = _sent()
    if not errors:
        try:
            services().outbox.composing.change_rules(rules, by=current_person().login)
        except PolicyRejectedError as refusal:
            errors = refusal.errors
    if errors:
        return _index(rules, errors), 422
    flash("The rules are kept. Replies that wait are held against them too.", "calm")
    return redirect(url_for("policy.index"), 303)


@page.post("/try")
def attempt() -> str:
    """Show what the rules, as they are kept, find in a text as a public reply."""
    text = request.form.get("text", "")[:10_000]
    rules = services().outbox.composing.rules()
    found = check(text, rules, Around(can_be_private=True))
    return _index(rules, tried=text, found=found)


def _index(
    rules: Rules,
    errors: dict[str, str] | None = None,
    tried: str = "",
    found: tuple[Finding, ...] = (),
) -> str:
    return render_template(
        "policy.html",
        rules=rules,
        kinds=RULES,
        levels=list(Level),
        lists=LISTS,
        errors=errors or {},
        tried=tried,
        found=found,
    )


def _sent() -> tuple[Rules, dict[str, str]]:
    """Return the rules the form holds, and what of it is no rule at all."""
    form, errors = request.form, {}
    levels = {}
    for name in RULES:
        told = form.get(f"level-{name}", "")
        levels[name] = Level(told) if told in set(Level) else RULES[name][1]
    lists = {
        name: tuple(line.strip() for line in form.get(name, "").splitlines() if line.strip())
        for name, *_ in LISTS
    }
    lists["regions"] = tuple(one.upper() for one in lists["regions"])
    lists["alike_on"] = tuple(one.lower() for one in lists["alike_on"])
    grace = form.get("grace", "0").strip() or "0"
    if not grace.isdecimal() or len(grace) > 6:
        errors["grace"], grace = "Write a number of seconds.", "0"
    return replace(Rules(), levels=levels, grace=int(grace), **lists), errors
