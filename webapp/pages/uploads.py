"""Uploads: files are checked, what nobody can tell is asked, then they are deployed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions import Executable, FileReport, Severity, Source
from engine.errors import DeploymentRefusedError
from engine.use_cases.definitions import UNANSWERED
from webapp.marks import Mark, problem_marks
from webapp.outcomes import Outcome
from webapp.pages.processes import MOST_FILES, listing
from webapp.people import Role
from webapp.problem_lists import Group, grouped
from webapp.security import current_person, require
from webapp.services import services

page = Blueprint("uploads", __name__, url_prefix="/processes")


@dataclass(frozen=True, slots=True)
class Refused:
    """One file of an upload that was refused, with its drawing when it has one."""

    report: FileReport
    drawing: str | None
    marks: list[Mark]
    groups: list[Group]

    @property
    def errors(self) -> int:
        """Return how many problems stand in the way."""
        return sum(problem.severity is Severity.ERROR for problem in self.report.problems)


@page.post("")
@require(Role.DESIGNER)
def deploy() -> ResponseReturnValue:
    """Deploy the uploaded files as one deployment; a refusal shows every problem."""
    sources = _sources()
    if not sources:
        return _back("Choose at least one .bpmn, .dmn or .form file.")
    if len(sources) > MOST_FILES:
        return _back(f"Upload at most {MOST_FILES} files at a time; these were {len(sources)}.")
    try:
        deployment = services().engine.deploy(
            sources, by=current_person().login, executable=_answer()
        )
    except DeploymentRefusedError as refusal:
        return _refusal(sources, refusal), 422
    outcome = Outcome(deployment)
    flash(outcome.sentence(), outcome.tone)
    return redirect(outcome.address, 303)


@page.post("/check")
@require(Role.DESIGNER)
def check() -> ResponseReturnValue:
    """Tell, before anything is stored, which processes do not say that they are executable.

    ``asked`` is empty as well where an error will refuse the upload: then there is nothing to ask.
    """
    reports = services().engine.lint(_sources()[:MOST_FILES])
    problems = [problem for report in reports for problem in report.problems]
    if any(problem.severity is Severity.ERROR for problem in problems):
        return jsonify(asked=[])
    waiting = {problem.process for problem in problems if problem.rule == UNANSWERED}
    # In a file with a pool that is marked, the others are meant as what stands around it.
    asked = [
        {
            "key": draft.key,
            "name": draft.name,
            "file": report.file,
            "meant": not any(other.executable for other in report.definitions),
        }
        for report in reports
        for draft in report.definitions
        if draft.key in waiting
    ]
    return jsonify(asked=asked)


def _refusal(sources: Sequence[Source], refusal: DeploymentRefusedError) -> str:
    contents = {source.name: source.content for source in sources}
    reports = services().engine.lint(sources)
    refused = [
        Refused(
            report=report,
            drawing=_drawing(contents.get(report.file, b"")) if report.definitions else None,
            marks=problem_marks(report.problems),
            groups=grouped(report.problems),
        )
        for report in reports
        if report.problems
    ]
    named = [problem for problem in refusal.problems if problem.rule == "file-name-twice"]
    return render_template(
        "processes.html",
        refused=refused,
        outcome=None,
        sound=[report.file for report in reports if not report.problems],
        twice=named,
        **listing(),
    )


def _sources() -> list[Source]:
    files = [file for file in request.files.getlist("files") if file.filename]
    return [Source(_file_name(file.filename or ""), file.read()) for file in files]


def _answer() -> Executable:
    """Return what the person said of processes without the mark; None when nobody was asked."""
    return request.form.getlist("executable") if "answered" in request.form else None


def _back(message: str) -> ResponseReturnValue:
    flash(message, "soon")
    return redirect(url_for("processes.index"), 303)


def _drawing(content: bytes) -> str | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None  # the list of problems does without the picture
    return text if "BPMNDiagram" in text else None


def _file_name(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][:200]
