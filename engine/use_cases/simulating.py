"""Trying a definition, or a draft, by saying what happens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.simulation import Move, Simulation
from engine.use_cases.bound import Bound


class SimulationUseCases(Bound):
    """Simulations in one workspace."""

    def simulate(
        self,
        definition_id: int,
        moves: Sequence[Move] = (),
        variables: Mapping[str, Any] | None = None,
    ) -> Simulation:
        """Return where a definition, also a draft, is after ``moves``, and what can happen next.

        Nothing is stored and nothing is sent. Time stands still at the moment of the deployment,
        so the same moves always lead to the same place.

        Args:
            definition_id: of the version to try.
            moves: what happened, in order; each one of the choices before it.
            variables: those an instance would start with.

        Raises:
            NotFoundError: no such definition.
            MoveError: a move does not fit, or there are too many.
            NotStartableError: there is nothing to run in the file.
            UnsuitableValueError: a variable cannot be kept.
        """
        with self._reading() as tx:
            return self._core.runner.simulate(
                tx.catalogue.process(definition_id),
                moves,
                variables or {},
                now=tx.definitions.get(definition_id).deployed_at,
                catalogue=tx.catalogue,
            )
