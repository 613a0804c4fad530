"""Process definitions and decisions: list, read, check, deploy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, abort, request
from pydantic import Field

from engine.definitions import (
    Definition,
    Deployment,
    Executable,
    FileReport,
    NormalForm,
    Problem,
    Severity,
    Source,
)
from engine.definitions import DefinitionKind as Kind
from webapp.api.shapes import In, Out
from webapp.people import Role
from webapp.security import current_person, require
from webapp.services import services

api = APIBlueprint("api_definitions", __name__, url_prefix="", tag="Definitions")

_READERS = (Role.DESIGNER, Role.MANAGER, Role.AGENT)
_FILE: dict[int | str, dict[str, str | dict[str, dict[str, Any]]]] = {
    200: {"description": "The file, as it was uploaded", "content": {"application/xml": {}}}
}


class ProblemOut(Out):
    """One thing that is wrong with, or was changed in, an uploaded file."""

    rule: str
    severity: Severity
    element: str | None = Field(description="BPMN id; null when the whole file is meant.")
    name: str | None = Field(None, description="The element's name in the drawing.")
    line: int | None
    message: str
    cure: str


class DefinitionOut(Out):
    """One version of one process or decision."""

    id: int
    key: str
    version: int
    name: str
    kind: Kind
    deployment_id: int
    resource: str = Field(description="Name of the file it came from.")
    startable: bool = Field(description="False for a draft that lacks something.")
    deployed_at: datetime
    version_tag: str | None = Field(None, description="What its designer calls the version.")


class DefinitionsOut(Out):
    """A list of definitions."""

    items: list[DefinitionOut]


class ProblemsOut(Out):
    """The problems of one definition's file."""

    items: list[ProblemOut]


class NormalFormOut(Out):
    """What a drawing was rewritten to before it was compiled."""

    xml: str
    notes: list[ProblemOut] = Field(description="What each dialect and pass changed, in order.")


class ExplanationOut(Out):
    """What there is to read about a rule."""

    rule: str
    text: str


class DefinitionsWanted(In):
    """Which definitions to list."""

    key: str | None = Field(None, description="All versions of this one, newest first.")
    kind: Kind = Kind.PROCESS


class DeploymentOut(Out):
    """The record of making definitions current."""

    id: int
    deployed_at: datetime
    by: str | None
    definitions: list[DefinitionOut]
    problems: list[ProblemOut]


class DraftOut(Out):
    """A definition that a file would bring."""

    key: str
    name: str
    kind: Kind
    executable: bool
    startable: bool


class ReportOut(Out):
    """What is known about one file."""

    file: str
    definitions: list[DraftOut]
    problems: list[ProblemOut]


class LintOut(Out):
    """What is known about every file, read as one deployment."""

    files: list[ReportOut]


@api.get("/definitions")
@require(*_READERS)
@api.input(DefinitionsWanted, location="query", arg_name="wanted")
@api.output(DefinitionsOut)
def definitions(wanted: DefinitionsWanted) -> dict[str, list[Definition]]:
    """List the latest version of each definition, or all versions of one."""
    return {"items": services().engine.definitions(kind=wanted.kind, key=wanted.key)}


@api.get("/definitions/<int:definition_id>")
@require(*_READERS)
@api.output(DefinitionOut)
def definition(definition_id: int) -> Definition:
    """Return one version of a definition."""
    return services().engine.definition(definition_id)


@api.get("/definitions/<int:definition_id>/resource")
@require(*_READERS)
@api.doc(responses=_FILE)
def resource(definition_id: int) -> Response:
    """Return the file as it was uploaded."""
    found = services().engine.definition(definition_id)
    # The type is fixed and the file is a download: an upload must not become a page of ours.
    answer = Response(services().engine.resource(definition_id), mimetype="application/xml")
    answer.headers.set("Content-Disposition", "attachment", filename=found.resource)
    return answer


@api.get("/definitions/<int:definition_id>/problems")
@require(*_READERS)
@api.output(ProblemsOut)
def problems(definition_id: int) -> dict[str, tuple[Problem, ...]]:
    """List what is wrong with, or was changed in, the definition's file."""
    return {"items": services().engine.problems(definition_id)}


@api.get("/definitions/<int:definition_id>/normalised")
@require(*_READERS)
@api.output(NormalFormOut)
def normalised(definition_id: int) -> NormalForm:
    """Return the file as it is compiled, with a note of each pass that changed it."""
    return services().engine.normalised(definition_id)


@api.post("/definitions/<int:definition_id>/publish")
@require(Role.DESIGNER)
@api.output(DefinitionOut)
@api.doc(responses=[409])
def publish(definition_id: int) -> Definition:
    """Let a draft run that lacks nothing but the word that it is to be run."""
    return services().engine.publish(definition_id)


@api.get("/rules/<rule>")
@require(*_READERS)
@api.output(ExplanationOut)
def rule(rule: str) -> dict[str, str]:
    """Tell what a rule looks for, why, and what to do."""
    text = services().engine.explain(rule)
    if text is None:
        abort(404, f"There is nothing to read about the rule {rule[:80]!r}.")
    return {"rule": rule, "text": text}


@api.post("/deployments")
@require(Role.DESIGNER)
@api.output(DeploymentOut, status_code=201)
@api.doc(responses=[422])
def deploy() -> Deployment:
    """Deploy files (multipart, field ``files``) together; the same files again change nothing.

    The field ``executable`` says what becomes of processes that do not say that they are
    executable: ``true`` runs them, ``false`` keeps them as drawings, and their keys (the field
    given once each) run those alone. Without it they are drafts that wait for ``publish``.
    """
    by = current_person().login
    return services().engine.deploy(_uploads(), by=by, executable=_executable())


@api.post("/lint")
@require(Role.DESIGNER)
@api.output(LintOut)
def lint() -> dict[str, tuple[FileReport, ...]]:
    """Check files (multipart, field ``files``) as one deployment; nothing is stored."""
    return {"files": services().engine.lint(_uploads())}


def _executable() -> Executable:
    given = request.form.getlist("executable")
    if given in (["true"], ["false"]):
        return given == ["true"]
    return given or None


def _uploads() -> list[Source]:
    files: list[Any] = request.files.getlist("files")
    if not files:
        abort(400, "Send at least one file in the multipart field 'files'.")
    return [Source(file.filename or "upload.bpmn", file.read()) for file in files]
