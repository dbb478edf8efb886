"""The one-to-one choice of pairs with the greatest total weight, whatever order they are told in.

The weighted bipartite matching by successive shortest augmenting paths with potentials (Edmonds and Karp 1972,
Tomizawa 1971; textbook form in Ahuja, Magnanti, Orlin, "Network Flows", 1993, ch. 12). The graph is sparse, a row has a
handful of candidates, and a path ends at the first free partner, so the work stays near the rows it touches.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Mapping

from data.errors import require


def best_pairs(weights: Mapping[tuple[int, int], int]) -> dict[int, int]:
    """Left → right, each used at most once, with the greatest sum of weights.

    weights: of every pair that may be; all above zero. Of equally good choices the one that keeps lower numbers
    together is taken, so callers number their rows in an order of their own.
    """
    require(all(weight > 0 for weight in weights.values()), "a pair worth nothing is no candidate")
    chosen: dict[int, int] = {}
    for component in _components(weights):
        chosen.update(_Matching(component).run())
    return chosen


def _components(weights: Mapping[tuple[int, int], int]) -> list[dict[tuple[int, int], int]]:
    """The parts of the graph that share no row."""
    root: dict[tuple[str, int], tuple[str, int]] = {}

    def find(node: tuple[str, int]) -> tuple[str, int]:
        root.setdefault(node, node)
        while root[node] != node:
            root[node] = root[root[node]]
            node = root[node]
        return node

    for left, right in weights:
        root[find(("left", left))] = find(("right", right))
    parts: defaultdict[tuple[str, int], dict[tuple[int, int], int]] = defaultdict(dict)
    for (left, right), weight in sorted(weights.items()):
        parts[find(("left", left))][left, right] = weight
    return list(parts.values())


class _Matching:
    """One component. Costs are the greatest weight less the weight, so a shortest path is a best improvement.

    Rows on the left may stay alone: each has an exit of its own at the cost of a pair worth nothing.
    """

    def __init__(self, weights: Mapping[tuple[int, int], int]) -> None:
        self._top = max(weights.values())
        self._edges: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for (left, right), weight in weights.items():
            self._edges[left].append((right, self._top - weight))
        self._partner: dict[int, int] = {}  # left → right
        self._taken: dict[int, int] = {}  # right → left
        self._of_left: dict[int, int] = {}
        self._of_right: dict[int, int] = {}

    def run(self) -> dict[int, int]:
        for left in sorted(self._edges):
            self._of_left[left] = min(self._top, *(cost - self._of_right.get(r, 0) for r, cost in self._edges[left]))
            self._augment(left)
        return self._partner

    def _augment(self, start: int) -> None:
        """Dijkstra over reduced costs from a row that is alone to a free partner or to the cheapest exit."""
        reached: dict[int, int] = {start: 0}
        came_from: dict[int, int] = {}
        nearest: dict[int, int] = {}  # right → shortest length known
        done: dict[int, int] = {}  # right → distance
        queue: list[tuple[int, int]] = []
        best, leaving = self._top - self._of_left[start], start
        end: int | None = None
        left = start
        while True:
            for right, cost in self._edges[left]:
                length = reached[left] + cost - self._of_left[left] - self._of_right.get(right, 0)
                if right not in done and length < nearest.get(right, length + 1):
                    nearest[right], came_from[right] = length, left
                    heapq.heappush(queue, (length, right))
            while queue and queue[0][1] in done:
                heapq.heappop(queue)
            if not queue or queue[0][0] >= best:
                break
            length, right = heapq.heappop(queue)
            done[right] = length
            if right not in self._taken:
                best, end = length, right
                break
            left = self._taken[right]
            reached[left] = length
            exit_at = length + self._top - self._of_left[left]
            if exit_at < best:
                best, leaving = exit_at, left
        self._settle(reached, done, best)
        self._turn(start, end, leaving, came_from)

    def _settle(self, reached: Mapping[int, int], done: Mapping[int, int], best: int) -> None:
        for left, length in reached.items():
            self._of_left[left] += best - length
        for right, length in done.items():
            self._of_right[right] = self._of_right.get(right, 0) - (best - length)

    def _turn(self, start: int, end: int | None, leaving: int, came_from: Mapping[int, int]) -> None:
        """Everybody on the path takes the partner that the path gives them; one may go without."""
        if end is None:
            if leaving == start:
                return
            end = self._partner.pop(leaving)
        right = end
        while True:
            left = came_from[right]
            before = self._partner.get(left)
            self._partner[left], self._taken[right] = right, left
            if left == start:
                return
            require(before is not None, "a row on the path had a partner")
            right = before if before is not None else right
