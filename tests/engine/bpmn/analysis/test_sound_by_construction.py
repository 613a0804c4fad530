"""Blocks put into each other, loops among them: nothing to find, until one gateway is exchanged."""

from __future__ import annotations

import random

import pytest

from engine.bpmn.analysis.tokens import token_flows
from engine.bpmn.drawing import Drawing

SPLITS = {"x": "exclusiveGateway", "p": "parallelGateway", "o": "inclusiveGateway"}


class Builder:
    """Draws blocks with one way in and one way out."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.nodes: list[tuple[str, str]] = []
        self.boundaries: list[tuple[str, str, str]] = []
        self.paths: list[str] = []

    def node(self, kind: str) -> str:
        key = f"n{len(self.nodes)}"
        self.nodes.append((kind, key))
        return key

    def block(self, depth: int) -> tuple[str, str]:
        """Return the first and last node of a new block."""
        kind = self.chance.choice("txpolsb") if depth else "t"
        if kind == "t":
            key = self.node("userTask")
            return key, key
        if kind == "s":
            (first, middle), (again, last) = self.block(depth - 1), self.block(depth - 1)
            self.paths.append(f"{middle} {again}")
            return first, last
        if kind == "l":
            return self.loop(depth)
        if kind == "b":
            return self.interrupted(depth)
        first, last = self.node(SPLITS[kind]), self.node(SPLITS[kind])
        for _ in range(self.chance.randint(2, 3)):
            begin, end = self.block(depth - 1)
            self.paths += [f"{first} {begin}", f"{end} {last}"]
        return first, last

    def loop(self, depth: int) -> tuple[str, str]:
        first, last = self.node("exclusiveGateway"), self.node("exclusiveGateway")
        begin, end = self.block(depth - 1)
        self.paths += [f"{first} {begin}", f"{end} {last}", f"{last} {first}"]
        return first, last

    def interrupted(self, depth: int) -> tuple[str, str]:
        task, event = self.node("userTask"), f"b{len(self.boundaries)}"
        beside = self.chance.random() < 0.3
        self.boundaries.append((event, task, "false" if beside else "true"))
        begin, end = self.block(depth - 1)
        last = self.node("inclusiveGateway" if beside else "exclusiveGateway")
        self.paths += [f"{task} {last}", f"{event} {begin}", f"{end} {last}"]
        return task, last


def drawn(drawing, seed: int, *, exchanged: bool = False):
    builder = Builder(seed)
    first, last = builder.block(4)
    if exchanged:
        splits = [n for n, (kind, _) in enumerate(builder.nodes) if kind == "parallelGateway"]
        if not splits:
            return None
        place = builder.chance.choice(splits)
        builder.nodes[place] = ("exclusiveGateway", builder.nodes[place][1])
    body = '<startEvent id="s"/><endEvent id="e"/>'
    body += "".join(f'<{kind} id="{key}"/>' for kind, key in builder.nodes)
    body += "".join(
        f'<boundaryEvent id="{key}" attachedToRef="{host}" cancelActivity="{cancel}">'
        "<timerEventDefinition/></boundaryEvent>"
        for key, host, cancel in builder.boundaries
    )
    return drawing(body, f"s {first}", f"{last} e", *builder.paths)


@pytest.mark.parametrize("start", range(0, 1000, 100))
def test_blocks_that_fit_raise_no_alarm(drawing, start: int) -> None:
    for seed in range(start, start + 100):
        # given
        document = drawn(drawing, seed)

        # when
        (flow,) = token_flows(Drawing(document.root)).values()

        # then
        assert not flow.stuck, seed
        assert not flow.twice, seed
        assert None not in flow.at.values(), seed


@pytest.mark.parametrize("start", range(0, 600, 100))
def test_one_exchanged_gateway_is_found(drawing, start: int) -> None:
    for seed in range(start, start + 100):
        # given
        document = drawn(drawing, seed, exchanged=True)
        if document is None:
            continue

        # when
        (flow,) = token_flows(Drawing(document.root)).values()

        # then
        assert flow.stuck or flow.twice, seed
