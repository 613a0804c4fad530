"""Decisions: the list, and one decision with its logic, its versions, and a form to try it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from engine.decisions import DecisionView, causes_first
from engine.definitions import Definition, DefinitionKind, ElementInfo
from engine.errors import EngineError
from engine.use_cases.definitions import blocking
from webapp.decided import shown
from webapp.marks import row_marks, rows_of
from webapp.people import Role
from webapp.problem_lists import grouped
from webapp.security import current_person, require, require_for_all
from webapp.services import services
from webapp.trying import Trial

page = Blueprint("decisions", __name__, url_prefix="/decisions")
require_for_all(page, Role.DESIGNER, Role.MANAGER)


@page.get("")
def index() -> str:
    """List the latest version of each decision; ``q`` keeps those that are called like it."""
    found = services().engine.definitions(kind=DefinitionKind.DECISION)
    wanted = request.args.get("q", "").strip()[:200]
    return render_template(
        "decisions.html",
        decisions=[each for each in found if _is_called(each, wanted)],
        all=len(found),
        wanted=wanted,
        may_deploy=current_person().may(Role.DESIGNER),
    )


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
    trial = Trial.of(request.form)
    wanted = _view(definition).inputs
    inputs = trial.inputs(wanted)
    if not trial.errors:
        try:
            trial.found = services().engine.decide((), key, inputs, version=version)
        except EngineError as wrong:
            trial.refused = str(wrong)
        trial.mark(wanted)
    return _shown(versions, definition, trial)


@page.get("/<key>/<int:version>/file")
def file(key: str, version: int) -> Response:
    """Return the uploaded bytes. As a download: an upload is never shown as a page of ours."""
    _, definition = _version_of(key, version)
    content = services().engine.resource(definition.id)
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=definition.resource)
    return response


def _used_by(decision: Definition) -> list[tuple[Definition, list[ElementInfo]]]:
    """Return the processes of today that ask a decision by its key or name, and where they do."""
    names = {decision.key, decision.name}
    found = (
        (process, [each for each in process.elements if each.asks in names])
        for process in services().engine.definitions()
    )
    return [(process, elements) for process, elements in found if elements]


def _is_called(definition: Definition, wanted: str) -> bool:
    names = definition.name, definition.key, definition.resource, definition.version_tag or ""
    return any(wanted.casefold() in name.casefold() for name in names)


def _shown(versions: list[Definition], definition: Definition, trial: Trial) -> str:
    engine = services().engine
    problems = engine.problems(definition.id)
    view = _view(definition)
    rows = rows_of(view.logic)
    return render_template(
        "decision.html",
        definition=definition,
        versions=versions,
        current=next((each for each in versions if each.startable), None),
        view=view,
        groups=grouped(problems),
        rows=rows,
        row_marks=row_marks(problems, rows),
        used_by=_used_by(definition),
        lacking=blocking(problems, definition.key),
        explained=engine.explain,
        trial=trial,
        fields=trial.fields(view.inputs),
        rules=shown(trial.found) if trial.found is not None else (),
        notes=causes_first(trial.found.warnings) if trial.found is not None else ((), ()),
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
