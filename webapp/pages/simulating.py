"""Trying a version: the drawing, what can happen next, and the way so far.

The address holds every move, so a page can be shared, reloaded and gone back from; nothing is
stored, and nothing is sent to anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.definitions import Definition, DefinitionKind
from engine.errors import EngineError
from engine.simulation import Choice, Happening, Move, MoveError, Option, Simulation
from webapp import json_bodies
from webapp.marks import Mark
from webapp.pages.processes import version_of
from webapp.people import Role
from webapp.security import require
from webapp.services import services

page = Blueprint("simulating", __name__, url_prefix="/processes")


@dataclass(frozen=True, slots=True)
class _Address:
    """What the address of a simulation says."""

    definition: Definition
    moves: tuple[str, ...]
    variables: str

    def after(self, *moves: str) -> str:
        """Return the address after more moves."""
        return self.at((*self.moves, *moves))

    def at(self, moves: Sequence[str]) -> str:
        """Return the address with these moves."""
        return url_for(
            "simulating.show",
            key=self.definition.key,
            version=self.definition.version,
            move=list(moves),
            variables=self.variables or None,
        )

    def option(self, choice: Choice, option: Option) -> str:
        """Return the address after one option is taken."""
        return self.after(str(choice.move(option)))


@page.get("/<key>/<int:version>/try")
@require(Role.DESIGNER, Role.MANAGER)
def show(key: str, version: int) -> ResponseReturnValue:
    """Show where a version is after the moves of the address."""
    _, definition = version_of(key, version)
    if definition.kind is not DefinitionKind.PROCESS:
        return redirect(url_for("processes.show", key=key, version=version), 303)
    given = request.args
    address = _Address(definition, tuple(given.getlist("move")), given.get("variables", "").strip())
    if given.get("at"):  # a form with boxes: one move of several flows
        taken = Move(given["at"], Happening.TAKE, tuple(given.getlist("flow")))
        return redirect(address.after(str(taken)), 303)
    try:
        found = services().engine.simulate(definition.id, *_wanted(address))
    except MoveError as wrong:
        flash(str(wrong), "late")
        return redirect(address.at(address.moves[: wrong.number]), 303)
    except (EngineError, ValueError) as wrong:
        flash(str(wrong), "late")
        return redirect(url_for("processes.show", key=key, version=version), 303)
    return render_template(
        "simulation_body.html" if request.headers.get("HX-Request") else "simulation.html",
        definition=definition,
        found=found,
        address=address,
        names={element.id: element.name or element.id for element in definition.elements},
        marks=marks(found),
    )


def marks(found: Simulation) -> list[Mark]:
    """Return the tokens, the path taken, and what can be clicked."""
    passed = Counter(found.path)
    drawn = [
        Mark(element=element, kind="visited", label=f"passed {count} times", count=count)
        for element, count in passed.items()
    ]
    drawn += [
        Mark(element=element, kind="token", label="a token is here", count=count)
        for element, count in found.tokens.items()
    ]
    flows = [move.values for move in found.moves if move.what is Happening.TAKE]
    return drawn + [
        Mark(element=flow, kind="visited", label="taken", count=1)
        for flow in dict.fromkeys(flow for taken in flows for flow in taken)
    ]


def _wanted(address: _Address) -> tuple[list[Move], dict[str, Any]]:
    moves = []
    for number, text in enumerate(address.moves):
        try:
            moves.append(Move.of(text))
        except ValueError:
            raise MoveError(number, None, "its address is damaged. Go on from here.") from None
    return moves, json_bodies.variables(address.variables, "Nothing was tried.")
