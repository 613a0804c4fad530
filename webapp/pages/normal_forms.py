"""What Corral made of a drawing before it compiled it, and what its rules are about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request

from engine.definitions import Problem
from webapp.pages.processes import version_of
from webapp.people import Role
from webapp.security import require
from webapp.services import services

page = Blueprint("normal_forms", __name__, url_prefix="/processes")

#: Lines of XML on one page; more would only slow the browser down.
MOST_LINES = 10_000
_ID = re.compile(r'\sid="([^"]*)"')
_CODE = re.compile(r"``?(.+?)``?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of XML; ``element`` is the id that begins in it."""

    text: str
    element: str | None


@page.get("/<key>/<int:version>/normal")
@require(Role.DESIGNER, Role.MANAGER)
def show(key: str, version: int) -> str:
    """Show the normal form of a version beside the notes of whatever changed it."""
    _, definition = version_of(key, version)
    found = services().engine.normalised(definition.id)
    lines = found.xml.splitlines()
    shown = [Line(text, _id(text)) for text in lines[:MOST_LINES]]
    there = {line.element for line in shown}
    return render_template(
        "normal_form.html",
        definition=definition,
        lines=shown,
        left_out=len(lines) - len(shown),
        notes=[_Note(note, note.element in there) for note in found.notes],
    )


@page.get("/rules/<rule>")
@require(Role.DESIGNER, Role.MANAGER)
def rule(rule: str) -> str:
    """Tell what a rule looks for, why, and what to do."""
    text = services().engine.explain(rule)
    if text is None:
        abort(404, "There is no more to say about this rule than the problem says itself.")
    first, *more = [_pieces(paragraph) for paragraph in re.split(r"\n\s*\n", text)]
    return render_template(
        "rule.html", rule=rule, first=first, more=more, back=_back(request.referrer)
    )


@dataclass(frozen=True, slots=True)
class _Note:
    problem: Problem
    is_shown: bool  #: its element has a line to jump to


def _id(line: str) -> str | None:
    found = _ID.search(line)
    return found.group(1) if found else None


def _pieces(paragraph: str) -> list[tuple[str, bool]]:
    """Split a paragraph into texts and, marked as such, pieces of code."""
    parts = _CODE.split(re.sub(r":\w+:(?=`)", "", " ".join(paragraph.split())))
    return [(part, place % 2 == 1) for place, part in enumerate(parts) if part]


def _back(referrer: str | None) -> str:
    """Return the process page one came from: only a path of ours, never another site."""
    path = re.match(rf"{re.escape(request.host_url)}(processes[^?#]*)", referrer or "")
    return f"/{path.group(1)}" if path else "/processes"
