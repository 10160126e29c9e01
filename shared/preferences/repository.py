"""The settings of seed 001 in the `tabular` table: one versioned row, SETTINGS / SETTINGS.

What is stored is what differs from the defaults, so that a new field has its default for everybody at once.
"""

from collections.abc import Mapping
from functools import cache

from shared.core.backoff import pause
from shared.core.errors import Unavailable
from shared.preferences.model import Section, merged
from shared.storage.attributes import from_doc, to_doc
from shared.storage.schema import TABULAR
from shared.storage.store import ConditionFailed, Store, store
from shared.storage.writes import Update, unchanged

KEY = {"pk": "SETTINGS", "sk": "SETTINGS"}
ATTEMPTS = 50


class Preferences:
    """The settings, read and changed."""

    def __init__(self, rows: Store) -> None:
        self._rows = rows

    def get(self) -> dict[str, Section]:
        """All settings as they are now."""
        return merged(self._stored()[1], {})

    def change(self, changes: Mapping[str, Section]) -> dict[str, Section]:
        """Some fields changed, the others as they are; two callers at once change their own fields both."""
        for attempt in range(ATTEMPTS):
            version, stored = self._stored()
            after = merged(stored, changes)
            write = Update(
                TABULAR, KEY, set={"version": version + 1, "doc": to_doc(after)}, condition=unchanged(version)
            )
            try:
                self._rows.transact([write])
                return after
            except ConditionFailed:
                pause(attempt)
        raise Unavailable("the settings are being changed; try again")

    def _stored(self) -> tuple[int, dict[str, Section]]:
        row = self._rows.get(TABULAR, KEY)
        return (int(row["version"]), from_doc(row["doc"])) if row else (0, {})


@cache
def preferences() -> Preferences:
    """The settings of this process."""
    return Preferences(store())
