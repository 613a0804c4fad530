"""The ``corral`` command.

Commands are found in ``webapp/commands``. Whatever goes wrong is one line on stderr: exit 2 for
wrong input, exit 1 for a fault of our own or a check that failed. Nobody sees a traceback unless
the log level is ``debug``.
"""

from __future__ import annotations

import importlib
import pkgutil
from errno import ENOSPC
from typing import Any

import click
from pydantic import ValidationError

from channels.errors import ChannelError
from engine.errors import EngineError
from webapp import commands, logs
from webapp.data_dir import DataDirectoryError
from webapp.people import PersonError
from webapp.settings import debugging


class RefusedError(click.ClickException):
    """Wrong input: one line on stderr, exit 2."""

    exit_code = 2


class Corral(click.Group):
    """A group whose commands are the modules of ``webapp.commands``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        found = (info.name for info in pkgutil.iter_modules(commands.__path__))
        return sorted(name for name in found if self.get_command(ctx, name) is not None)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command, importing its module alone, so that ``--help`` stays quick."""
        name = f"{commands.__name__}.{cmd_name.replace('-', '_')}"
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name != name:
                raise
            return None
        command = getattr(module, "command", None)
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn what it refuses into one line."""
        try:
            return super().invoke(ctx)
        except (EngineError, ChannelError, PersonError, DataDirectoryError) as refused:
            raise RefusedError(one_line(refused)) from None
        except ValidationError as wrong:
            raise RefusedError(_settings(wrong)) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            cure = ". Make room on the disk, and try again." if error.errno == ENOSPC else ""
            raise RefusedError(f"{place}{error.strerror or error}{cure}") from None
        except Exception as fault:
            if debugging():
                raise
            raise click.ClickException(
                f"Corral met a fault of its own: {type(fault).__name__}: {one_line(fault)}. "
                "Set CORRAL_LOG_LEVEL=debug to see where, and report it."
            ) from None


@click.group(cls=Corral, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="corral", prog_name="corral")
def main() -> None:
    """Tie social channels into business processes.

    Start with "corral run --demo" and open the address it prints.
    """
    logs.set_up_quietly()


def one_line(error: BaseException) -> str:
    """Return the text of ``error`` without line breaks."""
    return " ".join(str(error).split())


def _settings(wrong: ValidationError) -> str:
    found = (
        f"CORRAL_{str(part['loc'][0]).upper()}: {part['msg'].removeprefix('Value error, ')}"
        for part in wrong.errors(include_input=False, include_url=False)
    )
    return f"{wrong.title}: {'; '.join(found)}. Correct the variable, or the option in its place."


if __name__ == "__main__":
    main()
