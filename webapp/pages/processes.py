"""Process definitions: list, problems, versions, diagram, publish, start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions import Definition, DefinitionKind
from engine.errors import EngineError
from engine.instances import InstanceFilter, InstanceStatus
from engine.use_cases.definitions import blocking
from webapp import json_bodies
from webapp.addresses import row_id
from webapp.marks import problem_marks
from webapp.outcomes import Outcome
from webapp.people import Role
from webapp.problem_lists import (
    concerning,
    grouped,
    may_be_cured_by_now,
    only_the_word_is_missing,
)
from webapp.security import current_person, require
from webapp.services import services

page = Blueprint("processes", __name__, url_prefix="/processes")

#: Files of one upload.
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A definition in the list."""

    definition: Definition
    running: int
    runs: Definition | None  #: the version new instances use, when it is another one


@page.get("")
@require(Role.DESIGNER, Role.MANAGER)
def index() -> str:
    """List the latest version of each definition; ``deployed`` adds what an upload had wrong."""
    deployed = request.args.get("deployed", type=row_id)
    outcome = None if deployed is None else Outcome(services().engine.deployment(deployed))
    return render_template("processes.html", refused=(), outcome=outcome, **listing())


@page.get("/<key>")
@page.get("/<key>/<int:version>")
@require(Role.DESIGNER, Role.MANAGER)
def show(key: str, version: int | None = None) -> ResponseReturnValue:
    """Show one version, or the latest: drawing, problems, versions, running instances."""
    versions, definition = version_of(key, version)
    if definition.kind is DefinitionKind.DECISION:
        return redirect(url_for("decisions.show", key=key, version=version), 303)
    problems = concerning(services().engine.problems(definition.id), definition.key)
    lacking = blocking(problems, definition.key)
    return render_template(
        "process.html",
        definition=definition,
        versions=versions,
        current=_current(versions),
        groups=grouped(problems),
        explained=services().engine.explain,
        lacking=lacking,
        look_again=may_be_cured_by_now(lacking),
        word_missing=only_the_word_is_missing(definition, problems),
        marks=problem_marks(problems),
        running=_running(definition),
        may_start=current_person().may(Role.DESIGNER),
    )


@page.post("/<key>/<int:version>/publish")
@require(Role.DESIGNER)
def publish(key: str, version: int) -> ResponseReturnValue:
    """Let a draft run that lacks nothing but the word that it is to be run."""
    _, definition = version_of(key, version)
    try:
        services().engine.publish(definition.id)
    except EngineError as refusal:
        flash(str(refusal), "late")
    else:
        flash(f"Version {version} is published: new instances use it.", "calm")
    return redirect(url_for("processes.show", key=key, version=version), 303)


@page.get("/<key>/<int:version>/drawing")
@require(Role.DESIGNER, Role.MANAGER, Role.AGENT)
def drawing(key: str, version: int) -> Response:
    """Return the uploaded bytes. As a download: an upload is never shown as a page of ours."""
    _, definition = version_of(key, version)
    response = Response(
        services().engine.resource(definition.id), mimetype="application/octet-stream"
    )
    response.headers.set("Content-Disposition", "attachment", filename=definition.resource)
    return response


@page.post("/<key>/start")
@require(Role.DESIGNER)
def start(key: str) -> ResponseReturnValue:
    """Start an instance by hand, with variables as JSON."""
    back = redirect(url_for("processes.show", key=key), 303)
    try:
        variables = json_bodies.variables(request.form.get("variables", ""), "Nothing was started.")
    except ValueError as wrong:
        flash(str(wrong), "late")
        return back
    business_key = request.form.get("business_key", "").strip() or None
    try:
        instance = services().engine.start(key, variables, business_key=business_key)
    except EngineError as refusal:
        flash(str(refusal), "late")
        return back
    flash(f"Instance {instance.id} was started.", "calm")
    return redirect(url_for("instances.show", number=instance.id), 303)


def listing() -> dict[str, Any]:
    """Return what the list of processes shows, also below a refused upload."""
    engine = services().engine
    processes = engine.definitions()
    running = engine.count_running([found.key for found in processes])
    return {
        "processes": [_listed(found, running.get(found.key, 0)) for found in processes],
        "decisions": engine.definitions(kind=DefinitionKind.DECISION),
        "may_deploy": current_person().may(Role.DESIGNER),
        "most_files": MOST_FILES,
        "explained": engine.explain,
    }


def _listed(definition: Definition, running: int) -> Listed:
    runs = None
    if not definition.startable:
        runs = _current(services().engine.definitions(key=definition.key))
    return Listed(definition, running, runs)


def _current(versions: Sequence[Definition]) -> Definition | None:
    """Return the version that new instances use: the newest that is no draft."""
    return next((version for version in versions if version.startable), None)


def version_of(key: str, version: int | None) -> tuple[list[Definition], Definition]:
    """Return all versions, newest first, and the one wanted; answers 404 for what is not there."""
    engine = services().engine
    versions = engine.definitions(key=key)
    if not versions:
        versions = engine.definitions(kind=DefinitionKind.DECISION, key=key)
    chosen = [found for found in versions if version in (None, found.version)]
    if not chosen:
        abort(404, f"There is no such version of {key!r}. Look at the list of processes.")
    return versions, chosen[0]


def _running(definition: Definition) -> int:
    active = InstanceFilter(definition_id=definition.id, status=InstanceStatus.ACTIVE)
    return services().engine.count_instances(active)
