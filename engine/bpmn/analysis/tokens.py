"""Where tokens meet that should not, and wait for others that never come.

Every way of a scope gets the set of outcomes (:mod:`.outcomes`) under which a token takes it, in
the order of the flow. A join that needs all its inputs is *stuck* where these sets are not the
same, *certainly* where they have nothing in common. Where a merge that passes every token on has
inputs with outcomes in common, what follows runs *twice*. Both are exact for what has no loop.

A loop that is entered at one node is looked at as one round: what leads back is taken off, faults
of a first round are faults of the drawing, and when each round ends in exactly one way, leaving it
is one more decision. A loop with several entrances is followed when one token moves in it. What
comes out of any other loop, of a complex join or of token quantities is *unknown*, and nothing is
said about joins that depend on it. Nothing is said either where the fault needs two decisions that
look at the same variables: they may never fall out that way.

Behind a fault the join is taken as mended, so that one fault is told once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.analysis.components import components
from engine.bpmn.analysis.graph import Graph, Kind, Way, graphs
from engine.bpmn.analysis.outcomes import WORK, Outcomes, TooIntricateError
from engine.bpmn.analysis.splits import spread
from engine.bpmn.drawing import Drawing
from engine.bpmn.xml import Element, event_definitions, local

#: Loops inside each other that are followed.
DEEPEST = 60
#: What looking at a node of a loop once more costs, in steps of arithmetic.
_WALK = 5


@dataclass(frozen=True, slots=True)
class Stuck:
    """A join that waits for a token that may not come, or certainly does not."""

    node: int
    certain: bool
    because: tuple[Element, ...]  #: who decides that it does not come
    from_behind: bool = False  #: it would come from behind the join itself


@dataclass(frozen=True, slots=True)
class Twice:
    """A merge that tokens of parallel ways pass one after the other."""

    node: int
    ways: tuple[Way, Way]
    because: tuple[Element, ...]  #: who decides that both come; empty when nobody does


class TokenFlow:
    """What is known about the tokens of one scope."""

    def __init__(self, graph: Graph, work: int = WORK) -> None:
        """Follow the tokens of ``graph`` from its entries; ``work`` bounds the arithmetic."""
        self.graph = graph
        self.stuck: list[Stuck] = []
        self.twice: list[Twice] = []
        #: Nodes in the order tokens reach them first.
        self.order: list[int] = []
        #: By number of a way: it leads back to where its loop began.
        self.back: set[int] = set()
        #: By node: when tokens come; None is unknown, absent is never.
        self.at: dict[int, int | None] = {}
        self.outcomes = Outcomes(work)
        self.too_intricate = False
        self._on: dict[int, int | None] = {}
        self._begin = self._entries()
        try:
            self._follow(set(graph.after(graph.entries)), 0)
        except TooIntricateError:
            self.too_intricate = True

    def meet(self, one: int, other: int) -> bool:
        """Say whether one run surely can pass both nodes; False when that is unknown."""
        return self._common(one, other) != Outcomes.NEVER

    def deciders(self, one: int, other: int) -> tuple[Element, ...]:
        """Return who decides whether a run passes both nodes."""
        try:
            return tuple(self.outcomes.owners(self._common(one, other)))
        except TooIntricateError:
            return ()

    def _common(self, one: int, other: int) -> int:
        first, second = self.at.get(one), self.at.get(other)
        if first is None or second is None:
            return Outcomes.NEVER
        try:
            return self.outcomes.both(first, second)
        except TooIntricateError:
            return Outcomes.NEVER

    def _entries(self) -> dict[int, int]:
        entries = self.graph.entries
        if not self.graph.one_entry or not entries:
            return dict.fromkeys(entries, Outcomes.ALWAYS)
        parts = self.outcomes.shared_out(self.graph.scope, Outcomes.ALWAYS, len(entries))
        return dict(zip(entries, parts, strict=True))

    # -- order ---------------------------------------------------------------------------------

    def _follow(self, members: set[int], depth: int) -> None:
        if depth:
            self.outcomes.spend(_WALK * len(members))
        if depth > DEEPEST:
            raise TooIntricateError
        graph = self.graph
        for component in components(graph, members, lambda way: way.number not in self.back):
            inside = set(component)
            loops = [
                way
                for node in component
                for way in graph.out[node]
                if way.target in inside and way.number not in self.back
            ]
            if loops:
                self._loop(inside, loops, depth)
            else:
                self._pass(component[0])

    # -- one node ------------------------------------------------------------------------------

    def _pass(self, node: int) -> None:
        self.order.append(node)
        ways = [way for way in self.graph.into[node] if way.number not in self.back]
        sets = [self._on.get(way.number, Outcomes.NEVER) for way in ways]
        known = [one for one in sets if one is not None]
        if len(known) < len(sets):
            here = None
        else:
            if node in self._begin:
                known.append(self._begin[node])
            here = self._joined(node, ways, known)
        self.at[node] = here
        element = self.graph.nodes[node]
        if here is None or element.get("completionQuantity", "1").strip() != "1":
            self._on.update((way.number, None) for way in self.graph.out[node])
        else:
            self._on.update(spread(self.graph, node, here, self.outcomes))

    def _joined(self, node: int, ways: list[Way], sets: list[int]) -> int | None:
        element = self.graph.nodes[node]
        kind = local(element)
        if element.get("startQuantity", "1").strip() != "1":
            return None
        if len(sets) < 2:
            return sets[0] if sets else Outcomes.NEVER
        if kind == "complexGateway":
            return None
        whole = self.outcomes.together(sets)
        if kind == "parallelGateway":
            self._check_all_come(node, sets, whole)
        elif _passes_each(element):
            self._check_one_comes(node, ways, sets)
        return whole

    def _check_all_come(self, node: int, sets: list[int], whole: int) -> None:
        every = whole
        because: dict[Element, None] = {}
        for one in sets:
            every = self.outcomes.both(every, one)
            because |= dict.fromkeys(self.outcomes.owners(self.outcomes.differ(one, whole)))
        if any(one != whole for one in sets):
            self.stuck.append(Stuck(node, every == Outcomes.NEVER, tuple(because)))

    def _check_one_comes(self, node: int, ways: list[Way], sets: list[int]) -> None:
        seen = Outcomes.NEVER
        for place, one in enumerate(sets):
            if self.outcomes.both(seen, one) != Outcomes.NEVER:
                self._note_twice(node, ways, sets, place)
                return
            seen = self.outcomes.either(seen, one)

    def _note_twice(self, node: int, ways: list[Way], sets: list[int], place: int) -> None:
        if place >= len(ways):
            return  # an entry in the middle of the flow, which is told elsewhere
        for earlier in range(place):
            common = self.outcomes.both(sets[earlier], sets[place])
            if common != Outcomes.NEVER:
                because = tuple(self.outcomes.owners(common))
                self.twice.append(Twice(node, (ways[earlier], ways[place]), because))
                return

    # -- loops ---------------------------------------------------------------------------------

    def _loop(self, inside: set[int], loops: list[Way], depth: int) -> None:
        graph = self.graph
        entered = {
            node
            for node in inside
            if node in self._begin
            or any(w.source not in inside and w.number in self._on for w in graph.into[node])
        }
        exits = [w for node in sorted(inside) for w in graph.out[node] if w.target not in inside]
        if len(entered) != 1:
            self._tangle(inside, entered, exits)
            return
        (head,) = entered
        back = [way for way in loops if way.target == head]
        self.back.update(way.number for way in back)
        if local(graph.nodes[head]) == "parallelGateway":
            # What leads back comes from behind the join, which waits for it.
            self.stuck.append(Stuck(head, True, (), from_behind=True))
        self._follow(inside, depth + 1)
        self._check_one_comes_back(head, back)
        self._leave(self.at.get(head), back, exits)

    def _check_one_comes_back(self, head: int, back: list[Way]) -> None:
        sets = [self._on.get(way.number) for way in back]
        known = [one for one in sets if one is not None]
        told = any(twice.node == head for twice in self.twice)
        if len(known) == len(sets) and not told and _passes_each(self.graph.nodes[head]):
            self._check_one_comes(head, back, known)

    def _leave(self, whole: int | None, back: list[Way], exits: list[Way]) -> None:
        """Make leaving the loop one decision, where each round ends in exactly one way."""
        normal = [way for way in exits if way.kind is not Kind.BESIDE]
        beside = [way for way in exits if way.kind is Kind.BESIDE]
        ends = [self._on.get(way.number) for way in (*back, *normal)]
        known = [one for one in ends if one is not None]
        owner = self.graph.nodes[exits[0].source] if exits else self.graph.scope
        if whole is None or len(known) < len(ends) or not self._is_parted(whole, known):
            self._on.update((way.number, None) for way in exits)
            return
        parts = self.outcomes.shared_out(owner, whole, len(normal)) if normal else []
        self._on.update((way.number, part) for way, part in zip(normal, parts, strict=True))
        for way in beside:
            extra = self.outcomes.decided(self.graph.nodes[way.source], Outcomes.NEVER, whole)
            self._on[way.number] = extra

    def _is_parted(self, whole: int, parts: list[int]) -> bool:
        seen = Outcomes.NEVER
        for one in parts:
            if self.outcomes.both(seen, one) != Outcomes.NEVER:
                return False
            seen = self.outcomes.either(seen, one)
        return seen == whole

    def _tangle(self, inside: set[int], entered: set[int], exits: list[Way]) -> None:
        """Pass a loop with several entrances: known if one token comes and stays one."""
        graph = self.graph
        self.order.extend(sorted(inside))
        sets = [self._begin[node] for node in entered if node in self._begin]
        come = [
            self._on.get(way.number)
            for node in sorted(entered)
            for way in graph.into[node]
            if way.source not in inside and way.number in self._on
        ]
        sets += [one for one in come if one is not None]
        whole: int | None = None
        if None not in come and all(_moves_one(graph, node) for node in inside):
            together = self.outcomes.together(sets)
            whole = together if self._is_parted(together, sets) else None
        self.at.update(dict.fromkeys(inside, None))
        if whole is None or not exits:
            self._on.update((way.number, None) for way in exits)
            return
        parts = self.outcomes.shared_out(graph.nodes[exits[0].source], whole, len(exits))
        self._on.update((way.number, part) for way, part in zip(exits, parts, strict=True))


def _passes_each(element: Element) -> bool:
    """Say whether each token that comes to ``element`` passes it alone, to somewhere else."""
    waiting = ("parallelGateway", "inclusiveGateway", "complexGateway", "endEvent")
    return local(element) not in waiting


def _moves_one(graph: Graph, node: int) -> bool:
    """Say whether a token that comes to ``node`` leaves it as one token, alone."""
    kind = local(graph.nodes[node])
    if any(way.kind is Kind.BESIDE for way in graph.out[node]):
        return False
    if kind in ("exclusiveGateway", "eventBasedGateway"):
        return True
    if kind.endswith("Gateway") and len(graph.into[node]) > 1:
        return False
    return sum(way.kind is Kind.FLOW for way in graph.out[node]) < 2


def token_flows(drawing: Drawing) -> Mapping[Element, TokenFlow]:
    """Return the token flow of every scope, found once a drawing."""
    return drawing.remembered("token_flows", lambda: _followed(graphs(drawing)))


def _followed(scopes: Mapping[Element, Graph]) -> dict[Element, TokenFlow]:
    left = 2 * WORK
    found = {}
    for scope, graph in scopes.items():
        found[scope] = TokenFlow(graph, min(WORK, left))
        left -= found[scope].outcomes.work
    return found


def ends_early(graph: Graph) -> bool:
    """Say whether something in the scope ends all its tokens, those that wait among them."""
    ending = {"terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition"}
    return any(
        local(node) == "endEvent" and any(local(one) in ending for one in event_definitions(node))
        for node in graph.nodes
    )
