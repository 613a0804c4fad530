"""Token flow against the plain truth: drawings without loops, played through in every way."""

from __future__ import annotations

import random

import pytest

from engine.bpmn.analysis.tokens import token_flows
from engine.bpmn.drawing import Drawing

KINDS = ("task", "exclusiveGateway", "exclusiveGateway", "parallelGateway", "inclusiveGateway")
Arrow = tuple[int, int]


class Play:
    """All runs of a drawing: nodes by number, arrows from lower to higher."""

    def __init__(self, kinds: list[str], arrows: list[Arrow]) -> None:
        self.kinds = kinds
        self.out = {n: [a for a in arrows if a[0] == n] for n in range(len(kinds))}
        self.into = {n: [a for a in arrows if a[1] == n] for n in range(len(kinds))}
        self.reach = {n: {n} for n in range(len(kinds))}
        for node in reversed(range(len(kinds))):
            for _, target in self.out[node]:
                self.reach[node] |= self.reach[target]

    def is_sound(self) -> bool:
        """Say whether no run passes a node twice or leaves a token waiting."""
        first = (frozenset(self.out[0]), frozenset({0}))
        seen, pending = {first}, [first]
        while pending:
            tokens, passed = pending.pop()
            node = next((n for n in range(len(self.kinds)) if self.is_ready(n, tokens)), None)
            if node is None:
                if tokens:
                    return False
                continue
            if node in passed:
                return False
            rest = self.taken(node, tokens)
            if rest & set(self.out[node]):
                return False
            for choice in self.choices(node):
                after = (rest | choice, passed | {node})
                if after not in seen:
                    seen.add(after)
                    pending.append(after)
        return True

    def is_ready(self, node: int, tokens: frozenset[Arrow]) -> bool:
        come = tokens & set(self.into[node])
        if not come:
            return False
        if self.kinds[node] == "parallelGateway":
            return len(come) == len(self.into[node])
        if self.kinds[node] == "inclusiveGateway":
            return not any(node in self.reach[target] for _, target in tokens - come)
        return True

    def taken(self, node: int, tokens: frozenset[Arrow]) -> frozenset[Arrow]:
        come = sorted(tokens & set(self.into[node]))
        together = self.kinds[node] in ("parallelGateway", "inclusiveGateway")
        return tokens - set(come if together else come[:1])

    def choices(self, node: int) -> list[frozenset[Arrow]]:
        out = self.out[node]
        if self.kinds[node] == "exclusiveGateway" and out:
            return [frozenset({arrow}) for arrow in out]
        if self.kinds[node] == "inclusiveGateway" and out:
            return [
                frozenset(arrow for place, arrow in enumerate(out) if bits >> place & 1)
                for bits in range(1, 2 ** len(out))
            ]
        return [frozenset(out)]


def drawn(seed: int) -> tuple[list[str], list[Arrow]]:
    """Return a drawing of up to ten nodes, in which every node can be reached."""
    chance = random.Random(seed)
    size = chance.randint(4, 10)
    arrows = {(chance.randrange(node), node) for node in range(1, size)}
    for _ in range(chance.randint(0, size // 2)):
        one, other = sorted(chance.sample(range(size), 2))
        arrows.add((one, other))
    kinds = ["startEvent", *(chance.choice(KINDS) for _ in range(size - 1))]
    return kinds, sorted(arrows)


@pytest.mark.parametrize("start", range(0, 4000, 200))
def test_a_fault_is_found_where_there_is_one_and_nowhere_else(drawing, start: int) -> None:
    wrong = {True: 0, False: 0}
    for seed in range(start, start + 200):
        # given
        kinds, arrows = drawn(seed)
        body = "".join(f'<{kind} id="n{number}"/>' for number, kind in enumerate(kinds))
        document = drawing(body, *(f"n{one} n{other}" for one, other in arrows))

        # when
        (flow,) = token_flows(Drawing(document.root)).values()

        # then
        sound = Play(kinds, arrows).is_sound()
        wrong[sound] += 1
        assert (not flow.stuck and not flow.twice) is sound, seed
    assert min(wrong.values()) > 10
