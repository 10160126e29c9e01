"""What seed 001 counts: its own models, jobs and bytes, and nobody else's (conflict C04)."""

from dataclasses import dataclass

from shared.core.clock import utc_now
from shared.datasets.repository import dataset_repository
from shared.tabular.repository import model_repository
from shared.training.repository import is_late, job_repository

SOURCES = {
    "models_count": "counter in the table tabular, changed in the transaction that registers a model",
    "active_jobs": "training jobs in the table tabular that have not ended and are not past their deadline",
    "storage_used": "counter in the table tabular: bytes of the uploaded files that are kept",
    "uptime": "since the deployment",
}


@dataclass(frozen=True, slots=True)
class TabularInventory:
    """`models` is both models_count of GET /api/status and total_models of the WebSocket."""

    models: int = 0
    active_jobs: int = 0
    stored_bytes: int = 0


def tabular_inventory() -> TabularInventory:
    """The collection as it is now: three reads."""
    now = utc_now()
    running = sum(not is_late(job, now) for job in job_repository().running())
    return TabularInventory(
        models=sum(model_repository().counts().values()),
        active_jobs=running,
        stored_bytes=dataset_repository().stored_bytes(),
    )
