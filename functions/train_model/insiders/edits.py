"""Changes to a company's events: what other organisations do not record, and how they differ.

Some train the detector (fields missing), all of them test it (docs/models/insiders.md, robustness).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from functions.train_model.insiders.data import Company
from functions.train_model.insiders.inject import injected
from functions.train_model.insiders.rows import Edit
from shared.activities.model import Activity

OPTIONAL = frozenset(
    ("size_mb", "sensitive", "attachment_size_mb", "attachments", "recipients", "location", "remote", "destination")
)
CHANGE_DAY = datetime(2024, 11, 4, tzinfo=UTC)


def as_recorded(event: Activity) -> Activity | None:
    return event


def without_files(event: Activity) -> Activity | None:
    """Logons and e-mail only."""
    return None if event.activity_type == "file_access" else event


def without_sizes(event: Activity) -> Activity | None:
    """No optional field but `destination`."""
    kept = {name: value for name, value in event.details.items() if name not in OPTIONAL - {"destination"}}
    return replace(event, details=kept)


def migrated(event: Activity) -> Activity | None:
    """From CHANGE_DAY on every share has another root and everybody a new laptop."""
    if event.at < CHANGE_DAY:
        return event
    path = event.details.get("file_path")
    details = {**event.details, "file_path": f"/mnt/new{path}"} if path else event.details
    return replace(event, details=details, device_id=f"new-{event.device_id}")


Variant = Callable[[Company], tuple[Company, Edit]]
VARIANTS: dict[str, Variant] = {
    "full": lambda company: (company, as_recorded),
    "made": lambda company: (injected(company), as_recorded),
    "made, no sizes": lambda company: (injected(company), without_sizes),
    "made, no files": lambda company: (injected(company), without_files),
    "migrated": lambda company: (company, migrated),
}
