"""The network of people and files as the seed draws it: nodes and weighted edges."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.graph.repository import Edge
from shared.threats.levels import RiskLevel


@dataclass(frozen=True, slots=True)
class Graph:
    """Every edge's ends are among the nodes. `weights` runs beside `edges`."""

    people: tuple[tuple[str, RiskLevel], ...]
    files: tuple[Edge, ...]
    edges: tuple[Edge, ...]
    weights: tuple[float, ...]


def graph_of(edges: Sequence[Edge], levels: Mapping[str, RiskLevel]) -> Graph:
    """An edge weighs its share of that person's file accesses, so that the edges of one person add up to 1."""
    accesses: Counter[str] = Counter()
    for edge in edges:
        accesses[edge.subject_id] += edge.accesses
    files = {edge.file_id: edge for edge in sorted(edges, key=lambda edge: edge.sensitive)}
    people = tuple((subject_id, levels.get(subject_id, "low")) for subject_id in accesses)
    weights = tuple(round(edge.accesses / accesses[edge.subject_id], 4) for edge in edges)
    return Graph(people, tuple(files.values()), tuple(edges), weights)
