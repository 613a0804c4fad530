"""``corral deploy``: makes definitions current."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path, PurePosixPath

import click

from engine.definitions import Problem, Severity
from engine.errors import DeploymentRefusedError
from webapp.bootstrap import open_engine
from webapp.cli import RefusedError
from webapp.commands.lint import problem_as_json, worst_first
from webapp.commands.options import data_option, format_option, paths_argument, settings_with
from webapp.commands.printing import print_json, printable
from webapp.commands.sources import deployments


@click.command("deploy")
@paths_argument
@data_option
@format_option
@click.option(
    "--executable/--drawing",
    default=None,
    help="Run processes that do not say that they are executable, or keep them as drawings. "
    "Without either they are drafts that can be published later.",
)
def command(paths: tuple[Path, ...], data: Path | None, form: str, executable: bool | None) -> None:
    """Deploy diagrams, decision tables and forms.

    A folder is one deployment, the files named one by one are another. New instances use the new
    versions; running instances stay on theirs. The same files again change nothing.
    """
    made = []
    with open_engine(settings_with(data=data)) as engine:
        for group in deployments(paths):
            sources = [replace(file, name=PurePosixPath(file.name).name) for file in group]
            try:
                made.append(engine.deploy(sources, by=_by(), executable=executable))
            except DeploymentRefusedError as refused:
                _tell(p for p in refused.problems if p.severity == Severity.ERROR)
                raise RefusedError(
                    "The deployment was refused and nothing of it was stored. "
                    "'corral lint' shows everything."
                ) from None
    definitions = [definition for deployment in made for definition in deployment.definitions]
    if form == "json":
        shown = [
            {
                "id": deployment.id,
                "definitions": [
                    {
                        "key": definition.key,
                        "version": definition.version,
                        "kind": definition.kind.value,
                        "startable": definition.startable,
                    }
                    for definition in deployment.definitions
                ],
                "problems": [problem_as_json(problem) for problem in deployment.problems],
            }
            for deployment in made
        ]
        print_json({"deployments": shown})
        return
    for definition in definitions:
        draft = "" if definition.startable else " (a draft: cannot be started yet)"
        line = f"{definition.kind.value} {definition.key} version {definition.version}{draft}"
        click.echo(printable(line))
    # A warning that is only stored would be met when an instance already went wrong.
    _tell(p for deployment in made for p in deployment.problems if p.severity != Severity.INFO)


def _tell(problems: Iterable[Problem]) -> None:
    for problem in worst_first(problems):
        place = problem.element or "the file"
        told = f"  {place}: {problem.severity.value}: {problem.message} {problem.cure}"
        click.echo(printable(told), err=True)


def _by() -> str | None:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return None
