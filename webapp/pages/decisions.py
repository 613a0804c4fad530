"""Decisions: the list, and one decision with its logic, its versions, and a form to try it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from engine.decisions import Decision, DecisionView, WantedInput
from engine.definitions import Definition, DefinitionKind
from engine.errors import EngineError
from engine.use_cases.definitions import blocking
from webapp import json_bodies
from webapp.decided import shown
from webapp.people import Role
from webapp.problem_lists import grouped
from webapp.security import current_person, require, require_for_all
from webapp.services import services

page = Blueprint("decisions", __name__, url_prefix="/decisions")
require_for_all(page, Role.DESIGNER, Role.MANAGER)

#: What a form field is called that gives an input.
_FIELD = "in."
_UNQUOTED = ("string", "date", "time", "date and time", "duration")
_DURATIONS = ("days and time duration", "years and months duration")


@dataclass(slots=True)
class Trial:
    """What a person tried: what was written into the form, and what came of it."""

    written: Mapping[str, str] = field(default_factory=dict)
    more: str = ""
    found: Decision | None = None
    refused: str = ""

    def fired(self, key: str) -> set[int]:
        """Return the rows of the decision's own table that fired."""
        rules = self.found.fired_rules if self.found is not None else ()
        return {rule.row for rule in rules if rule.decision == key}


@page.get("")
def index() -> str:
    """List the latest version of each decision."""
    found = services().engine.definitions(kind=DefinitionKind.DECISION)
    may_deploy = current_person().may(Role.DESIGNER)
    return render_template("decisions.html", decisions=found, may_deploy=may_deploy)


@page.get("/<key>")
@page.get("/<key>/<int:version>")
def show(key: str, version: int | None = None) -> str:
    """Show one version, or the latest."""
    return _shown(*_version_of(key, version), Trial())


@page.post("/<key>/<int:version>")
@require(Role.DESIGNER, Role.MANAGER)
def attempt(key: str, version: int) -> str:
    """Ask the decision with the values of the form; nothing is stored."""
    versions, definition = _version_of(key, version)
    given = request.form
    written = {name.removeprefix(_FIELD): given[name] for name in given if name.startswith(_FIELD)}
    trial = Trial(written, given.get("more", ""))
    engine = services().engine
    try:
        inputs = json_bodies.variables(trial.more, "Nothing was asked.")
        wanted = engine.decision_view(definition.id).inputs
        for each in wanted:
            text = written.get(each.name, "").strip()
            if text:
                _put(inputs, each.name, _value(each, text))
        trial.found = engine.decide((), key, inputs, version=version)
    except (EngineError, ValueError) as wrong:
        trial.refused = str(wrong)
    return _shown(versions, definition, trial)


@page.get("/<key>/<int:version>/file")
def file(key: str, version: int) -> Response:
    """Return the uploaded bytes. As a download: an upload is never shown as a page of ours."""
    _, definition = _version_of(key, version)
    content = services().engine.resource(definition.id)
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=definition.resource)
    return response


def _shown(versions: list[Definition], definition: Definition, trial: Trial) -> str:
    engine = services().engine
    problems = engine.problems(definition.id)
    return render_template(
        "decision.html",
        definition=definition,
        versions=versions,
        current=next((each for each in versions if each.startable), None),
        view=_view(definition),
        groups=grouped(problems),
        lacking=blocking(problems, definition.key),
        explained=engine.explain,
        trial=trial,
        shown=shown,
        field=_FIELD,
    )


def _view(definition: Definition) -> DecisionView:
    try:
        return services().engine.decision_view(definition.id)
    except EngineError:  # a file that was accepted by a version of Corral that read it otherwise
        return DecisionView(definition.key, definition.name, "decision")


def _version_of(key: str, version: int | None) -> tuple[list[Definition], Definition]:
    """Return all versions, newest first, and the one wanted; answers 404 for what is not there."""
    versions = services().engine.definitions(kind=DefinitionKind.DECISION, key=key)
    chosen = [found for found in versions if version in (None, found.version)]
    if not chosen:
        abort(404, f"There is no such version of the decision {key!r}. Look at the list.")
    return versions, chosen[0]


def _value(wanted: WantedInput, text: str) -> Any:
    """Return what a text in the form means: a text as it is where one is wanted, else JSON."""
    if wanted.type in (*_UNQUOTED, *_DURATIONS):
        quoted = len(text) > 1 and text.startswith('"') and text.endswith('"')
        return _read(text) if quoted else text
    return _read(text)


def _read(text: str) -> Any:
    try:
        return json_bodies.read(text)
    except json.JSONDecodeError:
        json_bodies.check_text(text)
        return text


def _put(inputs: dict[str, Any], path: str, value: Any) -> None:
    """Set an input, or a field of one where ``path`` has dots."""
    *way, last = path.split(".")
    for name in way:
        inner = inputs.get(name)
        inputs[name] = inner = dict(inner) if isinstance(inner, dict) else {}
        inputs = inner
    inputs[last] = value
