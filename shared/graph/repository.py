"""Who touched which file, in the `insiders` table.

| question                             | pk    | sk                       | attributes                |
| all edges; the edges of one person   | EDGES | <subject_id>#<file hash> | path, accesses, sensitive |

One small counter row per pair: an access costs one write however long the history is. Drills leave no edges.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shared.activities.model import Activity
from shared.core.ids import derived_id
from shared.storage.attributes import Item
from shared.storage.schema import INSIDERS
from shared.storage.store import Range, Store, store
from shared.storage.writes import Update

EDGES = "EDGES"
MOST_PATH = 1024


@dataclass(frozen=True, slots=True)
class Edge:
    """One person's accesses to one file."""

    subject_id: str
    file_id: str
    path: str
    accesses: int
    sensitive: bool


class GraphRepository:
    """The edges between people and files."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def list_edges(self, limit: int, subject_id: str | None = None) -> list[Edge]:
        """Edges by person, then file; of everybody or of one person."""
        range_ = Range(prefix=f"{subject_id}#") if subject_id else None
        rows = self._rows.query_all(INSIDERS, EDGES, most=limit, range_=range_)
        return [_edge_of(row) for row in rows]


def _edge_of(row: Item) -> Edge:
    subject_id, _, file_id = row["sk"].rpartition("#")
    return Edge(subject_id, file_id, row["path"], int(row["accesses"]), bool(row.get("sensitive")))


def edge_updates(activities: Sequence[Activity]) -> list[Update]:
    """The writes for some activities of one person: one per file, however often it was touched."""
    touched: dict[str, list[Activity]] = {}
    for activity in activities:
        path = activity.details.get("file_path")
        if activity.activity_type == "file_access" and isinstance(path, str) and path and not activity.synthetic:
            touched.setdefault(path[:MOST_PATH], []).append(activity)
    return [_edge_update(path, accesses) for path, accesses in touched.items()]


def _edge_update(path: str, accesses: list[Activity]) -> Update:
    # Once sensitive, always sensitive: the same whatever order the events arrive in.
    sensitive = any(activity.details.get("sensitive") is True for activity in accesses)
    key = {"pk": EDGES, "sk": f"{accesses[0].subject_id}#{derived_id('file', path)}"}
    return Update(
        INSIDERS, key, set={"path": path} | ({"sensitive": True} if sensitive else {}), add={"accesses": len(accesses)}
    )


@cache
def graph_repository() -> GraphRepository:
    """The repository of this process."""
    return GraphRepository(store())
