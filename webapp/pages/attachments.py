"""Files of mentions and replies, to be saved. A browser never shows one: it may hold anything."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, send_file

from webapp.people import Role
from webapp.security import require_for_all
from webapp.services import services

page = Blueprint("attachments", __name__, url_prefix="/attachments")
require_for_all(page, Role.AGENT, Role.MANAGER)


@page.get("/replies/<int:number>")
def save_ours(number: int) -> Response:
    """Send a file of a reply to be saved under its name."""
    found = services().outbox.enclosures.content(number)
    return saved(found.name, found.content)


@page.get("/<int:number>")
def save(number: int) -> Response:
    """Send a file to be saved under its name, as bytes that mean nothing to the browser."""
    found = services().conversations.attachment(number)
    return saved(found.name, found.content)


def saved(name: str, content: bytes) -> Response:
    """Return a file that a browser saves under ``name`` and never shows."""
    sent = send_file(
        BytesIO(content),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=name,
    )
    # Should somebody open it within the browser all the same: no script, and nothing of ours.
    sent.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    sent.headers["Cache-Control"] = "no-store"
    sent.headers["X-Content-Type-Options"] = "nosniff"
    return sent
