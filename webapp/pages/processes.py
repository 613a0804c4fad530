"""Process definitions: upload, problems, versions, diagram, start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions import Definition, DefinitionKind, FileReport, Problem, Severity, Source
from engine.errors import DeploymentRefusedError, EngineError
from engine.instances import Instance, InstanceFilter, InstanceStatus
from webapp import json_bodies
from webapp.marks import Mark, problem_marks
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

page = Blueprint("processes", __name__, url_prefix="/processes")

#: Running instances that are counted before the page says «100 or more».
MOST_COUNTED = 100
#: Files of one upload.
MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """A definition in the list."""

    definition: Definition
    running: int


@dataclass(frozen=True, slots=True)
class Refused:
    """One file of an upload that was refused, with its drawing when it has one."""

    report: FileReport
    drawing: str | None
    marks: list[Mark]

    @property
    def errors(self) -> int:
        """Return how many problems stand in the way."""
        return sum(problem.severity is Severity.ERROR for problem in self.report.problems)


@page.get("")
@require(Role.DESIGNER, Role.MANAGER)
def index() -> str:
    """List the latest version of each definition."""
    return _index()


@page.post("")
@require(Role.DESIGNER)
def deploy() -> ResponseReturnValue:
    """Deploy the uploaded files as one deployment; a refusal shows every problem."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if not files:
        flash("Choose at least one .bpmn, .dmn or .form file.", "soon")
        return redirect(url_for("processes.index"), 303)
    if len(files) > MOST_FILES:
        flash(f"Upload at most {MOST_FILES} files at a time; these were {len(files)}.", "soon")
        return redirect(url_for("processes.index"), 303)
    sources = [Source(_file_name(file.filename or ""), file.read()) for file in files]
    engine = services().engine
    try:
        deployment = engine.deploy(sources, by=current_person().login)
    except DeploymentRefusedError:
        return _index(_refused(sources)), 422
    definitions = deployment.definitions
    flash(_outcome(definitions), "calm")
    processes = [found for found in definitions if found.kind is DefinitionKind.PROCESS]
    if len(processes) == 1:
        only = processes[0]
        return redirect(url_for("processes.show", key=only.key, version=only.version), 303)
    return redirect(url_for("processes.index"), 303)


@page.get("/<key>")
@page.get("/<key>/<int:version>")
@require(Role.DESIGNER, Role.MANAGER)
def show(key: str, version: int | None = None) -> str:
    """Show one version, or the latest: drawing, problems, versions, running instances."""
    engine = services().engine
    versions, definition = _version(key, version)
    problems = engine.problems(definition.id)
    return render_template(
        "process.html",
        definition=definition,
        versions=versions,
        problems=_worst_first(problems),
        marks=problem_marks(problems),
        running=_running(definition.key, definition.version),
        may_start=current_person().may(Role.DESIGNER),
    )


@page.get("/<key>/<int:version>/drawing")
@require(Role.DESIGNER, Role.MANAGER, Role.AGENT)
def drawing(key: str, version: int) -> Response:
    """Return the uploaded bytes. As a download: an upload is never shown as a page of ours."""
    _, definition = _version(key, version)
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
        variables = _variables(request.form.get("variables", ""))
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


def _index(refused: Sequence[Refused] = ()) -> str:
    engine = services().engine
    return render_template(
        "processes.html",
        processes=[Listed(found, len(_running(found.key))) for found in engine.definitions()],
        decisions=engine.definitions(kind=DefinitionKind.DECISION),
        refused=refused,
        may_deploy=current_person().may(Role.DESIGNER),
        most=MOST_COUNTED,
    )


def _version(key: str, version: int | None) -> tuple[list[Definition], Definition]:
    engine = services().engine
    versions = engine.definitions(key=key)
    if not versions:
        versions = engine.definitions(kind=DefinitionKind.DECISION, key=key)
    chosen = [found for found in versions if version in (None, found.version)]
    if not chosen:
        abort(404, f"There is no such version of {key!r}. Look at the list of processes.")
    return versions, chosen[0]


def _running(key: str, version: int | None = None) -> list[Instance]:
    active = InstanceFilter(key=key, status=InstanceStatus.ACTIVE)
    found = services().engine.instances(active, limit=MOST_COUNTED)
    return [instance for instance in found if version in (None, instance.version)]


def _refused(sources: Sequence[Source]) -> list[Refused]:
    contents = {source.name: source.content for source in sources}
    return [
        Refused(
            report=report,
            drawing=_drawing(contents.get(report.file, b"")) if report.definitions else None,
            marks=problem_marks(report.problems),
        )
        for report in services().engine.lint(sources)
        if report.problems
    ]


def _drawing(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None  # the list of problems does without the picture
    return text if "BPMNDiagram" in text else None


def _worst_first(problems: Sequence[Problem]) -> list[Problem]:
    order = list(Severity)
    return sorted(problems, key=lambda problem: -order.index(problem.severity))


def _outcome(definitions: Sequence[Definition]) -> str:
    if not definitions:
        return "Deployed. The files define no process or decision of their own."
    return "Deployed: " + ", ".join(f"{d.name} version {d.version}" for d in definitions) + "."


def _variables(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        variables = json_bodies.read(text)
    except ValueError as wrong:
        raise ValueError(f"The variables are not JSON: {wrong}. Nothing was started.") from None
    if not isinstance(variables, dict):
        raise ValueError('Write the variables as an object: {"name": "value"}.')
    return variables


def _file_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][:200]
