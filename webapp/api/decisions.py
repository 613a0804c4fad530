"""Decisions: list, look at, ask. Nothing that is asked is stored."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import abort
from pydantic import Field

from engine.definitions import Definition, DefinitionKind
from webapp.api.definitions import DefinitionOut, DefinitionsOut
from webapp.api.shapes import In, Out
from webapp.decided import as_json
from webapp.people import Role
from webapp.security import require
from webapp.services import services

api = APIBlueprint("api_decisions", __name__, url_prefix="/decisions", tag="Decisions")

_READERS = (Role.DESIGNER, Role.MANAGER, Role.AGENT)


class WantedInputOut(Out):
    """A value that has to be given to the decision."""

    name: str = Field(description="With dots where it is a field: `customer.tier`.")
    type: str = Field(description="Empty where any will do.")
    choices: list[str] = Field(description="The texts that it may be, where its type lists them.")


class RequiredOut(Out):
    """Another decision, service or knowledge model on which the decision depends."""

    key: str
    name: str
    kind: str


class DecisionOut(DefinitionOut):
    """The newest version of a decision, and what it asks for."""

    question: str
    inputs: list[WantedInputOut]
    requires: list[RequiredOut]
    versions: list[DefinitionOut] = Field(description="All of them, newest first.")


class EvaluateIn(In):
    """What to ask."""

    inputs: dict[str, Any] = Field(default_factory=dict, description="Values by name.")
    version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="Without it, the newest that is no draft."
    )


class MatchOut(Out):
    """One input of a rule that fired: the value, and the test that it passed."""

    input: str
    value: Any
    test: str


class FiredRuleOut(Out):
    """A rule that led to the result."""

    decision: str
    id: str
    row: int
    because: list[MatchOut]
    outputs: dict[str, Any]
    annotations: list[str]


class EvaluatedOut(Out):
    """A decision that was evaluated on the way, and what it gave."""

    key: str
    name: str
    outputs: Any


class FailureOut(Out):
    """Why something is null."""

    element: str | None
    message: str


class AnswerOut(Out):
    """What the decision gives, and why; the same as `corral decide --format json`."""

    outputs: Any
    fired_rules: list[FiredRuleOut]
    evaluated: list[EvaluatedOut]
    failures: list[FailureOut] = Field(description="What went wrong; outputs are null then.")
    warnings: list[FailureOut] = Field(description="What became null on the way.")


@api.get("")
@require(*_READERS)
@api.output(DefinitionsOut)
def decisions() -> dict[str, list[Definition]]:
    """List the latest version of each decision."""
    return {"items": services().engine.definitions(kind=DefinitionKind.DECISION)}


@api.get("/<key>")
@require(*_READERS)
@api.output(DecisionOut)
def decision(key: str) -> dict[str, Any]:
    """Return the newest version of a decision, its inputs and all its versions."""
    versions = services().engine.definitions(kind=DefinitionKind.DECISION, key=key)
    if not versions:
        abort(404, f"There is no decision {key[:80]!r}.")
    view = services().engine.decision_view(versions[0].id)
    newest = DefinitionOut.model_validate(versions[0]).model_dump()
    return {
        **newest,
        "question": view.question,
        "inputs": view.inputs,
        "requires": view.requires,
        "versions": versions,
    }


@api.post("/<key>/evaluate")
@require(*_READERS)
@api.input(EvaluateIn, arg_name="asked")
@api.output(AnswerOut)
@api.doc(responses=[404])
def evaluate(key: str, asked: EvaluateIn) -> dict[str, Any]:
    """Ask a decision. What goes wrong in it stands in `failures`."""
    found = services().engine.decide((), key, asked.inputs, version=asked.version)
    return as_json(found)
