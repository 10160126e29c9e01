"""What seed 001 counts: its own models, jobs and bytes, and nobody else's (conflict C04).

Tabular models, their training and their uploads are not built. Until their noun answers here, the counts are those
of an empty collection, which is what it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TabularInventory:
    """`models` is both models_count of GET /api/status and total_models of the WebSocket."""

    models: int = 0
    active_jobs: int = 0
    stored_bytes: int = 0


def tabular_inventory() -> TabularInventory:
    """The collection as it is now."""
    return TabularInventory()
