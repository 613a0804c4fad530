"""Under which outcomes of its decisions a run passes a place: the arithmetic of token flow.

A set of outcomes is a number that stands for a node of an ordered binary decision diagram: two
sets are equal when their numbers are. Later decisions stand above earlier ones, so that splitting
costs one node and joining what was split costs no more than the part between.
"""

from __future__ import annotations

from enum import Enum

from engine.bpmn.xml import Element

#: Steps of arithmetic in one scope. A drawing of 200 elements takes a few hundred.
WORK = 200_000


class TooIntricateError(Exception):
    """The drawing takes more arithmetic than :data:`WORK`, or too many loops in each other."""


class _Operation(Enum):
    BOTH = 0
    EITHER = 1
    DIFFER = 2


class Outcomes:
    """Makes and combines sets of outcomes."""

    NEVER = 0
    ALWAYS = 1

    def __init__(self, work: int = WORK) -> None:
        """Begin without decisions; ``work`` bounds all that follows."""
        #: Steps taken so far.
        self.work = 0
        self._most = work
        # By number: the decision looked at, and what remains when it falls out one way or other.
        self._decision = [-1, -1]
        self._no = [0, 1]
        self._yes = [0, 1]
        self._known: dict[tuple[int, int, int], int] = {}
        self._done: dict[tuple[_Operation, int, int], int] = {}
        self._owners: list[Element] = []

    def spend(self, steps: int) -> None:
        """Count work; raises :class:`TooIntricateError` when it is too much."""
        self.work += steps
        if self.work > self._most:
            raise TooIntricateError

    def decided(self, owner: Element, no: int, yes: int) -> int:
        """Return the set that is ``yes`` or ``no`` by a new decision that ``owner`` takes."""
        self._owners.append(owner)
        return self._number(len(self._owners) - 1, no, yes)

    def shared_out(self, owner: Element, whole: int, parts: int) -> list[int]:
        """Return ``parts`` sets, of which ``owner`` takes exactly one whenever ``whole`` holds."""
        found: list[int] = []
        rest = whole
        for _ in range(parts - 1):
            self._owners.append(owner)
            decision = len(self._owners) - 1
            found.append(self._number(decision, self.NEVER, rest))
            rest = self._number(decision, rest, self.NEVER)
        return [*found, rest]

    def chosen(self, owner: Element, whole: int, parts: int) -> tuple[list[int], int]:
        """Return ``parts`` sets that ``owner`` takes in any combination, and when it takes none."""
        found: list[int] = []
        none = whole
        for _ in range(parts):
            self._owners.append(owner)
            decision = len(self._owners) - 1
            found.append(self._number(decision, self.NEVER, whole))
            none = self._number(decision, none, self.NEVER)
        return found, none

    def both(self, one: int, other: int) -> int:
        """Return the outcomes that are in both sets."""
        return self._combined(_Operation.BOTH, one, other)

    def either(self, one: int, other: int) -> int:
        """Return the outcomes that are in at least one set."""
        return self._combined(_Operation.EITHER, one, other)

    def differ(self, one: int, other: int) -> int:
        """Return the outcomes that are in exactly one of the sets."""
        return self._combined(_Operation.DIFFER, one, other)

    def together(self, sets: list[int]) -> int:
        """Return the outcomes in any of ``sets``."""
        whole = self.NEVER
        # The latest decisions first: what they split is whole again before others are looked at.
        for one in sorted(sets, key=lambda number: -self._decision[number]):
            whole = self.either(whole, one)
        return whole

    def owners(self, outcomes: int) -> list[Element]:
        """Return who takes the decisions that make the difference, each once, earliest first."""
        seen: set[int] = set()
        pending = [outcomes]
        while pending:
            number = pending.pop()
            if number > 1 and number not in seen:
                self.spend(1)
                seen.add(number)
                pending += (self._no[number], self._yes[number])
        decisions = sorted({self._decision[number] for number in seen})
        return list(dict.fromkeys(self._owners[decision] for decision in decisions))

    def _number(self, decision: int, no: int, yes: int) -> int:
        if no == yes:
            return no
        key = (decision, no, yes)
        number = self._known.get(key)
        if number is None:
            self.spend(1)
            number = len(self._decision)
            self._decision.append(decision)
            self._no.append(no)
            self._yes.append(yes)
            self._known[key] = number
        return number

    def _combined(self, operation: _Operation, one: int, other: int) -> int:
        """Combine without recursion: the drawing decides how deep this goes."""
        done, pending = self._done, [(one, other)]
        while pending:
            one, other = pending[-1]
            key = (operation, one, other)
            if key in done:
                pending.pop()
                continue
            self.spend(1)
            easy = _easy(operation, one, other)
            if easy is not None:
                done[key] = easy
                pending.pop()
                continue
            top = max(self._decision[one], self._decision[other])
            (no_one, yes_one), (no_other, yes_other) = (
                self._below(top, one),
                self._below(top, other),
            )
            no = done.get((operation, no_one, no_other))
            yes = done.get((operation, yes_one, yes_other))
            if no is None or yes is None:
                pending += [(no_one, no_other), (yes_one, yes_other)]
                continue
            done[key] = self._number(top, no, yes)
            pending.pop()
        return done[key]

    def _below(self, decision: int, number: int) -> tuple[int, int]:
        if self._decision[number] != decision:
            return number, number
        return self._no[number], self._yes[number]


def _easy(operation: _Operation, one: int, other: int) -> int | None:
    """Return the result where no decision has to be looked at."""
    if one > other:
        one, other = other, one
    if operation is _Operation.DIFFER:
        return 0 if one == other else other if one == 0 else None
    if one == other:
        return one
    if operation is _Operation.BOTH:
        return 0 if one == 0 else other if one == 1 else None
    return other if one == 0 else 1 if one == 1 else None
