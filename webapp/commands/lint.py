"""``corral lint``: what is wrong with diagrams, before anybody deploys them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from engine import Engine
from engine.definitions import FileReport, Problem, Severity
from webapp.bootstrap import limits
from webapp.commands.options import format_option, paths_argument, settings_with
from webapp.commands.printing import print_json, printable
from webapp.commands.sources import deployments

#: The cure of what needs none; printing it would double the lines of a long report.
_NO_CURE = "Nothing to do."


@click.command("lint")
@paths_argument
@format_option
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], form: str) -> None:
    """Check diagrams, decision tables and forms. Nothing is stored.

    A folder is read as one deployment. Exits 1 when there is a problem of severity "error".
    """
    engine = Engine.in_memory(limits=limits(settings_with()))
    try:
        reports = [report for group in deployments(paths) for report in engine.lint(group)]
    finally:
        engine.close()
    if form == "json":
        print_json({"files": [_file(report) for report in reports]})
    else:
        _print(reports)
    if any(p.severity == Severity.ERROR for report in reports for p in report.problems):
        ctx.exit(1)


def _file(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.file,
        "definitions": [
            {"id": found.key, "name": found.name, "executable": found.executable}
            for found in report.definitions
        ],
        "problems": [problem_as_json(problem) for problem in report.problems],
    }


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Return a problem in the form of the command's contract."""
    return {
        "rule": problem.rule,
        "severity": problem.severity.value,
        "element": problem.element,
        "name": problem.name,
        "line": problem.line,
        "message": problem.message,
        "cure": problem.cure,
    }


def worst_first(problems: Iterable[Problem]) -> list[Problem]:
    """Return errors before drafts before warnings, and together what is about one element."""
    order = list(Severity)
    return sorted(problems, key=lambda p: (-order.index(p.severity), p.line or 0, p.element or ""))


def _print(reports: list[FileReport]) -> None:
    for report in reports:
        if not report.problems:
            click.echo(printable(f"{report.file}: nothing to report"))
        for problem in worst_first(report.problems):
            place = f"{report.file}:{problem.line}" if problem.line else report.file
            named = f" {problem.name!r}" if problem.name else ""
            element = f" ({problem.element}{named})" if problem.element else ""
            said = f"{problem.severity.value}: {problem.message}{element}"
            click.echo(printable(f"{place}: {said} [{problem.rule}]"))
            if problem.cure != _NO_CURE:
                click.echo(printable(f"    {problem.cure}"))
    problems = [problem for report in reports for problem in report.problems]
    found = Counter(problem.severity for problem in problems)
    counts = ", ".join(
        f"{severity.value}: {found[severity]}" for severity in reversed(Severity) if found[severity]
    )
    click.echo(f"files: {len(reports)}, {counts or 'no problems'}", err=True)
    if found[Severity.ERROR]:
        click.echo("Deploying them would be refused until the errors are mended.", err=True)
    elif found[Severity.DRAFT]:
        click.echo("Deployed, what has a draft problem is stored and does not start yet.", err=True)
