"""The loops of a graph: which nodes can reach each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from engine.bpmn.analysis.graph import Graph, Way


def components(
    graph: Graph, members: Collection[int], follow: Callable[[Way], bool]
) -> list[list[int]]:
    """Return the strongly connected components among ``members``, those flowed from first.

    Only ways that ``follow`` allows, between members, count. Linear, and not recursive.
    """
    inside = members if isinstance(members, set | frozenset) else set(members)
    index: dict[int, int] = {}
    lowest: dict[int, int] = {}
    open_nodes: list[int] = []
    is_open: set[int] = set()
    found: list[list[int]] = []

    def targets(node: int) -> Iterable[int]:
        return (way.target for way in graph.out[node] if way.target in inside and follow(way))

    for first in sorted(members):
        if first in index:
            continue
        pending = [(first, iter(targets(first)))]
        index[first] = lowest[first] = len(index)
        open_nodes.append(first)
        is_open.add(first)
        while pending:
            node, rest = pending[-1]
            following = next(rest, None)
            if following is None:
                pending.pop()
                if pending:
                    above = pending[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == index[node]:
                    found.append(_closed(node, open_nodes, is_open))
            elif following not in index:
                index[following] = lowest[following] = len(index)
                open_nodes.append(following)
                is_open.add(following)
                pending.append((following, iter(targets(following))))
            elif following in is_open:
                lowest[node] = min(lowest[node], index[following])
    found.reverse()
    return found


def loops(graph: Graph, members: Collection[int]) -> list[set[int]]:
    """Return the nodes of each loop among ``members``; nested loops are one."""
    return [
        set(component)
        for component in components(graph, members, lambda _: True)
        if len(component) > 1 or any(way.target == component[0] for way in graph.out[component[0]])
    ]


def _closed(node: int, open_nodes: list[int], is_open: set[int]) -> list[int]:
    component = []
    while True:
        last = open_nodes.pop()
        is_open.discard(last)
        component.append(last)
        if last == node:
            return component
