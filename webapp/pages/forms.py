"""Web forms for customers, inside pages of others or alone; and where each reads the answers.

Nobody is logged in here, no cookie is set or read, and no script runs. A form bears a proof
(:mod:`webapp.form_proofs`) under whose id what it says is stored, so it counts once however often
it comes. What is refused is shown again with all that was typed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from channels.forms import Form
from channels.model import ChannelAccount
from channels.submitting import Submission
from webapp import form_proofs
from webapp.security import embeddable, limiter, proves_itself
from webapp.services import Services, rooms

page = Blueprint("forms", __name__, url_prefix="/forms/<hook>")

#: Characters of each field at most.
MOST = {"name": 200, "email": 254, "order": 100, "text": 5_000}
#: A field that people do not see. Programs fill in what they find.
TRAP = "website"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_WORDS = Path(__file__).parents[1] / "form_words.json"


@dataclass(frozen=True, slots=True)
class Shown:
    """The form that a request is about."""

    hook: str
    account: ChannelAccount
    form: Form
    services: Services
    words: Mapping[str, str]

    @property
    def now(self) -> datetime:
        """Return the present, UTC."""
        return self.services.engine.clock.now()


def _address_limit() -> str:
    return rooms().settings.form_limit


def _form_limit() -> str:
    return f"{_shown().form.per_hour} per hour"


def _form_key() -> str:
    return f"form:{_shown().account.id}"


_by_address = limiter.shared_limit(_address_limit, scope="forms")
# What is refused takes nobody's place: else a stranger without a proof could close the form.
_by_form = limiter.shared_limit(
    _form_limit, scope="forms", key_func=_form_key, deduct_when=lambda told: told.status_code == 303
)


@page.get("")
@proves_itself
def show(hook: str) -> ResponseReturnValue:
    """Show the form, with a proof for one submission."""
    answer = Response(_form(_open()))
    # The back button shows this very page again, so that what it sends is known to be the same. A
    # browser would forget it if it were sent to the address that it came from.
    answer.headers["Cache-Control"] = "private, max-age=0"
    return answer


@page.get("/sent")
@page.get("/answers/<address>/sent")
@proves_itself
def look_back(hook: str, address: str = "") -> ResponseReturnValue:
    """Lead to the page whose form was sent here and refused, should somebody open it anew."""
    known = _shown().hook
    there = url_for("forms.answers", hook=known, address=address) if address else None
    return redirect(there or url_for("forms.show", hook=known), 303)


@page.post("/sent")
@proves_itself
@_by_address
@_by_form
def submit(hook: str) -> ResponseReturnValue:
    """Store what a customer wrote, and lead to the page where the answers will stand."""
    return _taken(_open())


@page.get("/answers/<address>")
@proves_itself
def answers(hook: str, address: str) -> ResponseReturnValue:
    """Show a customer what they and we have said, and a form to go on."""
    return _hidden(Response(_answers(_shown(), _thread(address))))


@page.post("/answers/<address>/sent")
@proves_itself
@_by_address
@_by_form
def go_on(hook: str, address: str) -> ResponseReturnValue:
    """Store what a customer wrote besides."""
    return _taken(_open(), _thread(address))


@page.get("/style.css")
@proves_itself
def style(hook: str) -> Response:
    """Return the look of a form, in the colour of its brand."""
    return Response(render_template("form.css", form=_shown().form), mimetype="text/css")


@page.errorhandler(429)
def too_often(error: Any) -> ResponseReturnValue:
    """Show the form again with all that was typed; a while later it can be sent."""
    shown, address = _shown(), (request.view_args or {}).get("address")
    answer = Response(_again(shown, _thread(address) if address else "", shown.words["often"]), 429)
    for name, value in error.get_headers():
        if name.lower() == "retry-after":
            answer.headers[name] = value
    return _hidden(answer)


def _shown() -> Shown:
    """Return the form of the request, and let its pages embed the answer."""
    if "shown_form" not in g:
        hook = str((request.view_args or {})["hook"])
        services, account_id = rooms().called_at(hook)
        account = services.submitting.account(account_id)
        form = Form.of(account)
        g.shown_form = Shown(hook, account, form, services, _words()[form.language])
    found: Shown = g.shown_form
    embeddable(found.form.origins)
    return found


def _open() -> Shown:
    """Return the form of the request, into which people may write."""
    shown = _shown()
    if not shown.account.enabled:
        abort(Response(render_template("form_word.html", shown=shown, word="closed"), 503))
    return shown


def _thread(address: str) -> str:
    """Return which conversation is followed at an address, or answer 404."""
    thread = form_proofs.thread_at(address, _shown().hook)
    if thread is None:
        abort(Response(render_template("form_word.html", shown=_shown(), word="unknown"), 404))
    return thread


def _taken(shown: Shown, thread: str = "") -> ResponseReturnValue:
    """Store what was typed, or show it again with what is wrong."""
    if request.form.get(TRAP):
        # What fills this in is told that all went well, and goes away.
        return render_template("form_word.html", shown=shown, word="thanks")
    typed = _typed(shown, thread)
    errors = {name: why for name, text in typed.items() if (why := _wrong(shown, name, text))}
    proof = form_proofs.proof_of(request.form.get("proof", ""), shown.hook, thread)
    notice = None
    if proof is None or shown.now - proof.made_at > form_proofs.LONGEST:
        notice = shown.words["old"]
    elif shown.now - proof.made_at < form_proofs.SHORTEST:
        notice = shown.words["quick"]
    if proof is None or notice or errors:
        return _hidden(Response(_again(shown, thread, notice, errors), 422))
    told = Submission(proof.id, **typed, thread=thread)
    room, label = shown.services.submitting, shown.words["order"]
    known = None if room.submit(shown.account, told, order_label=label) else 1
    address = form_proofs.new_address(shown.hook, thread or proof.id)
    there = url_for("forms.answers", hook=shown.hook, address=address, known=known)
    return redirect(there, 303)


def _typed(shown: Shown, thread: str) -> dict[str, str]:
    """Return what was typed into the fields that were asked for."""
    return {
        name: request.form.get(name, "").replace("\r\n", "\n").strip()
        for name in _asked(shown, thread)
    }


def _wrong(shown: Shown, name: str, text: str) -> str | None:
    """Return what is wrong with the text of a field; None when nothing is."""
    words = shown.words
    if len(text) > MOST[name]:
        return words["too_long"].format(most=MOST[name])
    if name == "text" and not text:
        return words["missing"]
    if name == "email" and text and not _EMAIL.fullmatch(text):
        return words["bad_email"]
    return None


def _asked(shown: Shown, thread: str) -> list[str]:
    """Return the fields of a form; one that goes on with a conversation has its text alone."""
    return [name for name in MOST if name == "text" or (name in shown.form.asks and not thread)]


def _again(
    shown: Shown, thread: str, notice: str | None, errors: Mapping[str, str] | None = None
) -> str:
    return _answers(shown, thread, notice, errors) if thread else _form(shown, notice, errors)


def _form(shown: Shown, notice: str | None = None, errors: Mapping[str, str] | None = None) -> str:
    return render_template("form.html", **_told(shown, "", notice, errors))


def _answers(
    shown: Shown,
    thread: str,
    notice: str | None = None,
    errors: Mapping[str, str] | None = None,
) -> str:
    return render_template(
        "form_answers.html",
        **_told(shown, thread, notice, errors),
        lines=shown.services.submitting.followed(shown.account, thread),
        known=request.args.get("known"),
        address=form_proofs.new_address(shown.hook, thread),
    )


def _told(
    shown: Shown, thread: str, notice: str | None, errors: Mapping[str, str] | None
) -> dict[str, Any]:
    """Return what both pages show."""
    return {
        "shown": shown,
        "words": shown.words,
        "notice": notice,
        "asked": _asked(shown, thread),
        "typed": request.form,
        "errors": errors or {},
        "most": MOST,
        "trap": TRAP,
        "proof": form_proofs.new_proof(shown.hook, thread, shown.now),
    }


def _hidden(answer: Response) -> Response:
    """Keep the address of a page from the pages that its links lead to: it is a secret."""
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    read: dict[str, dict[str, str]] = json.loads(_WORDS.read_text("utf-8"))
    return read
