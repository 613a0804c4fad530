"""``corral decide``: what a decision gives, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from engine import Decision, Engine
from engine.decisions import Failure
from engine.errors import EngineError
from webapp import json_bodies
from webapp.bootstrap import limits
from webapp.cli import RefusedError
from webapp.commands.options import format_option, paths_argument, settings_with
from webapp.commands.printing import print_json, printable
from webapp.commands.sources import deployments
from webapp.decided import as_json


class _Inputs(click.ParamType[dict[str, Any]]):
    """A JSON object, or ``@`` and the name of a file that holds one."""

    name = "json"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, Any]:
        """Return the object."""
        try:
            text = Path(value[1:]).read_text("utf-8") if value.startswith("@") else value
            found = json_bodies.read(text, parse_constant=_no_number)
        except OSError as fault:
            self.fail(f"{value[1:]} cannot be read: {fault.strerror}.", param, ctx)
        except ValueError as fault:
            self.fail(f'it is no JSON ({fault}). Write it like {{"amount": 5}}.', param, ctx)
        if not isinstance(found, dict):
            self.fail('it is no object. Write it like {"amount": 5}.', param, ctx)
        return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number that JSON has")


@click.command("decide")
@paths_argument
@click.option("--decision", required=True, metavar="NAME", help="Id or name of what is asked.")
@click.option(
    "--input",
    "inputs",
    type=_Inputs(),
    default="{}",
    help="Values by name, as a JSON object, or @ and the name of a file with one.",
)
@format_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    decision: str,
    inputs: dict[str, Any],
    form: str,
) -> None:
    """Ask a decision of DMN files, and say which rules fired and why.

    Files that import each other are given together, or as the folder they are in. Nothing is
    stored. Exits 1 when something went wrong in the decision.
    """
    found_in = [source for group in deployments(paths) for source in group]
    named = {path.as_posix() for path in paths}
    sources = [s for s in found_in if s.name in named or s.name.lower().endswith(".dmn")]
    engine = Engine.in_memory(limits=limits(settings_with()))
    try:
        found = engine.decide(sources, decision, inputs)
    except EngineError as fault:
        raise RefusedError(str(fault)) from None
    finally:
        engine.close()
    if form == "json":
        print_json(as_json(found))
    else:
        _print(found)
    if found.failures:
        ctx.exit(1)


def _print(found: Decision) -> None:
    click.echo(printable(json.dumps(found.outputs, ensure_ascii=False)))
    names = {each.key: each.name for each in found.evaluated}
    for rule in found.fired_rules:
        values = ", ".join(
            f"{each.input} = {json.dumps(each.value, ensure_ascii=False)} passes {each.test}"
            for each in rule.because
        )
        notes = f" ({'; '.join(rule.annotations)})" if rule.annotations else ""
        name = names.get(rule.decision, rule.decision)
        line = f"{name}, row {rule.row}{notes}: {values or 'no condition'}"
        click.echo(printable(line), err=True)
    _tell("failed", found.failures)
    _tell("note", found.warnings)


def _tell(kind: str, failures: Sequence[Failure]) -> None:
    for failure in failures:
        place = f" ({failure.element})" if failure.element else ""
        click.echo(printable(f"{kind}: {failure.message}{place}"), err=True)
